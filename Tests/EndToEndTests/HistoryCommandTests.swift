import Foundation
import TestServer
import Testing
import Transcripts

extension Workplace {
    /// Leaves so many runs behind that said a line each, without a server; newest last.
    @discardableResult
    func leaveRuns(
        _ count: Int, saying text: String = "all is well", status: Int = 0,
        apart: Duration = .seconds(60)
    ) throws -> [RunID] {
        (0..<count).map { number in
            let age = Int64(count - number) * apart.components.seconds * 1000
            let run = RunID(
                at: Timestamp(milliseconds: Timestamp.now.milliseconds - age))
            let recorder = Recorder(stateFolder: stateFolder, clock: .now) { Issue.record("\($0)") }
            recorder.begin(
                TranscriptHeader(
                    run: run, started: run.started, width: 80, height: 24, title: "t",
                    command: "command \(number)", app: "shop", dep: "default", actorUser: "ana",
                    actorHost: "laptop", targetHost: "web1", pseudoTerminal: false))
            recorder.record(Array("\(text)\n".utf8))
            recorder.finish(Ending(.exit, status: status))
            return run
        }
    }

    /// What `ccrun` prints with `--json`, an object a line.
    func objects(_ arguments: [String]) throws -> [[String: Any]] {
        let result = try run(arguments + ["--json"])
        #expect(result.output.isEmpty || result.errorOutput.isEmpty, "\(result.errorOutput)")
        return try result.output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }
}

extension Recorder {
    fileprivate func record(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { record($0, from: .standardOutput) }
    }
}

/// `ccrun history` with its filters, its index and its marks.
@Suite struct HistoryCommandTests {
    @Test func `--json is obeyed with --run, and refused where nothing is printed`() throws {
        let place = try RecordedPlace()
        let steps =
            #"[{"name":"check","host":"web1","status":0,"ms":1200},"#
            + #"{"name":"migrate","host":"web2","status":3,"ms":65000}]"#
        let end = #"{"end":"exit","status":3,"signal":null,"lost":0,"steps":\#(steps)}"#
        let run = try place.record(
            [(1, "m", "check"), (2, "m", "migrate"), (3, "x", "3"), (3, "z", end)],
            command: "release")
        let result = try place.run(["history", "--run", "last", "--json"])
        let row = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(row["run"] as? String == run && row["status"] as? Int == 3)
        let told = try #require(row["step_results"] as? [[String: Any]])
        #expect(told.map { $0["name"] as? String } == ["check", "migrate"])
        #expect(told.map { $0["host"] as? String } == ["web1", "web2"])
        #expect(told.map { $0["status"] as? Int } == [0, 3])
        #expect(told.map { $0["seconds"] as? Double } == [1.2, 65])
        for option in ["--pin", "--unpin"] {
            let refused = try place.run(["history", option, "last", "--json"])
            #expect(refused.status == .exited(125))
            #expect(refused.errorOutput.contains("leave out --json"), "\(refused.errorOutput)")
        }
    }

