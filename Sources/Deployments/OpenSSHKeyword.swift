/// One keyword of ssh_config(5), and what becomes of it here.
///
/// The list is that of OpenSSH 9.2 with Debian's additions, as far as `ssh -G` prints them.
package struct OpenSSHKeyword: Sendable, Equatable {
    package enum Fate: String, Sendable, Equatable {
        case honoured
        /// What it is about is not done here, or is done in one way for all.
        case ignored = "ignored on purpose"
        /// Whoever sets it would miss something; `-v` names it.
        case unsupported = "not supported"
    }

    /// As ssh_config(5) writes it; `ssh -G` prints it in lower case.
    package let name: String
    package let fate: Fate
    /// How it is honoured, or why it is not.
    package let remark: String
    /// What `ssh -G` prints where nobody has set it; nil where that is nothing.
    let standard: String?

    /// The keyword of that name, in any case.
    static func named(_ name: some StringProtocol) -> OpenSSHKeyword? { byName[name.lowercased()] }

    private static let byName = Dictionary(
        uniqueKeysWithValues: all.map { ($0.name.lowercased(), $0) })

    /// All of them, by name.
    package static let all = (honoured + ignored + unsupported).sorted {
        $0.name.lowercased() < $1.name.lowercased()
    }

    /// The table of docs/ssh_config.md.
    package static var markdown: String {
        let rows = all.map { "| \($0.name) | \($0.fate.rawValue) | \($0.remark) |" }
        return (["| keyword | here | how, or why not |", "|---|---|---|"] + rows)
            .joined(separator: "\n")
    }

    /// Whether `ssh -G` says so though it means nothing to us, and somebody has set it.
    func isMissed(as value: String) -> Bool {
        fate == .unsupported && value != standard ?? "none"
    }
}
