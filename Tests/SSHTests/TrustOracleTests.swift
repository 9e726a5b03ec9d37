import TestServer
import Testing

@testable import SSH

/// Whatever `ssh-keygen -F` finds, we find, and nothing else.
@Suite(.enabled(if: KeyTool.isSSHKeygenHere, "ssh-keygen is not here"))
struct TrustOracleTests {
    private static let names = [
        "web1", "web2", "web10", "db.example.com", "a.b.example.com", "10.0.0.7", "::1",
        "[web1]:2222", "[web2]:2222", "[10.0.0.7]:22", "[::1]:2222",
    ]
    private static let patterns =
        names + [
            "*", "web*", "web?", "*.example.com", "[*]:2222", "[web?]:*", "10.0.0.*", "!web1",
            "!web*", "!*.example.com", "![*]:2222", "WEB1", "", "*b*.*m", "?", "!", "***",
        ]

    @Test(arguments: 1...25 as ClosedRange<UInt64>)
    func `ssh-keygen finds the same lines`(seed: UInt64) throws {
        let scratch = try KeyScratch()
        var numbers = SeededNumbers(seed: seed)
        let keys = try [SampleKey.ed25519(1), SampleKey.ed25519(2)]
        let lines = (0..<30).map { _ in Self.line(keys, &numbers) }
        let end = Bool.random(using: &numbers) ? "\n" : "\r\n"
        let file = try scratch.write(lines.joined(separator: end) + end, to: "known_hosts")
        let known = KnownHosts(files: [file])
        for name in Self.names {
            let found = try Self.linesFound(name, in: file)
            let ours = known.lines(for: Array(name.utf8)).map { line in
                switch line.marker {
                case .none: "\(line.number)"
                case .revoked: "\(line.number) REVOKED"
                case .certAuthority: "\(line.number) CA"
                }
            }
            #expect(ours == found, "seed \(seed), name \(name), in \(lines)")
        }
    }

    @Test func `names that ssh-keygen hashed are found`() throws {
        let scratch = try KeyScratch()
        let key = SampleKey.text(try SampleKey.ed25519(1))
        let file = try scratch.write(
            Self.names.map { "\($0) \(key)\n" }.joined(), to: "known_hosts")
        try KeyTool.run("ssh-keygen", ["-q", "-H", "-f", file])
        let known = KnownHosts(files: [file])
        #expect(known.warnings.isEmpty)
        for (index, name) in Self.names.enumerated() {
            #expect(known.lines(for: Array(name.utf8)).map(\.number) == [index + 1])
        }
    }

    @Test func `a fingerprint is the one that ssh-keygen prints`() throws {
        let scratch = try KeyScratch()
        for key in try [SampleKey.ed25519(9), SampleKey.rsa(9)] {
            let file = try scratch.write(SampleKey.text(key) + "\n", to: "key.pub")
            let printed = try KeyTool.run("ssh-keygen", ["-l", "-f", file])
            #expect(printed.split(separator: " ")[1] == key.fingerprint)
        }
    }

    private static func line(_ keys: [HostKey], _ numbers: inout SeededNumbers) -> String {
        let key = keys[Int.random(in: keys.indices, using: &numbers)]
        let list = (1...Int.random(in: 1...4, using: &numbers)).map { _ in
            patterns[Int.random(in: patterns.indices, using: &numbers)]
        }.joined(separator: ",")
        var field = list.isEmpty ? "," : list
        if Int.random(in: 0..<4, using: &numbers) == 0 {
            let salt = (0..<20).map { _ in UInt8.random(in: .min ... .max, using: &numbers) }
            field = HostNames.hashed(
                Array(names[Int.random(in: names.indices, using: &numbers)].utf8), salt: salt)
        }
        let text = SampleKey.text(key)
        switch Int.random(in: 0..<16, using: &numbers) {
        case 0: return "@revoked \(field) \(text)"
        case 1: return "@cert-authority \(field) \(text)"
        case 2: return "  \t\(field)\t\(text) a comment"
        case 3: return "# \(field) \(text)"
        case 4: return ""
        case 5: return "\(field) \(text.dropLast(9))"
        case 6: return "\(field) ssh-dss \(text.split(separator: " ")[1])"
        case 7: return "@nothing \(field) \(text)"
        case 8: return "\(field)"
        default: return "\(field) \(text)"
        }
    }

    /// `# Host web1 found: line 3 REVOKED`, as `3 REVOKED`; ssh-keygen's status is 1 where there is none.
    private static func linesFound(_ name: String, in file: String) throws -> [String] {
        // With -l it reads the keys too, and passes over those that it cannot read.
        let result = try KeyTool.attempt("ssh-keygen", ["-l", "-F", name, "-f", file])
        let prefix = "# Host \(name) found: line "
        return result.output.split(whereSeparator: \.isNewline).filter { $0.hasPrefix(prefix) }
            .map { $0.dropFirst(prefix.count).split(separator: " ").joined(separator: " ") }
    }
}
