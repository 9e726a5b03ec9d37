import Foundation
import Testing

@testable import Deployments

/// One holder, one or two who come by, with every shell that can be the `sh` of a host.
@Suite(.fewAtATime) struct RemoteLockTests {
    typealias Shell = RemoteLockScene.Shell
    typealias Message = RemoteLock.Message

    private static func keeper(
        _ lock: RemoteLock, _ run: String, owner: String = "ann@desk", wait: Duration? = nil
    ) -> String {
        lock.keeper(run: run, owner: owner, reason: "release", wait: wait)
    }

    /// The holder that a message names; a test cannot go on without.
    private static func holder(_ message: Message?) throws -> RemoteLock.Holder {
        switch message {
        case .busy(let holder), .released(let holder?): return holder
        default: return try #require(nil, "\(String(describing: message))")
        }
    }

    @Test(arguments: Shell.posix)
    func `a lock is taken, kept, seen and given back`(shell: Shell) async throws {
        let scene = try RemoteLockScene()
        let lock = scene.lock()
        #expect(try await scene.messages(lock.status, in: shell) == [.free])

        let keeper = try scene.start(Self.keeper(lock, "RUN1"), in: shell)
        try await keeper.last(.held)
        try keeper.send(RemoteLock.heartbeat)
        try await eventually("an answer to the heartbeat") { keeper.lines.last == "." }
        let holder = try Self.holder(try await scene.messages(lock.status, in: shell).first)
        #expect([holder.run, holder.owner, holder.reason] == ["RUN1", "ann@desk", "release"])
        #expect(abs(Double(try #require(holder.since)) - Date().timeIntervalSince1970) < 600)
        #expect(try #require(holder.heldFor) < .seconds(600))
        #expect(try #require(holder.beatAge) < .seconds(600))
        #expect(!holder.isManual && !lock.isStale(holder))

        try keeper.send(RemoteLock.releaseLine)
        try await keeper.end()
        #expect(keeper.messages == [.held, .released(nil)])
        #expect(keeper.errors == "")
        #expect(try await scene.messages(lock.status, in: shell) == [.free])
        #expect(
            try FileManager.default.contentsOfDirectory(
                atPath: "\(scene.home)/.ccrun/locks") == [])
    }

    @Test(arguments: Shell.posix)
    func `who does not wait is told at once who has the lock`(shell: Shell) async throws {
        let scene = try RemoteLockScene()
        let keeper = try scene.start(Self.keeper(scene.lock(), "RUN1"), in: shell)
        try await keeper.last(.held)
        let messages = try await scene.messages(
            Self.keeper(scene.lock(), "RUN2", owner: "bob@desk"), in: shell)
        #expect(try Self.holder(messages.first).owner == "ann@desk")
        #expect(messages.dropFirst() == [.timeout])
    }

    @Test(arguments: Shell.posix)
    func `who waits gets the lock next, or is told when the wait is over`(
        shell: Shell
    ) async throws {
        let scene = try RemoteLockScene()
        let first = try scene.start(Self.keeper(scene.lock(), "RUN1"), in: shell)
        try await first.last(.held)
        let second = try scene.start(
            Self.keeper(scene.lock(), "RUN2", wait: .seconds(600)), in: shell)
        try await second.busy(with: "RUN1")
        try first.send(RemoteLock.releaseLine)
        try await second.last(.held)

        let third = try scene.start(Self.keeper(scene.lock(), "RUN3", wait: .seconds(2)), in: shell)
        try await third.end()
        #expect(try Self.holder(third.messages.first).run == "RUN2")
        #expect(third.messages.last == .timeout)
    }

    @Test func `who waits is told when somebody else has the lock`() async throws {
        let scene = try RemoteLockScene()
        let first = try scene.start(Self.keeper(scene.lock(), "RUN1"))
        try await first.last(.held)
        let waiting = try scene.start(Self.keeper(scene.lock(), "RUN3", wait: .seconds(600)))
        try await waiting.busy(with: "RUN1")
        // Held up, the other one comes first for certain.
        kill(waiting.processID, SIGSTOP)
        try first.send(RemoteLock.releaseLine)
        try await first.end()
        let second = try scene.start(Self.keeper(scene.lock(), "RUN2"))
        try await second.last(.held)
        kill(waiting.processID, SIGCONT)
        try await waiting.busy(with: "RUN2")
    }

    @Test(arguments: Shell.posix)
    func `a lock that was taken away by force is noticed as lost`(shell: Shell) async throws {
        let scene = try RemoteLockScene()
        let lock = scene.lock()
        let keeper = try scene.start(Self.keeper(lock, "RUN1"), in: shell)
        try await keeper.last(.held)
        let forced = try await scene.messages(
            lock.release(owner: "bob@desk", isForced: true), in: shell)
        #expect(try Self.holder(forced.first).run == "RUN1")
        #expect(forced.count == 1)
        #expect(try await scene.messages(lock.status, in: shell) == [.free])
        try keeper.send(RemoteLock.heartbeat)
        try await keeper.end()
        #expect(keeper.messages == [.held, .lost])
        #expect(
            try await scene.messages(lock.release(owner: "bob@desk", isForced: true), in: shell)
                == [.free])
    }

    @Test func `giving back a lock that somebody else has meanwhile leaves it to them`()
        async throws
    {
        let scene = try RemoteLockScene()
        let lock = scene.lock()
        let first = try scene.start(Self.keeper(lock, "RUN1"))
        try await first.last(.held)
        _ = try await scene.messages(lock.release(owner: "x", isForced: true))
        let second = try scene.start(Self.keeper(lock, "RUN2"))
        try await second.last(.held)
        try first.send(RemoteLock.releaseLine)
        try await first.last(.lost)
        #expect(try Self.holder(try await scene.messages(lock.status).first).run == "RUN2")
    }

    @Test(
        arguments: ["bob@desk", "ann@desk"], [false, true])
    func `without force nobody takes a living lock away`(owner: String, isKept: Bool) async throws {
        let scene = try RemoteLockScene()
        let lock = scene.lock()
        let keeper = try scene.start(
            isKept
                ? Self.keeper(lock, "RUN1")
                : lock.acquire(run: "RUN1", owner: "ann@desk", reason: "no deploys"))
        try await keeper.last(.held)
        let messages = try await scene.messages(lock.release(owner: owner, isForced: false))
        let holder = try Self.holder(messages.first)
        #expect(holder.run == "RUN1")
        #expect(holder.isManual != isKept)
        let isReleased = owner == "ann@desk" && !isKept
        #expect(messages == [isReleased ? .released(holder) : .busy(holder)])
        let status = try await scene.messages(lock.status)
        #expect((status == [.free]) == isReleased)
    }

    @Test(arguments: Shell.posix)
    func `the end of the input leaves the lock, and the same run can go on`(
        shell: Shell
    ) async throws {
        let scene = try RemoteLockScene()
        let lock = scene.lock()
        #expect(try await scene.messages(Self.keeper(lock, "RUN1"), in: shell) == [.held])
        #expect(
            try Self.holder(try await scene.messages(lock.status, in: shell).first).run == "RUN1")
        let again = try scene.start(Self.keeper(lock, "RUN1"), in: shell)
        try await again.last(.held)
        try again.send(RemoteLock.releaseLine)
        try await again.last(.released(nil))
        #expect(try await scene.messages(lock.status, in: shell) == [.free])
    }

    @Test(arguments: Shell.posix)
    func `a lock taken by hand does not go stale`(shell: Shell) async throws {
        let scene = try RemoteLockScene()
        let lock = scene.lock(staleAfter: .seconds(1))
        let acquire = lock.acquire(run: "RUN1", owner: "ann@desk", reason: "audit")
        #expect(try await scene.messages(acquire, in: shell) == [.held])
        let keeper = try scene.start(Self.keeper(lock, "RUN2", wait: .seconds(4)), in: shell)
        try await keeper.end()
        let holder = try Self.holder(keeper.messages.first)
        #expect(holder.isManual && holder.beatAge == nil && !lock.isStale(holder))
        #expect(keeper.messages == [.busy(holder), .timeout])
        let other = lock.acquire(run: "RUN3", owner: "bob@desk", reason: "")
        #expect(try await scene.messages(other, in: shell).last == .timeout)
    }

    @Test(arguments: Shell.posix)
    func `texts of the user arrive as they are, on one line and bounded`(shell: Shell) async throws
    {
        let awkward = #"it's "5" $HOME `id` \0134 \n %s ! * é 日本語 👩‍👩‍👧"#
        let cases = [
            (awkward, awkward), (" a\tb\nc\u{1b}[2J ", "a b c\u{fffd}[2J"), ("", ""), ("-n", "-n"),
            ("a=b\\", "a=b\\"),
            (String(repeating: "é", count: 5000), String(repeating: "é", count: 128)),
        ]
        for (text, shown) in cases {
            let scene = try RemoteLockScene()
            let lock = scene.lock()
            let owner = "o'neil \(text)"
            _ = try await scene.messages(
                lock.acquire(run: "RUN1", owner: owner, reason: text), in: shell)
            let status = try await scene.messages(lock.status, in: shell)
            #expect(try Self.holder(status.first).reason == shown)
            let released = try await scene.messages(
                lock.release(owner: owner, isForced: false), in: shell)
            #expect(try Self.holder(released.first).owner.hasPrefix("o'neil"))
            #expect(try await scene.messages(lock.status, in: shell) == [.free])
        }
    }
}
