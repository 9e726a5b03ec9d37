import Foundation
import Testing

@testable import SSH

@Suite struct TrustAppendingTests {
    let scratch: KeyScratch
    let key: HostKey

    init() throws {
        scratch = try KeyScratch()
        key = try SampleKey.ed25519(7)
    }

    @Test func `file and folder are made, closed to others`() throws {
        let file = scratch.file(".ssh/known_hosts")
        try KnownHosts.add(key, name: "Web1", port: 22, to: file)
        #expect(try scratch.permissions(".ssh") == 0o700)
        #expect(try scratch.permissions(".ssh/known_hosts") == 0o600)
        let text = String(decoding: try scratch.read(".ssh/known_hosts"), as: UTF8.self)
        #expect(text == "web1 \(SampleKey.text(key))\n")
    }

    @Test(arguments: [
        ("", ""), ("# one\n", "# one\n"), ("# one", "# one\n"), ("\n", "\n"),
    ])
    func `what stands in the file stays, a last line without an end gets one`(
        before: String, kept: String
    ) throws {
        let file = try scratch.write(before, to: "known_hosts", permissions: 0o644)
        try KnownHosts.add(key, name: "h", port: 2222, to: file)
        let text = String(decoding: try scratch.read("known_hosts"), as: UTF8.self)
        #expect(text == "\(kept)[h]:2222 \(SampleKey.text(key))\n")
        #expect(try scratch.permissions("known_hosts") == 0o644)
    }

    @Test(arguments: [true, false], [22, 2222] as [UInt16])
    func `what is added is trusted from then on`(hashed: Bool, port: UInt16) throws {
        let file = scratch.file("known_hosts")
        try KnownHosts.add(key, name: "h.example.com", port: port, to: file, hashed: hashed)
        let known = KnownHosts(files: [file])
        #expect(known.warnings.isEmpty)
        let line = try #require(known.lines.first)
        let verdict = known.verdict(on: key, name: "H.example.com", port: port)
        #expect(verdict == .trusted(line))
        let text = String(decoding: try scratch.read("known_hosts"), as: UTF8.self)
        #expect(text.contains("example") == !hashed)
    }

    @Test func `two names are hashed with two salts`() throws {
        let file = scratch.file("known_hosts")
        for _ in 0..<2 { try KnownHosts.add(key, name: "h", port: 22, to: file, hashed: true) }
        let lines = try scratch.read("known_hosts").split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 2)
        #expect(lines.first != lines.last)
    }

    @Test(arguments: [
        "", "*", "a b", "a,b", "!a", "|1|a", "#a", "@revoked", "a\nb", "we?b", "a\u{7F}",
    ])
    func `a name that would read back as something else is refused`(name: String) throws {
        let error = #expect(throws: SSHError.self) {
            try KnownHosts.add(key, name: name, port: 22, to: scratch.file("known_hosts"))
        }
        #expect(error?.code == .knownHosts)
        #expect(!FileManager.default.fileExists(atPath: scratch.file("known_hosts")))
    }

    @Test func `a file that cannot be written is told`() throws {
        let error = #expect(throws: SSHError.self) {
            try KnownHosts.add(key, name: "h", port: 22, to: scratch.path)
        }
        #expect(
            error?.message
                == "cannot add the host key of \"h\" to \"\(scratch.path)\": is a directory")
    }

    @Test func `lines added at the same time are all whole`() async throws {
        let file = scratch.file("known_hosts")
        let key = key
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...50 {
                group.addTask {
                    try KnownHosts.add(key, name: "host\(number)", port: 22, to: file)
                }
            }
            try await group.waitForAll()
        }
        let known = KnownHosts(files: [file])
        #expect(known.warnings.isEmpty)
        #expect(known.lines.count == 50)
    }
}
