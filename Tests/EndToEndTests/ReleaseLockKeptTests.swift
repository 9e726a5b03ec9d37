import Foundation
import TestServer
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// What a release waits for costs it no lock, and one whose lock is lost does not pass for a success.
@Suite struct ReleaseLockKeptTests {
    /// So short that every wait of these tests is longer.
    private static let stale = ["CCRUN_LOCK_STALE": "2s"]

    /// Waits until the lock has had the time to go stale several times over, as the host counts it.
    private static func outlast(_ sshd: PrivateSSHD) throws {
        let beats = "home/.ccrun/locks/shop.default/beat"
        var seen: Set<[UInt8]> = []
        try eventually("heartbeats") {
            if let beat = try? sshd.folder.read(beats), !beat.isEmpty { seen.insert(beat) }
            return seen.count > 4
        }
    }

    private static func expectLocked(_ place: Workplace) throws {
        // More patient than the one that holds it, whose heartbeats a busy machine delays.
        let other = try place.run(
            ["release", "shop", "--yes"], environment: ["CCRUN_LOCK_STALE": "60s"])
        #expect(other.status == .exited(125))
        #expect(other.errorOutput.contains("is locked by "), "\(other.errorOutput)")
    }

    @Test func `a question that waits keeps the lock`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd, ["release: [{run: echo run >>log, name: one, confirm: really?}]"],
                environment: Self.stale)
            let session = try place.terminal(["release", "shop"])
            defer { session.close() }
            try session.waitFor("really? (yes/no) ")
            try Self.outlast(sshd)
            try Self.expectLocked(place)
            try session.write("yes\r")
            #expect(try session.waitForExit() == .exited(0), "\(session.output)")
            #expect(try sshd.read(home: "log") == "run\n")
        }
    }

    @Test func `a lock that is taken away at a question is known before the step`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd, ["release: [{run: echo run >>log, name: one, confirm: really?}]"],
                environment: Self.stale)
            let session = try place.terminal(["release", "shop"])
            defer { session.close() }
            try session.waitFor("really? (yes/no) ")
            #expect(try place.run(["lock", "shop", "release", "--force"]).status == .exited(0))
            try session.waitFor("was taken away while it was held")
            try session.write("yes\r")
            #expect(try session.waitForExit() == .exited(125), "\(session.output)")
            #expect(throws: (any Error).self) { try sshd.read(home: "log") }
        }
    }

    @Test func `an interrupt at a question is 130, and gives the lock back`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd, ["release: [{run: echo run >>log, name: one, confirm: really?}]"])
            let session = try place.terminal(["release", "shop"])
            defer { session.close() }
            try session.waitFor("really? (yes/no) ")
            try session.write("\u{3}")
            #expect(try session.waitForExit() == .exited(130), "\(session.output)")
            #expect(!session.output.contains("not given back"), "\(session.output)")
            #expect(try place.run(["lock", "shop"]).output == "shop/default is not locked\n")
        }
    }

    @Test(arguments: [[], ["--json"]])
    func `a slow reader keeps the lock`(options: [String]) throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                ["release: [{run: head -c 3000000 /dev/zero; echo begun >>log, name: big}]"],
                environment: Self.stale)
            let gate = Gate()
            defer { gate.open() }
            let run = try place.start(
                ["release", "shop"] + options, output: .fed { _ in gate.pass() })
            try eventually("the step") { (try? sshd.read(home: "log")) == "begun\n" }
            try Self.outlast(sshd)
            try Self.expectLocked(place)
            gate.open()
            let result = try run.waitForExit()
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(try place.run(["lock", "shop"]).output == "shop/default is not locked\n")
        }
    }

    @Test(arguments: [[], ["--json"]])
    func `a reader that has stopped reading keeps nobody from ending it`(options: [String]) throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                [
                    "release:",
                    "  - {run: 'head -c 200000 /dev/zero; echo >full; exec sleep 1073', name: talk}",
                    "  - {run: touch next}",
                ])
            let gate = Gate()
            defer { gate.open() }
            let run = try place.start(
                ["release", "shop", "--grace", "1s"] + options, output: .fed { _ in gate.pass() })
            try eventually("the step") { (try? sshd.read(home: "full")) == "\n" }
            run.send(signal: SIGTERM)
            // Its end alone: the output is still held up.
            #expect(run.process.wait(.seconds(60)) == .exited(143))
            #expect(throws: (any Error).self) { try sshd.read(home: "next") }
        }
    }

    @Test func `events that cannot be written are 125, and nobody to read them is 141`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                [
                    "release:", "  - {run: echo one >>log, name: one}",
                    "  - {run: echo two >>log, name: two}",
                    "  - {run: echo cleaned >>log, name: cleanup, always: true}",
                ])
            let full = try place.run(["release", "shop", "--json"], output: .file("/dev/full"))
            #expect(full.status == .exited(125), "\(full.errorOutput)")
            let closed = try place.shell(
                "\"$0\" release shop --json | true; echo ${PIPESTATUS[0]}")
            #expect(closed.output == "141\n", "\(closed.errorOutput)")
            #expect(try place.run(["lock", "shop"]).output == "shop/default is not locked\n")
        }
    }

    @Test func `a connection that kept the lock and was lost is no success`() throws {
        try withSSHD { first in
            try withSSHD { second in
                let place = try Workplace(
                    release: first,
                    [
                        "release:",
                        "  - {run: 'test -e here || { touch begun; until test -e go; do sleep 0.1; done; }', name: wait, on: all}",
                    ], others: [second], environment: Self.stale)
                try first.folder.write("", to: "home/here")
                let run = try place.start(["release", "shop"])
                try eventually("the step on the second host") {
                    (try? second.read(home: "begun")) != nil
                }
                try first.killSessions()
                try run.waitForError("is not kept alive any more: ")
                try second.folder.write("", to: "home/go")
                let result = try run.waitForExit()
                #expect(result.status == .exited(125))
                #expect(result.errorOutput.contains("the lock was lost"), "\(result.errorOutput)")
            }
        }
    }
}

/// What the reader of a pipe waits at until it is opened.
private final class Gate: Sendable {
    private let isOpen = Watched(false)

    func pass() { _ = isOpen.wait(.seconds(300)) { $0 ? true : nil } }

    func open() { isOpen.withLock { $0 = true } }
}
