import TestServer
import Testing

/// What dropbear does differently from OpenSSH, and ccrun the same; docs/servers.md has the list.
@Suite(.enabled(if: PrivateDropbear.isInstalled, "dropbear is not here"))
struct DropbearTests {
    @Test func `keys of every kind log in`() throws {
        try withDropbear(userKeys: KeyPair.Kind.allCases) { dropbear in
            for key in dropbear.userKeys {
                let place = try Workplace(dropbear, identityFile: key.identityFile)
                let result = try place.run(["-v", "shop", "echo in"])
                #expect(result.output == "in\n", "\(key.kind): \(result.errorOutput)")
            }
        }
    }

    /// It ends the connection over one of more than 9000 bytes.
    @Test(arguments: ["-T", "-t"], [9_000, 20_000, 100_000])
    func `a long command runs`(terminal: String, length: Int) throws {
        try withDropbear { dropbear in
            let place = try Workplace(dropbear)
            let word = String(repeating: "x", count: length)
            let result = try place.run([terminal, "shop", "printf", "%s", word])
            #expect(result.output == word, "\(result.errorOutput)")
            #expect(result.status == .exited(0))
        }
    }

    /// All channels without a terminal are in one process group, dropbear's own process among them.
    @Test(arguments: ["-T", "-t"], [("", "TERM"), ("trap '' TERM; ", "KILL")])
    func `a time limit ends the command and not the connection`(
        terminal: String, trap: (text: String, signal: String)
    ) throws {
        try withDropbear { dropbear in
            let place = try Workplace(dropbear)
            let result = try place.run([
                terminal, "--timeout", "10s", "--grace", "5s", "shop",
                "\(trap.text)echo begun; while :; do sleep 1050; done",
            ])
            #expect(result.status == .exited(124))
            #expect(
                result.errorOutput.contains("was ended by \(trap.signal), status 124"),
                "\(result.errorOutput)")
        }
    }

    @Test func `a certificate that it does not know costs one try`() throws {
        try withDropbear { dropbear in
            let place = try Workplace(dropbear)
            let authority = try KeyPair(in: place.folder, name: "ca")
            let made = try ChildProcess.run(
                try Tool.path("ssh-keygen"),
                ["-q", "-s", authority.identityFile, "-I", "test", "-n", dropbear.user]
                    + [place.folder.file(".ssh/id_ed25519.pub")])
            #expect(made.status == .exited(0), "\(made.errorOutput)")
            let result = try place.run(["-v", "shop", "echo in"])
            #expect(result.output == "in\n", "\(result.errorOutput)")
            #expect(result.errorOutput.contains("cert-v01@openssh.com"))
        }
    }
}
