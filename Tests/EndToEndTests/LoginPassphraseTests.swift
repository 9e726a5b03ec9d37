import Foundation
import Glibc
import TestServer
import Testing

/// Encrypted keys, and an agent that holds keys.
@Suite struct LoginPassphraseTests {
    private static let passphrase = "corréct horse"
    private static let wrong = "wrong-battery-staple"

    /// A server that takes one key, and a workplace that has it encrypted.
    private static func withEncryptedKey(
        _ format: KeyPair.Format = .openSSH, kind: KeyPair.Kind = .ed25519,
        _ body: (PrivateSSHD, Workplace, KeyPair) throws -> Void
    ) throws {
        try withSSHD(SSHDOptions(userKeys: [])) { sshd in
            let key = try KeyPair(
                kind, in: sshd.folder, name: "key", passphrase: passphrase, format: format)
            try sshd.folder.write("\(key.publicKeyLine)\n", to: "authorized_keys")
            let place = try Workplace(sshd, identityFile: key.identityFile)
            try body(sshd, place, key)
        }
    }

    @Test(arguments: [KeyPair.Format.openSSH, .pem, .pkcs8])
    func `a passphrase is asked for without echo, and is nowhere to be found`(
        format: KeyPair.Format
    ) throws {
        try Self.withEncryptedKey(format, kind: .ecdsa256) { _, place, _ in
            let session = try place.terminal(["-v", "shop", "echo in"])
            defer { session.close() }
            let modes = try session.terminalModes
            let file = place.folder.file(".ssh/id_ed25519")
            try session.waitFor("Enter passphrase for key '\(file)': ")
            #expect(try !session.terminalModes.echoes)
            try session.write(Self.passphrase + "\n")
            #expect(try session.waitForExit() == .exited(0), "\(session.output)")
            #expect(session.output.contains("in\r\n"))
            #expect(!session.output.contains(Self.passphrase))
            #expect(try session.terminalModes == modes)
            let recorded = String(decoding: try place.transcript().bytes, as: UTF8.self)
            #expect(!recorded.contains(Self.passphrase))
            #expect(!recorded.contains("passphrase"))
        }
    }

    @Test func `a wrong passphrase may be given twice`() throws {
        try Self.withEncryptedKey { _, place, _ in
            let session = try place.terminal(["shop", "echo in"])
            defer { session.close() }
            for answer in [Self.wrong, Self.wrong, Self.passphrase] {
                try session.waitFor("Enter passphrase for key")
                try session.waitFor("': ")
                #expect(try !session.terminalModes.echoes)
                try session.write(answer + "\n")
            }
            #expect(try session.waitForExit() == .exited(0), "\(session.output)")
            #expect(session.output.contains("in\r\n"))
            #expect(!session.output.contains(Self.wrong))
        }
    }

    @Test func `three wrong passphrases are enough`() throws {
        try Self.withEncryptedKey { sshd, place, _ in
            let session = try place.terminal(["shop", "echo in"])
            defer { session.close() }
            let modes = try session.terminalModes
            for _ in 1...3 {
                try session.waitFor("': ")
                try session.write(Self.wrong + "\n")
            }
            #expect(try session.waitForExit() == .exited(255))
            #expect(session.output.contains("the passphrase is wrong"), "\(session.output)")
            #expect(session.output.ranges(of: "Enter passphrase").count == 3)
            #expect(try session.terminalModes == modes)
            #expect(!sshd.log.contains("Accepted publickey"))
        }
    }

    @Test func `nobody is asked where there is no terminal`() throws {
        try Self.withEncryptedKey { _, place, key in
            let result = try place.run(["shop", "echo in"])
            #expect(result.status == .exited(255))
            #expect(result.errorOutput.contains("passphrase"), "\(result.errorOutput)")
            #expect(result.errorOutput.contains("could not be used: ssh-add it"))
            #expect(result.errorOutput.contains(key.fingerprint))
        }
    }

    @Test func `an interrupt at the question ends the run with 130`() throws {
        try Self.withEncryptedKey { _, place, _ in
            let session = try place.terminal(["shop", "echo in"])
            defer { session.close() }
            let modes = try session.terminalModes
            try session.waitFor("': ")
            try session.write("\u{3}")
            #expect(try session.waitForExit() == .exited(130), "\(session.output)")
            #expect(try session.terminalModes == modes)
            try place.expectTranscript(.cancelled("INT", 2))
        }
    }

    /// Control-\\ would kill ccrun, and control-Z stop it, with the terminal's echo off.
    @Test func `a key that kills or stops is a part of the passphrase`() throws {
        try Self.withEncryptedKey { _, place, _ in
            let session = try place.terminal(["shop", "echo in"])
            defer { session.close() }
            let modes = try session.terminalModes
            try session.waitFor("': ")
            // As a part of the first answer they make it a wrong one; control-U takes them back.
            try session.write(Self.passphrase + "\u{1C}\u{1A}\n")
            try session.waitFor("': ")
            #expect(try !session.terminalModes.echoes)
            try session.write("\u{1C}\u{1A}\u{15}" + Self.passphrase + "\n")
            #expect(try session.waitForExit() == .exited(0), "\(session.output)")
            #expect(session.output.contains("in\r\n"))
            #expect(try session.terminalModes == modes)
        }
    }

    @Test(arguments: [SIGSTOP, SIGTSTP])
    func `after a stop it is asked for again, without echo`(signal: Int32) throws {
        try Self.withEncryptedKey { _, place, _ in
            let terminal = try place.usersTerminal(["shop", "echo in"])
            let session = terminal.session
            defer { session.close() }
            try session.waitFor("': ")
            try session.write("half of something")
            session.send(signal: signal)
            try terminal.waitUntil(isStopped: true)
            // Nobody can act on SIGSTOP; before SIGTSTP the terminal is left as it was.
            if signal == SIGTSTP { #expect(try session.terminalModes == terminal.before) }
            // As a shell with job control does.
            try terminal.stty("sane")
            session.send(signal: SIGCONT)
            try session.waitFor("': ")
            #expect(try !session.terminalModes.echoes)
            try session.write(Self.passphrase + "\n")
            #expect(try session.waitForExit() == .exited(0), "\(session.output)")
            #expect(session.output.contains("in\r\n"))
            #expect(!session.output.contains(Self.passphrase))
            #expect(try session.terminalModes == terminal.before)
        }
    }

    /// The question is asked on the terminal, whatever stdin and stdout are.
    @Test func `a passphrase is not read from stdin`() throws {
        try Self.withEncryptedKey { _, place, _ in
            let session = try TerminalSession(
                executable: "/bin/sh",
                arguments: [
                    "-c", "printf 'piped in' | \"$0\" shop cat >'\(place.folder.file("out"))'",
                    CCRun.binary,
                ], environment: place.environment, workingFolder: place.folder.path)
            defer { session.close() }
            try session.waitFor("': ")
            try session.write(Self.passphrase + "\n")
            #expect(try session.waitForExit() == .exited(0), "\(session.output)")
            #expect(try place.folder.read("out") == Array("piped in".utf8))
        }
    }
}
