import Foundation
import Glibc
import TestServer

/// An SMTP server (RFC 5321) on a port of 127.0.0.1 that keeps what it is given.
final class DjangoMailServer: Sendable {
    struct Message: Sendable {
        var recipients: [String] = []
        /// Header and body, the lines ended by CR LF.
        var text = ""
    }

    let port: Int
    private let listener: Descriptor
    private let received = Watched<[Message]>([])

    init() throws {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        listener = Descriptor(file)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(file, address, size) == 0 && listen(file, 8) == 0
                    && getsockname(file, address, &size) == 0
            }
        }
        guard isListening else {
            throw TestServerError(.program, "cannot listen for mail", "errno \(errno)")
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        _ = Worker("mail") { [listener, received] in
            while case let file = accept(listener.rawValue, nil, nil), file >= 0 {
                let connection = Descriptor(file)
                _ = Worker("mail connection") { try? Self.serve(connection, received) }
            }
        }
    }

    func stop() {
        listener.shutDown()
        listener.close()
    }

    /// The first message, once it has come.
    func waitForMessage() throws -> Message {
        guard let message = received.wait(.seconds(60), until: \.first) else {
            throw TestServerError(.deadline, "cannot wait longer for mail", "a minute went by")
        }
        return message
    }

    private static func serve(_ connection: Descriptor, _ received: Watched<[Message]>) throws {
        defer { connection.close() }
        func reply(_ line: String) throws { try connection.write(Array((line + "\r\n").utf8)) }
        var message = Message()
        var pending: [UInt8] = []
        /// What comes up to and with `end`; nil when the client has gone.
        func next(_ end: String) throws -> String? {
            while true {
                if let range = pending.firstRange(of: Array(end.utf8)) {
                    defer { pending.removeSubrange(..<range.upperBound) }
                    return String(decoding: pending[..<range.lowerBound], as: UTF8.self)
                }
                let part = try connection.read()
                if part.isEmpty { return nil }
                pending += part
            }
        }
        try reply("220 localhost")
        while let line = try next("\r\n") {
            switch line.prefix(4).uppercased() {
            case "RCPT":
                message.recipients.append(
                    line.split { "<>".contains($0) }.dropFirst().first.map(String.init) ?? "")
                try reply("250 ok")
            case "DATA":
                try reply("354 go on")
                message.text = try next("\r\n.\r\n") ?? ""
                received.withLock { $0.append(message) }
                message = Message()
                try reply("250 ok")
            case "QUIT":
                return try reply("221 bye")
            default:
                try reply("250 ok")
            }
        }
    }
}
