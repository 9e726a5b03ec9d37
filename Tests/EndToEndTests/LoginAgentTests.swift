import Foundation
import Glibc
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

    @Test func `a key file that -i names goes ahead of the agent's keys`() throws {
        try withSSHD(SSHDOptions(configuration: ["MaxAuthTries 2"])) { sshd in
            let agent = try Agent(in: sshd.folder)
            defer { agent.stop() }
            for number in 1...4 {
                try agent.add(try KeyPair(in: sshd.folder, name: "other\(number)").identityFile)
            }
            let place = try Workplace(sshd, environment: ["SSH_AUTH_SOCK": agent.socket])
            let unnamed = try place.run(["shop", "echo in"])
            #expect(unnamed.status == .exited(255))
            #expect(unnamed.errorOutput.contains("name the right one with -i"))
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

    @Test func `an agent that never answers is passed over when its time is up`() throws {
        try withServer { server in
            let agent = try SilentAgent(in: server.folder)
            defer { agent.close() }
            let place = try Workplace(server, environment: ["SSH_AUTH_SOCK": agent.socket])
            let result = try place.run(["--connect-timeout", "15s", "shop", "echo in"])
            #expect(result.output == "in\n", "\(result.errorOutput)")
        }
    }

    @Test func `an agent that never answers is in the list of what was tried`() throws {
        try withServer { server in
            let agent = try SilentAgent(in: server.folder)
            defer { agent.close() }
            let place = try Workplace(server, environment: ["SSH_AUTH_SOCK": agent.socket])
            try FileManager.default.removeItem(atPath: place.folder.file(".ssh/id_ed25519"))
            let result = try place.run(["--connect-timeout", "15s", "shop", "echo in"])
            #expect(result.status == .exited(255))
            #expect(
                result.errorOutput.contains("tried agent at \(agent.socket): no answer in time\n"),
                "\(result.errorOutput)")
        }
    }

    @Test func `an interrupt ends the wait for an agent`() throws {
        try withLyingServer { server in
            let agent = try SilentAgent(in: server.folder)
            defer { agent.close() }
            let place = try Workplace(server, environment: ["SSH_AUTH_SOCK": agent.socket])
            let run = try place.start(["--connect-timeout", "10m", "shop", "true"])
            try agent.waitForConnection()
            run.send(signal: SIGINT)
            #expect(try run.waitForExit().status == .exited(130))
            #expect(server.record.commands().isEmpty)
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
final class Agent: Sendable {
    let socket: String
    private let process: ChildProcess

    var pid: Int32 { process.process.pid }

    init(in folder: ScratchFolder, socket path: String? = nil) throws {
        socket = path ?? folder.file("agent")
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

/// A socket that lets clients in, and never says a word to them.
final class SilentAgent: Sendable {
    let socket: String
    private let listener: Descriptor

    init(in folder: ScratchFolder) throws {
        socket = folder.file("silent")
        listener = Descriptor(
            Glibc.socket(
                AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socket.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener.rawValue, $0, size) == 0
            }
        }
        // Those who connect wait in the queue, where they can write.
        guard isBound, listen(listener.rawValue, 8) == 0 else {
            throw TestServerError(.program, "cannot listen at \"\(socket)\"", "errno \(errno)")
        }
    }

    /// Waits until somebody has connected.
    func waitForConnection() throws {
        var entry = pollfd(fd: listener.rawValue, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, 60_000) == 1 else {
            throw TestServerError(.program, "cannot wait longer for a client", "nobody has come")
        }
    }

    func close() { listener.close() }
}
