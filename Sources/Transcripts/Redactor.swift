/// Replaces values in a stream of bytes by `[redacted:NAME]`, wherever the stream is cut.
///
/// It holds back only what may still become one of them: each form is looked for as Knuth, Morris and
/// Pratt do, so that a byte is looked at once however it repeats. Where forms overlap, all that any of
/// them covers goes, under the name of the one that begins first.
struct Redactor {
    private var searches: [Search]
    /// The bytes with which a form begins, to pass over all others quickly.
    private var isFirst = [Bool](repeating: false, count: 256)
    private let tags: [[UInt8]]
    /// How often each value was replaced so far, in the order of the redactions.
    private(set) var counts: [Int]

    /// What is held back; its first byte is at `heldStart`, counted from the stream's beginning.
    private var held: [UInt8] = []
    private var heldStart = 0
    private var matches: [Match] = []
    /// Where the last tag's value ends.
    private var coveredEnd = 0

    private struct Match {
        let start: Int
        let end: Int
        let tag: Int
    }

    init(_ redactions: [Redaction]) {
        tags = redactions.map { Array("[redacted:\($0.name)]".utf8) }
        counts = redactions.map { _ in 0 }
        searches = redactions.enumerated().flatMap { index, redaction in
            redaction.forms.map { Search($0, tag: index) }
        }
        for search in searches { isFirst[Int(search.form[0])] = true }
    }

    /// Takes bytes of the stream, and hands on what is known to be none of the values.
    mutating func take(
        _ bytes: UnsafeRawBufferPointer, _ pass: (UnsafeRawBufferPointer) -> Void
    ) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // Most output has nothing of a value in it.
            if held.isEmpty {
                let plain = rest.firstIndex { isFirst[Int($0)] } ?? rest.endIndex
                if plain > rest.startIndex {
                    pass(UnsafeRawBufferPointer(rebasing: rest[..<plain]))
                    heldStart += plain - rest.startIndex
                    rest = rest[plain...]
                }
            }
            var pending = held.count
            repeat {
                guard let byte = rest.popFirst() else { break }
                pending = look(at: byte)
            } while pending > 0
            release(upTo: heldStart + held.count - pending, pass)
        }
    }

    /// Hands on what was held back: nothing follows that could complete it.
    mutating func flush(_ pass: (UnsafeRawBufferPointer) -> Void) {
        release(upTo: heldStart + held.count, pass)
        for index in searches.indices { searches[index].reset() }
    }

    /// The same for a text that is there as a whole.
    static func text(_ text: String, without redactions: [Redaction]) -> String {
        var redactor = Redactor(redactions)
        var bytes: [UInt8] = []
        Array(text.utf8).withUnsafeBytes { redactor.take($0) { bytes += $0 } }
        redactor.flush { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: - Private

    /// Returns how many of the bytes held back may become a value.
    private mutating func look(at byte: UInt8) -> Int {
        held.append(byte)
        let end = heldStart + held.count
        var pending = 0
        for index in searches.indices {
            let isWhole = searches[index].take(byte)
            pending = max(pending, searches[index].pending)
            guard isWhole else { continue }
            let search = searches[index]
            let match = Match(start: end - search.form.count, end: end, tag: search.tag)
            let place = matches.lastIndex { $0.start <= match.start }.map { $0 + 1 } ?? 0
            matches.insert(match, at: place)
        }
        return pending
    }

    /// Hands on what stands ahead of `end`, tags in the places of values.
    private mutating func release(
        upTo end: Int, _ pass: (UnsafeRawBufferPointer) -> Void
    ) {
        guard end > heldStart else { return }
        var output: [UInt8] = []
        var position = heldStart
        var next = 0
        while position < end {
            if next < matches.count, matches[next].start <= max(position, coveredEnd) {
                let match = matches[next]
                guard match.start < end else { break }
                if match.start >= coveredEnd {
                    output += tags[match.tag]
                    counts[match.tag] += 1
                }
                coveredEnd = max(coveredEnd, match.end)
                next += 1
            } else if position < coveredEnd {
                position = min(coveredEnd, end)
            } else {
                let border = next < matches.count ? min(matches[next].start, end) : end
                output += held[(position - heldStart)..<(border - heldStart)]
                position = border
            }
        }
        matches.removeFirst(next)
        held.removeFirst(end - heldStart)
        heldStart = end
        if !output.isEmpty { output.withUnsafeBytes(pass) }
    }
}

/// One form, and how much of it the stream's last bytes are.
private struct Search {
    let form: [UInt8]
    let tag: Int
    private var matched = 0
    /// For each length that matched, the next shorter one that did.
    private let shorter: [Int]

    init(_ form: [UInt8], tag: Int) {
        self.form = form
        self.tag = tag
        var shorter = [0]
        var length = 0
        for byte in form.dropFirst() {
            while length > 0, form[length] != byte { length = shorter[length - 1] }
            if form[length] == byte { length += 1 }
            shorter.append(length)
        }
        self.shorter = shorter
    }

    /// How many of the last bytes may become the form, what was found apart.
    var pending: Int { matched == form.count ? shorter[matched - 1] : matched }

    /// Takes the next byte; true where the form ends with it.
    mutating func take(_ byte: UInt8) -> Bool {
        if matched == form.count { matched = shorter[matched - 1] }
        while matched > 0, form[matched] != byte { matched = shorter[matched - 1] }
        if form[matched] == byte { matched += 1 }
        return matched == form.count
    }

    mutating func reset() { matched = 0 }
}
