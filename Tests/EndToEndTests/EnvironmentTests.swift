import Foundation
import TestServer
import Testing

/// Variables reach the remote program exactly.
@Suite struct EnvironmentTests {
    static let values = [
        "", " ", "  blanks  ", "it's \"quoted\"", "$HOME `id` $(id)", "back\\slash \\n \\061 \\",
        "a=b=c", "=", "one\ntwo\n\nthree\n", "\n", "\t\r\u{1}\u{4}\u{3}\u{1B}[31m\u{7F}\u{1A}",
        "é 日本語 🚀", "!", "%s %b %%", "*?[a-z]", ".", "+x", "-n", "#", "~", "\u{A0}",
        String(repeating: "é\\\n", count: 300),
    ]

    @Test(arguments: ["-T", "-t"])
    func `every value arrives as it is`(terminal: String) throws {
        try withServer { server in
            let place = try Workplace(server)
            let options = Self.values.enumerated().flatMap { ["-e", "V\($0)=\($1)"] }
            let result = try place.run([terminal] + options + ["shop", Self.dump])
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            let variables = try Self.variables(in: result)
            for (number, value) in Self.values.enumerated() {
                #expect(variables["V\(number)"] == value)
            }
            let names = variables.keys.filter { $0.hasPrefix("_c") }
            #expect(names.isEmpty, "\(names)")
        }
    }

    @Test(arguments: ["-T", "-t"])
    func `100 KB of value arrive whole, and the input after it`(terminal: String) throws {
        var random = SeededGenerator(seed: 100)
        let value = String(
            decoding: (0..<100_000).map { _ in UInt8.random(in: 32...126, using: &random) },
            as: UTF8.self)
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(
                [terminal, "-e", "BIG=\(value)", "shop", Self.dump + "; head -n 1"],
                input: .bytes(Array("the input\n".utf8)))
            #expect(result.status == .exited(0), "\(result.errorOutput.prefix(500))")
            let isEqual = try Self.variables(in: result)["BIG"] == value
            #expect(isEqual)
            #expect(result.output.contains("the input"))
        }
    }

    @Test func `a variable may be joined to its -e`() throws {
        try withServer { server in
            let place = try Workplace(server, environment: ["COPIED": "mine"])
            let result = try place.run(
                ["-eA=b c=d", "-qeCOPIED", "-l\(server.user)", "-p\(server.port)", "shop"]
                    + ["-i\(server.identityFile)", "echo \"$A\" \"$COPIED\""])
            #expect(result.output == "b c=d mine\n", "\(result.errorOutput)")
        }
    }

    @Test func `the command line wins over the inventory, and that over what is there`() throws {
        try withServer { server in
            let place = try Workplace(
                server, app: ["environment: {A: app, B: app, C: app}"],
                deployment: ["environment: {B: deployment, C: deployment}"])
            try place.folder.write(
                "# a comment\n\nexport D=file\nC=file\nE='quoted one'\nF=\"x y\"\r\n",
                to: "local.env")
            let result = try place.run([
                "--env-file", "local.env", "-e", "C=option", "shop", "echo $A $B $C $D $E $F",
            ])
            #expect(result.output == "app deployment option file quoted one x y\n")
        }
    }

    @Test func `a file on the remote side is read there, below the inventory`() throws {
        try withSSHD { sshd in
            try sshd.folder.write(
                "A=remote\nB=remote\n# no\nQ='a  b'\n\nexport X=1\n",
                to: "remote.env")
            let place = try Workplace(
                sshd, app: ["env_file: \(sshd.folder.file("remote.env"))", "environment: {B: app}"])
            let result = try place.run(["shop", "echo \"$A $B $Q $X\""])
            #expect(result.output == "remote app a  b 1\n", "\(result.errorOutput)")
            try sshd.folder.write("A=1\n$(echo ran >&2)=1\n", to: "remote.env")
            let bad = try place.run(["shop", "echo ran"])
            #expect(bad.status == .exited(125))
            #expect(bad.output.isEmpty)
            #expect(bad.errorOutput.hasPrefix("ccrun: error: line 2 of env_file"))
            let missing = try Workplace(sshd, app: ["env_file: /no/such/file.env"])
            let refused = try missing.run(["shop", "echo ran"])
            #expect(refused.output.isEmpty)
            #expect(refused.status != .exited(0))
            #expect(refused.errorOutput.contains("/no/such/file.env"), "\(refused.errorOutput)")
        }
    }

    @Test(arguments: ["dash", "bash", "zsh", "ksh", "mksh", "fish", "tcsh"])
    func `any login shell will do`(name: String) throws {
        guard let shell = Tool.find(name) else { try Test.cancel("\(name) is not installed") }
        try withSSHD(SSHDOptions(loginShell: shell)) { sshd in
            let place = try Workplace(sshd)
            let options = Self.values.enumerated().flatMap { ["-e", "V\($0)=\($1)"] }
            let result = try place.run(
                options + ["shop", "--", "sh", "-c", Self.dump + "; exit 3"])
            #expect(result.status == .exited(3), "\(result.errorOutput)")
            let variables = try Self.variables(in: result)
            for (number, value) in Self.values.enumerated() {
                #expect(variables["V\(number)"] == value)
            }
            let words = ["", "it's", "!", "a\nb", "\\", "$HOME", "é"]
            let printed = try place.run(["shop", "printf", "[%s]"] + words)
            #expect(printed.output == words.map { "[\($0)]" }.joined(), "\(printed.errorOutput)")
        }
    }

    // MARK: - Private

    /// Prints the environment in hexadecimal digits, which no terminal changes.
    private static let dump = "od -An -v -tx1 /proc/self/environ | tr -d ' \\n'; echo"

    private static func variables(in result: ChildResult) throws -> [String: String] {
        let digits = Array(result.output.utf8.prefix { $0 != 0x0A && $0 != 0x0D })
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).map { index in
            digit(digits[index]) << 4 | digit(digits[index + 1])
        }
        return bytes.split(separator: 0).reduce(into: [:]) { variables, entry in
            let name = entry.prefix { $0 != UInt8(ascii: "=") }
            variables[String(decoding: name, as: UTF8.self)] =
                String(decoding: entry.dropFirst(name.count + 1), as: UTF8.self)
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "a") ? byte - UInt8(ascii: "a") + 10 : byte - UInt8(ascii: "0")
    }
}
