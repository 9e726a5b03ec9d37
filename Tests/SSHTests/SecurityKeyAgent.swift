import Crypto
import Foundation

@testable import SSH

/// An agent with one key of an authenticator, made in software (OpenSSH's PROTOCOL.u2f).
final class SecurityKeyAgent: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case ed25519 = "sk-ssh-ed25519@openssh.com"
        case ecdsa = "sk-ecdsa-sha2-nistp256@openssh.com"
    }

    private static let application = "ssh:"

    let path: String
    let kind: Kind
    private let edwards: Curve25519.Signing.PrivateKey
    private let nist: P256.Signing.PrivateKey
    private let listener: CInt
    private let connections = AgentConnections()
    private let ended = DispatchSemaphore(value: 0)
    /// What it lists in place of the key: a certificate that was made of it.
    private let certificate: [UInt8]?

    init(in scratch: KeyScratch, _ kind: Kind) throws {
        self.kind = kind
        edwards = Curve25519.Signing.PrivateKey()
        nist = P256.Signing.PrivateKey()
        path = scratch.file("authenticator")
        listener = try LyingAgent.listen(path, queue: 16)
        certificate = nil
        serve()
    }

    /// The same key behind another socket, listed as a certificate.
    init(_ other: SecurityKeyAgent, certificate: [UInt8], in scratch: KeyScratch) throws {
        kind = other.kind
        path = scratch.file("certified")
        edwards = other.edwards
        nist = other.nist
        listener = try LyingAgent.listen(path, queue: 16)
        self.certificate = certificate
        serve()
    }

    deinit {
        shutdown(listener, CInt(SHUT_RDWR))
        connections.end()
        ended.wait()
        close(listener)
    }

    var publicKeyLine: String { "\(kind.rawValue) \(Data(blob).base64EncodedString())" }

    var blob: [UInt8] {
        var writer = WireWriter()
        writer.string(kind.rawValue.utf8)
        switch kind {
        case .ed25519: writer.string(Array(edwards.publicKey.rawRepresentation))
        case .ecdsa:
            writer.string("nistp256".utf8)
            writer.string(Array(nist.publicKey.x963Representation))
        }
        writer.string(Self.application.utf8)
        return writer.bytes
    }

    // MARK: - Answers

    private struct Keys: Sendable {
        let kind: Kind
        let edwards: Curve25519.Signing.PrivateKey
        let nist: P256.Signing.PrivateKey
        let listed: [UInt8]
    }

    private func serve() {
        let keys = Keys(kind: kind, edwards: edwards, nist: nist, listed: certificate ?? blob)
        let (listener, connections, ended) = (listener, connections, ended)
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                connections.add(connection)
                while let request = Self.receive(connection) {
                    var framed = WireWriter()
                    framed.string(Self.answer(request, keys))
                    _ = send(connection, framed.bytes, framed.bytes.count, CInt(MSG_NOSIGNAL))
                }
                connections.close(connection)
            }
            ended.signal()
        }
    }

    private static func answer(_ request: [UInt8], _ keys: Keys) -> [UInt8] {
        var reader = WireReader(request)
        var answer = WireWriter()
        switch reader.readByte() {
        case 11:
            answer.byte(12)
            answer.uint32(1)
            answer.string(keys.listed)
            answer.string("authenticator".utf8)
        case 13:
            guard reader.readString() == keys.listed, let data = reader.readString() else {
                return [5]
            }
            answer.byte(14)
            answer.string(signature(of: data, keys))
        default: answer.byte(5)
        }
        return answer.bytes
    }

    /// Over the application's hash, "somebody touched it", a counter, and the data's hash.
    private static func signature(of data: [UInt8], _ keys: Keys) -> [UInt8] {
        let tail: [UInt8] = [1, 0, 0, 0, 7]
        let signed =
            Array(SHA256.hash(data: Array(application.utf8))) + tail
            + Array(SHA256.hash(data: data))
        var writer = WireWriter()
        writer.string(keys.kind.rawValue.utf8)
        switch keys.kind {
        case .ed25519:
            writer.string((try? keys.edwards.signature(for: signed)).map(Array.init) ?? [])
        case .ecdsa:
            let pair =
                (try? keys.nist.signature(for: signed).rawRepresentation).map(Array.init) ?? []
            var numbers = WireWriter()
            numbers.unsignedInteger(pair.prefix(32))
            numbers.unsignedInteger(pair.suffix(32))
            writer.string(numbers.bytes)
        }
        writer.raw(tail)
        return writer.bytes
    }

    private static func receive(_ connection: CInt) -> [UInt8]? {
        var header = [UInt8](repeating: 0, count: 4)
        guard recv(connection, &header, 4, CInt(MSG_WAITALL)) == 4 else { return nil }
        let count = header.reduce(0) { $0 << 8 | Int($1) }
        var body = [UInt8](repeating: 0, count: count)
        return recv(connection, &body, count, CInt(MSG_WAITALL)) == count ? body : nil
    }
}
