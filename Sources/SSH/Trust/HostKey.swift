/// The public key by which a server proves who it is.
package struct HostKey: Sendable, Equatable {
    /// The name of the key's type, such as `ssh-ed25519` or `ecdsa-sha2-nistp256`.
    package let type: String
    /// The key as it goes over the wire (RFC 4253 §6.6).
    package let blob: [UInt8]

    /// Takes the key as the server sent it; nil where the bytes are no well-formed key.
    package init?(blob: [UInt8]) {
        guard let type = KeyBlob.type(of: blob) else { return nil }
        self.type = type
        self.blob = blob
    }

    /// `SHA256:…` as ssh-keygen and ssh print it.
    package var fingerprint: String { KeyBlob.fingerprint(of: blob) }
}
