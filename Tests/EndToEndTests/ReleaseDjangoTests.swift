import Foundation
import TestServer
import Testing
import Transcripts

/// The release that the Django project brings, on two servers, and a failure of each of its steps.
@Suite(
    .enabled(if: DjangoSource.found != nil, "no Python here has Django, whitenoise and gunicorn"),
    .disabled(if: serverIsGiven, "it takes two servers of its own"))
struct ReleaseDjangoTests {
    private static func release(
        _ project: ReleasedProject, _ options: String...
    ) throws -> ChildResult {
        try project.place.run(["release"] + options + ["shop"], deadline: .seconds(900))
    }

    /// The steps that the newest transcript tells of: name, server (1 or 2), status.
    private static func steps(_ project: ReleasedProject) throws -> [String] {
        let ports = project.servers.map { "127.0.0.1:\($0.port)" }
        return (try project.place.transcript().ending?.steps ?? []).map { step in
            let host = ports.firstIndex(of: step.host).map { $0 + 1 } ?? 0
            return "\(step.name) \(host) \(step.status)"
        }
    }

    @Test func `a release takes the project live on both servers, again and again`() throws {
        try withReleasedProject { project in
            for turn in 1...2 {
                let result = try Self.release(project)
                #expect(result.status == .exited(0), "\(result.errorOutput)")
                #expect(
                    try Self.steps(project) == [
                        "check 1 0", "check 2 0", "migrate 1 0", "static 1 0", "static 2 0",
                        "reload 1 0", "reload 2 0", "health 1 0", "health 2 0",
                    ])
                #expect(result.output.contains("catalog.0001_initial... OK") == (turn == 1))
                #expect(result.output.hasSuffix("status 200\n"))
                #expect(result.output.ranges(of: "status 200\n").count == 2)
            }
            try project.place.expectTranscript(.exit(0))
            for server in [0, 1] {
                let page = "http://127.0.0.1:$(. ./.env; echo $PORT)/static/catalog/shop.css"
                #expect(
                    try project.check(
                        "curl -fsS \"\(page)\" | cmp - catalog/static/catalog/shop.css", on: server
                    )
                    .isEmpty)
            }
            let table = try project.place.run(["history", "--run", "last"])
            let rows = table.output.split(separator: "\n").filter { $0.contains("127.0.0.1:") }
            #expect(rows.filter { $0.hasPrefix("health ") }.count == 2, "\(table.output)")
        }
    }

    @Test func `settings that are not for production end it before anything changes`() throws {
        try withReleasedProject { project in
            let result = try Self.release(project, "-e", "SECRET_KEY=short")
            #expect(result.status == .exited(1))
            #expect(result.errorOutput.contains("(security.W009)"))
            #expect(result.errorOutput.contains(", migrate, static, reload, health\n"))
            #expect(try Self.steps(project) == ["check 1 1"])
            #expect(try project.tables() == "[]\n")
        }
    }

    @Test func `a migration that raises leaves the old version running`() throws {
        try withReleasedProject { project in
            let result = try Self.release(project, "-e", "BROKEN_MIGRATION=1")
            #expect(result.status == .exited(1))
            #expect(result.errorOutput.contains("RuntimeError: this migration always fails"))
            #expect(result.errorOutput.contains("stopped at step 2 \"migrate\" on 127.0.0.1:"))
            #expect(result.errorOutput.contains("not run: static, reload, health\n"))
            #expect(
                result.errorOutput.contains(
                    "go on with \"ccrun release shop/default --from migrate\""))
            #expect(try Self.steps(project) == ["check 1 0", "check 2 0", "migrate 1 1"])
            #expect(try project.check("ls", on: 1).contains("gunicorn.pid") == false)
        }
    }

    @Test func `files that cannot be collected on the second server, and the way on`() throws {
        try withReleasedProject { project in
            try project.check("touch staticfiles", on: 1)
            let result = try Self.release(project)
            #expect(result.status == .exited(1))
            #expect(
                result.errorOutput.contains(
                    "stopped at step 3 \"static\" on 127.0.0.1:\(project.servers[1].port)"))
            #expect(try Self.steps(project).suffix(2) == ["static 1 0", "static 2 1"])

            try project.check("rm staticfiles", on: 1)
            let again = try Self.release(project, "--from", "static")
            #expect(again.status == .exited(0), "\(again.errorOutput)")
            #expect(
                try Self.steps(project) == [
                    "static 1 0", "static 2 0", "reload 1 0", "reload 2 0", "health 1 0",
                    "health 2 0",
                ])
        }
    }

    @Test func `a server that does not answer is tried again, and then fails`() throws {
        let nobody = try ReservedPort()
        defer { nobody.release() }
        try withReleasedProject { project in
            #expect(try Self.release(project).status == .exited(0))
            try project.retryHealth(2)
            // gunicorn stays where it is, the health check asks elsewhere.
            try project.write("PORT=\(nobody.number)\n", to: ".env", on: 1)
            let result = try Self.release(project)
            #expect(result.status == .exited(7))
            #expect(result.output.hasSuffix("status 200\nstatus 000\nstatus 000\nstatus 000\n"))
            #expect(
                result.errorOutput.contains("health on 127.0.0.1:\(project.servers[1].port), try 3")
            )
            #expect(result.errorOutput.contains("the remote command exited with status 7"))
            #expect(try Self.steps(project).suffix(2) == ["health 1 0", "health 2 7"])
        }
    }
}
