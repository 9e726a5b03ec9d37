import TestServer
import Testing

@testable import SSH

/// What a server may ask, and how it can lie about that.
@Suite struct LoginQuestionTests {
    /// Answers from a list, and keeps what was asked and shown.
    final class Person {
        var answers: [String?]
        var asked: [String] = []
        var echoes: [Bool] = []
        var shown: [String] = []
        var remarks: [String] = []

        init(_ answers: [String?]) { self.answers = answers }

        var person: LoginPerson {
            LoginPerson(
                label: "deploy@web",
                ask: { prompt, echoes in
                    self.asked.append(prompt)
                    self.echoes.append(echoes)
                    guard !self.answers.isEmpty else { return nil }
                    return self.answers.removeFirst().map { Array($0.utf8) }
                },
                show: { self.shown.append($0) }, remark: { self.remarks.append($0) })
        }
    }

    private static func script(_ methods: [String] = ["keyboard-interactive"]) -> Script {
        var script = Script.honest(status: 3, output: "out")
        script.login.publicKeys = .refused
        script.login.methods = methods
        return script
    }

    /// The error that a login ends with, after which a channel must open if there is none.
    private static func error(
        _ script: Script, _ person: Person?, limit: Duration = generous,
        order: [LoginMethods.Method] = [.keyboardInteractive, .password],
        after check: (LyingServer) throws -> Void = { _ in }
    ) throws -> SSHError? {
        try withLyingServer(script) { server in
            let session = try server.trustedSession()
            var methods = LoginMethods(order: order, person: person?.person)
            methods.patience = limit
            let login = Login(
                session: session, user: server.user, keys: server.keys, methods: methods,
                deadline: .after(limit))
            let error = sshError { try login.perform(sendingAhead: false) }
            if error == nil {
                let channel = try Channel(on: session, until: .after(generous))
                try channel.start(command: "x")
                #expect(try channel.readAll().facts.exitStatus == 3)
            }
            try check(server)
            return error
        }
    }

