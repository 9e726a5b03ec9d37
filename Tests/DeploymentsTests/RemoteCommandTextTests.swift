import Testing

@testable import Deployments

/// The very text that is sent, which is also what `--dry-run` prints.
struct RemoteCommandTextTests {
    private static let reader =
        #"_cv=;while IFS= read -r _cl;do _cv=$_cv${_cl#?};case $_cl in .*)break;;"#
        + #"=*)export "$_cv";_cv=;;%*)_cv=$(printf %b. "$_cv");export "${_cv%.}";_cv=;;esac;done;"#
        + #"[ "$_cl" = . ]||exit 125;unset _cl _cv;"#

    @Test func `an ordinary command reads plainly`() throws {
        var deployment = Deployment.sample()
        deployment.directory = "/srv/shop"
        deployment.before = ". venv/bin/activate"
        let command = try deployment.command(.shell("python manage.py migrate"))
        let script =
            "cd /srv/shop 2>/dev/null||"
            + "{ echo ccrun: error: cannot enter the directory /srv/shop on the server >&2;"
            + "exit 125;};. venv/bin/activate||exit;"
            + "_ce=;case $(command -v python) in /*)_ce=exec;;esac;$_ce python manage.py migrate"
        #expect(command.script == script)
        #expect(command.execLine == "exec env DEP_NAME=shop/default sh -c '\(script)'")
        #expect(command.preamble.isEmpty)
        #expect(command.handshake == nil)
    }

