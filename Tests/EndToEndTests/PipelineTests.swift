import Foundation
import TestServer
import Testing

/// The workflows of docs/ci, run line by line as GitHub Actions and GitLab CI would.
@Suite struct PipelineTests {
    /// What becomes of a release.
    enum Case: CaseIterable, Sendable {
        case works, fails, strangeHost

        var status: Int32 { [.works: 0, .fails: 3, .strangeHost: 255][self] ?? -1 }
    }

    private static func withPlace(
        _ pipeline: Case,
        _ body: (PrivateSSHD, Workplace, _ key: String, _ hosts: String) throws -> Void
    ) throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                [
                    "release:", "  - {run: echo checked, name: check}",
                    "  - {run: exit \(pipeline == .fails ? 3 : 0), name: migrate}",
                    "  - {run: echo live, name: live}",
                ], deployment: ["protected: true"])
            let key = try String(contentsOfFile: sshd.identityFile, encoding: .utf8)
            let name = pipeline == .strangeHost ? "other.example.com" : "[127.0.0.1]:\(sshd.port)"
            try body(sshd, place, key, "\(name) \(sshd.hostKeyLine)")
        }
    }

    // MARK: - GitHub

    /// The steps of the one job of the workflow.
    private static func steps(of workflow: [String: Any]) throws -> [[String: Any]] {
        let jobs = try #require(workflow["jobs"] as? [String: Any])
        let job = try #require(jobs["release"] as? [String: Any])
        return try #require(job["steps"] as? [[String: Any]])
    }

    /// Puts values in the place of `${{ … }}`; every expression has to be known.
    private static func evaluated(_ text: String, _ values: [String: String]) throws -> String {
        var text = text
        while let match = text.firstMatch(of: /\$\{\{ *([^}]*?) *\}\}/) {
            let value = try #require(values[String(match.1)], "\(match.1)")
            text.replaceSubrange(match.range, with: value)
        }
        return text
    }

    @Test(arguments: Case.allCases)
    func `GitHub Actions`(outcome: Case) throws {
        let workflow = try Pipeline.workflow("github.yml")
        try Self.withPlace(outcome) { sshd, place, key, hosts in
            let pipeline = try Pipeline(place, environment: ["GITHUB_ACTIONS": "true"])
            let temp = pipeline.folder.file("temp")
            let values = [
                "secrets.CCRUN_SSH_KEY": key, "vars.CCRUN_KNOWN_HOSTS": hosts,
                "runner.temp": temp,
            ]
            var uploads: [String] = []
            for step in try Self.steps(of: workflow) {
                let with = step["with"] as? [String: Any] ?? [:]
                switch (step["uses"] as? String)?.prefix(while: { $0 != "@" }) {
                case "actions/checkout":
                    if let path = with["path"] as? String {
                        #expect(with["repository"] as? String == "${{ vars.CCRUN_REPOSITORY }}")
                        try pipeline.putSources(in: "work/\(path)")
                    }
                case "actions/cache": break
                case "actions/upload-artifact":
                    #expect(step["if"] as? String == "always()")
                    uploads.append(
                        try Self.evaluated(try #require(with["path"] as? String), values))
                case let other?: Issue.record("a step uses \(other)")
                case nil:
                    let given = step["env"] as? [String: String] ?? [:]
                    let fixed = [
                        "GITHUB_PATH": pipeline.folder.file("path"), "RUNNER_TEMP": temp,
                        "GITHUB_STEP_SUMMARY": pipeline.folder.file("summary"),
                    ]
                    try pipeline.run(
                        try #require(step["run"] as? String),
                        environment: fixed.merging(
                            try given.mapValues { try Self.evaluated($0, values) }
                        ) { $1 },
                        always: step["if"] as? String == "always()")
                    try pipeline.extendPath(by: "path")
                }
            }
            try Self.expect(outcome, of: pipeline, on: sshd)
            if outcome == .works { #expect(pipeline.output.contains("::group::1/3 check")) }
            if outcome != .works { #expect(pipeline.output.contains("\n::error ")) }
            #expect(uploads.map { pipeline.transcripts(in: $0).count } == [1])
            let summary = String(decoding: try pipeline.folder.read("summary"), as: UTF8.self)
            #expect(summary.contains("\"status\":\(outcome.status),"), "\(summary)")
        }
    }

    // MARK: - GitLab

    @Test(arguments: Case.allCases, ["text", "file"])
    func `GitLab CI`(outcome: Case, key kind: String) throws {
        let workflow = try Pipeline.workflow("gitlab.yml")
        let job = try #require(workflow["release"] as? [String: Any])
        try Self.withPlace(outcome) { sshd, place, key, hosts in
            let pipeline = try Pipeline(
                place,
                environment: [
                    "GITLAB_CI": "true", "CCRUN_KNOWN_HOSTS": hosts,
                    "CCRUN_SSH_KEY": kind == "text" ? key : sshd.identityFile,
                ])
            try pipeline.putSources(in: "ccrun")
            try pipeline.run(
                """
                cd ../ccrun; git init -q .; git add .
                git -c user.name=ana -c user.email=ana@example.com commit -qm 'the sources'
                """)
            let variables = try #require(job["variables"] as? [String: String]).mapValues {
                $0.replacing("$CI_PROJECT_DIR", with: pipeline.workFolder)
            }
            // One shell runs all lines, those ahead first.
            let lines = try ["before_script", "script"].flatMap {
                try #require(job[$0] as? [String])
            }
            try pipeline.run(
                lines.joined(separator: "\n"),
                environment: variables.merging(
                    ["CCRUN_REPOSITORY": pipeline.folder.file("ccrun")]) { $1 })
            try Self.expect(outcome, of: pipeline, on: sshd)
            if outcome != .strangeHost {
                #expect(pipeline.output.contains("\u{1b}[0Ksection_start:"))
            }
            let artifacts = try #require(job["artifacts"] as? [String: Any])
            #expect(artifacts["when"] as? String == "always")
            let paths = try #require(artifacts["paths"] as? [String])
            let folders = paths.map { "\(pipeline.workFolder)/\($0)" }
            #expect(folders.allSatisfy(FileManager.default.fileExists), "\(paths)")
            #expect(folders.flatMap(pipeline.transcripts).count == 1)
        }
    }

    // MARK: - Both

    private static func expect(_ outcome: Case, of pipeline: Pipeline, on sshd: PrivateSSHD) throws
    {
        #expect(pipeline.status == outcome.status, "\(pipeline.output)")
        #expect(pipeline.output.contains("PRIVATE KEY") == false)
        #expect(pipeline.output.contains("\nlive\n") == (outcome == .works))
        switch outcome {
        case .works: #expect(try sshd.leftovers() == [])
        case .fails: #expect(pipeline.output.contains("--from migrate"))
        case .strangeHost:
            #expect(pipeline.output.contains("is not known; nothing was sent"))
            #expect(!sshd.log.contains("Accepted publickey"))
        }
    }
}
