import Crypto
import Foundation

/// An SSH server of our own on a port of 127.0.0.1, that does what its script says.
///
/// It speaks curve25519-sha256, ssh-ed25519, AES in counter mode and HMAC-SHA-2, accepts any public
/// key, and runs no program: what a client gets to see is in `Script.program`. One thread serves
/// one connection.
package final class LyingServer: Sendable {
    package let script: Script
    package let port: Int
    package let record = ClientRecord()
    /// Its files; a test may put its own beside them.
    package let folder: ScratchFolder
    /// A key that logs in.
    package let userKey: KeyPair
    /// Holds the first host key under `[127.0.0.1]:port`.
    package let knownHostsFile: String
    private let keys: [Curve25519.Signing.PrivateKey]
    private let listener: Descriptor
    private let open = Watched<(sockets: [Int: Descriptor], isStopped: Bool)>(([:], false))

    package init(_ script: Script = .honest()) throws {
        self.script = script
        let first = Curve25519.Signing.PrivateKey()
        keys = [first, script.changesHostKeyOnReconnect ? Curve25519.Signing.PrivateKey() : first]
        (listener, port) = try listeningSocket()
        folder = try ScratchFolder("liar")
        do {
            userKey = try KeyPair(in: folder, name: "id_ed25519")
            let known = "[127.0.0.1]:\(port) \(publicKeyLine(first))\n"
            knownHostsFile = try folder.write(known, to: "known_hosts")
        } catch {
            folder.remove()
            throw error
        }
        acceptInBackground()
    }

    deinit { stop() }

    package var user: String { "liar" }

    package var identityFile: String { userKey.identityFile }

    /// `ssh-ed25519 AAAA…` of the key that the first connection is shown.
    package var hostKeyLine: String { publicKeyLine(keys[0]) }

    /// `SHA256:…` of the key that the first connection is shown.
    package var hostKeyFingerprint: String { keyFingerprint(hostKeyBlob(keys[0])) }

    /// `SHA256:…` of the key that later connections are shown.
    package var laterHostKeyFingerprint: String { keyFingerprint(hostKeyBlob(keys[1])) }

    /// Ends every connection and waits for their threads; the port refuses connections then.
    package func stop() {
        let sockets = open.withLock { open in
            open.isStopped = true
            return open.sockets.values
        }
        listener.shutDown()
        for socket in sockets { socket.shutDown() }
        _ = open.wait { $0.sockets.isEmpty ? true : nil }
        listener.close()
        folder.remove()
    }

    private func acceptInBackground() {
        _ = Worker("liar") { [script, keys, listener, open, record] in
            while let socket = acceptedSocket(listener) {
                let number = record.begin()
                let isStopped = open.withLock { open in
                    open.sockets[number] = socket
                    return open.isStopped
                }
                let key = keys[min(number, 1)]
                if isStopped { socket.shutDown() }
                _ = Worker("liar \(number)") {
                    Conversation(
                        script: script, hostKey: key, socket: socket, record: record,
                        number: number
                    ).run()
                    open.withLock { $0.sockets[number] = nil }
                }
            }
        }
    }
}

/// Gives `body` a server that follows `script`, ended afterwards.
///
/// When `body` throws or records an issue, what clients did is printed.
package func withLyingServer<Result>(
    _ script: Script = .honest(), isolation: isolated (any Actor)? = #isolation,
    _ body: (LyingServer) async throws -> Result
) async throws -> Result {
    let server = try LyingServer(script)
    defer { server.stop() }
    return try await reporting("what clients did", { server.account }) { try await body(server) }
}

/// Gives `body` a server that follows `script`, ended afterwards.
///
/// When `body` throws or records an issue, what clients did is printed.
package func withLyingServer<Result>(
    _ script: Script = .honest(), _ body: (LyingServer) throws -> Result
) throws -> Result {
    let server = try LyingServer(script)
    defer { server.stop() }
    return try reporting("what clients did", { server.account }) { try body(server) }
}

extension LyingServer {
    fileprivate var account: String {
        (0..<record.count).map { number in
            "connection \(number)\n" + record.events(number).map { "  \($0)\n" }.joined()
        }.joined()
    }
}

private func publicKeyLine(_ key: Curve25519.Signing.PrivateKey) -> String {
    "ssh-ed25519 \(Data(hostKeyBlob(key)).base64EncodedString())"
}