    @Test func `several questions at once, and then more, arrive in order with their echo`() throws
    {
        var script = Self.script()
        script.login.questionTitle = ("Two \u{1B}[31msteps\n", "First\nsecond\u{7}")
        script.login.questions = [
            .init("PIN: ", echoes: false, answer: "1\u{E9}2"),
            .init("Token\u{1B}[2J\nccrun: error: ", echoes: true, answer: ""),
            .init("", echoes: false, answer: "x"),
        ]
        script.login.laterQuestions = [[], [.init("Again", echoes: true, answer: "5aaa")], []]
        let person = Person(["1\u{E9}2", "", "x", "5aaa"])
        let error = try Self.error(script, person) { server in
            let answers = server.record.events().compactMap {
                if case .answers(let answers) = $0 { answers } else { nil }
            }
            #expect(answers == [["1\u{E9}2", "", "x"], [], ["5aaa"], []])
        }
        #expect(error == nil, "\(String(describing: error))")
        #expect(
            person.asked == [
                "(deploy@web) PIN: ",
                "(deploy@web) Token[2J\n(deploy@web) ccrun: error: ", "(deploy@web) ",
                "(deploy@web) Again ",
            ])
        #expect(person.echoes == [false, true, false, true])
        #expect(person.shown == ["Two [31msteps\nFirst\nsecond"])
    }

    @Test func `answers may be wrong twice, and are then refused`() throws {
        var script = Self.script()
        script.login.questions = [.init("Word: ", echoes: false, answer: "right")]
        let third = Person(["wrong", "wrong", "right"])
        #expect(try Self.error(script, third) == nil)
        #expect(third.remarks == Array(repeating: "permission denied, please try again", count: 2))
        let never = Person(["wrong", "wrong", "wrong", "right"])
        let error = try Self.error(script, never)
        #expect(error?.code == .loginRefused)
        #expect(error?.underlying == "permission denied")
        #expect(never.asked.count == 3)
        #expect(error?.details.count == 4)
        #expect(error.map { "\($0) \($0.details)".contains("wrong") } == false)
    }

    @Test func `a server that asks nothing lets in, or is not asked again`() throws {
        #expect(try Self.error(Self.script(), nil) == nil)
        var refusing = Self.script()
        refusing.login.laterQuestions = [[.init("x", echoes: true, answer: "y")]]
        refusing.login.questions = []
        let error = try Self.error(refusing, Person([]))
        #expect(error?.underlying == "no answer was given")
    }

    @Test func `where nobody is there the answer is not sent`() throws {
        var script = Self.script()
        script.login.questions = [.init("Word: ", echoes: false, answer: "")]
        let error = try Self.error(script, nil) { server in
            let answers = server.record.events().contains {
                if case .answers = $0 { true } else { false }
            }
            #expect(!answers)
        }
        #expect(error?.code == .loginRefused)
        #expect(
            error?.details.first
                == "tried keyboard-interactive: the server asks \"Word:\", "
                + "and there is nobody to answer")
    }

    @Test func `a server that asks without an end is left`() throws {
        var script = Self.script()
        script.login.asksForever = true
        let silent = try Self.error(script, Person([]))
        #expect(silent?.underlying == "the server asks without an end")
        script.login.questions = [.init("Word: ", echoes: false, answer: "")]
        let person = Person(Array(repeating: "x", count: 1000))
        #expect(try Self.error(script, person)?.underlying == "the server asks without an end")
        #expect(person.asked.count == 64)
    }

    // MARK: - Lies

    private static func request(
        name: UInt32? = nil, prompts: UInt32, _ rest: [UInt8] = []
    ) -> [UInt8] {
        var writer = WireWriter()
        writer.byte(60)
        if let name { writer.uint32(name) } else { writer.string([UInt8]()) }
        writer.string([UInt8]())
        writer.string([UInt8]())
        writer.uint32(prompts)
        writer.raw(rest)
        return writer.bytes
    }

    private static func prompts(_ count: Int) -> [UInt8] {
        var writer = WireWriter()
        for _ in 0..<count {
            writer.string("x".utf8)
            writer.byte(0)
        }
        return writer.bytes
    }

    @Test(arguments: [
        ("a name of 4 GiB", request(name: 0xFFFF_FFFF, prompts: 0)),
        ("a name of 100 KiB", request(name: 100 << 10, prompts: 0)),
        ("a name one byte too long", request(name: 200, prompts: 1, prompts(1))),
        ("1000 prompts", request(prompts: 1000, prompts(1000))),
        ("more prompts than there are", request(prompts: 5, prompts(2))),
        ("2\u{B3}\u{B2}-1 prompts", request(prompts: 0xFFFF_FFFF)),
        ("a prompt of 4 GiB", request(prompts: 1, [0xFF, 0xFF, 0xFF, 0xFF, 0x78])),
        ("nothing", [60]), ("half a length", [60, 0, 0]),
    ])
    func `a request that lies about its lengths ends the login`(
        name: String, packet: [UInt8]
    ) throws {
        var script = Self.script()
        script.login.questionPacket = packet
        let person = Person([])
        let error = try Self.error(script, person, limit: .seconds(2))
        #expect(error != nil)
        #expect(person.asked.isEmpty, "\(name): \(person.asked)")
    }

    @Test func `a long prompt is cut`() throws {
        var script = Self.script()
        let long = String(repeating: "y", count: 30_000)
        script.login.questions = [.init(long, echoes: false, answer: "x")]
        let person = Person(["x"])
        #expect(try Self.error(script, person) == nil)
        #expect((person.asked.first?.utf8.count ?? 0) < 3000)
    }

    // MARK: - Passwords

    @Test func `a password is sent as it was typed`() throws {
        var script = Self.script(["password"])
        script.login.password = "p\u{E4}ss 'w\"\\"
        let person = Person(["wrong", "p\u{E4}ss 'w\"\\"])
        #expect(try Self.error(script, person) == nil)
        #expect(person.asked == Array(repeating: "deploy@web's password: ", count: 2))
        #expect(person.echoes == [false, false])
    }

    @Test func `an expired password is told from a wrong one`() throws {
        var script = Self.script(["password"])
        script.login.password = "old"
        script.login.afterPassword = .expired
        let error = try Self.error(script, Person(["old"]))
        #expect(error?.underlying == "the password has expired, and the server wants a new one")
        #expect(error?.hint?.hasPrefix("change it first: ssh ") == true)
    }

    @Test func `methods follow one another in the order that is wished`() throws {
        var script = Self.script(["password", "keyboard-interactive"])
        script.login.password = "secret"
        script.login.afterPassword = .partial
        script.login.questions = [.init("Code: ", echoes: true, answer: "1")]
        let person = Person(["secret", "1"])
        let order: [LoginMethods.Method] = [.publicKey, .password, .keyboardInteractive]
        #expect(try Self.error(script, person, order: order) == nil)
        #expect(person.asked == ["deploy@web's password: ", "(deploy@web) Code: "])
    }

    @Test func `partial success without an end is left`() throws {
        var script = Self.script(["password"])
        script.login.password = "secret"
        script.login.afterPassword = .partial
        let person = Person(Array(repeating: "secret", count: 100))
        let error = try Self.error(script, person)
        #expect(error?.underlying == "the server wants more after 8 factors")
        #expect(person.asked.count == 8)
    }
}
