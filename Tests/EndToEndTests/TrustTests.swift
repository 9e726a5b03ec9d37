import Foundation
import TestServer
import Testing
import Transcripts

/// Host keys: nothing is sent to a server that is not known to be the right one.
@Suite struct TrustTests {
    @Test func `an unknown host is refused where nobody can be asked`() throws {
        try withServer { server in
            let place = try Workplace(server)
            try place.folder.write("", to: ".ssh/known_hosts")
            let result = try place.run(["shop", "echo ran"])
            #expect(result.status == .exited(255))
            #expect(result.output.isEmpty)
            let lines = result.errorOutput.split(separator: "\n")
            #expect(
                lines.first
                    == "ccrun: error: the host key of \"127.0.0.1\" is not known; nothing was sent")
            #expect(result.errorOutput.contains(server.hostKeyFingerprint))
            #expect(result.errorOutput.contains("hint: compare the fingerprint"))
            #expect(try place.folder.read(".ssh/known_hosts").isEmpty)
            try place.expectTranscript(.disconnect)
        }
    }

    @Test func `nothing is sent to an unknown host`() throws {
        try withLyingServer { server in
            let place = try Workplace(server)
            try place.folder.write("", to: ".ssh/known_hosts")
            #expect(try place.run(["shop", "echo ran"]).status == .exited(255))
            try server.record.waitForEnd()
            #expect(server.record.loginAttempts().isEmpty)
            #expect(server.record.commands().isEmpty)
        }
    }

    @Test func `a new key that is accepted is recorded, and known from then on`() throws {
        try withServer { server in
            let place = try Workplace(server)
            try FileManager.default.removeItem(atPath: place.knownHostsFile)
            let first = try place.run(["--accept-new-host-key", "shop", "echo ran"])
            #expect(first.output == "ran\n", "\(first.errorOutput)")
            #expect(first.errorOutput.contains("recorded the host key"))
            #expect(first.errorOutput.contains(server.hostKeyFingerprint))
            let attributes = try FileManager.default.attributesOfItem(atPath: place.knownHostsFile)
            #expect(attributes[.posixPermissions] as? Int == 0o600)

            let second = try place.run(["shop", "echo ran"])
            #expect(second.output == "ran\n")
            #expect(second.errorOutput.isEmpty)
            // OpenSSH agrees with what was written.
            try Self.expectKnown(to: place, server)
        }
    }

    @Test(arguments: ["yes", "no"])
    func `a new host is recorded by its name or a hash, as ssh is told to`(value: String) throws {
        try withServer { server in
            let place = try Workplace(server)
            try place.folder.write("HashKnownHosts \(value)\n", to: ".ssh/config")
            try FileManager.default.removeItem(atPath: place.knownHostsFile)
            let first = try place.run(["--accept-new-host-key", "shop", "echo ran"])
            #expect(first.output == "ran\n", "\(first.errorOutput)")
            let recorded = String(
                decoding: try place.folder.read(".ssh/known_hosts"), as: UTF8.self)
            #expect(recorded.hasPrefix(value == "yes" ? "|1|" : "[127.0.0.1]:"), "\(recorded)")
            #expect(recorded.contains("127.0.0.1") == (value == "no"))
            #expect(try place.run(["shop", "echo ran"]).output == "ran\n")
            try Self.expectKnown(to: place, server)
        }
    }

    /// The options that could make ccrun forgive, and none of them does.
    static let forgiving = [[], ["--accept-new-host-key"], ["--yes"]]

    @Test(arguments: forgiving)
    func `a changed key is refused, with both fingerprints and the line`(options: [String]) throws {
        try withServer { server in
            let place = try Workplace(server)
            let other = try KeyPair(in: place.folder, name: "other")
            let known = "# a comment\n\(Self.name(server)) \(other.publicKeyLine)\n"
            try place.folder.write(known, to: ".ssh/known_hosts")
            let result = try place.run(options + ["shop", "echo ran"])
            #expect(result.status == .exited(255))
            #expect(result.output.isEmpty)
            #expect(result.errorOutput.contains("\"127.0.0.1\" changed; nothing was sent"))
            #expect(result.errorOutput.contains("expected \(other.fingerprint)"))
            #expect(result.errorOutput.contains("\(place.knownHostsFile):2"))
            #expect(result.errorOutput.contains("received \(server.hostKeyFingerprint)"))
            #expect(try place.folder.read(".ssh/known_hosts") == Array(known.utf8))
            try place.expectTranscript(.disconnect)
        }
    }

    @Test(arguments: forgiving)
    func `a revoked key is refused, whatever else is said of it`(options: [String]) throws {
        try withServer { server in
            let place = try Workplace(server)
            let name = Self.name(server)
            try place.folder.write(
                "\(name) \(server.hostKeyLine)\n@revoked * \(server.hostKeyLine)\n",
                to: ".ssh/known_hosts")
            let result = try place.run(options + ["shop", "echo ran"])
            #expect(result.status == .exited(255))
            #expect(result.output.isEmpty)
            #expect(result.errorOutput.contains("is revoked; nothing was sent"))
            #expect(result.errorOutput.contains("\(place.knownHostsFile):2"))
            #expect(result.errorOutput.contains(server.hostKeyFingerprint))
        }
    }

    @Test(arguments: forgiving)
    func `a key of another type than the known one is no new host`(options: [String]) throws {
        try withServer { server in
            let place = try Workplace(server)
            let other = try KeyPair(.ecdsa256, in: place.folder, name: "other")
            try place.folder.write(
                "\(Self.name(server)) \(other.publicKeyLine)\n", to: ".ssh/known_hosts")
            let result = try place.run(options + ["shop", "echo ran"])
            #expect(result.status == .exited(255))
            #expect(result.output.isEmpty)
            // A server without such a key has nothing in common with what is asked for, or shows another.
            #expect(result.errorOutput.contains("nothing was sent"), "\(result.errorOutput)")
            #expect(result.errorOutput.contains(other.fingerprint), "\(result.errorOutput)")
        }
    }

    @Test(arguments: KeyPair.Kind.allCases.filter { $0 != .rsa })
    func `the key of the type that is known is asked for`(kind: KeyPair.Kind) throws {
        let kinds: [KeyPair.Kind] = [.ed25519, .ecdsa256, .ecdsa384, .ecdsa521]
        try withSSHD(SSHDOptions(hostKeys: kinds)) { sshd in
            let place = try Workplace(sshd)
            let key = try #require(sshd.hostKeys.first { $0.kind == kind })
            try place.folder.write(
                "\(Self.name(sshd)) \(key.publicKeyLine)\n", to: ".ssh/known_hosts")
            let result = try place.run(["shop", "echo ran"])
            #expect(result.output == "ran\n", "\(result.errorOutput)")
            #expect(try place.transcript().header.hostKeyFingerprint == key.fingerprint)
        }
    }

    @Test func `a key that changes between two runs is noticed`() throws {
        var script = Script.honest(output: "ran\n")
        script.changesHostKeyOnReconnect = true
        try withLyingServer(script) { server in
            let place = try Workplace(server)
            #expect(try place.run(["shop", "true"]).output == "ran\n")
            let second = try place.run(["--accept-new-host-key", "shop", "true"])
            #expect(second.status == .exited(255))
            #expect(second.errorOutput.contains(server.laterHostKeyFingerprint))
            #expect(second.errorOutput.contains(server.hostKeyFingerprint))
            #expect(server.record.loginAttempts(1).isEmpty)
        }
    }

    @Test func `a known_hosts that cannot be written costs a note, and the run goes on`() throws {
        try withServer { server in
            let place = try Workplace(server)
            try FileManager.default.removeItem(atPath: place.folder.file(".ssh"))
            try place.folder.write("in the way", to: ".ssh")
            let result = try place.run(
                ["--accept-new-host-key", "-i", server.identityFile, "shop", "echo ran"])
            #expect(result.output == "ran\n", "\(result.errorOutput)")
            #expect(result.errorOutput.contains("is not recorded"))
        }
    }

    // MARK: - Asked

    @Test func `who says yes on a terminal is not asked again`() throws {
        try withServer { server in
            let place = try Workplace(server)
            try place.folder.write("", to: ".ssh/known_hosts")
            let first = try place.terminal(["shop", "echo ran"])
            defer { first.close() }
            let modes = try first.terminalModes
            let question = try first.waitFor("(yes/no/[fingerprint])? ")
            #expect(question.contains(server.hostKeyFingerprint))
            try first.write("yes\n")
            #expect(try first.waitForExit() == .exited(0))
            #expect(first.output.contains("ran\r\n"))
            #expect(try first.terminalModes == modes)

            let second = try place.terminal(["shop", "echo ran"])
            defer { second.close() }
            #expect(try second.waitForExit() == .exited(0))
            #expect(second.output == "ran\r\n")
        }
    }

    /// Control-\\ and control-Z would leave the shell with a terminal that is not as it was.
    @Test func `a key that kills or stops is a part of the answer`() throws {
        try withServer { server in
            let place = try Workplace(server)
            try place.folder.write("", to: ".ssh/known_hosts")
            let session = try place.terminal(["shop", "echo ran"])
            defer { session.close() }
            let modes = try session.terminalModes
            try session.waitFor("(yes/no/[fingerprint])? ")
            // Control-U takes back what was typed.
            try session.write("\u{1C}\u{1A}\u{15}yes\n")
            #expect(try session.waitForExit() == .exited(0), "\(session.output)")
            #expect(session.output.contains("ran\r\n"))
            #expect(try session.terminalModes == modes)
        }
    }

    @Test(arguments: ["no\n", " No \n", "\u{4}"])
    func `no, or nothing more, refuses`(answer: String) throws {
        try withServer { server in
            let place = try Workplace(server)
            try place.folder.write("", to: ".ssh/known_hosts")
            let session = try place.terminal(["shop", "echo ran"])
            defer { session.close() }
            let modes = try session.terminalModes
            try session.waitFor("(yes/no/[fingerprint])? ")
            try session.write(answer)
            #expect(try session.waitForExit() == .exited(255))
            #expect(session.output.contains("was not accepted; nothing was sent"))
            #expect(!session.output.contains("ran\r\n"))
            #expect(try session.terminalModes == modes)
            #expect(try place.folder.read(".ssh/known_hosts").isEmpty)
        }
    }

    @Test(arguments: ["yes", "YES", " yes ", "fingerprint"])
    func `yes is asked for until it comes, or the fingerprint`(answer: String) throws {
        try withServer { server in
            let place = try Workplace(server)
            try place.folder.write("", to: ".ssh/known_hosts")
            let session = try place.terminal(["shop", "echo ran"])
            defer { session.close() }
            try session.waitFor("(yes/no/[fingerprint])? ")
            let slips = ["", "y", "yes please", "SHA256:", "SHA256:AAAA"]
            for slip in slips {
                try session.write(slip + "\n")
                try session.waitFor("or the fingerprint: ")
            }
            #expect(try place.folder.read(".ssh/known_hosts").isEmpty)
            let text = answer == "fingerprint" ? server.hostKeyFingerprint : answer
            try session.write(text + "\n")
            #expect(try session.waitForExit() == .exited(0), "\(session.output)")
            #expect(session.output.contains("ran\r\n"))
        }
    }

    @Test func `what was typed before the question is no answer to it`() throws {
        try withServer { server in
            let place = try Workplace(server)
            try place.folder.write("", to: ".ssh/known_hosts")
            let terminal = try place.usersTerminal(
                ["shop", "echo ran"], typedAhead: "yes\nyes\n")
            defer { terminal.session.close() }
            try terminal.session.waitFor("(yes/no/[fingerprint])? ")
            try terminal.session.write("no\n")
            #expect(try terminal.session.waitForExit() == .exited(255))
            #expect(!terminal.session.output.contains("ran\r\n"))
            #expect(try terminal.session.terminalModes == terminal.before)
            #expect(try place.folder.read(".ssh/known_hosts").isEmpty)
        }
    }

    @Test func `an interrupt at the question ends it as it should`() throws {
        try withServer { server in
            let place = try Workplace(server)
            try place.folder.write("", to: ".ssh/known_hosts")
            let session = try place.terminal(["shop", "echo ran"])
            defer { session.close() }
            let modes = try session.terminalModes
            try session.waitFor("(yes/no/[fingerprint])? ")
            try session.write("\u{3}")
            #expect(try session.waitForExit() == .exited(130), "\(session.output)")
            #expect(try session.terminalModes == modes)
            try place.expectTranscript(.cancelled("INT", 2))
        }
    }

    /// OpenSSH connects by what was written.
    private static func expectKnown(to place: Workplace, _ server: any TestHost) throws {
        // Of two values the first counts (ssh(1), -o).
        let known = ["-o", "UserKnownHostsFile=\(place.knownHostsFile)"]
        let witness = try ChildProcess.run(
            try Tool.path("ssh"), known + (try server.sshArguments()) + ["true"])
        #expect(witness.status == .exited(0), "\(witness.errorOutput)")
    }

    private static func name(_ server: any TestHost) -> String { "[127.0.0.1]:\(server.port)" }
}
