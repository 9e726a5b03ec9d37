import Testing
import TestServer

/// OpenSSH's `ssh` is the witness: what it makes of the server's messages is what they mean.
@Suite struct LyingServerTests {
    @Test(arguments: [0, 1, 3, 255] as [UInt32])
    func `an honest script is an honest server`(status: UInt32) throws {
        let script = Script.honest(status: status, output: "out\n", errorOutput: "err\n")
        try withLyingServer(script) { server in
            let result = try server.ssh(["a command", "with words"])
            #expect(result.status == .exited(Int32(status)), "\(result.errorOutput)")
            #expect(result.output == "out\n")
            #expect(result.errorOutput == "err\n")
            #expect(server.record.commands() == ["a command with words"])
            try server.record.waitForEnd()
        }
    }

    struct Ending: Sendable, CustomTestStringConvertible {
        let name: String
        let script: Script
        let status: Int32
        /// Nil where `ssh` may drop what it has not yet written.
        let output: String?
        var testDescription: String { name }

        init(_ name: String, _ script: Script, _ status: Int32, _ output: String? = "") {
            self.name = name
            self.script = script
            self.status = status
            self.output = output
        }
    }

    static let endings = [
        Ending("close without a status", .closeWithoutStatus, 255, "partial\n"),
        Ending("EOF and close without a status", .eofAndCloseWithoutStatus, 255, "partial\n"),
        Ending("exit-signal", .exitSignal("TERM", message: "bye"), 255),
        Ending("exit-signal of 4 GiB", .oversizedExitSignal, 255),
        Ending("disconnect", .disconnectMidStream(), 255, nil),
        Ending("two statuses", .statusTwice(3, 4), 4),
        Ending("a status after EOF", .statusAfterEOF(5), 5, "whole\n"),
        Ending("data after the status", .dataAfterExitStatus(6), 6, "late\n"),
    ]

    @Test(arguments: endings)
    func `each ending of a program reaches the client`(ending: Ending) throws {
        try withLyingServer(ending.script) { server in
            let result = try server.ssh(["true"])
            #expect(result.status == .exited(ending.status), "\(result.errorOutput)")
            if let output = ending.output { #expect(result.output == output) }
        }
    }

    @Test func `a reset cuts the output short`() throws {
        try withLyingServer(.resetMidStream(after: 100_000)) { server in
            let result = try server.ssh(["true"])
            #expect(result.status == .exited(255))
            #expect(result.outputCount <= 100_000)
        }
    }

    @Test func `input comes back byte for byte, across a renewal of the keys`() throws {
        var random = SeededGenerator(seed: 7)
        let bytes = random.bytes(3_000_000)
        let script = Script.program([
            .rekey, .echoInput, .rekey, .eof, .exitStatus(0), .close,
        ])
        try withLyingServer(script) { server in
            let result = try server.ssh(["cat"], input: .bytes(bytes))
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            let isEqual = result.standardOutput == bytes
            #expect(isEqual, "\(result.outputCount) bytes came back")
            #expect(server.record.inputCount() == bytes.count)
            let renewals = server.record.events().filter {
                if case .keysExchanged = $0 { true } else { false }
            }
            #expect(renewals.count == 3)
        }
    }

    @Test(
        arguments: ["aes128-ctr", "aes192-ctr", "aes256-ctr"],
        ["hmac-sha2-256", "hmac-sha2-512"])
    func `every cipher and MAC it offers works`(cipher: String, mac: String) throws {
        try withLyingServer(.honest(output: "x")) { server in
            let result = try server.ssh(
                ["true"], options: ["-o", "Ciphers=\(cipher)", "-o", "MACs=\(mac)"])
            #expect(result.output == "x", "\(result.errorOutput)")
            let exchanged = ClientEvent.keysExchanged(cipher: cipher, mac: mac)
            #expect(server.record.events().contains(exchanged))
        }
    }

    @Test func `endless output ends with its reader`() throws {
        try withLyingServer(.endlessStderr) { server in
            let ssh = try ChildProcess(
                try Tool.path("ssh"), try server.sshArguments() + ["true"],
                error: .hashed)
            try ssh.waitForError(count: 8 << 20)
            ssh.stop()
            try server.record.waitForEnd()
        }
    }

    @Test func `a client waits for a window that never opens`() throws {
        try withLyingServer(.windowNeverOpens) { server in
            let ssh = try ChildProcess(
                try Tool.path("ssh"), try server.sshArguments() + ["cat >file"],
                input: .bytes([1, 2, 3]))
            try server.record.waitFor("the command") { if case .exec = $0 { true } else { false } }
            #expect(server.record.inputCount() == 0)
            #expect(ssh.process.currentStatus == nil)
            ssh.stop()
        }
    }

    @Test func `garbage for a banner is no SSH server`() throws {
        try withLyingServer(.garbageBanner) { server in
            let ssh = try ChildProcess(
                try Tool.path("ssh"), try server.sshArguments() + ["true"])
            try server.record.waitFor(.wronged(in: .kexInit))
            server.stop()
            #expect(try ssh.waitForExit().status == .exited(255))
        }
    }

    @Test func `lines ahead of the banner are passed over`() throws {
        try withLyingServer(.longBannerLines(20, length: 4000)) { server in
            let result = try server.ssh(["true"])
            #expect(result.status == .exited(0), "\(result.errorOutput)")
        }
    }

    @Test func `the second connection is shown another host key`() throws {
        var script = Script.honest()
        script.changesHostKeyOnReconnect = true
        try withLyingServer(script) { server in
            #expect(try server.ssh(["true"]).status == .exited(0))
            let second = try server.ssh(["true"])
            #expect(second.status == .exited(255))
            #expect(second.errorOutput.contains(server.laterHostKeyFingerprint))
            #expect(server.laterHostKeyFingerprint != server.hostKeyFingerprint)
        }
    }
}
