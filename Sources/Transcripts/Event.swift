/// One event of a transcript, as it was read.
package struct Event: Sendable, Equatable {
    /// Since the start of the run.
    package let time: Duration

    package let code: EventCode

    /// The data in UTF-8.
    package let data: [UInt8]

    package init(time: Duration, code: EventCode, data: [UInt8]) {
        self.time = time
        self.code = code
        self.data = data
    }

    /// The data as text.
    package var text: String {
        String(decoding: data, as: UTF8.self)
    }

    /// What an event line turns out to be.
    enum Line: Equatable {
        case event(Event)
        /// An event with a code that we do not know; readers pass over those.
        case unknown
        case malformed
    }

    /// Reads `[1.02, "o", "text"]`.
    static func parse(_ line: UnsafeRawBufferPointer) -> Line {
        var scanner = JSONScanner(line)
        scanner.skipSpace()
        guard scanner.take("[") else { return .malformed }
        scanner.skipSpace()
        guard let seconds = scanner.number(), seconds >= 0, seconds < 1e12,
            takeComma(&scanner), let code = scanner.string(), takeComma(&scanner),
            let data = scanner.string()
        else { return .malformed }
        scanner.skipSpace()
        guard scanner.take("]") else { return .malformed }
        scanner.skipSpace()
        guard scanner.isAtEnd else { return .malformed }
        guard code.count == 1, let known = EventCode(rawValue: code[0]) else { return .unknown }
        let microseconds = Int64((seconds * 1_000_000).rounded())
        return .event(Event(time: .microseconds(microseconds), code: known, data: data))
    }

    private static func takeComma(_ scanner: inout JSONScanner) -> Bool {
        scanner.skipSpace()
        guard scanner.take(",") else { return false }
        scanner.skipSpace()
        return true
    }
}
