/// Finds the mark by which the far side of a `through` says that it reads now, and takes it out.
///
/// The mark may come in pieces; what could be its beginning is held back until it is decided.
struct ReadyMark {
    private let mark: [UInt8]
    private var held: [UInt8] = []
    private(set) var wasSeen = false

    init(_ mark: [UInt8]) {
        self.mark = mark
    }

    /// What of the output is to be shown; everything after the mark passes untouched.
    mutating func filter(_ bytes: some Collection<UInt8>) -> [UInt8] {
        if wasSeen { return Array(bytes) }
        var shown: [UInt8] = []
        var rest = held + bytes
        held = []
        if let range = rest.firstRange(of: mark) {
            wasSeen = true
            shown = Array(rest[..<range.lowerBound])
            rest.removeSubrange(..<range.upperBound)
            return shown + rest
        }
        let possible = (1..<mark.count).reversed().first { count in
            rest.count >= count && rest.suffix(count).elementsEqual(mark.prefix(count))
        }
        held = Array(rest.suffix(possible ?? 0))
        return Array(rest.dropLast(possible ?? 0))
    }

    /// What is still held back when no more comes.
    mutating func remainder() -> [UInt8] {
        defer { held = [] }
        return held
    }
}
