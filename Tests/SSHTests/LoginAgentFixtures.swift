import Foundation
import TestServer

@testable import SSH

/// A private ssh-agent of a test's own, ended with the test.
final class PrivateAgent {
    let path: String
    private let process: ChildProcess

    /// Starts the agent and waits until it can be connected to.
    init(in scratch: KeyScratch) throws {
        path = scratch.file("agent")
        guard let program = KeyTool.path("ssh-agent") else {
            throw KeyTool.Problem(text: "ssh-agent is not here")
        }
        process = try ChildProcess(
            program, ["-D", "-a", path],
            environment: ["PATH": "/usr/bin:/bin", "HOME": scratch.path],
            output: .discarded, error: .discarded)
        let deadline = Deadline.after(.seconds(30))
        while (try? AgentClient(path: path, deadline: deadline)) == nil {
            guard process.process.currentStatus == nil, !deadline.hasPassed else {
                throw KeyTool.Problem(text: "ssh-agent does not answer")
            }
            // It says nothing once it listens: its standard output is buffered.
            poll(nil, 0, 5)
        }
    }

    deinit { process.stop() }

    func add(_ key: String, _ options: [String] = []) throws {
        try KeyTool.run(
            "ssh-add", ["-q"] + options + [key], environment: ["SSH_AUTH_SOCK": path])
    }
}

/// An agent that answers every request with the same bytes, whatever they are.
final class LyingAgent: Sendable {
    enum Answer: Sendable {
        /// Sent in pieces of so many bytes; then the connection is closed.
        case bytes([UInt8], pieces: Int)
        /// Sent, and then nothing more comes.
        case stall(after: [UInt8])
        /// Closed as soon as somebody connects.
        case closed
        /// Nobody is ever let in: the queue of those who wait fills up.
        case deaf
    }

    let path: String
    private let listener: CInt
    private let connections = AgentConnections()
    private let ended = DispatchSemaphore(value: 0)

    init(in scratch: KeyScratch, _ answer: Answer) throws {
        path = scratch.file("liar")
        if case .deaf = answer {
            listener = try Self.listen(path, queue: 0)
            ended.signal()
            return
        }
        listener = try Self.listen(path, queue: 128)
        let (listener, connections, ended) = (listener, connections, ended)
        Thread.detachNewThread {
            Self.serve(listener, connections, answer)
            ended.signal()
        }
    }

    deinit {
        // Ends the accept(2) that the thread waits in.
        shutdown(listener, CInt(SHUT_RDWR))
        connections.end()
        ended.wait()
        close(listener)
    }

    static func listen(_ path: String, queue: CInt) throws -> CInt {
        let listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(100)) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) }
        }
        guard bound == 0, Foundation.listen(listener, queue) == 0 else {
            throw KeyTool.Problem(text: "cannot listen at \(path)")
        }
        return listener
    }

    private static func serve(
        _ listener: CInt, _ connections: AgentConnections, _ answer: Answer
    ) {
        var held: [CInt] = []
        defer { held.forEach(connections.close) }
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            connections.add(connection)
            guard case .closed = answer else {
                held.append(connection)
                respond(connection, answer)
                continue
            }
            connections.close(connection)
        }
    }

    private static func respond(_ connection: CInt, _ answer: Answer) {
        guard receiveRequest(connection) else { return }
        switch answer {
        case .closed, .deaf: return
        case .stall(let bytes):
            send(bytes[...], to: connection)
        case .bytes(let bytes, let size):
            var rest = bytes[...]
            while !rest.isEmpty {
                send(rest.prefix(size), to: connection)
                rest = rest.dropFirst(size)
            }
            shutdown(connection, CInt(SHUT_RDWR))
        }
    }

    private static func send(_ bytes: ArraySlice<UInt8>, to connection: CInt) {
        let bytes = Array(bytes)
        _ = Foundation.send(connection, bytes, bytes.count, CInt(MSG_NOSIGNAL))
    }

    /// Reads one whole request: an answer that overtakes it may be lost with the connection.
    private static func receiveRequest(_ connection: CInt) -> Bool {
        var header = [UInt8](repeating: 0, count: 4)
        guard recv(connection, &header, 4, CInt(MSG_WAITALL)) == 4 else { return false }
        let count = header.reduce(0) { $0 << 8 | Int($1) }
        var body = [UInt8](repeating: 0, count: count)
        return recv(connection, &body, count, CInt(MSG_WAITALL)) == count
    }
}

/// The open connections of an agent, so that its end need not wait for that of its clients.
final class AgentConnections: Sendable {
    private let state = Watched((sockets: Set<CInt>(), hasEnded: false))

    func add(_ socket: CInt) {
        state.withLock { state in
            state.sockets.insert(socket)
            if state.hasEnded { shutdown(socket, CInt(SHUT_RDWR)) }
        }
    }

    func close(_ socket: CInt) {
        state.withLock { state in
            state.sockets.remove(socket)
            Foundation.close(socket)
        }
    }

    /// Ends them all, and those to come; they stay to be closed.
    func end() {
        state.withLock { state in
            state.hasEnded = true
            for socket in state.sockets { shutdown(socket, CInt(SHUT_RDWR)) }
        }
    }
}
