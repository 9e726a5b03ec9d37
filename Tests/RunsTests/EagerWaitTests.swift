import SSH
import Testing

@testable import Runs

@Suite struct EagerWaitTests {
    private let start = ContinuousClock.now

    @Test func `nothing is waited for eagerly before a key was sent`() {
        var eager = EagerWait()
        #expect(eager.deadline == nil)
        eager.noteAnswer(at: start)
        #expect(eager.deadline == nil)
    }

    @Test func `a key's answer is waited for eagerly for a millisecond, once`() {
        var eager = EagerWait()
        eager.noteSent(at: start)
        #expect(eager.deadline == Deadline(instant: start + .milliseconds(1)))
        eager.noteAnswer(at: start + .microseconds(400))
        #expect(eager.deadline == nil)
        eager.noteSent(at: start + .seconds(1))
        #expect(eager.deadline == Deadline(instant: start + .milliseconds(1001)))
    }

    @Test func `a far server's answers are slept for, until one is quick again`() {
        var eager = EagerWait()
        eager.noteSent(at: start)
        eager.noteAnswer(at: start + .milliseconds(30))
        eager.noteSent(at: start + .seconds(1))
        #expect(eager.deadline == nil)
        eager.noteAnswer(at: start + .seconds(1) + .microseconds(900))
        eager.noteSent(at: start + .seconds(2))
        #expect(eager.deadline != nil)
    }

    @Test func `an answer is told once, and only that of a key`() {
        var eager = EagerWait()
        var told: [Bool] = []
        eager.noteAnswer(at: start)
        told.append(eager.takeAnswer())
        eager.noteSent(at: start)
        told.append(eager.takeAnswer())
        eager.noteAnswer(at: start + .milliseconds(30))
        told += [eager.takeAnswer(), eager.takeAnswer()]
        #expect(told == [false, false, true, false])
    }

    @Test func `what had come before a key was sent is no answer to it`() {
        var eager = EagerWait()
        eager.noteSent(at: start)
        eager.noteAnswer(at: start + .milliseconds(30))
        eager.noteSent(at: start + .seconds(1))
        eager.forgetKey()
        eager.noteAnswer(at: start + .seconds(1) + .microseconds(10))
        eager.noteSent(at: start + .seconds(2))
        #expect(eager.deadline == nil)
    }

    @Test func `an answer is expected until its time is up`() {
        var eager = EagerWait()
        eager.noteSent(at: .now + .seconds(60))
        #expect(eager.isExpecting)
        eager.noteSent(at: start - .seconds(60))
        #expect(!eager.isExpecting)
        #expect(eager.deadline != nil)
    }
}
