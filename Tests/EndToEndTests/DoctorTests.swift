import Foundation
import TestServer
import Testing

/// `ccrun doctor`: how far a run would get, and that looking changes nothing.
@Suite struct DoctorTests {
    private static let steps = [
        "inventory", "name lookup", "TCP", "protocol", "algorithms", "host key", "login", "channel",
        "PTY", "through", "remote folder", "environment file", "before", "clock", "round trip",
    ]

    private struct Report: Decodable {
        struct Step: Decodable {
            let step: String
            let state: String
            let text: String
            let details: [String]
            let hint: String?
        }

        let target: String
        let status: Int32
        let steps: [Step]

        subscript(name: String) -> Step? { steps.first { $0.step == name } }
    }

    private static func report(
        _ place: Workplace, _ arguments: [String] = [], target: String = "shop"
    ) throws -> Report {
        let result = try place.run(["doctor", "--json"] + arguments + [target])
        let report = try JSONDecoder().decode(Report.self, from: Data(result.standardOutput))
        #expect(result.status == .exited(report.status), "\(result.errorOutput)")
        #expect(report.target == target)
        #expect(report.steps.map(\.step) == steps)
        return report
    }

    /// Everything in a folder, with when it was changed.
    private static func contents(_ path: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).sorted().map { name in
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
            return "\(name) \(attributes[.modificationDate] ?? "") \(attributes[.size] ?? "")"
        }
    }

    @Test func `it ends with whoever reads its lines, with 141`() throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd)
            let result = try place.shell(
                #"exec 3> >(exit 0); wait $!; "$0" doctor shop >&3; echo $?"#)
            #expect(result.output == "141\n")
            #expect(result.errorOutput.isEmpty)
        }
    }

    @Test func `all is well, and nothing has changed on either side`() throws {
        try withSSHD { sshd in
            let folder = try ScratchFolder("remote")
            defer { folder.remove() }
            try folder.write("A=1\n", to: "env")
            let place = try Workplace(
                sshd,
                app: [
                    "directory: \(folder.path)", "env_file: env", "before: test -r env",
                    "through: setsid -w", "environment: {B: two}",
                ])
            let before = try Self.contents(folder.path) + Self.contents(place.folder.path)
            let report = try Self.report(place)
            #expect(report.status == 0)
            #expect(report.steps.allSatisfy { $0.state == "passed" }, "\(report.steps)")
            #expect(report["remote folder"]?.text == folder.path)
            #expect(report["protocol"]?.text.hasPrefix("SSH-2.0-OpenSSH") == true)
            #expect(report["host key"]?.text.contains(sshd.hostKeyFingerprint) == true)
            #expect(report["host key"]?.text.hasSuffix("known_hosts:1") == true)
            #expect(report["login"]?.details.last?.hasSuffix(": accepted") == true)
            #expect(report["clock"]?.text == "as here")
            #expect(try Self.contents(folder.path) + Self.contents(place.folder.path) == before)
        }
    }

    /// Lines of the deployment, arguments, the step that fails, the status, and what was not tried.
    private static let failures:
        [(lines: [String], arguments: [String], step: String, status: Int32, untried: Int)] = [
            (["directory: /no/where"], [], "remote folder", 125, 2),
            (["env_file: no.env"], [], "environment file", 125, 1),
            (["before: exit 9"], [], "before", 9, 0),
            (["through: no-such-program exec"], [], "through", 127, 3),
            ([], ["--host", "no-such-host.invalid"], "name lookup", 255, 13),
            ([], ["-l", "no-such-user"], "login", 255, 8),
        ]

    @Test(arguments: failures)
    func `the first step that fails has a reason, a hint and the status of a run`(
        _ row: (lines: [String], arguments: [String], step: String, status: Int32, untried: Int)
    ) throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd, deployment: row.lines)
            let report = try Self.report(place, row.arguments)
            #expect(report.status == row.status)
            let failed = report.steps.filter { $0.state == "failed" }
            #expect(failed.map(\.step) == [row.step], "\(report.steps)")
            #expect(failed.first?.text.isEmpty == false && failed.first?.hint != nil)
            #expect(report.steps.count { $0.state == "not tried" } == row.untried)
        }
    }

    @Test func `a port that refuses, a deployment that is not there`() throws {
        try withServer { server in
            let port = try ReservedPort()
            defer { port.release() }
            let place = try Workplace(server)
            let refused = try Self.report(place, ["-p", "\(port.number)"])
            #expect(refused.status == 255)
            #expect(refused["TCP"]?.text.hasSuffix("connection refused") == true)
            #expect(refused["protocol"]?.state == "not tried")
            let missing = try Self.report(place, target: "shop/prod")
            #expect(missing.status == 125)
            #expect(missing["inventory"]?.state == "failed")
            #expect(missing["inventory"]?.hint != nil)
        }
    }

    @Test func `a name without an address that may be used is told as such`() throws {
        try withServer { server in
            let place = try Workplace(server)
            try place.folder.write("Host *\n AddressFamily inet6\n", to: ".ssh/config")
            let report = try Self.report(place)
            #expect(report["name lookup"]?.state == "failed")
            #expect(report["name lookup"]?.text.contains("AddressFamily") == true)
        }
    }

    @Test func `an unknown host key is refused, or taken for once, and recorded nowhere`() throws {
        try withServer { server in
            let place = try Workplace(server)
            try place.folder.write("", to: ".ssh/known_hosts")
            let unknown = try Self.report(place)
            #expect(unknown.status == 255)
            #expect(unknown["host key"]?.state == "failed")
            #expect(unknown["host key"]?.details.first?.contains(server.hostKeyFingerprint) == true)
            #expect(unknown["login"]?.state == "not tried")
            let taken = try Self.report(place, ["--accept-new-host-key"])
            #expect(taken.status == 0)
            #expect(taken["host key"]?.text.hasSuffix("new; a run would record it") == true)
            #expect(try place.folder.read(".ssh/known_hosts").isEmpty)
        }
    }

    @Test func `a login that is refused tells each key`() throws {
        try withServer { server in
            let key = try ScratchFolder("key")
            defer { key.remove() }
            let other = try KeyPair(.ed25519, in: key, name: "other")
            let place = try Workplace(server, identityFile: other.identityFile)
            let report = try Self.report(place)
            #expect(report.status == 255)
            #expect(report["login"]?.details.contains { $0.hasSuffix(": refused") } == true)
        }
    }

    @Test func `the round trip is the line's`() throws {
        try withServer { server in
            try withRelay(to: server.port, delay: .milliseconds(40)) { relay in
                let place = try Workplace(server, relay: relay.port)
                let text = try #require(try Self.report(place)["round trip"]?.text)
                let number = try #require(Double(text.split(separator: " ").first ?? ""))
                #expect(number >= 80, "\(text)")
            }
        }
    }

    @Test func `marks and colours are the terminal's, a pipe gets plain lines`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let piped = try place.run(["doctor", "shop"])
            #expect(piped.status == .exited(0))
            let lines = piped.output.split(separator: "\n")
            #expect(lines.first?.hasPrefix("ok   inventory         shop/default is ") == true)
            #expect(lines.contains { $0.hasPrefix("-    remote folder     not set") })
            #expect(piped.standardOutput.allSatisfy { $0 == 10 || 32...126 ~= $0 })
            let marked = try place.run(["doctor", "shop"], environment: ["LANG": "de_DE.UTF-8"])
            #expect(marked.output.hasPrefix("✓ inventory"))
            let session = try place.terminal(
                ["doctor", "shop"], environment: ["LC_ALL": "C.UTF-8"])
            defer { session.close() }
            #expect(try session.waitForExit() == .exited(0))
            #expect(session.output.hasPrefix("\u{1b}[32m✓\u{1b}[0m inventory"))
        }
    }

    @Test(arguments: [30, 45, 60, 200])
    func `lines fit the terminal, but for a word that is longer`(columns: Int) throws {
        try withServer { server in
            let place = try Workplace(server, environment: ["NO_COLOR": "1"])
            let session = try place.terminal(["doctor", "shop"], columns: columns)
            defer { session.close() }
            #expect(try session.waitForExit() == .exited(0))
            for line in session.output.split(whereSeparator: \.isNewline) {
                let words = line.split(separator: " ")
                #expect(line.count <= columns || words.count == 1, "\(line)")
            }
        }
    }

    @Test func `an interrupt ends it`() throws {
        try withServer { server in
            try withRelay(to: server.port) { relay in
                relay.cut(.silence)
                let place = try Workplace(server, relay: relay.port)
                let run = try place.start(["doctor", "shop"])
                try run.waitForOutput("TCP")
                run.send(signal: SIGINT)
                let result = try run.waitForExit()
                #expect(result.status == .exited(130))
                #expect(result.output.contains("FAIL protocol          interrupted"))
            }
        }
    }

    @Test func `the way may lead through a jump host`() throws {
        let scene = try JumpHostScene(hops: 1)
        let report = try Self.report(scene.place)
        #expect(report.status == 0)
        #expect(report["name lookup"]?.text == "left to the jump host hop0")
        #expect(report["TCP"]?.text.hasPrefix("by the jump host hop0, in ") == true)
        #expect(report.steps.allSatisfy { $0.state == "passed" || $0.state == "not set" })
    }
}