    @Test(
        arguments: [
            (.loginShell, #"exec "${SHELL:-/bin/sh}" -l"#),
            (.words(["ls", "-l", "a b", "it's"]), #"exec ls -l 'a b' 'it'\''s'"#),
            (.words(["-x", "y"]), "command -- -x y"),
            (.words(["A=b", "C=d"]), "exec 'A=b' 'C=d'"),
            (.words([""]), "exec ''"),
            (.words([]), #"exec "${SHELL:-/bin/sh}" -l"#),
            (.shell("a && b # c"), "a && b # c"),
            (.shell("python manage.py migrate"), "exec python manage.py migrate"),
            (.shell("python -c 'print(1); x()' \"a;b\""), "exec python -c 'print(1); x()' \"a;b\""),
            (.shell("a; b"), "a; b"),
            (.shell("a 'open"), "a 'open"),
            (.shell("a > b"), "a > b"),
            (.shell("A=1 b"), "A=1 exec b"),
            (.shell("A='x y' B=\\\" b c"), "A='x y' B=\\\" exec b c"),
            (.shell("A=1"), "A=1"),
            (.shell("A=1 exit"), "A=1 exit"),
            (.shell("1A=1 b"), "1A=1 b"),
            (.shell("cd /x && b 'c && d'"), "cd /x && exec b 'c && d'"),
            (.shell("a && A=1 b && c d"), "a && A=1 b && exec c d"),
            (.shell("a && B=1 c"), "a && B=1 exec c"),
            (
                .shell(". x && b c"),
                ". x &&{ _ce=;case $(command -v b) in /*)_ce=exec;;esac; $_ce b c;}"
            ),
            (.shell("trap x EXIT && b"), "trap x EXIT && b"),
            (.shell("{ a && b"), "{ a && b"),
            (.shell("a && ! b"), "a && ! b"),
            (.shell("a && b || c"), "a && b || c"),
            (.shell("a && b &"), "a && b &"),
            (.shell("a &&"), "a &&"),
            (.shell("a && (b)"), "a && (b)"),
            (.shell("cd /x"), "cd /x"),
            (.shell("exit 3"), "exit 3"),
            (.shell("a\nb"), "a\nb"),
        ] as [(RemoteCommand.Request, String)])
    func `the command is the last part`(request: RemoteCommand.Request, text: String) throws {
        #expect(try Deployment.sample().command(request).script == text)
        let variable = EnvironmentVariable(name: "A", value: "b")
        let command = try Deployment.sample().command(request, environment: [variable])
        #expect(command.script == Self.reader + text)
    }

    @Test func `names go through env only where no value needs the preamble`() throws {
        let plain = try RemoteCommand(
            .words(["true"]), deployment: .sample(), runID: "01KAMX6T0Z3Q5M8V9N2C4R7B1D",
            environment: [], pseudoTerminal: true)
        #expect(
            plain.execLine
                == "exec env DEP_NAME=shop/default CCRUN_RUN_ID=01KAMX6T0Z3Q5M8V9N2C4R7B1D "
                + "sh -c 'exec true'")
        #expect(plain.preamble.isEmpty)
        let full = try RemoteCommand(
            .words(["true"]), deployment: .sample(), runID: "01KAMX6T0Z3Q5M8V9N2C4R7B1D",
            environment: [EnvironmentVariable(name: "A", value: "b")], pseudoTerminal: false)
        #expect(full.execLine == "exec sh -c '\(Self.reader)exec true'")
        #expect(
            String(decoding: full.preamble, as: UTF8.self)
                == "=DEP_NAME=shop/default\n=CCRUN_RUN_ID=01KAMX6T0Z3Q5M8V9N2C4R7B1D\n=A=b\n.\n")
    }

    @Test(
        arguments: [
            ("echo a\"b$x`y`#~{}[]<>|&;()*?%^", nil),
            ("it's", #"it\0047s"#),
            ("a\\b", #"a\0134b"#),
            ("hi!", #"hi\0041"#),
            ("a\nb\t", #"a\0012b\0011"#),
            ("é7\u{1}7", #"\0303\02517\00017"#),
            ("\\\\'\u{7f}", #"\0134\0134\0047\0177"#),
        ] as [(String, String?)])
    func `what a login shell could read differently is encoded`(
        script: String,
        encoded: String?
    ) {
        let line =
            encoded.map { #"exec sh -c 'eval "shift;$(printf %b "$1")"' sh '"# + $0 + "'" }
            ?? "exec sh -c '\(script)'"
        #expect(ExecLine.carrying(script) == line)
    }

    @Test func `with a pseudo-terminal echo comes back after the preamble`() throws {
        let value = [EnvironmentVariable(name: "A", value: "b")]
        let command = try Deployment.sample().command(
            .shell("top"), environment: value, pseudoTerminal: true)
        #expect(command.script == Self.reader + "if [ -t 0 ];then stty echo;fi;exec top")
        let modes = try RemoteCommand(
            .shell("top"), deployment: .sample(), environment: value, pseudoTerminal: true,
            terminalModesToRestore: ["echo", "icanon"])
        #expect(
            modes.script == Self.reader + "if [ -t 0 ];then stty echo icanon;fi;exec top")
    }

    @Test(
        arguments: [
            ("docker exec -i {tty} web", "docker exec -i web", "docker exec -i -t web"),
            ("docker exec {tty}", "docker exec", "docker exec -t"),
            ("{tty} x", "x", "-t x"),
            ("a{tty} b", "a b", "a-t b"),
            ("sudo -u app", "sudo -u app", "sudo -u app"),
        ])
    func `through takes a terminal only where there is one`(
        through: String,
        without: String,
        with: String
    ) throws {
        var deployment = Deployment.sample()
        deployment.through = through
        let plain = try deployment.command(.words(["ls"]))
        #expect(plain.script == "exec \(without) sh -c '\(Self.reader)exec ls'")
        #expect(plain.handshake == nil)

        let terminal = try deployment.command(.words(["ls"]), pseudoTerminal: true)
        let inner =
            #"if [ -t 0 ];then stty -echo||exit 125;fi;printf "\033]5379;ccrun-ready\007";"#
            + Self.reader + "if [ -t 0 ];then stty echo;fi;exec ls"
        #expect(terminal.script == "exec \(with) sh -c '\(inner)'")
        #expect(terminal.handshake == Array("\u{1b}]5379;ccrun-ready\u{7}".utf8))
    }

    @Test func `values stand in the preamble only, the later ones of a name`() throws {
        var deployment = Deployment.sample()
        deployment.environment = [
            EnvironmentVariable(name: "A", value: "old"),
            EnvironmentVariable(name: "B", value: "two words"),
        ]
        let command = try deployment.command(
            .shell("x"),
            environment: [
                EnvironmentVariable(name: "A", value: "se\\cret\n7"),
                EnvironmentVariable(name: "C", value: ""),
            ])
        #expect(
            String(decoding: command.preamble, as: UTF8.self)
                == "=DEP_NAME=shop/default\n%A=se\\0134cret\\00127\n=B=two words\n=C=\n.\n")
        #expect(command.script == Self.reader + "exec x")
    }

    @Test func `long values are cut between code points into lines a terminal can hold`() throws {
        let value = String(repeating: "日本é\u{1}", count: 500)
        let bytes = try Preamble.bytes(carrying: [EnvironmentVariable(name: "A", value: value)])
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        #expect(lines.allSatisfy { $0.count < 1000 })
        #expect(lines.allSatisfy { String(validating: $0, as: UTF8.self) != nil })
        #expect(lines.dropLast(2).allSatisfy { $0.first == UInt8(ascii: "+") })
        #expect(lines.dropLast().last?.first == UInt8(ascii: "%"))
        #expect(bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == UInt8(ascii: "\n") })
    }

    @Test(
        arguments: [
            ("1A", "hidden"), ("A-B", "hidden"), ("", "hidden"), ("A=B", "hidden"),
            ("É", "hidden"), ("A\n", "hidden"), ("A", "hidden\0"),
        ])
    func `a variable that no environment can hold is refused`(name: String, value: String) {
        let error = #expect(throws: DeploymentsError.self) {
            try Deployment.sample().command(
                .shell("x"), environment: [EnvironmentVariable(name: name, value: value)])
        }
        #expect(error?.code == .invalidEnvironment)
        #expect(error?.message.contains("hidden") == false)
    }

    @Test func `a NUL byte in a command is refused`() {
        let error = #expect(throws: DeploymentsError.self) {
            try Deployment.sample().command(.words(["a", "b\0c"]))
        }
        #expect(error?.code == .invalidCommand)
    }
}
