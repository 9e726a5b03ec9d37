import Testing

@testable import Deployments

/// What arrives on the other side, with every shell there is a reason to expect.
struct RemoteCommandShellTests {
    typealias Shell = RemoteSide.Shell

    private static let awkwardWords = [
        "", " ", "a b", "'", "''", "\"", "\\", "\\\\", "\\0134", "\\n", "!", "!!", "!x", "$HOME",
        "${PATH}", "$(id)", "`id`", "*", "?", "[a]", "{a,b}", "~", "~root", "#x", ";", "&", "|",
        "<", ">", "(", ")", "%", "%s", "%%b", "-n", "--", "=", "=ls", "a=b", "a\nb", "\n", "a\n",
        "\tx\t", "\r", "\u{1}\u{1b}[0m\u{7f}", "é", "日本語", "👩‍👩‍👧", "e\u{301}", "\u{a0}", "^", "^a^b",
        "a\\",
        "\\'", "1\u{1}7", "x\\'\u{7}7!",
    ]

    @Test(arguments: Shell.login)
    func `words arrive exactly as typed through every login shell`(login: Shell) throws {
        let side = try RemoteSide(login: login)
        let command = try Deployment.sample().command(
            .words(["/usr/bin/printf", "%s\\0"] + Self.awkwardWords))
        let program = try side.run(command)
        #expect(program.items == Self.awkwardWords)
        #expect(program.errorText == "")
        #expect(program.status == 0)
    }

    @Test(arguments: Shell.posix)
    func `words arrive exactly as typed through every sh`(sh: Shell) throws {
        let side = try RemoteSide(login: Shell(name: "bash"), sh: sh)
        let command = try Deployment.sample().command(
            .words(["/usr/bin/printf", "%s\\0"] + Self.awkwardWords))
        let program = try side.run(command)
        #expect(program.items == Self.awkwardWords)
        #expect(program.errorText == "")
    }

    @Test(arguments: Shell.login)
    func `random words arrive exactly`(login: Shell) throws {
        let side = try RemoteSide(login: login)
        var random = SeededGenerator(seed: 20_240_607)
        let pool = Array("ab 0'\"\\!$`\n\t\r\u{1}\u{7f}é€😀%^~#;{}[]()<>|&*?=-".unicodeScalars)
        let words = (0..<60).map { _ in
            var word = ""
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                word.unicodeScalars.append(pool[Int.random(in: 0..<pool.count, using: &random)])
            }
            return word
        }
        let command = try Deployment.sample().command(.words(["/usr/bin/printf", "%s\\0"] + words))
        #expect(try side.run(command).items == words, "seed \(random.seed)")
    }

    private static let awkwardVariables: [EnvironmentVariable] = [
        ("PLAIN", "shop.settings"), ("EMPTY", ""), ("SPACES", "  a  b  "), ("QUOTES", "'\"'\""),
        ("EQUALS", "a=b=c="), ("SIGNS", "=x"), ("DOT", "."), ("PLUS", "+a\n%b\n.\n=c"),
        ("DOLLAR", "$HOME $(id) `id` ${x}"), ("BACKSLASH", "a\\nb\\\\c\\0134\\"),
        ("NEWLINES", "\na\n\nb\n\n"), ("CONTROLS", "\u{1}\u{3}\u{4}\r\t\u{1b}\u{7f}7"),
        ("PERCENT", "%s%d%%b\\c"), ("UNICODE", "é 日本語 👩‍👩‍👧 e\u{301}"), ("BANG", "!!"),
        ("LONG", String(repeating: "0123456789", count: 10_000)),
        ("LONG_UNICODE", String(repeating: "日本é", count: 2000)),
        ("LONG_CONTROLS", String(repeating: "\n\\", count: 2000)),
        ("A1_b", "a name"), ("_cx", "underscore"),
    ].map { EnvironmentVariable(name: $0, value: $1) }

    @Test(arguments: Shell.posix)
    func `values arrive exactly in every sh`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        let command = try Deployment.sample().command(
            .words(["env", "-0"]), environment: Self.awkwardVariables)
        let program = try side.run(command)
        let environment = program.environment
        for variable in Self.awkwardVariables {
            #expect(environment[variable.name] == variable.value, "\(variable.name)")
        }
        #expect(environment["DEP_NAME"] == "shop/default")
        #expect(environment.keys.filter { $0.hasPrefix("_c") } == ["_cx"])
        #expect(program.errorText == "")
    }

    @Test(arguments: Shell.login)
    func `values arrive through every login shell`(login: Shell) throws {
        let side = try RemoteSide(login: login)
        let command = try Deployment.sample().command(
            .words(["env", "-0"]), environment: Self.awkwardVariables)
        let environment = try side.run(command).environment
        for variable in Self.awkwardVariables {
            #expect(environment[variable.name] == variable.value, "\(variable.name)")
        }
    }

    @Test(arguments: Shell.posix)
    func `the program finds its own input untouched`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        let input = ".\n=X=1\nfirst\n\nlast without newline"
        let command = try Deployment.sample().command(
            .shell("cat"), environment: [EnvironmentVariable(name: "X", value: "a\nb")])
        #expect(try side.run(command, input: input).text == input)
    }

    @Test(arguments: Shell.posix)
    func `a shell string is read by sh as it stands`(sh: Shell) throws {
        let side = try RemoteSide(login: Shell(name: "bash"), sh: sh)
        let text = """
            x='it''s' && echo "$x" "$X" # a comment
            cat <<'END' | tr a-z A-Z; echo $#"$*"
            here $X \\ !
            END
            exit 7 # the end
            """
        let command = try Deployment.sample().command(
            .shell(text), environment: [EnvironmentVariable(name: "X", value: "v")])
        let program = try side.run(command)
        #expect(program.text == "its v\nHERE $X \\ !\n0\n")
        #expect(program.status == 7)
    }

    @Test(arguments: Shell.posix)
    func `without the end of the preamble nothing runs`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        let command = try Deployment.sample().command(
            .shell("echo ran"), environment: [EnvironmentVariable(name: "X", value: "v")])
        let program = try side.run(
            command.execLine, sending: Array(command.preamble.dropLast(2)))
        #expect(program.text == "")
        #expect(program.status == 125)
    }

    @Test(arguments: Shell.posix)
    func `a program whose name is no ordinary word is looked for as it is`(sh: Shell) throws {
        let side = try RemoteSide(sh: sh)
        for name in ["-x", "A=b", "", "cd ", "no such\nprogram"] {
            let program = try side.run(try Deployment.sample().command(.words([name, "y"])))
            #expect([126, 127].contains(program.status), "\(name.debugDescription)")
            #expect(program.text == "")
        }
    }
}
