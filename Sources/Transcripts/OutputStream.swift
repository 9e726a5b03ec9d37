/// One of the two streams that a remote program writes to.
package enum OutputStream: Int, Sendable, Hashable, CaseIterable {
    case standardOutput = 1
    case standardError = 2
}
