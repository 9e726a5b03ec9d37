/// The system's ssh_config, looked at only to see whether `ssh -G` has to be asked about it.
struct OpenSSHSystemFile {
    /// The lines' keywords in lower case, each with what stands behind it; comments are left out.
    private let lines: [(keyword: String, value: String)]
    /// The file is there, and cannot be read as text.
    private let isUnreadable: Bool

    init(folder: String = "/etc/ssh") {
        let path = FilePath.absolute("ssh_config", in: folder)
        guard let text = try? FileText.read(path) else {
            lines = []
            isUnreadable = FileText.exists(path)
            return
        }
        isUnreadable = false
        lines = text.split(whereSeparator: \.isNewline).compactMap { line in
            let words = line.split { $0.isWhitespace || $0 == "=" }
            guard let keyword = words.first, !keyword.hasPrefix("#") else { return nil }
            return (keyword.lowercased(), words.dropFirst().joined(separator: " "))
        }
    }

    /// Whether a line stands there that no distribution ships and that could concern a connection.
    var isUncommon: Bool {
        isUnreadable
            || lines.contains { line in
                switch line.keyword {
                case "host": line.value != "*"
                // Debian's; what is in that folder is looked at by itself.
                case "include": line.value != "/etc/ssh/ssh_config.d/*.conf"
                case "sendenv", "hashknownhosts", "gssapiauthentication",
                    "gssapidelegatecredentials", "forwardx11trusted":
                    false
                default: true
                }
            }
    }

    /// The first value counts (ssh_config(5)), and ssh's default is no.
    var hashesKnownHosts: Bool {
        let value = lines.first { $0.keyword == "hashknownhosts" }?.value
        return value == "yes" || value == "true"
    }
}
