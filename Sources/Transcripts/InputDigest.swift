internal import Crypto

/// Count and SHA-256 of what was piped into a run, of which the transcript keeps no more than this.
package struct InputDigest {
    private var hash = SHA256()
    /// How many bytes were added.
    package private(set) var byteCount = 0

    package init() {}

    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        hash.update(bufferPointer: bytes)
        byteCount += bytes.count
    }

    /// The SHA-256 of all that was added, in hexadecimal.
    package var sha256: String {
        let digits = Array("0123456789abcdef".utf8)
        let text = hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
