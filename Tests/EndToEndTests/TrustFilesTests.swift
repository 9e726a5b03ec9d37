import Foundation
import TestServer
import Testing

/// known_hosts files that do not say all there is to know: what they keep back may be another key.
@Suite struct TrustFilesTests {
    /// A thing in the place of a known_hosts file, and why it cannot be read, not even by root.
    struct Obstacle: Sendable, CustomTestStringConvertible {
        let reason: String
        let put: @Sendable (_ path: String) throws -> Void
        var testDescription: String { reason }
    }

    static let obstacles = [
        Obstacle(reason: "is a directory") { path in
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
        },
        Obstacle(reason: "not a regular file") { path in
            // Nobody writes into it: a read would wait for ever.
            #expect(mkfifo(path, 0o600) == 0)
        },
        Obstacle(reason: "input/output error") { path in
            // Opens, and has nothing at its address 0 (proc(5)).
            try FileManager.default.createSymbolicLink(
                atPath: path, withDestinationPath: "/proc/self/mem")
        },
        Obstacle(reason: "larger than 16384 KiB") { path in
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
            #expect(truncate(path, (16 << 20) + 1) == 0)
        },
    ]

    @Test(arguments: obstacles, [[], ["--accept-new-host-key"]])
    func `a known_hosts that cannot be read makes no host a new one`(
        obstacle: Obstacle, options: [String]
    ) throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            try Self.put(obstacle, in: place)
            let result = try place.run(options + ["shop", "true"])
            #expect(result.status == .exited(255))
            let reason = "cannot read \"\(place.knownHostsFile)\": \(obstacle.reason)"
            #expect(
                result.errorOutput.split(separator: "\n").map(String.init) == [
                    "ccrun: warning: \(reason)",
                    "ccrun: error: the host key of \"127.0.0.1\" is not known; nothing was sent: "
                        + "not all known_hosts files can be read",
                    "ccrun: \(reason)",
                    "ccrun: hint: make \(place.knownHostsFile) readable",
                    "ccrun: no exit status came, status 255",
                ])
            try server.record.waitForEnd()
            #expect(server.record.loginAttempts().isEmpty)
            try place.expectTranscript(.disconnect)
        }
    }

    @Test(arguments: obstacles)
    func `a host that another file knows is a known one, with a warning`(
        obstacle: Obstacle
    ) throws {
        try withServer { server in
            let place = try Workplace(server)
            let known = try place.folder.read(".ssh/known_hosts")
            try place.folder.write(known, to: ".ssh/known_hosts2")
            try Self.put(obstacle, in: place)
            let result = try place.run(["shop", "echo ran"])
            #expect(result.output == "ran\n")
            let reason = "cannot read \"\(place.knownHostsFile)\": \(obstacle.reason)"
            #expect(result.errorOutput == "ccrun: warning: \(reason)\n")
        }
    }

    /// With a terminal there is somebody to ask, but no question that could be answered.
    @Test func `nobody is asked about a host that may be known by another key`() throws {
        try withServer { server in
            let place = try Workplace(server)
            try Self.put(Self.obstacles[0], in: place)
            let session = try place.terminal(["shop", "echo ran"])
            defer { session.close() }
            #expect(try session.waitForExit() == .exited(255))
            #expect(session.output.contains("not all known_hosts files can be read\r\n"))
            #expect(!session.output.contains("(yes/no)?"))
        }
    }

    @Test(arguments: [[], ["--accept-new-host-key"]])
    func `an authority for the host's key is told to be of no use`(options: [String]) throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            let authority = try KeyPair(in: place.folder, name: "authority")
            let known = "@cert-authority [127.0.0.*]:* \(authority.publicKeyLine)\n"
            try place.folder.write(known, to: ".ssh/known_hosts")
            let result = try place.run(options + ["shop", "true"])
            #expect(result.status == .exited(255))
            #expect(
                result.errorOutput.split(separator: "\n").map(String.init) == [
                    "ccrun: error: the host key of \"127.0.0.1\" is not known; nothing was sent: "
                        + "known_hosts trusts its certificate authority, which ccrun cannot check",
                    "ccrun: received ssh-ed25519 \(server.hostKeyFingerprint)",
                    "ccrun: hint: add the key itself to known_hosts, once its fingerprint is "
                        + "confirmed",
                    "ccrun: no exit status came, status 255",
                ])
            try server.record.waitForEnd()
            #expect(server.record.loginAttempts().isEmpty)
            #expect(try place.folder.read(".ssh/known_hosts") == Array(known.utf8))
        }
    }

    @Test func `an authority beside the key itself, or for another host, does not matter`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let authority = try KeyPair(in: place.folder, name: "authority").publicKeyLine
            let known = String(decoding: try place.folder.read(".ssh/known_hosts"), as: UTF8.self)
            try place.folder.write(
                "@cert-authority * \(authority)\n\(known)", to: ".ssh/known_hosts")
            let beside = try place.run(["shop", "echo ran"])
            #expect(beside.output == "ran\n", "\(beside.errorOutput)")
            #expect(beside.errorOutput.isEmpty)

            try place.folder.write(
                "@cert-authority *.example.com \(authority)\n", to: ".ssh/known_hosts")
            let new = try place.run(["--accept-new-host-key", "shop", "echo ran"])
            #expect(new.output == "ran\n", "\(new.errorOutput)")
        }
    }

    // MARK: - RevokedHostKeys

    @Test func `a key in the file of RevokedHostKeys is refused, as by ssh`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let other = try KeyPair(in: place.folder, name: "other")
            let file = try place.folder.write(
                "# gone\n\n\(other.publicKeyLine) somebody\n", to: "revoked")
            try place.folder.write("RevokedHostKeys ~/revoked\n", to: ".ssh/config")
            #expect(try place.run(["shop", "echo ran"]).output == "ran\n")

            try place.folder.write(
                "# gone\nnonsense\n\(server.hostKeyLine) this one\n", to: "revoked")
            let result = try place.run(["--accept-new-host-key", "shop", "echo ran"])
            #expect(result.status == .exited(255))
            #expect(
                result.errorOutput.split(separator: "\n").prefix(3).map(String.init) == [
                    "ccrun: warning: \(file):2: skipped, no key",
                    "ccrun: error: the host key of \"127.0.0.1\" is revoked; nothing was sent",
                    "ccrun: revoked by \(file):3, received ssh-ed25519 "
                        + "\(server.hostKeyFingerprint)",
                ])
            let witness = try server.ssh(["true"], options: ["-o", "RevokedHostKeys=\(file)"])
            #expect(witness.status == .exited(255))
        }
    }

    @Test(arguments: ["a list in binary form", "a missing file"])
    func `without the revoked keys no key is taken for a good one`(what: String) throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            let file = place.folder.file("revoked")
            var reason = "no such file or directory"
            if what == "a list in binary form" {
                let other = try KeyPair(in: place.folder, name: "other")
                let made = try ChildProcess.run(
                    try Tool.path("ssh-keygen"),
                    ["-q", "-k", "-f", file, "\(other.identityFile).pub"])
                #expect(made.status == .exited(0), "\(made.errorOutput)")
                reason = "a binary key revocation list is not supported"
            }
            try place.folder.write("RevokedHostKeys \(file)\n", to: ".ssh/config")
            let result = try place.run(["shop", "true"])
            #expect(result.status == .exited(255))
            #expect(
                result.errorOutput.hasPrefix(
                    "ccrun: error: the host key of \"127.0.0.1\" cannot be told from a revoked "
                        + "one; nothing was sent: cannot read \"\(file)\": \(reason)\n"
                        + "ccrun: hint: "), "\(result.errorOutput)")
            try server.record.waitForEnd()
            #expect(server.record.loginAttempts().isEmpty)
        }
    }

    private static func put(_ obstacle: Obstacle, in place: Workplace) throws {
        try FileManager.default.removeItem(atPath: place.knownHostsFile)
        try obstacle.put(place.knownHostsFile)
    }
}
