import Foundation
import Testing

@testable import Deployments

/// Many who want the same lock at once, some of whom die with it.
@Suite(.fewAtATime) struct RemoteLockContentionTests {
    /// What one contender does: enters, leaves and gives the lock back, or dies with it.
    ///
    /// `$1` is its name, `$2` the folder with its `sh`, `$3` the file with the line to run, `$4` is
    /// `dies` for one whose keeper is killed.
    private static let contender = #"""
        mkfifo "$1.in"
        HOME=$PWD/home PATH=$2:$PATH "$2/sh" -c "$(cat "$3")" <"$1.in" 2>>errors | {
          exec 9>"$1.in"
          while read -r word rest; do
            case $word in
              pid) keeper=$rest ;;
              held)
                echo "enter $1" >>log
                echo beat >&9
                date >/dev/null
                echo "leave $1" >>log
                if [ "$4" = dies ]; then kill -9 "$keeper"; break; fi
                echo release >&9 ;;
              released) echo "$1" >>ended ;;
              busy|.) ;;
              *) echo "$1: $word $rest" >>errors ;;
            esac
          done
        }
        """#

    /// Starts contenders at the same moment, one shell after another, and waits for all of them.
    private static func contend(
        in scene: RemoteLockScene, count: Int, staleAfter: Duration, dies: (Int) -> Bool
    ) async throws -> (log: [String], errors: String, ended: Int) {
        let folders = try RemoteLockScene.installed.map(scene.folder)
        try scene.scratch.write("contender", contender)
        var starts = "cd '\(scene.scratch.path)'\n"
        for number in 0..<count {
            let script = scene.lock(staleAfter: staleAfter).keeper(
                run: "RUN\(number)", owner: "ann@desk", reason: "", wait: .seconds(900))
            let line = ExecLine.carrying("echo pid $$\n" + script)
            let file = try scene.scratch.write("line\(number)", line)
            let words = [
                "C\(number)", folders[number % folders.count], file,
                dies(number) ? "dies" : "lives",
            ]
            starts += "sh contender \(ShellQuoting.joined(words)) &\n"
        }
        let all = try scene.start(starts + "wait\n")
        try await eventually("all come to an end", within: .seconds(600)) { !all.isRunning }
        func read(_ name: String) -> String {
            (try? String(contentsOfFile: "\(scene.scratch.path)/\(name)", encoding: .utf8)) ?? ""
        }
        return (
            read("log").split(separator: "\n").map(String.init), read("errors"),
            read("ended").split(separator: "\n").count
        )
    }

    /// Whether every `enter` is followed by the `leave` of the same contender.
    private static func isAlternating(_ log: [String]) -> Bool {
        stride(from: 0, to: log.count - 1, by: 2).allSatisfy { place in
            log[place].hasPrefix("enter ")
                && log[place + 1] == "leave " + log[place].dropFirst("enter ".count)
        }
    }

    @Test func `of fifty at once one at a time has the lock, and each gets it`() async throws {
        let scene = try RemoteLockScene()
        let (log, errors, ended) = try await Self.contend(
            in: scene, count: 50, staleAfter: .seconds(600)
        ) { _ in false }
        #expect(errors == "")
        #expect(Set(log).count == 100 && log.count == 100)
        #expect(Self.isAlternating(log), "\(log)")
        #expect(ended == 50)
        #expect(try await scene.messages(scene.lock().status) == [.free])
    }

    @Test func `a lock whose keeper was killed goes to one of those who wait`() async throws {
        let scene = try RemoteLockScene()
        let (log, errors, ended) = try await Self.contend(
            in: scene, count: 12, staleAfter: .seconds(10)
        ) { $0.isMultiple(of: 4) }
        // Shells say when what they wait for was killed.
        let complaints = errors.split(separator: "\n").filter { !$0.contains("illed") }
        #expect(complaints == [])
        #expect(Set(log).count == 24 && log.count == 24)
        #expect(Self.isAlternating(log), "\(log)")
        #expect(ended == 9)
    }

    @Test(arguments: RemoteLockScene.Shell.posix)
    func `a killed keeper's lock is not taken before it is stale`(
        shell: RemoteLockScene.Shell
    ) async throws {
        let scene = try RemoteLockScene()
        let lock = scene.lock(staleAfter: .seconds(2))
        func keeper(_ run: String) -> String {
            lock.keeper(run: run, owner: "ann@desk", reason: "", wait: .seconds(600))
        }
        let first = try scene.start(keeper("RUN1"), in: shell)
        try await first.last(.held)
        let started = ContinuousClock.now
        try first.send(RemoteLock.heartbeat)
        first.stop()
        let second = try scene.start(keeper("RUN2"), in: shell)
        try await second.last(.held)
        #expect(second.messages.count == 2)
        // The beat may be from the moment of `held`, a little before `started`.
        #expect(ContinuousClock.now - started > .milliseconds(1000))
    }
}
