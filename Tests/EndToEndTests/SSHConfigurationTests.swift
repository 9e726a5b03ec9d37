import Foundation
import TestServer
import Testing

/// What `~/.ssh/config` says counts as it does for ssh.
@Suite struct SSHConfigurationTests {
    /// A place whose deployment is the host `target` of `~/.ssh/config`.
    private static func place(
        _ server: any TestHost, _ lines: [String], port: Int? = nil, app: [String] = [],
        environment: [String: String] = [:]
    ) throws -> Workplace {
        let place = try Workplace(server, environment: environment)
        let block = lines + ["Hostname 127.0.0.1", "Port \(port ?? server.port)"]
        try place.deploy(toTarget: block, user: server.user, app: app)
        return place
    }

    /// Puts an `ssh` ahead of the real one that leaves a line for each question.
    private static func countQuestions(in place: Workplace) throws -> [String: String] {
        let real = try Tool.path("ssh")
        try place.folder.makeFolder("bin")
        try place.folder.writeExecutable(
            "#!/bin/sh\necho \"$*\" >>\(place.folder.file("asked"))\nexec \(real) \"$@\"\n",
            to: "bin/ssh")
        return ["PATH": "\(place.folder.file("bin")):/usr/local/bin:/usr/bin:/bin"]
    }

    private static func questions(_ place: Workplace) throws -> Int {
        try place.folder.read("asked").split(separator: UInt8(ascii: "\n")).count
    }

    // MARK: - The question

    @Test(arguments: [["shop", "true"], ["shop", "work"], ["--dry-run", "shop", "true"]])
    func `ssh is asked once a run`(arguments: [String]) throws {
        try withServer { server in
            let place = try Self.place(
                server, [], app: ["tasks:", "  work: {run: 'true', exclusive: true}"])
            let variables = try Self.countQuestions(in: place)
            let result = try place.run(arguments, environment: variables)
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(try Self.questions(place) == 1)
        }
    }

    @Test func `a block that is the deployment is asked about once`() throws {
        try withServer { server in
            let place = try Workplace(server)
            try FileManager.default.removeItem(atPath: place.folder.file("ccrun.yml"))
            try place.folder.write(
                "Host shop/default\nHostname 127.0.0.1\nPort \(server.port)\n"
                    + "User \(server.user)\n", to: ".ssh/config")
            let variables = try Self.countQuestions(in: place)
            let result = try place.run(["shop", "echo ran"], environment: variables)
            #expect(result.output == "ran\n", "\(result.errorOutput)")
            #expect(try Self.questions(place) == 1)
        }
    }

    @Test func `ssh answers while something else is done`() throws {
        try withServer { server in
            let folder = try ScratchFolder("meeting")
            // ssh waits for the secret's command, and is given up after ten seconds.
            let place = try Self.place(
                server, [], app: ["secrets: {TOKEN: 'cmd:touch \(folder.file("secret")); echo x'}"])
            let real = try Tool.path("ssh")
            try place.folder.makeFolder("bin")
            try place.folder.writeExecutable(
                "#!/bin/sh\n"
                    + "until [ -e \(folder.file("secret")) ]; do sleep 0.01; done\n"
                    + "exec \(real) \"$@\"\n", to: "bin/ssh")
            let variables = ["PATH": "\(place.folder.file("bin")):/usr/local/bin:/usr/bin:/bin"]
            let result = try place.run(["shop", "echo ran"], environment: variables)
            #expect(result.output == "ran\n", "\(result.errorOutput)")
        }
    }

    @Test func `ssh is asked once a release`() throws {
        try withServer { server in
            let place = try Self.place(
                server, [], app: ["tasks: {one: 'true', two: 'true'}", "release: [one, two]"])
            let variables = try Self.countQuestions(in: place)
            let result = try place.run(["release", "shop"], environment: variables)
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(try Self.questions(place) == 1)
        }
    }

    @Test func `ssh is asked once more for each host on the way`() throws {
        let scene = try JumpHostScene(hops: 2)
        let variables = try Self.countQuestions(in: scene.place)
        let result = try scene.place.run(["shop", "true"], environment: variables)
        #expect(result.status == .exited(0), "\(result.errorOutput)")
        #expect(try Self.questions(scene.place) == 3)
    }

    @Test func `what is not supported is named under -v, and only there`() throws {
        try withServer { server in
            let place = try Self.place(server, ["ForwardX11 yes", "LocalForward 8080 web:80"])
            let said =
                "ccrun: set in ssh_config for \"target\", not supported: ForwardX11, "
                + "LocalForward\n"
            #expect(try place.run(["-v", "shop", "true"]).errorOutput.contains(said))
            #expect(try place.run(["shop", "true"]).errorOutput.isEmpty)
        }
    }

    @Test func `an ssh that is not there is told under -v, and only there`() throws {
        try withServer { server in
            let place = try Workplace(server, environment: ["PATH": "/nowhere"])
            let said = "ccrun: there is no ssh to ask: ~/.ssh/config does not count\n"
            #expect(try place.run(["-v", "shop", "true"]).errorOutput.contains(said))
            #expect(try place.run(["shop", "true"]).errorOutput.isEmpty)
        }
    }

    // MARK: - The command

