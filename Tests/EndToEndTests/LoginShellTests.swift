import Foundation
import TestServer
import Testing

/// A command runs the same whatever the remote user logs in with: `sh` does all of the work.
@Suite struct LoginShellTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let shell: String
        let terminal: String

        var testDescription: String { "\(shell) \(terminal)" }
    }

    static let shells = [
        "bash", "busybox", "csh", "dash", "fish", "ksh", "mksh", "tcsh", "zsh",
    ]
    static let rows = shells.flatMap { shell in
        ["-T", "-t"].map { Row(shell: shell, terminal: $0) }
    }

    private static let values = [
        "FROM_OPTION": "it's \"new\"\nline\\n $HOME `id` é 🚀 !", "FROM_APP": "a !b 'c' \\ *",
    ]
    /// In dotenv syntax.
    private static let file = """
        export FROM_FILE="one\\ntwo 'three' é \\"four\\" \\\\" # a comment
        MANY='first
        second $(touch ran) `touch ran` !!'
        JOINED=${MANY:-no} ${NOPE:-日本}
        FROM_APP=never

        """
    private static let read = [
        "FROM_FILE": "one\ntwo 'three' é \"four\" \\",
        "MANY": "first\nsecond $(touch ran) `touch ran` !!",
        "JOINED": "first\nsecond $(touch ran) `touch ran` !! 日本",
    ]
    private static let folder = "it's a \"folder\" é"

    @Test(arguments: rows)
    func `a shell text has its variables, its directory and what ran before`(row: Row) throws {
        try Self.with(row.shell) { sshd, place in
            let text = "greet 'you !' >said; pwd >where; env -0 >variables; test ! -e ran && exit 3"
            let result = try place.run([row.terminal] + Self.options + ["shop", text])
            #expect(result.status == .exited(3), "\(result.output) \(result.errorOutput)")
            #expect(try Self.text("said", sshd) == "hello you !\n")
            #expect(try Self.text("where", sshd) == sshd.folder.file(Self.folder) + "\n")
            let entries = try Self.text("variables", sshd).split(separator: "\0")
            for (name, value) in Self.read.merging(Self.values, uniquingKeysWith: { $1 }) {
                #expect(entries.contains("\(name)=\(value)"), "\(name)")
            }
            #expect(entries.contains("DEP_NAME=shop/default"))
            #expect(!entries.contains { $0.hasPrefix("_c") })
        }
    }

    private static let words = [
        "", " ", "it's", "\"", "\\", "\\n", "!", "!!", "a\nb", "$HOME", "`id`", "*", "~", "{a,b}",
        "é", "#", ";", "a=b", "-n", "%s", "^", "[a]", "\t",
    ]

    @Test(arguments: rows)
    func `words arrive as typed, behind a file, a directory and a line before`(row: Row) throws {
        try Self.with(row.shell) { sshd, place in
            let program = ["sh", "-c", #"printf "%s\0" "$@" "$MADE" >words; exit 4"#, "sh"]
            let result = try place.run(
                [row.terminal] + Self.options + ["shop"] + program + Self.words)
            #expect(result.status == .exited(4), "\(result.output) \(result.errorOutput)")
            let arrived = try Self.text("words", sshd).split(
                separator: "\0", omittingEmptySubsequences: false)
            #expect(arrived.map(String.init) == Self.words + ["by before", ""])
        }
    }

    /// Nothing needs a preamble here, so that the names go through `env`.
    @Test(arguments: rows)
    func `a command without variables runs as well`(row: Row) throws {
        let login = try LoginShell(row.shell)
        defer { login.remove() }
        try withSSHD(SSHDOptions(loginShell: login.path)) { sshd in
            let place = try Workplace(sshd)
            let text = "printf '%s' \"$DEP_NAME it's\" | tr a-z A-Z; exit 5"
            let result = try place.run([row.terminal, "shop", text])
            #expect(result.status == .exited(5), "\(result.errorOutput)")
            #expect(result.output == "SHOP/DEFAULT IT'S")
            let words = try place.run([row.terminal, "shop", "printf", "[%s]"] + Self.words)
            let shown = Self.words.map { "[\($0)]" }.joined()
            #expect(words.output.replacing("\r\n", with: "\n") == shown, "\(words.errorOutput)")
        }
    }

    /// fish 3 in the C locale changes what it hands on, unless it is ASCII.
    @Test(arguments: shells)
    func `the login shell itself has the variables and the directory`(shell: String) throws {
        try Self.with(shell, environment: ["LANG": "C.UTF-8"]) { _, place in
            let lines = "printenv FROM_FILE\nprintenv MADE\nls\nexit 6\n"
            let result = try place.run(
                Self.options + ["shop"], input: .bytes(Array(lines.utf8)))
            #expect(result.status == .exited(6), "\(result.errorOutput)")
            let value = Self.read["FROM_FILE", default: ""]
            #expect(result.output.hasSuffix("\(value)\nby before\nprod.env\n"))
        }
    }

    // MARK: - The server

    private static let options = ["-e", "FROM_OPTION=\(values["FROM_OPTION", default: ""])"]

    /// A server whose user logs in with this shell, a folder of the app on it, and the inventory.
    private static func with(
        _ shell: String, environment: [String: String] = [:],
        _ body: (PrivateSSHD, Workplace) throws -> Void
    ) throws {
        let login = try LoginShell(shell)
        defer { login.remove() }
        let options = SSHDOptions(environment: environment, loginShell: login.path)
        try withSSHD(options) { sshd in
            try sshd.folder.write(file, to: "\(folder)/prod.env")
            let path = sshd.folder.file(folder).replacing("'", with: "''")
            let place = try Workplace(
                sshd,
                app: [
                    "directory: '\(path)'", "env_file: prod.env",
                    "environment: {FROM_APP: \"a !b 'c' \\\\ *\"}",
                    "before: export MADE='by before'; greet() { echo \"hello $1\"; }",
                ])
            try body(sshd, place)
        }
    }

    private static func text(_ name: String, _ sshd: PrivateSSHD) throws -> String {
        String(decoding: try sshd.folder.read("\(folder)/\(name)"), as: UTF8.self)
    }
}

/// The program that a user logs in with.
private struct LoginShell {
    let path: String
    private let folder: ScratchFolder?

    /// A shell that is not installed cancels the test with that reason.
    init(_ name: String) throws {
        guard let found = Tool.find(name) else { try Test.cancel("\(name) is not installed") }
        if name == "busybox" {
            let folder = try ScratchFolder("shell")
            self.folder = folder
            path = folder.file("ash")
            try FileManager.default.createSymbolicLink(
                atPath: path, withDestinationPath: found)
        } else {
            folder = nil
            path = found
        }
    }

    func remove() { folder?.remove() }
}
