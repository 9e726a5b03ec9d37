import Testing

@testable import SSH

/// Keys that no server has: an ed25519 key is any 32 bytes.
enum SampleKey {
    static func ed25519(_ filler: UInt8) throws -> HostKey {
        var writer = WireWriter()
        writer.string("ssh-ed25519".utf8)
        writer.string([UInt8](repeating: filler, count: 32))
        return try #require(HostKey(blob: writer.bytes))
    }

    static func rsa(_ filler: UInt8) throws -> HostKey {
        var writer = WireWriter()
        writer.string("ssh-rsa".utf8)
        writer.unsignedInteger([1, 0, 1])
        writer.unsignedInteger([UInt8](repeating: filler | 0x81, count: 256))
        return try #require(HostKey(blob: writer.bytes))
    }

    static func text(_ key: HostKey) -> String {
        "\(key.type) \(Base64.encode(key.blob))"
    }
}

@Suite struct TrustKnownHostsTests {
    let scratch: KeyScratch
    let (mine, other, rsa): (HostKey, HostKey, HostKey)

    init() throws {
        scratch = try KeyScratch()
        mine = try SampleKey.ed25519(1)
        other = try SampleKey.ed25519(2)
        rsa = try SampleKey.rsa(3)
    }

    /// Reads lines in which M, O and R stand for the three keys.
    private func hosts(_ lines: String...) throws -> KnownHosts {
        let text = lines.map { line in
            line.replacing(" M", with: " \(SampleKey.text(mine))")
                .replacing(" O", with: " \(SampleKey.text(other))")
                .replacing(" R", with: " \(SampleKey.text(rsa))")
        }
        let file = try scratch.write(text.joined(separator: "\n") + "\n", to: "known_hosts")
        return KnownHosts(files: [file])
    }

    private func verdict(_ hosts: KnownHosts, name: String = "h", port: UInt16 = 22) -> String {
        switch hosts.verdict(on: mine, name: name, port: port) {
        case .trusted(let line): "trusted \(line.number)"
        case .unknown: "unknown"
        case .changed(let lines): "changed \(lines.map(\.number))"
        case .revoked(let line): "revoked \(line.number)"
        case .onlyOtherTypes(let lines): "other types \(lines.map(\.number))"
        }
    }

    @Test(arguments: [
        (["h M"], 22, "trusted 1"),
        (["g M"], 22, "unknown"),
        (["h O"], 22, "changed [1]"),
        (["h O", "h M"], 22, "trusted 2"),
        (["h R"], 22, "other types [1]"),
        (["h R", "h O"], 22, "changed [2]"),
        (["@revoked h M"], 22, "revoked 1"),
        (["h M", "@revoked h M"], 22, "revoked 2"),
        (["h M", "@revoked elsewhere M"], 22, "revoked 2"),
        (["h M", "@revoked h O"], 22, "trusted 1"),
        (["@revoked h O"], 22, "unknown"),
        (["@cert-authority h M"], 22, "unknown"),
        (["@cert-authority * O", "h M"], 22, "trusted 2"),
        (["[h]:2222 M"], 2222, "trusted 1"),
        (["[h]:2222 M"], 22, "unknown"),
        (["[h]:2222 M"], 2223, "unknown"),
        (["[h]:2222 O", "h M"], 2222, "changed [1]"),
        (["[h]:2222 R", "h M"], 2222, "other types [1]"),
        (["h M"], 2222, "trusted 1"),
        (["h O"], 2222, "unknown"),
        (["h R"], 2222, "unknown"),
        (["*,!h M"], 22, "unknown"),
        (["* M"], 2222, "trusted 1"),
    ])
    func `the lines decide`(lines: [String], port: UInt16, expected: String) throws {
        #expect(verdict(try hosts(lines.joined(separator: "\n")), port: port) == expected)
    }

    @Test func `names are the same in any case`() throws {
        #expect(verdict(try hosts("HOST.Example M"), name: "Host.EXAMPLE") == "trusted 1")
    }

