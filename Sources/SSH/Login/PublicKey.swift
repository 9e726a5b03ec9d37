/// A user's public key: what an agent lists, a `.pub` file says, or a private key belongs to.
package struct PublicKey: Sendable, Equatable {
    /// The name of the key's type, such as `ssh-ed25519` or `ecdsa-sha2-nistp256`.
    package let type: String
    /// The key as it goes over the wire (RFC 4253 §6.6).
    package let blob: [UInt8]
    /// What its owner called it, cleaned of control characters; often empty.
    package let comment: String

    /// Takes a key from the wire; nil where the bytes are no well-formed key.
    package init?(blob: [UInt8], comment: String = "") {
        guard let type = KeyBlob.type(of: blob) else { return nil }
        self.type = type
        self.blob = blob
        self.comment = cleaned(comment.utf8)
    }

    /// `SHA256:…` as ssh-keygen and ssh print it; of a certificate, that of the key in it.
    package var fingerprint: String {
        KeyBlob.fingerprint(of: Certificate(self)?.plainBlob ?? blob)
    }

    /// Reads the line of a `.pub` file: `TYPE BASE64 [COMMENT]` (sshd(8), AUTHORIZED_KEYS FILE FORMAT).
    package static func parse(line: some StringProtocol) -> PublicKey? {
        let fields = line.split(maxSplits: 2, whereSeparator: \.isWhitespace)
        guard fields.count >= 2, let blob = Base64.decode(fields[1].utf8) else { return nil }
        let comment = fields.count > 2 ? fields[2] : ""
        let key = PublicKey(blob: blob, comment: String(comment))
        return key?.type == String(fields[0]) ? key : nil
    }

    /// Reads the first line of a `.pub` file that is neither blank nor a comment.
    static func parse(file bytes: [UInt8]) -> PublicKey? {
        let lines = bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        let line = lines.lazy.map { String(decoding: $0, as: UTF8.self) }.first { line in
            line.contains { !$0.isWhitespace } && !line.hasPrefix("#")
        }
        return line.flatMap { parse(line: $0) }
    }
}
