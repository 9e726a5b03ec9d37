import Glibc
import LocalTerminal
import TestServer
import Testing

/// Each in a process of its own, which makes a pseudo-terminal its controlling one.
@Suite struct TerminalQuestionTests {
    @Test func `the answer is the line that was typed, and it echoes`() async {
        await #expect(processExitsWith: .success) {
            let tty = try ControllingTerminal()
            tty.type("yes\n", after: "Go on? ")
            let question = TerminalQuestion("Go on? ", echoes: true, signals: nil)
            #expect(question.ask() == .line(Array("yes".utf8)))
            #expect(tty.output(until: "yes\r\n") == "Go on? yes\r\n")
        }
    }

    @Test func `a passphrase does not echo, its newline does, and the modes are as before`() async {
        await #expect(processExitsWith: .success) {
            let tty = try ControllingTerminal()
            let before = try tty.pair.stty(["-g"])
            tty.type("päss wörd\n", after: "Passphrase: ")
            let question = TerminalQuestion("Passphrase: ", echoes: false, signals: nil)
            #expect(question.ask() == .line(Array("päss wörd".utf8)))
            #expect(tty.output(until: "\n") == "Passphrase: \r\n")
            #expect(try tty.pair.stty(["-g"]) == before)
        }
    }

    @Test func `what was typed before the question stood there is no answer`() async {
        await #expect(processExitsWith: .success) {
            let tty = try ControllingTerminal()
            tty.type("yes\nhalf")
            // Its echo tells that it is in the queue.
            _ = tty.output(until: "yes\r\nhalf")
            tty.type("no\n", after: "? ")
            #expect(
                TerminalQuestion("? ", echoes: true, signals: nil).ask()
                    == .line(Array("no".utf8)))
        }
    }

    @Test func `the end of input is no answer`() async {
        await #expect(processExitsWith: .success) {
            let tty = try ControllingTerminal()
            tty.type("\u{4}", after: "? ")
            #expect(
                TerminalQuestion("? ", echoes: true, signals: nil).ask()
                    == TerminalQuestion.Answer.none)
        }
    }

    @Test func `an interrupt ends the question and restores the modes`() async {
        await #expect(processExitsWith: .success) {
            let tty = try ControllingTerminal()
            let before = try tty.pair.stty(["-g"])
            let signals = try #require(SignalPipe())
            tty.type("half\u{3}", after: "Passphrase: ")
            let question = TerminalQuestion(
                "Passphrase: ", echoes: false, signals: signals)
            #expect(question.ask() == .interrupted)
            #expect(signals.interrupt() == SIGINT)
            #expect(try tty.pair.stty(["-g"]) == before)
        }
    }

    @Test(arguments: [true, false])
    func `the keys that kill and stop are a part of the line`(echoes: Bool) async {
        await #expect(processExitsWith: .success) { [echoes] in
            signal(SIGQUIT, SIG_DFL)
            let tty = try ControllingTerminal()
            let before = try tty.pair.stty(["-g"])
            tty.type("a\u{1C}b\u{1A}c\n", after: "? ")
            let question = TerminalQuestion("? ", echoes: echoes, signals: nil)
            #expect(question.ask() == .line(Array("a\u{1C}b\u{1A}c".utf8)))
            #expect(try tty.pair.stty(["-g"]) == before)
        }
    }

    @Test func `while a question waits, others have their turns`() async {
        await #expect(processExitsWith: .success) {
            let tty = try ControllingTerminal()
            let turns = Watched(0)
            var question = TerminalQuestion("? ", echoes: true, signals: nil)
            question.turn = {
                turns.withLock { count in
                    count += 1
                    if count == 5 { tty.type("yes\n", after: "? ") }
                }
                return 1
            }
            #expect(question.ask() == .line(Array("yes".utf8)))
        }
    }

    @Test func `without a terminal nobody is asked`() async {
        await #expect(processExitsWith: .success) {
            setsid()
            #expect(!TerminalQuestion.canAsk)
            #expect(
                TerminalQuestion("? ", echoes: true, signals: nil).ask()
                    == TerminalQuestion.Answer.none)
        }
    }
}

/// A pseudo-terminal that becomes the controlling one of this process, which leaves its session.
struct ControllingTerminal {
    let pair: PrivateTerminal
    private let seen: Watched<[UInt8]>

    init() throws {
        pair = try PrivateTerminal()
        seen = Watched([])
        setsid()
        // The end of the controlling terminal is not to be the end of this process.
        signal(SIGHUP, SIG_IGN)
        signal(SIGINT, SIG_DFL)
        guard ioctl(pair.slave, UInt(TIOCSCTTY), 0) == 0 else {
            throw TestServerError(.program, "cannot get a controlling terminal", "errno \(errno)")
        }
        try pair.stty(["sane"])
        _ = Worker("terminal") { [master = pair.master, seen] in
            var buffer = [UInt8](repeating: 0, count: 1024)
            while true {
                let count = read(master, &buffer, buffer.count)
                guard count > 0 else { return }
                seen.withLock { $0 += buffer[..<count] }
            }
        }
    }

    /// What has come out of the terminal, once it has `text` in it.
    func output(until text: String) -> String {
        let found = seen.wait(.seconds(60)) { bytes -> String? in
            let all = String(decoding: bytes, as: UTF8.self)
            return all.utf8.firstRange(of: text.utf8) != nil ? all : nil
        }
        return found ?? "nothing in time"
    }

    /// Types once `prompt` is to be seen.
    func type(_ text: String, after prompt: String) {
        _ = Worker("typist") { [self] in
            _ = output(until: prompt)
            type(text)
        }
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(pair.master, bytes, bytes.count)
    }
}
