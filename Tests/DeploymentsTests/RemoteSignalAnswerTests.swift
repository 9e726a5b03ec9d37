import Testing

@testable import Deployments

/// What comes back from a host is read with suspicion.
struct RemoteSignalAnswerTests {
    typealias Answer = RemoteSignal.Answer

    @Test(
        arguments: [
            ("signalled\t7\t7", .signalled(session: 7, groups: [7])),
            ("signalled\t7\t7 9", .signalled(session: 7, groups: [7, 9])),
            ("signalled\t0\t0", .signalled(session: 0, groups: [0])),
            ("refused\t7 9", .refused(groups: [7, 9])), ("gone", .gone), ("unknown", .unknown),
            ("signalled\t7\t", nil), ("signalled\t7\tx", nil), ("signalled", nil),
            ("refused\t", nil),
            ("gone\t", nil), ("", nil), ("motd", nil),
        ] as [(String, Answer?)])
    func `a line is read as an answer`(line: String, answer: Answer?) {
        #expect(Answer.parse(line) == answer)
    }

    @Test func `a process is read with a name fit to print`() {
        typealias Remaining = RemoteSignal.Remaining
        #expect(Remaining.parse("7\tsleep") == Remaining(pid: 7, name: "sleep"))
        #expect(Remaining.parse("7\ta\u{1b}[0m\tb") == Remaining(pid: 7, name: "a\u{fffd}[0m b"))
        #expect(Remaining.parse("7\t") == Remaining(pid: 7, name: ""))
        for line in ["7", "", "x\tsleep", "-7\tsleep", "unknown"] {
            #expect(Remaining.parse(line) == nil)
        }
    }
}
