import Testing

@testable import SSH

@Suite struct LoginFormatsTests {
    @Test func `what is written reads back`() {
        var writer = WireWriter()
        writer.byte(7)
        writer.uint32(0x0102_0304)
        writer.string("name".utf8)
        writer.unsignedInteger([0, 0, 0x80, 1])
        writer.unsignedInteger([])
        writer.raw([9])
        #expect(
            writer.bytes == [7, 1, 2, 3, 4, 0, 0, 0, 4] + Array("name".utf8) + [
                0, 0, 0, 3, 0, 0x80, 1, 0, 0, 0, 0, 9,
            ])
        var reader = WireReader(writer.bytes)
        #expect(reader.readByte() == 7)
        #expect(reader.readUInt32() == 0x0102_0304)
        #expect(reader.readName() == "name")
        #expect(reader.readUnsignedInteger() == [0x80, 1])
        #expect(reader.readUnsignedInteger() == [])
        #expect(reader.remaining == 1)
        #expect(reader.readBytes(1) == [9])
        #expect(reader.isAtEnd)
        #expect(reader.readByte() == nil)
    }

    @Test(arguments: [[], [0, 0, 0], [0, 0, 0, 1], [0xFF, 0xFF, 0xFF, 0xFF, 1]] as [[UInt8]])
    func `a truncated string is none`(bytes: [UInt8]) {
        var reader = WireReader(bytes)
        #expect(reader.readString() == nil)
    }

    @Test(
        arguments: [
            [0, 0, 0, 0], [0, 0, 0, 1, 0x20], [0, 0, 0, 1, 0x2C], [0, 0, 0, 1, 0x7F],
            [0, 0, 0, 1, 0xC3],
            [0, 0, 0, 65] + [UInt8](repeating: 0x41, count: 65),
        ] as [[UInt8]])
    func `a name has 1 to 64 printable characters and no comma`(bytes: [UInt8]) {
        var reader = WireReader(bytes)
        #expect(reader.readName() == nil)
    }

    @Test func `a negative number is none`() {
        var reader = WireReader([0, 0, 0, 1, 0x80])
        #expect(reader.readUnsignedInteger() == nil)
    }

    @Test(
        arguments: [
            ([6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1], "1.2.840.113549.1.1.1"),
            ([6, 3, 0x2B, 0x65, 0x70], "1.3.101.112"),
            ([6, 1, 0x88], nil), ([6, 0], nil), ([6, 2, 0x2A], nil), ([4, 1, 0x2A], nil),
            ([6, 3, 0x88, 0x37, 3], "2.999.3"),
        ] as [([UInt8], String?)])
    func `an object identifier is read in dots`(bytes: [UInt8], expected: String?) {
        var reader = DERReader(bytes)
        #expect(reader.readObjectIdentifier() == expected)
    }

    @Test(
        arguments: [
            [], [0x30], [0x30, 1], [0x30, 0x80, 0, 0], [0x30, 0x81], [0x30, 0x81, 1],
            [0x30, 0x85, 0, 0, 0, 0, 1, 7], [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 7], [0x31, 0],
        ] as [[UInt8]])
    func `a DER value that does not fit is none`(bytes: [UInt8]) {
        var reader = DERReader(bytes)
        #expect(reader.readSequence() == nil)
    }

    @Test func `lengths are read in every form`() {
        var short = DERReader([4, 2, 7, 8])
        #expect(short.read(.octetString) == [7, 8])
        var long = DERReader([4, 0x82, 0, 1, 7, 2, 1, 5])
        #expect(long.read(.octetString) == [7])
        #expect(long.readSmallInteger() == 5)
        #expect(long.isAtEnd)
    }

    @Test(arguments: ["ssh-ed25519 AAAA", "", "ssh-ed25519", "# comment", "a b c"])
    func `a line that is no public key is none`(line: String) {
        #expect(PublicKey.parse(line: line) == nil)
    }

    @Test func `a public key's line is read with its comment`() throws {
        let sample = try SampleKey.ed25519(5)
        let line = "  \(SampleKey.text(sample))\tana@laptop, \u{7}the second "
        let key = try #require(PublicKey.parse(line: line))
        #expect(key.blob == sample.blob)
        #expect(key.type == "ssh-ed25519")
        #expect(key.fingerprint == sample.fingerprint)
        #expect(key.comment == "ana@laptop, the second")
        let wrong = "ssh-rsa \(Base64.encode(sample.blob))"
        #expect(PublicKey.parse(line: wrong) == nil)
    }
}
