import Testing

@testable import SSH

/// Whatever is wrong with a key file, the answer is an error, never a trap and never another key.
@Suite(.enabled(if: KeyTool.isSSHKeygenHere, "ssh-keygen is not here"))
struct LoginDamagedKeyTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let type: String
        let format: String?
        let passphrase: String
        var testDescription: String { "\(type) \(format ?? "OpenSSH") \(passphrase)" }
    }

    static let samples = [
        Sample(type: "ed25519", format: nil, passphrase: ""),
        Sample(type: "ecdsa", format: nil, passphrase: ""),
        Sample(type: "rsa", format: nil, passphrase: ""),
        Sample(type: "rsa", format: "PEM", passphrase: ""),
        Sample(type: "ecdsa", format: "PEM", passphrase: ""),
        Sample(type: "ecdsa", format: "PKCS8", passphrase: ""),
        Sample(type: "ecdsa", format: "PEM", passphrase: "secret"),
        Sample(type: "ecdsa", format: "PKCS8", passphrase: "secret"),
        Sample(type: "ed25519", format: nil, passphrase: "secret"),
    ]

    private func file(_ sample: Sample) throws -> [UInt8] {
        let scratch = try KeyScratch()
        let type = sample.type == "rsa" ? ["rsa", "-b", "2048"] : [sample.type]
        try scratch.makeKey(
            "id", type, format: sample.format, passphrase: sample.passphrase, rounds: 1)
        return try scratch.read("id")
    }

    /// Opens a file; nil where it is refused.
    private func open(_ bytes: [UInt8], _ passphrase: String) -> PrivateKey? {
        try? KeyFileContents(bytes).open(passphrase: Array(passphrase.utf8))
    }

    @Test(arguments: samples)
    func `a file cut anywhere is refused`(sample: Sample) throws {
        let whole = try file(sample)
        let end = try #require(whole.lastIndex { $0 != UInt8(ascii: "\n") })
        // Every byte near the seams; in between, lines of base 64 are all alike.
        for count in 0...end where count < 200 || count > end - 80 || count % 7 == 0 {
            #expect(open(Array(whole[..<count]), sample.passphrase) == nil, "cut at \(count)")
        }
        #expect(open(Array(whole[...end]), sample.passphrase) != nil)
    }

    @Test(arguments: samples)
    func `a key cut anywhere is refused`(sample: Sample) throws {
        let block = try #require(try PEMBlock.privateKey(in: try file(sample)))
        let isSlow = sample.passphrase != "" && sample.format != "PEM"
        for count in stride(from: 0, to: block.contents.count, by: isSlow ? 7 : 1) {
            let key = open(block, Array(block.contents.prefix(count)), sample.passphrase)
            #expect(key == nil, "cut at \(count)")
        }
    }

    @Test(arguments: samples, 1...3 as ClosedRange<UInt64>)
    func `a flipped bit gives an error or the same key`(sample: Sample, seed: UInt64) throws {
        let block = try #require(try PEMBlock.privateKey(in: try file(sample)))
        let right = try #require(open(block, block.contents, sample.passphrase))
        var numbers = SeededNumbers(seed: seed)
        let isSlow = sample.type == "rsa" || sample.passphrase != "" && sample.format != "PEM"
        for _ in 0..<(isSlow ? 15 : 150) {
            var bytes = block.contents
            let place = Int.random(in: bytes.indices, using: &numbers)
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
            guard let key = open(block, bytes, sample.passphrase) else { continue }
            // In a PEM file nothing vouches for the private number itself: it makes another key.
            guard sample.format == nil else { continue }
            #expect(key.publicKey.blob == right.publicKey.blob, "seed \(seed), byte \(place)")
        }
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `noise is refused`(seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        let noise = (0..<Int.random(in: 0..<400, using: &numbers)).map { _ in
            UInt8.random(in: .min ... .max, using: &numbers)
        }
        #expect(open(noise, "") == nil)
        for label in ["OPENSSH ", "RSA ", "EC ", "", "ENCRYPTED ", "DSA "] {
            let block = """
                -----BEGIN \(label)PRIVATE KEY-----
                \(Base64.encode(noise))
                -----END \(label)PRIVATE KEY-----
                """
            #expect(open(Array(block.utf8), "secret") == nil, "seed \(seed), \(label)")
        }
    }

    @Test func `an error says nothing of what the file holds`() throws {
        let scratch = try KeyScratch()
        let label = "SECRET\u{1B}[31m PRIVATE KEY"
        let path = try scratch.write(
            "-----BEGIN \(label)-----\nhunter2hunter\n-----END \(label)-----\n", to: "id")
        let error = #expect(throws: SSHError.self) { try IdentityFile.load(path: path) }
        #expect(error?.message.contains("hunter2") == false)
        #expect(error?.message.contains("\u{1B}") == false)
    }

    /// Opens a block with other contents; nil where it is refused.
    private func open(
        _ block: PEMBlock, _ contents: [UInt8], _ passphrase: String
    ) -> PrivateKey? {
        let block = PEMBlock(label: block.label, headers: block.headers, contents: contents)
        return try? KeyFileContents(block).open(passphrase: Array(passphrase.utf8))
    }
}
