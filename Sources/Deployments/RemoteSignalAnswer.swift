extension RemoteSignal {
    /// What the script of a signal prints, one line.
    ///
    ///     signalled  SESSION  GROUP…
    ///     refused    GROUP…
    ///     gone · unknown
    package enum Answer: Sendable, Equatable {
        /// The signal was sent; a group is 0 where its leader is outside the container.
        case signalled(session: Int, groups: [Int])
        /// The host did not let us signal what was found.
        case refused(groups: [Int])
        /// Nothing that can be read carries the id. While the command's own channel is open, that
        /// means that it cannot be seen, not that it has ended.
        case gone
        /// There is no `/proc` to look into.
        case unknown

        /// Reads one line without its end; nil for one that is none of these.
        package static func parse(_ line: some StringProtocol) -> Answer? {
            let fields = RemoteLine.fields(of: line)
            switch (fields[0], fields.count) {
            case ("signalled", 3):
                guard let session = RemoteLine.number(fields[1]),
                    let groups = Self.groups(fields[2])
                else { return nil }
                return .signalled(session: session, groups: groups)
            case ("refused", 2): return Self.groups(fields[1]).map { .refused(groups: $0) }
            case ("gone", 1): return .gone
            case ("unknown", 1): return .unknown
            default: return nil
            }
        }

        private static func groups(_ text: Substring) -> [Int]? {
            let words = text.split(separator: " ").prefix(100)
            let groups = words.compactMap(RemoteLine.number)
            return groups.count == words.count && !groups.isEmpty ? groups : nil
        }
    }

    /// A process that still carries the id of a run, as the script of a listing prints it.
    package struct Remaining: Sendable, Equatable {
        package let pid: Int
        /// The name of its program, fit to print; the kernel keeps 15 bytes of it.
        package let name: String

        package init(pid: Int, name: String) {
            self.pid = pid
            self.name = name
        }

        /// Reads `pid<TAB>name`; nil for any other line.
        package static func parse(_ line: some StringProtocol) -> Remaining? {
            let fields = RemoteLine.fields(of: line)
            guard fields.count >= 2, let pid = RemoteLine.number(fields[0]), pid > 0 else {
                return nil
            }
            let name = fields.dropFirst().joined(separator: " ")
            return Remaining(pid: pid, name: RemoteLine.cleaned(name, limit: 64))
        }
    }
}
