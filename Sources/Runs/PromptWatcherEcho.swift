/// Takes out of the output what the terminal echoes of a reply, which may else match a rule again.
///
/// The search is that of Knuth, Morris and Pratt: what could be the echo's beginning is held back
/// until it is decided.
struct PromptEcho {
    private let expected: [UInt8]
    /// For each count of matching bytes, how many match still when the next one does not.
    private let fallbacks: [Int]
    private(set) var held: ArraySlice<UInt8> = []

    /// nil for an empty reply, which leaves no echo but a line end.
    init?(of reply: [UInt8]) {
        guard !reply.isEmpty else { return nil }
        expected = reply
        var fallbacks = [0, 0]
        for place in reply.indices.dropFirst() {
            var count = fallbacks[place]
            while count > 0, reply[count] != reply[place] { count = fallbacks[count] }
            fallbacks.append(reply[count] == reply[place] ? count + 1 : 0)
        }
        self.fallbacks = fallbacks
    }

    var isComplete: Bool { held.count == expected.count }

    /// Takes the next byte; returns what is not the echo after all.
    mutating func take(_ byte: UInt8) -> ArraySlice<UInt8> {
        let seen = held + [byte]
        var count = held.count
        while count > 0, expected[count] != byte { count = fallbacks[count] }
        if expected[count] == byte { count += 1 }
        held = expected[..<count]
        return seen.dropLast(count)
    }
}