    @Test func `the command line wins over the inventory, and that over ssh_config`() throws {
        try withServer { server in
            let place = try Self.place(
                server, ["SetEnv ONE=config TWO=config THREE=\"a 'b' $c\"", "SendEnv COLOUR"],
                app: ["environment: {ONE: inventory, TWO: inventory}"],
                environment: ["COLOUR": "green"])
            let result = try place.run(
                ["-e", "ONE=argument", "shop", "echo \"$ONE $TWO $THREE $COLOUR\""])
            #expect(result.output == "argument inventory a 'b' $c green\n", "\(result.errorOutput)")
        }
    }

    @Test(
        arguments: [
            (["RequestTTY force"], [], true), (["RequestTTY force"], ["-T"], false),
            (["RequestTTY yes"], [], false), ([], [], false), ([], ["-t"], true),
        ])
    func `RequestTTY holds where the command line says nothing`(
        lines: [String], options: [String], hasTerminal: Bool
    ) throws {
        try withServer { server in
            let place = try Self.place(server, lines)
            let result = try place.run(options + ["shop", "test -t 1 && echo yes || echo no"])
            #expect(
                result.output.trimmingCharacters(in: .whitespacesAndNewlines)
                    == (hasTerminal ? "yes" : "no"))
        }
    }

    // MARK: - The connection

    @Test func `a server that comes up late is tried again`() throws {
        try withSSHD { sshd in
            let place = try Self.place(sshd, ["ConnectionAttempts 60"])
            sshd.stop()
            let run = try place.start(["-v", "shop", "echo ran"])
            try run.waitForError("attempt 1 of 60: cannot connect to")
            try sshd.start()
            let result = try run.waitForExit()
            #expect(result.output == "ran\n", "\(result.errorOutput)")
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `a signal ends the wait between two tries`(number: Int32) throws {
        try withSSHD { sshd in
            let place = try Self.place(sshd, ["ConnectionAttempts 1000"])
            sshd.stop()
            let run = try place.start(["-v", "shop", "true"])
            try run.waitForError("attempt 1 of 1000: cannot connect to")
            run.send(signal: number)
            #expect(try run.waitForExit().status == .exited(128 + number))
        }
    }

    @Test func `the connection comes from the BindAddress`() throws {
        try withSSHD { sshd in
            let place = try Self.place(sshd, ["BindAddress 127.0.0.9", "AddressFamily inet"])
            let result = try place.run(["shop", "echo ${SSH_CONNECTION%% *}"])
            #expect(result.output == "127.0.0.9\n", "\(result.errorOutput)")
        }
    }

    @Test(
        arguments: [
            ("BindAddress 192.0.2.7", "cannot use the BindAddress \"192.0.2.7\""),
            ("AddressFamily inet6", "none is of the family that AddressFamily asks for"),
            ("Ciphers chacha20-poly1305@openssh.com", "Ciphers of the configuration of ssh leaves"),
            ("MACs umac-64@openssh.com", "MACs of the configuration of ssh leaves nothing"),
        ])
    func `what leaves no way is an error that names it`(line: String, reason: String) throws {
        try withServer { server in
            let result = try Self.place(server, [line]).run(["shop", "true"])
            #expect(result.status == .exited(255))
            #expect(result.errorOutput.contains(reason), "\(result.errorOutput)")
        }
    }

    @Test func `the algorithms are those that are allowed, in their order`() throws {
        try withLyingServer { liar in
            let only = "curve25519-sha256@libssh.org"
            let place = try Self.place(
                liar, ["Ciphers aes128-ctr,aes256-ctr", "KexAlgorithms \(only)"])
            _ = try place.run(["--accept-new-host-key", "shop", "true"])
            try liar.record.waitFor("its algorithms") { event in
                guard case .algorithms(let exchanges, _, let ciphers) = event else { return false }
                return exchanges.filter { $0 != "ext-info-c" } == [only]
                    && ciphers == ["aes128-ctr", "aes256-ctr"]
            }
        }
    }

    @Test func `BatchMode refuses a new key where ssh would ask`() throws {
        try withServer { server in
            let place = try Self.place(server, ["BatchMode yes", "UserKnownHostsFile ~/known"])
            let session = try place.terminal(["shop", "true"])
            defer { session.close() }
            #expect(try session.waitForExit() == .exited(255))
            #expect(session.output.contains("is not known; nothing was sent"))
            #expect(!session.output.contains("(yes/no"), "\(session.output)")
        }
    }

    @Test func `StrictHostKeyChecking no takes a new key, and never another one`() throws {
        try withServer { server in
            let place = try Self.place(
                server,
                ["StrictHostKeyChecking no", "HostKeyAlias web", "UserKnownHostsFile ~/known"])
            let first = try place.run(["-v", "shop", "echo ran"])
            #expect(first.output == "ran\n", "\(first.errorOutput)")
            let said = "ccrun: StrictHostKeyChecking no is taken for accept-new\n"
            #expect(first.errorOutput.contains(said))
            let other = try KeyPair(in: place.folder, name: "other")
            try place.folder.write("web \(other.publicKeyLine)\n", to: "known")
            let second = try place.run(["shop", "echo ran"])
            #expect(second.status == .exited(255))
            #expect(
                second.errorOutput.contains(
                    "ccrun: StrictHostKeyChecking no is taken for accept-new, and this key is not "
                        + "new\n"), "\(second.errorOutput)")
        }
    }
}
