import Testing

@testable import Deployments

struct OpenSSHConfigurationTests {
    @Test func `the question names what has been decided already`() {
        #expect(OpenSSHConfiguration.arguments(host: "web") == ["-G", "--", "web"])
        #expect(
            OpenSSHConfiguration.arguments(
                host: "web", user: "ana", port: 2222, configurationFile: "/h/.ssh/config")
                == ["-G", "-F", "/h/.ssh/config", "-l", "ana", "-p", "2222", "--", "web"])
    }

    @Test func `the answer is one keyword a line`() {
        let configuration = OpenSSHConfiguration.parse(
            """
            host shop
            user deploy
            hostname 10.0.0.7
            port 2222
            identitiesonly yes
            stricthostkeychecking accept-new
            hostkeyalias shop.internal
            identityagent /run/agent.sock
            identityfile ~/.ssh/%h key
            identityfile /etc/keys/shop
            globalknownhostsfile /etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2
            revokedhostkeys /etc/ssh/revoked keys
            hashknownhosts yes
            userknownhostsfile /home/ana/known hosts /home/ana/.ssh/known_hosts2
            connecttimeout 7
            proxycommand nc -x proxy %h %p

            """)
        var expected = OpenSSHConfiguration()
        expected.user = "deploy"
        expected.host = "10.0.0.7"
        expected.port = 2222
        expected.identitiesOnly = true
        expected.strictHostKeyChecking = .acceptNew
        expected.hostKeyAlias = "shop.internal"
        expected.identityAgent = "/run/agent.sock"
        expected.identityFiles = ["~/.ssh/%h key", "/etc/keys/shop"]
        expected.globalKnownHostsFiles = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"]
        expected.userKnownHostsFiles = ["/home/ana/known hosts", "/home/ana/.ssh/known_hosts2"]
        expected.revokedHostKeysFiles = ["/etc/ssh/revoked keys"]
        expected.hashesKnownHosts = true
        expected.connectTimeout = .seconds(7)
        expected.proxyCommand = "nc -x proxy %h %p"
        #expect(configuration == expected)
    }

    @Test(
        arguments: [
            ("true", Endpoint.StrictHostKeyChecking.yes), ("yes", .yes), ("false", .no),
            ("off", .no),
            ("ask", .ask), ("accept-new", .acceptNew), ("something new", .ask),
        ])
    func `host key checking has four ways`(
        value: String,
        expected: Endpoint.StrictHostKeyChecking
    ) {
        #expect(
            OpenSSHConfiguration.parse("stricthostkeychecking \(value)\n").strictHostKeyChecking
                == expected)
    }

    @Test func `none stands for nothing`() {
        let configuration = OpenSSHConfiguration.parse(
            "userknownhostsfile none\nconnecttimeout none\nproxyjump none\nproxycommand none\n")
        #expect(configuration == OpenSSHConfiguration())
    }

    @Test func `ssh is asked only where a file could have an answer`() throws {
        let scratch = try Scratch()
        let home = try scratch.makeFolder("home")
        let system = try scratch.makeFolder("etc")
        let isWorthAsking = {
            OpenSSHConfiguration.isWorthAsking(homeFolder: home, systemFolder: system)
        }
        #expect(!isWorthAsking())
        try scratch.makeFolder("etc/ssh_config.d")
        try scratch.write(
            "etc/ssh_config",
            "Include /etc/ssh/ssh_config.d/*.conf\n\nHost *\n#   Port 22\n    SendEnv LANG LC_*\n"
                + "    HashKnownHosts yes\n    GSSAPIAuthentication=yes\n")
        #expect(!isWorthAsking())
        for uncommon in [
            "Host *\n\tport 2222\n", "Host web\n    HashKnownHosts yes\n", "Match all\n",
            "Include /etc/ssh/ssh_config.d/*.conf\nInclude /etc/site/ssh_config\n",
            "Include /etc/ssh/ssh_config.d/*.conf /etc/site/ssh_config\n",
            "include=ssh_config.site\n",
        ] {
            try scratch.write("etc/ssh_config", uncommon)
            #expect(isWorthAsking(), "\(uncommon)")
        }
        try scratch.write("etc/ssh_config", "")
        try scratch.write("etc/ssh_config.d/10-site.conf", "")
        #expect(isWorthAsking())
        #expect(
            !OpenSSHConfiguration.isWorthAsking(homeFolder: home, systemFolder: "/nowhere"))
        try scratch.write("home/.ssh/config", "")
        #expect(
            OpenSSHConfiguration.isWorthAsking(homeFolder: home, systemFolder: "/nowhere"))
    }

    @Test(
        arguments: [
            ("Host *\n    HashKnownHosts yes\n    HashKnownHosts no\n", true),
            ("hashknownhosts=no\n", false), ("# HashKnownHosts yes\n", false),
        ])
    func `whether names are hashed is in the system's file, too`(
        text: String,
        isHashed: Bool
    ) throws {
        let scratch = try Scratch()
        try scratch.write("ssh_config", text)
        #expect(OpenSSHSystemFile(folder: scratch.path).hashesKnownHosts == isHashed)
        #expect(!OpenSSHSystemFile(folder: "/nowhere").hashesKnownHosts)
    }

    @Test func `a program that hangs is killed at its deadline`() {
        #expect(throws: CapturedProgram.Failure.timedOut) {
            try CapturedProgram.run(
                "/bin/sh", arguments: ["-c", "echo x; exec tail -f /dev/null"],
                environment: ["PATH": "/usr/bin:/bin"], terms: .within(.milliseconds(200)))
        }
    }

    @Test func `output, errors and status of a program are kept apart`() throws {
        let program = try CapturedProgram.run(
            "/bin/sh",
            arguments: [
                "-c", "head -c 300000 /dev/zero; head -c 200000 /dev/zero >&2; kill -9 $$",
            ],
            environment: ["PATH": "/usr/bin:/bin"], terms: .within(.seconds(60)))
        #expect(program.output.count == 300_000)
        #expect(program.errors.count == 200_000)
        #expect(program.status == 137)
    }
}
