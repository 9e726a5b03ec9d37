import Foundation
import TestServer

/// A server on this machine, a workplace whose `~/.ssh/config` says more of it, and agents of its own.
///
/// Whether ccrun can forward an agent depends on the libssh2 it runs with.
final class AgentForwardingScene {
    let sshd: PrivateSSHD
    let folder: ScratchFolder
    private var agents: [Agent] = []
    private var strangers: [StrangeAgent] = []

    /// Whether the libssh2 of the ccrun under test can take a server's channels.
    static let isPossible: Bool = {
        let version = try? ChildProcess.run(CCRun.binary, ["--version"]).output
        let number = version?.firstMatch(of: /libssh2 1\.([0-9]+)/).flatMap { Int($0.1) }
        return number.map { $0 >= 11 } ?? false
    }()

    init(_ options: SSHDOptions = SSHDOptions()) throws {
        sshd = try PrivateSSHD(options)
        folder = sshd.folder
        try folder.write(Self.clientProgram, to: "client.py")
    }

    deinit {
        for agent in agents { agent.stop() }
        for stranger in strangers { stranger.stop() }
        sshd.remove()
    }

    /// An agent with a fresh key, and what `ssh-add -L` says of it.
    func agent(_ name: String = "agent") throws -> (Agent, line: String, key: KeyPair) {
        let place = try folder.makeFolder("of-\(name)")
        let agent = try Agent(in: folder, socket: "\(place)/socket")
        agents.append(agent)
        let key = try KeyPair(in: folder, name: "key-of-\(name)")
        try agent.add(key.identityFile)
        let words = key.publicKeyLine.split(separator: " ").prefix(2).joined(separator: " ")
        return (agent, words, key)
    }

    /// An agent that does as its name says; the socket's path.
    func agent(that behaves: StrangeAgent.Behaviour) throws -> String {
        let agent = try StrangeAgent(behaves, in: folder)
        strangers.append(agent)
        return agent.socket
    }

    /// A workplace whose deployment is `target`, with these lines about that.
    func place(
        _ lines: [String] = ["ForwardAgent yes"], agent: String?, relay: Int? = nil,
        app: [String] = []
    ) throws -> Workplace {
        let place = try Workplace(
            sshd, relay: relay, environment: agent.map { ["SSH_AUTH_SOCK": $0] } ?? [:])
        let block =
            lines + [
                "Hostname 127.0.0.1", "Port \(relay ?? sshd.port)",
                "IdentityFile \(sshd.identityFile)",
                "UserKnownHostsFile \(place.knownHostsFile)",
            ]
        try place.deploy(toTarget: block, user: sshd.user, app: app)
        return place
    }

    /// The command that uses the agent over there.
    func client(_ arguments: String...) -> [String] {
        ["python3", folder.file("client.py")] + arguments
    }

    // MARK: - The program over there

    private static let clientProgram = """
        import os, random, socket, sys, threading
        path = os.environ["SSH_AUTH_SOCK"]
        def connect():
            one = socket.socket(socket.AF_UNIX)
            one.settimeout(60)
            one.connect(path)
            return one
        def read(one):
            parts = []
            while True:
                part = one.recv(65536)
                if not part: return b"".join(parts)
                parts.append(part)
        def echo(count, size):
            same = []
            def run(seed):
                bytes = random.Random(seed).randbytes(size)
                one = connect()
                def send():
                    one.sendall(bytes)
                    one.shutdown(socket.SHUT_WR)
                sender = threading.Thread(target=send)
                sender.start()
                if read(one) == bytes: same.append(seed)
                sender.join()
            threads = [threading.Thread(target=run, args=(seed,)) for seed in range(count)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            print(len(same), "whole")
        def hold(count):
            held = [connect() for _ in range(count)]
            served = 0
            for one in held:
                try:
                    one.sendall(b"?")
                    served += one.recv(1) == b"?"
                except OSError:
                    pass
            print(served, "served")
            for one in held: one.close()
        def end():
            print(len(read(connect())), "bytes")
        dict(echo=echo, hold=hold, end=end)[sys.argv[1]](*map(int, sys.argv[2:]))

        """
}

/// An agent that is none: it knows nothing of keys.
final class StrangeAgent {
    enum Behaviour: String, CaseIterable {
        /// Sends back what it is sent.
        case echo
        /// Ends each connection at once.
        case closing
        /// Sends without an end, and reads nothing.
        case flooding
        /// Lets nobody in: the queue of those who wait is full.
        case deaf
    }

    let socket: String
    private let process: ChildProcess

    init(_ behaviour: Behaviour, in folder: ScratchFolder) throws {
        socket = folder.file("socket-\(behaviour)")
        process = try ChildProcess(
            try Tool.path("python3"), ["-c", Self.program, behaviour.rawValue, socket])
        try process.waitForOutput("ready\n")
    }

    deinit { stop() }

    func stop() { process.stop() }

    private static let program = """
        import socket, sys, threading
        behaviour, path = sys.argv[1:]
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(0 if behaviour == "deaf" else 128)
        if behaviour == "deaf":
            waiting = []
            while True:
                one = socket.socket(socket.AF_UNIX)
                one.setblocking(False)
                try:
                    one.connect(path)
                except BlockingIOError:
                    break
                waiting.append(one)
        print("ready", flush=True)
        def serve(client):
            try:
                while True:
                    if behaviour == "flooding":
                        client.sendall(b"x" * 65536)
                        continue
                    bytes = client.recv(65536)
                    if not bytes: break
                    client.sendall(bytes)
            except OSError:
                pass
            client.close()
        while True:
            if behaviour == "deaf":
                threading.Event().wait()
            client, _ = listener.accept()
            if behaviour == "closing":
                client.close()
            else:
                threading.Thread(target=serve, args=(client,), daemon=True).start()

        """
}