    @Test func `CR LF, comments, blanks, tabs and a last line without an end are read`() throws {
        let file = try scratch.write(
            "# h\r\n\r\n   \t\r\n  h\t\(SampleKey.text(other))  a comment\r\n"
                + "\t@revoked  g \(SampleKey.text(rsa))\r\nh \(SampleKey.text(mine))",
            to: "known_hosts")
        let known = KnownHosts(files: [file])
        #expect(known.warnings.isEmpty)
        #expect(known.lines.map(\.number) == [4, 5, 6])
        #expect(known.lines.map(\.marker) == [.none, .revoked, .none])
        #expect(verdict(known) == "trusted 6")
    }

    @Test(arguments: [
        ("h", "no key"), ("h ssh-ed25519", "no key"), ("@revoked", "no host"),
        ("@wrong h M", "an unknown marker"), ("h ssh-ed25519 AAAA", "a key that cannot be read"),
        ("h ssh-ed25519 !!!!", "a key that cannot be read"),
        ("h 1024 35 1234567890", "a key that cannot be read"),
        ("|1|x|y M", "a hashed name that cannot be read"),
        ("\u{0}\u{FFFD}\u{1}", "no key"),
    ])
    func `a bad line is skipped with a warning, and the next one read`(
        line: String, reason: String
    ) throws {
        let known = try hosts(line, "h M")
        #expect(known.warnings == ["\(scratch.file("known_hosts")):1: skipped, \(reason)"])
        #expect(verdict(known) == "trusted 2")
    }

    @Test func `a key of another type than its line says is a bad line`() throws {
        let known = try hosts("h ssh-rsa \(Base64.encode(mine.blob))")
        #expect(known.lines.isEmpty)
        #expect(known.warnings.count == 1)
    }

    @Test func `files are read in order, missing and empty ones are no matter`() throws {
        let first = try scratch.write("h \(SampleKey.text(other))\n", to: "first")
        let second = try scratch.write("h \(SampleKey.text(mine))\n", to: "second")
        let known = KnownHosts(files: [first, scratch.file("none"), "/dev/null", second])
        #expect(known.warnings.isEmpty)
        #expect(known.lines.map(\.place) == ["\(first):1", "\(second):1"])
        #expect(verdict(known) == "trusted 1")
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func `noise in a file does no harm`(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed)
        let alphabet = Array("h|1=,!*?@#[]: \t\r\n\u{0}ssh-ed25519 AAAA\u{FF}".utf8)
        let noise = (0..<500).map { _ in alphabet[Int.random(in: alphabet.indices, using: &numbers)]
        }
        let end = Array("\nh \(SampleKey.text(mine))\n".utf8)
        let file = try scratch.write(noise + end, to: "known_hosts")
        let last = noise.count { $0 == UInt8(ascii: "\n") } + 2
        #expect(verdict(KnownHosts(files: [file])) == "trusted \(last)", "seed \(seed)")
    }

    @Test func `a folder in place of a file is told`() {
        let known = KnownHosts(files: [scratch.path])
        #expect(known.warnings == ["cannot read \"\(scratch.path)\": is a directory"])
    }

    @Test func `the types held for a host come in file order, once each`() throws {
        let known = try hosts(
            "h R", "[h]:99 M", "h M", "h O", "@revoked * R", "@cert-authority * R")
        #expect(known.keyTypes(forName: "h", port: 22) == ["ssh-rsa", "ssh-ed25519"])
        #expect(known.keyTypes(forName: "h", port: 99) == ["ssh-ed25519"])
        #expect(known.keyTypes(forName: "h", port: 98) == ["ssh-rsa", "ssh-ed25519"])
        #expect(known.keyTypes(forName: "g", port: 22) == [])
    }

    @Test func `a certificate authority is seen where its line names the host`() throws {
        let known = try hosts("@cert-authority *.example.com O")
        #expect(known.holdsCertificateAuthority(forName: "a.example.com", port: 22))
        #expect(!known.holdsCertificateAuthority(forName: "example.com", port: 22))
    }
}
