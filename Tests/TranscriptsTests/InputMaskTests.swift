import Testing

@testable import Transcripts

/// What of the input is recorded: what the far terminal has shown, and never at a secret's prompt.
@Suite struct InputMaskTests {
    /// What happens at a terminal.
    enum Step: Sendable {
        case typed(String)
        case shown(String)
        /// Typed, and echoed letter by letter as it comes.
        case echoed(String)
    }

    /// What is recorded of some steps and the run's end after them.
    private static func recorded(_ steps: [Step]) -> String {
        var mask = InputMask()
        var recorded: [UInt8] = []
        func perform(_ step: Step) {
            switch step {
            case .typed(let text):
                Array(text.utf8).withUnsafeBytes { mask.typed($0) { recorded += $0 } }
            case .shown(let text):
                Array(text.utf8).withUnsafeBytes { mask.shown($0) { recorded += $0 } }
            case .echoed(let text):
                for character in text {
                    perform(.typed("\(character)"))
                    perform(.shown(character == "\r" ? "\r\n" : "\(character)"))
                }
            }
        }
        for step in steps { perform(step) }
        mask.finish { recorded += $0 }
        return String(decoding: recorded, as: UTF8.self)
    }

    private static let cases: [String: (steps: [Step], recorded: String)] = [
        "what echoes": ([.shown("$ "), .echoed("ls -la\r"), .shown("total 0\r\n$ ")], "ls -la\r"),
        "no echo": (
            [.shown("> "), .typed("hush-41c"), .typed("\r"), .shown("\r\nok\r\n")], "[masked]\r"
        ),
        "stars": (
            [.shown("> "), .typed("h"), .shown("*"), .typed("u"), .shown("*"), .typed("\r")],
            "[masked]\r"
        ),
        "an echo that is late": (
            [
                .shown("$ "), .typed("ls\rpwd\r"), .shown("ls\r\nfile\r\n$ "),
                .shown("pwd\r\n/\r\n"),
            ],
            // What ls printed is not what comes first of the next line.
            "ls\r[masked]\r"
        ),
        "typed ahead": ([.typed("ls\rpwd\r"), .shown("ls\r\npwd\r\n")], "ls\rpwd\r"),
        "a prompt, though it echoes": (
            [.shown("Password: "), .echoed("hush-41c\r"), .shown("$ "), .echoed("ls\r")],
            "[masked]\rls\r"
        ),
        "a prompt that comes after the typing": (
            [.typed("hush-41c\r"), .shown("Password: "), .shown("\r\n")], "[masked]\r"
        ),
        "user and password in one go": (
            [
                .shown("Username: "), .typed("ana\rhush-41c\r"), .shown("ana\r\nPassword: "),
                .shown("\r\nwelcome\r\n"),
            ], "ana\r[masked]\r"
        ),
        "a program that goes on with the same letter": (
            [.shown("> "), .typed("hush"), .typed("\r"), .shown("hello\r\n")], "[masked]\r"
        ),
        "half an echo": (
            [.typed("hush"), .shown("hu"), .typed("\r"), .shown("\r\n")], "[masked]\r"
        ),
        "a line that was edited": (
            [.echoed("lx"), .typed("\u{7f}"), .shown("\u{8} \u{8}"), .echoed("s\r")], "lx\u{7f}s\r"
        ),
        "arrows and a paste": (
            [
                .typed("\u{1b}[A\u{1b}[200~ls\u{1b}[201~"), .shown("\u{1b}[7ml\u{1b}[27ms"),
                .echoed("\r"),
            ], "\u{1b}[A\u{1b}[200~ls\u{1b}[201~\r"
        ),
        "a key that begins a string, ahead of a password": (
            [
                .echoed("first"), .typed("\u{1b}_"), .shown("_"), .echoed("line\r"),
                .typed("hush-41c\r"), .shown("\r\n"), .echoed("exit\r"),
            ], "[masked]\r[masked]\rexit\r"
        ),
        "a string that the line ends in": (
            [.typed("\u{1b}]hush-41c"), .typed("\r"), .shown("\r\n")], "[masked]\r"
        ),
        "a string that the run ends in": ([.typed("\u{1b}Phush-41c")], "[masked]"),
        "a string with an end": (
            [.typed("\u{1b}]11;hush-41c\u{7}"), .echoed("ls\r")], "[masked]\r"
        ),
        "digits behind a bracket": (
            [.typed("\u{1b}[123456"), .typed("\r"), .shown("\r\n")], "[masked]\r"
        ),
        "beyond ASCII": ([.echoed("café 漢\r")], "café 漢\r"),
        "keys of a program that fills the screen": (
            [.typed("j"), .shown("\u{1b}[2;1Hnext"), .typed("q"), .shown("$ ")], "[masked]"
        ),
        "an interrupt": ([.echoed("slee"), .typed("\u{3}"), .shown("^C\r\n")], "slee\u{3}"),
        "the end without a line's": ([.echoed("y")], "y"),
        "nothing but return": ([.shown("[Y/n] "), .typed("\r"), .shown("\r\n")], "\r"),
        "a title in the output": (
            [.shown("\u{1b}]0;Password:\u{7}$ "), .echoed("ls\r")], "ls\r"
        ),
    ]

    @Test(arguments: cases.keys.sorted())
    func `is recorded or masked`(kind: String) throws {
        let (steps, recorded) = try #require(Self.cases[kind])
        #expect(Self.recorded(steps) == recorded)
    }

    @Test(arguments: [
        "Password: ", "password for ana: ", "[sudo] password for ana: ",
        "Enter passphrase for key '/home/ana/.ssh/id': ", "Password (again): ", "New password:",
        "API token? ", "PIN: ", "Verification code: ", "Enter your OTP> ", "Passwort: ",
        "\u{1b}[1mPassword\u{1b}[0m: ", "secret [none]", "Password",
    ])
    func `a line that asks for a secret is known`(line: String) {
        #expect(Self.recorded([.shown(line), .echoed("hush\r")]) == "[masked]\r")
    }

    @Test(arguments: [
        "$ ", "root@web1:~/password-store# ", "Username: ", "Proceed? [y/N] ", ">>> ",
        "Password: \r\n$ ", "Spinning: ", "shop=> ",
    ])
    func `a line that does not is none`(line: String) {
        #expect(Self.recorded([.shown(line), .echoed("yes\r")]) == "yes\r")
    }

    @Test func `what is typed without end is not kept without end`() {
        let long = String(repeating: "x", count: 100_000)
        #expect(
            Self.recorded([.typed(long + "\r"), .shown(long + "\r\n"), .echoed("ls\r")])
                == "[masked]\rls\r")
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `generated passwords are in no byte, wherever the stream is cut`(seed: UInt64) {
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let letters = Array("abcdefgh0123")
            let password = String(
                (0..<Int.random(in: 6...12, using: &random)).map { _ in
                    letters.randomElement(using: &random) ?? "a"
                })
            var steps: [Step] = [
                .shown("$ "), .echoed("login\r"), .shown("User: "), .echoed("ana\r"),
            ]
            let prompt = ["Password: ", "say it: ", "> "].randomElement(using: &random) ?? "> "
            steps.append(.shown(prompt))
            var rest = Substring(password + "\r")
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...5, using: &random))
                rest = rest.dropFirst(piece.count)
                steps.append(.typed(String(piece)))
            }
            steps += [.shown("\r\nwelcome\r\n$ "), .echoed("ls\r")]
            let recorded = Self.recorded(steps)
            #expect(recorded == "login\rana\r[masked]\rls\r", "seed \(seed): \(password)")
        }
    }
}
