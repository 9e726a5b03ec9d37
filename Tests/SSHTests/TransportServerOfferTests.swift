import TestServer
import Testing

@testable import SSH

/// The lists of a server's SSH_MSG_KEXINIT, found in the first bytes that came.
@Suite struct TransportServerOfferTests {
    private static let lists = ["k1,k2", "h1", "c1", "c2", "m1", "m2", "none", "none", "", ""]

    private static func packet(_ payload: [UInt8]) -> [UInt8] {
        let padding = [UInt8](repeating: 7, count: 5)
        var writer = SSH.WireWriter()
        writer.uint32(UInt32(1 + payload.count + padding.count))
        writer.byte(UInt8(padding.count))
        writer.raw(payload + padding)
        return writer.bytes
    }

    private static func offer(_ lists: [String] = lists) -> [UInt8] {
        var writer = SSH.WireWriter()
        writer.byte(20)
        writer.raw([UInt8](repeating: 1, count: 16))
        for list in lists { writer.string(list.utf8) }
        writer.raw([0, 0, 0, 0, 0])
        return writer.bytes
    }

    @Test func `lines and packets ahead of it are passed over`() throws {
        let opening =
            Array("hello\r\nSSH-2.0-x y\r\n".utf8) + Self.packet([2, 0, 0, 0, 0])
            + Self.packet(Self.offer()) + [1, 2, 3]
        let found = try #require(ServerOffer(opening: opening))
        #expect(found.keyExchange == ["k1", "k2"])
        #expect(found.hostKeys == ["h1"])
        #expect(found.ciphers == [["c1"], ["c2"]])
        #expect(found.codes == [["m1"], ["m2"]])
    }

    @Test func `what is cut short is none, wherever it is cut`() {
        let opening = Array("SSH-2.0-x\r\n".utf8) + Self.packet(Self.offer())
        for count in 0..<opening.count {
            #expect(ServerOffer(opening: Array(opening.prefix(count))) == nil, "\(count) bytes")
        }
        let short = Array("SSH-2.0-x\n".utf8) + Self.packet(Self.offer(["a", "b"]))
        #expect(ServerOffer(opening: short) == nil)
    }

    @Test func `names are cleaned, cut and counted`() throws {
        let many = (1...20).map { "a\($0)" }.joined(separator: ",")
        let long = String(repeating: "x", count: 300)
        let opening =
            Array("SSH-2.0-x\n".utf8)
            + Self.packet(Self.offer(["evil\u{1B}[2J", long, many, "", "m", "m", "", ""]))
        let theirs = try #require(ServerOffer(opening: opening))
        let ours = SSH.Algorithms(
            knownTypes: [], version: LibraryVersion("1.11.0"), allowsLegacy: false)
        let gaps = AlgorithmGap.all(between: ours, and: theirs)
        #expect(gaps.map(\.member) == ["key exchange", "host key", "cipher", "MAC"])
        #expect(
            gaps.map { $0.details[0] } == [
                "KexAlgorithms of the server: evil[2J",
                "HostKeyAlgorithms of the server: \(long.prefix(64))",
                "Ciphers of the server: a1, a2, a3, a4, a5, a6, a7, a8 and 12 more",
                "MACs of the server: m",
            ])
        #expect(!gaps[0].details[1].contains("ext-info-c"))
    }

    @Test func `one direction without a common name is a gap`() throws {
        let lists = [
            "curve25519-sha256", "ssh-ed25519", "aes256-ctr", "", "hmac-sha2-256", "hmac-sha2-256",
        ]
        let opening = Array("SSH-2.0-x\n".utf8) + Self.packet(Self.offer(lists))
        let theirs = try #require(ServerOffer(opening: opening))
        let ours = SSH.Algorithms(
            knownTypes: [], version: LibraryVersion("1.10.0"), allowsLegacy: false)
        let gaps = AlgorithmGap.all(between: ours, and: theirs)
        #expect(gaps.map(\.details.first) == ["Ciphers of the server: none"])
    }
}
