extension RemoteJob {
    /// One job of a listing.
    package struct Entry: Equatable, Sendable {
        package let run: String
        package let verdict: Verdict
        /// When it was started, in seconds since 1970 by the remote clock.
        package let started: Int?
        /// When it ended; nil for a job that runs or is lost.
        package let ended: Int?
        /// The process that waits for the task.
        package let pid: Int?
        /// One line without control characters.
        package let title: String

        init?(fields: [String]) {
            guard fields.count >= 8, fields[0] == "job", isID(fields[1]),
                let verdict = Verdict(state: fields[2], status: fields[3])
            else { return nil }
            run = fields[1]
            self.verdict = verdict
            started = RemoteText.number(fields[4], upTo: .max)
            ended = RemoteText.number(fields[5], upTo: .max)
            pid = RemoteText.number(fields[6], upTo: .max)
            title = RemoteText.cleaned(
                fields[7...].joined(separator: " "), limit: titleLimit)
        }
    }

    /// All jobs of an account, oldest first.
    package struct Listing: Equatable, Sendable {
        /// More jobs than this are not read.
        static let limit = 10_000

        package let entries: [Entry]
        /// When the listing was made, in seconds since 1970 by the remote clock.
        package let now: Int

        /// Reads what `list` printed; nil where its last line is missing, as the rest may be then.
        ///
        /// Lines that are none of a listing's are passed over.
        package init?(parsing bytes: some Sequence<UInt8>) {
            let lines = RemoteText.lines(bytes)
            guard let end = lines.last(where: { $0.count == 2 && $0[0] == "end" }),
                let now = RemoteText.number(end[1], upTo: .max)
            else { return nil }
            self.now = now
            entries = Array(lines.lazy.compactMap(Entry.init(fields:)).prefix(Self.limit))
                .sorted { $0.run < $1.run }
        }
    }
}

/// What comes from a server as text: cleaned, and of a length that somebody can read.
enum RemoteText {
    /// The fields of each line, which tabs separate.
    static func lines(_ bytes: some Sequence<UInt8>) -> [[String]] {
        Array(bytes).split(separator: UInt8(ascii: "\n")).map { line in
            line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// A number in plain digits from 0 to `limit`; nil for anything else.
    static func number(_ text: some StringProtocol, upTo limit: Int) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            let number = Int(text), number <= limit
        else { return nil }
        return number
    }

    /// One line as `RemoteLine` has it, with runs of blanks as one, cut off behind an ellipsis where it
    /// goes beyond `limit` characters.
    static func cleaned(_ text: String, limit: Int) -> String {
        // Many times what is shown, lest a giant line take giant time.
        let line = RemoteLine.cleaned(text, limit: limit * 32)
            .split(separator: " ").joined(separator: " ")
        return line.count > limit ? line.prefix(limit) + "…" : line
    }
}
