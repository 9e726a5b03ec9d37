import Foundation
import TestServer
import Testing
import Transcripts

#if canImport(Glibc)
    import Glibc
#endif

/// The rows of the exit status table, each reached by a release.
@Suite struct ReleaseStatusTests {
    /// A release of one step between two others, of which the second is not reached if it fails.
    private static func release(_ step: String) -> [String] {
        ["release:", "  - {run: echo before, name: before}"]
            + ["  - \(step)", "  - {run: echo after, name: after}"]
    }

    @Test(arguments: StatusTests.cases)
    func `a step's status is the release's`(status: StatusCase) throws {
        try withSSHD { sshd in
            let command = status.command.replacing("'", with: "''")
            let place = try Workplace(
                release: sshd, Self.release("{run: '\(command)', name: step}"))
            let result = try place.run(["release", "shop"])
            #expect(result.status == .exited(status.end.shellStatus), "\(result.errorOutput)")
            let isSuccess = status.end.shellStatus == 0
            #expect(result.output == (isSuccess ? "before\nafter\n" : "before\n"))
            let steps = try place.expectTranscript(status.end).ending?.steps ?? []
            #expect(
                steps.map(\.status)
                    == (isSuccess ? [0, 0, 0] : [0, Int(status.end.shellStatus)]))
        }
    }

    @Test(arguments: ["step", "option"])
    func `a time limit is 124`(place limit: String) throws {
        try withSSHD { sshd in
            let own = limit == "step" ? ", timeout: 300ms" : ""
            let place = try Workplace(
                release: sshd, Self.release("{run: exec sleep 1061, name: slow\(own)}"))
            let options = limit == "step" ? [] : ["--timeout", "300ms"]
            let result = try place.run(["release"] + options + ["shop"])
            #expect(result.status == .exited(124), "\(result.errorOutput)")
            // The option holds for the step before as well, where a busy machine may need that long.
            #expect(result.output == "before\n" || limit == "option" && result.output.isEmpty)
            #expect(result.errorOutput.contains("the time limit of 300ms ran out"))
            #expect(!sshd.sessionProcesses().contains { $0.commandLine == ["sleep", "1061"] })
            try place.expectTranscript(.timeout)
        }
    }

    @Test(arguments: StatusTests.interrupts)
    func `a signal is 128 and its number, and nothing more is run`(
        name: String, number: Int32, status: Int32
    ) throws {
        try withSSHD { sshd in
            let steps =
                Self.release("{run: echo begun; exec sleep 1062, name: slow}")
                + ["  - {run: echo never, name: cleanup, always: true}"]
            let place = try Workplace(release: sshd, steps)
            let run = try place.start(["release", "shop"])
            try run.waitForOutput("begun\n")
            run.send(signal: number)
            let result = try run.waitForExit()
            #expect(result.status == .exited(status))
            #expect(result.output == "before\nbegun\n")
            #expect(result.errorOutput.contains("not run: after, cleanup"))
            #expect(!sshd.sessionProcesses().contains { $0.commandLine == ["sleep", "1062"] })
            try place.expectTranscript(.cancelled(name, number))
            #expect(try sshd.leftovers() == [])
        }
    }

    // MARK: - 255

    @Test func `a connection lost in a step is 255`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd, Self.release("{run: echo begun; exec sleep 1063, name: slow}"))
            let run = try place.start(["release", "shop"])
            try run.waitForOutput("begun\n")
            try sshd.killSessions()
            let result = try run.waitForExit()
            #expect(result.status == .exited(255))
            #expect(result.output == "before\nbegun\n")
            #expect(result.errorOutput.contains("the connection was lost"))
            #expect(result.errorOutput.contains("--from slow"))
            try place.expectTranscript(.disconnect)
        }
    }

    /// What keeps a release from connecting, and what is said of it.
    enum Obstacle: String, CaseIterable, Sendable {
        case noServer = "cannot connect"
        case strangeHost = "is not known; nothing was sent"
        case noLogin = "cannot log in"
    }

    @Test(arguments: Obstacle.allCases)
    func `a host that lets nobody in is 255`(obstacle: Obstacle) throws {
        let closed = try ReservedPort()
        defer { closed.release() }
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, Self.release("{run: echo here}"))
            switch obstacle {
            case .noServer:
                let text = String(decoding: try place.folder.read("ccrun.yml"), as: UTF8.self)
                try place.folder.write(
                    text.replacing(":\(sshd.port)", with: ":\(closed.number)"), to: "ccrun.yml")
            case .strangeHost: try place.folder.write("", to: ".ssh/known_hosts")
            case .noLogin:
                for suffix in ["", ".pub"] {
                    try place.folder.write("", to: ".ssh/id_ed25519\(suffix)")
                }
            }
            try Self.expectNothingBegun(place, words: obstacle.rawValue)
        }
    }

    @Test func `a second host that is not there is 255, before anything is run on the first`()
        throws
    {
        let closed = try ReservedPort()
        defer { closed.release() }
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, Self.release("{run: echo here, on: all}"))
            try place.addHost("127.0.0.1:\(closed.number)")
            try Self.expectNothingBegun(place, words: ":\(closed.number)")
        }
    }

    private static func expectNothingBegun(_ place: Workplace, words: String) throws {
        let result = try place.run(["release", "shop"])
        #expect(result.status == .exited(255))
        #expect(result.output.isEmpty)
        #expect(result.errorOutput.contains(words), "\(result.errorOutput)")
        #expect(result.errorOutput.contains("release of shop/default not begun, status 255"))
        try place.expectTranscript(.disconnect)
    }

    // MARK: - 125

    /// What is wrong before anything is connected to, and what is said of it.
    struct Misuse: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        var lines: [String] = []
        let words: String
        var testDescription: String { words }
    }

    static let misuses = [
        Misuse(arguments: ["shop", "extra"], words: "unexpected argument"),
        Misuse(arguments: ["--from", "nowhere", "shop"], words: "nowhere"),
        Misuse(arguments: ["shpo"], words: "did you mean \"shop/default\"?"),
        Misuse(arguments: ["shop"], lines: ["tasks: 5"], words: "ccrun.yml:"),
        Misuse(
            arguments: ["shop"], lines: ["release: [{task: migrat}]", "tasks: {migrate: x}"],
            words: "migrat"),
        Misuse(arguments: ["shop"], lines: ["protected: true"], words: "--yes"),
        Misuse(arguments: ["shop"], lines: ["deny: [echo]"], words: "--override-deny"),
    ]

    @Test(arguments: misuses)
    func `misuse is 125, and connects to nothing`(misuse: Misuse) throws {
        try withSSHD { sshd in
            let lines =
                misuse.lines.contains { $0.hasPrefix("release:") }
                ? misuse.lines : misuse.lines + Self.release("{run: echo here, name: here}")
            let place = try Workplace(release: sshd, lines)
            let result = try place.run(["release"] + misuse.arguments)
            #expect(result.status == .exited(125))
            #expect(result.output.isEmpty)
            #expect(result.errorOutput.contains(misuse.words), "\(result.errorOutput)")
            #expect(!sshd.log.contains("Connection from"))
            #expect(try place.transcriptsOrNone().isEmpty)
        }
    }

    @Test func `a step that asks is 125 where nobody can answer`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd, Self.release("{run: echo here, name: asks, confirm: 'sure?'}"))
            let result = try place.run(["release", "shop"])
            #expect(result.status == .exited(125), "\(result.errorOutput)")
            #expect(result.output.isEmpty)
            #expect(result.errorOutput.contains("step \"asks\" wants to be confirmed"))
            #expect(try place.run(["release", "--yes", "shop"]).output == "before\nhere\nafter\n")
        }
    }

    // MARK: - 141

    @Test func `who reads no more ends it with 141`() throws {
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, Self.release("{run: exec yes, name: talk}"))
            let result = try place.shell("\"$0\" release shop | head -n 2; echo ${PIPESTATUS[0]}")
            #expect(result.output == "before\ny\n141\n", "\(result.errorOutput)")
        }
    }
}