    @Test func `runs are told apart by task, status, user, time and deployment`() throws {
        try withServer { server in
            let place = try Workplace(server, app: ["tasks: {greet: echo hello}"])
            _ = try place.run(["shop", "greet", "you"])
            _ = try place.run(["shop", "exit 3"])
            _ = try place.run(["shop", "true"])
            func commands(_ arguments: String...) throws -> [String] {
                try place.objects(["history"] + arguments).compactMap { $0["command"] as? String }
            }
            #expect(try commands() == ["true", "exit 3", "greet you"])
            #expect(try commands("--task", "greet") == ["greet you"])
            #expect(
                try place.objects(["history", "--task", "greet"]).first?["task"] as? String
                    == "greet")
            #expect(try commands("--status", "failed") == ["exit 3"])
            #expect(try commands("--status", "3", "shop/default") == ["exit 3"])
            #expect(try commands("--status", "ok", "--limit", "1") == ["true"])
            #expect(try commands("--since", "1h", "--until", "today").count == 3)
            #expect(try commands("--until", "yesterday", "shop").isEmpty == true)
            let row = try #require(try place.objects(["history", "--limit", "1"]).first)
            #expect(row["run"] as? String == "\(try place.transcript().header.run)")
            #expect(row["state"] as? String == "ended" && row["status"] as? Int == 0)
            #expect(row["target"] as? String == "shop/default" && row["reason"] is NSNull)
            let user = try #require(row["user"] as? String)
            #expect(try commands("--user", user).count == 3)
            #expect(try commands("--user", "nobody").isEmpty)
            let none = try place.run(["history", "shpo"])
            #expect(none.status == .exited(0))
            #expect(
                none.errorOutput
                    == "ccrun: no run of an app \"shpo\" has left a transcript; did you mean \"shop\"?\n"
            )
        }
    }

    @Test func `a pin outlives the index, and is told`() throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            let run = try #require(try place.leaveRuns(2).last)
            let pinned = try place.run(["history", "--pin", "last"])
            #expect(pinned.errorOutput == "ccrun: the run \(run) is pinned\n")
            let mark = "\(try place.transcript().path.dropLast(5)).pin"
            let found = try FileManager.default.attributesOfItem(atPath: mark)
            #expect(found[.posixPermissions] as? Int == 0o600)
            #expect(try place.run(["history"]).output.contains(" 0 pinned "))
            let rebuilt = try place.run(["history", "--rebuild"])
            #expect(rebuilt.status == .exited(0) && rebuilt.output.contains(" 0 pinned "))
            #expect(
                try place.run(["history", "--pin", "last"]).errorOutput.contains("already pinned"))
            _ = try place.run(["history", "--unpin", "\(run)"])
            #expect(try !place.run(["history"]).output.contains("pinned"))
        }
    }

    @Test func `several that list at once all list everything`() throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            try place.leaveRuns(150)
            let processes = try (0..<4).map { _ in
                try place.start(["history", "--json", "--limit", "1000"])
            }
            for process in processes {
                let result = try process.waitForExit()
                #expect(result.output.split(separator: "\n").count == 150, "\(result.errorOutput)")
            }
        }
    }

    // MARK: - In nobody's way

    enum Obstacle: String, CaseIterable {
        case locked, garbage, folder, notWritable
    }

    /// Puts something in the way of the index; what is returned is to be kept as long.
    private static func put(_ obstacle: Obstacle, _ place: Workplace) throws -> ChildProcess? {
        let path = "\(place.stateFolder)/history.sqlite"
        switch obstacle {
        case .garbage: try Data(repeating: 0x61, count: 5000).write(to: URL(filePath: path))
        case .folder:
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        case .notWritable:
            // For root as well: nothing can be created in the place of a link to nowhere.
            try FileManager.default.createSymbolicLink(
                atPath: path, withDestinationPath: "/proc/nowhere/at/all")
        case .locked:
            let script = """
                import sqlite3, sys
                index = sqlite3.connect(sys.argv[1], isolation_level=None)
                index.execute("PRAGMA locking_mode = EXCLUSIVE")
                index.execute("BEGIN EXCLUSIVE")
                index.execute("CREATE TABLE IF NOT EXISTS x (y)")
                print("locked", flush=True)
                sys.stdin.read()
                """
            let process = try ChildProcess(
                try Tool.path("python3"), ["-c", script, path], environment: place.environment,
                input: .pipe)
            try process.waitForOutput("locked\n")
            return process
        }
        return nil
    }

    @Test(arguments: Obstacle.allCases)
    func `a run takes no notice of the index, whatever is the matter with it`(
        obstacle: Obstacle
    ) throws {
        try withServer { server in
            let place = try Workplace(server)
            var runs = 0
            func duration() throws -> Duration {
                let result = try place.run(["shop", "exit 3"])
                #expect(result.status == .exited(3))
                runs += 1
                return result.duration
            }
            func fastest() throws -> Duration {
                try (0..<3).map { _ in try duration() }.min() ?? .zero
            }
            let before = try fastest()
            let keeper = try Self.put(obstacle, place)
            defer { keeper?.stop() }
            var after = try fastest()
            // Whoever waits for a lock waits for a second each time; a busy machine only sometimes.
            let limit = before + .milliseconds(700)
            while after >= limit, runs < 26 { after = try min(after, duration()) }
            #expect(after < limit, "\(before) without, \(after) with it")
            #expect(try place.transcripts().count == runs)
            let history = try place.run(["history", "--json"])
            #expect(history.status == .exited(0))
            #expect(history.output.split(separator: "\n").count == runs)
            let isTold = history.errorOutput.contains("the transcripts are read instead")
            #expect(isTold == (obstacle != .garbage), "\(history.errorOutput)")
            #expect(history.errorOutput.split(separator: "\n").count == (isTold ? 1 : 0))
        }
    }

    @Test(arguments: [
        (["--status", "oke"], "cannot use \"oke\" as a status", "did you mean \"ok\"?"),
        (["--status", "256"], "cannot use \"256\" as a status", "or a number up to 255"),
        (["--since", "soon"], "cannot use \"soon\" as the time of --since", "write it like"),
        (["--until", "2026-02-30"], "as the time of --until", "write it like"),
        (["--since", "1d", "--until", "2d"], "no run can be since", "--since is the earlier one"),
        (["Shop/x"], "Shop/x", "hint: "), (["--limit", "0"], "--limit", "help history"),
        (["--run", "last", "--pin", "last"], "exclude each other", "help history"),
        (["--pin", "last", "--status", "ok"], "take no filter", "help history"),
        (["--pin", "7ZZZ"], "no run begins like that", "ccrun history"),
    ])
    func `a filter that makes no sense is one error and a hint`(
        arguments: [String], message: String, hint: String
    ) throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            try place.leaveRuns(1)
            let result = try place.run(["history"] + arguments)
            #expect(result.status == .exited(125))
            #expect(result.output.isEmpty)
            let lines = result.errorOutput.split(separator: "\n").map(String.init)
            #expect(lines.count == 2, "\(lines)")
            #expect(lines.first?.hasPrefix("ccrun: error: ") == true)
            #expect(lines.first?.contains(message) == true, "\(lines)")
            #expect(lines.last?.contains(hint) == true, "\(lines)")
        }
    }
}
