/// A descriptor that turns readable when the user wants out; every wait of a session watches it.
///
/// Reading it is the owner's business: a wait only sees that there is something.
package struct Interrupt: Sendable {
    package let descriptor: CInt

    package init(descriptor: CInt) {
        self.descriptor = descriptor
    }
}
