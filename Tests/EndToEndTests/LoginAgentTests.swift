import Foundation
import TestServer
import Testing

/// Keys that an ssh-agent holds.
@Suite struct LoginAgentTests {
    @Test(arguments: KeyPair.Kind.allCases)
    func `an agent's key logs in`(kind: KeyPair.Kind) throws {
        try withSSHD(SSHDOptions(userKeys: [kind])) { sshd in
            let agent = try Agent(in: sshd.folder)
            defer { agent.stop() }
            try agent.add(sshd.identityFile)
            let place = try Workplace(sshd, environment: ["SSH_AUTH_SOCK": agent.socket])
            try FileManager.default.removeItem(atPath: place.folder.file(".ssh/id_ed25519"))
            let result = try place.run(["shop", "echo in"])
            #expect(result.output == "in\n", "\(result.errorOutput)")
        }
    }

    @Test func `a key that -i names is the first of the agent's`() throws {
        try withSSHD(SSHDOptions(configuration: ["MaxAuthTries 2"])) { sshd in
            let agent = try Agent(in: sshd.folder)
            defer { agent.stop() }
            for number in 1...4 {
                try agent.add(try KeyPair(in: sshd.folder, name: "other\(number)").identityFile)
            }
            try agent.add(sshd.identityFile)
            let place = try Workplace(sshd, environment: ["SSH_AUTH_SOCK": agent.socket])
            let result = try place.run(["-i", sshd.identityFile, "shop", "echo in"])
            #expect(result.output == "in\n", "\(result.errorOutput)")
        }
    }

    @Test func `an agent that is gone is passed over`() throws {
        try withServer { server in
            let place = try Workplace(server, environment: ["SSH_AUTH_SOCK": "/dev/null/agent"])
            #expect(try place.run(["shop", "echo in"]).output == "in\n")
            let closed = try Workplace(server, environment: ["SSH_AUTH_SOCK": "/dev/null"])
            #expect(try closed.run(["shop", "echo in"]).output == "in\n")
        }
    }

    @Test func `the agent's keys are in the list of what was tried`() throws {
        try withSSHD(SSHDOptions(configuration: ["MaxAuthTries 20"])) { sshd in
            let agent = try Agent(in: sshd.folder)
            defer { agent.stop() }
            let key = try KeyPair(in: sshd.folder, name: "other")
            try agent.add(key.identityFile)
            let place = try Workplace(sshd, environment: ["SSH_AUTH_SOCK": agent.socket])
            try FileManager.default.removeItem(atPath: place.folder.file(".ssh/id_ed25519"))
            let result = try place.run(["shop", "echo in"])
            #expect(result.status == .exited(255))
            #expect(
                result.errorOutput.contains("tried agent key ssh-ed25519 \(key.fingerprint)"),
                "\(result.errorOutput)")
        }
    }

    /// sshd gives up after MaxAuthTries keys, six by default, and disconnects.
    @Test func `more keys than the server has patience for is an error that says so`() throws {
        try withSSHD(SSHDOptions(configuration: ["MaxAuthTries 3"])) { sshd in
            let agent = try Agent(in: sshd.folder)
            defer { agent.stop() }
            for number in 1...5 {
                try agent.add(try KeyPair(in: sshd.folder, name: "other\(number)").identityFile)
            }
            let place = try Workplace(sshd, environment: ["SSH_AUTH_SOCK": agent.socket])
            try FileManager.default.removeItem(atPath: place.folder.file(".ssh/id_ed25519"))
            let result = try place.run(["shop", "echo in"])
            #expect(result.status == .exited(255))
            #expect(result.errorOutput.contains("Too many authentication failures"))
        }
    }
}

/// A private ssh-agent(1).
private final class Agent: Sendable {
    let socket: String
    private let process: ChildProcess

    init(in folder: ScratchFolder) throws {
        socket = folder.file("agent")
        // It stays in the foreground, and tells its socket once it listens, but only to a terminal's
        // buffer; the socket file is what can be waited for.
        process = try ChildProcess(try Tool.path("ssh-agent"), ["-D", "-a", socket])
        let limit = ContinuousClock.now + .seconds(60)
        while try list().status == .exited(2) {
            guard ContinuousClock.now < limit, process.process.currentStatus == nil else {
                throw TestServerError(.program, "cannot start ssh-agent", "it does not answer")
            }
        }
    }

    func add(_ identityFile: String) throws {
        let added = try sshAdd(["-q", identityFile])
        guard added.status == .exited(0) else {
            throw TestServerError(.program, "cannot add a key to the agent", added.errorOutput)
        }
    }

    func stop() { process.stop() }

    /// 2 is what ssh-add(1) ends with when it reaches no agent.
    private func list() throws -> ChildResult { try sshAdd(["-l"]) }

    private func sshAdd(_ arguments: [String]) throws -> ChildResult {
        try ChildProcess.run(
            try Tool.path("ssh-add"), arguments,
            environment: ["SSH_AUTH_SOCK": socket, "PATH": "/usr/bin:/bin"])
    }
}
