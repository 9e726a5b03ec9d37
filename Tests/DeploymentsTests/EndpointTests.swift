import Testing

@testable import Deployments

/// Endpoints with a home folder of their own and, where there is one, the real `ssh`.
struct EndpointTests {
    private let scratch: Scratch
    private let home: String
    private let environment: [String: String]

    init() throws {
        scratch = try Scratch()
        home = try scratch.makeFolder("home")
        environment = ["PATH": "/usr/bin:/bin", "HOME": home, "SSH_AUTH_SOCK": "/run/agent"]
    }

    private func configure(_ text: String) throws {
        try scratch.write("home/.ssh/config", text)
        _ = try RemoteSide.find(RemoteSide.Shell(name: "ssh"))
    }

    private func endpoint(
        _ host: HostAddress,
        _ deployment: Deployment = .sample(),
        options: EndpointOptions = EndpointOptions()
    ) throws -> Endpoint {
        try deployment.endpoint(
            for: host, options: options, environment: environment, homeFolder: home)
    }

    @Test func `without any configuration the defaults are those of ssh`() throws {
        let user = try #require(LocalAccount.current()?.name)
        #expect(
            try endpoint(HostAddress(name: "web1"))
                == Endpoint(
                    alias: "web1", host: "web1", port: 22, user: user, hostKeyAlias: nil,
                    identityFiles: ["id_ed25519", "id_ecdsa", "id_rsa"].map {
                        "\(home)/.ssh/\($0)"
                    },
                    identitiesOnly: false, identityAgent: "/run/agent",
                    userKnownHostsFiles: [
                        "\(home)/.ssh/known_hosts", "\(home)/.ssh/known_hosts2",
                    ],
                    globalKnownHostsFiles: [
                        "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2",
                    ], hashesKnownHosts: OpenSSHSystemFile().hashesKnownHosts,
                    strictHostKeyChecking: .ask, connectTimeout: nil))
    }

    @Test func `an ssh without settings of its own gives the same`() throws {
        var plain = try endpoint(HostAddress(name: "web1"))
        // With a file of one's own named, ssh leaves out the system's, which has its say on this.
        plain.hashesKnownHosts = false
        try configure("# nothing\n")
        var found = try endpoint(HostAddress(name: "web1"))
        // ssh names the algorithms that it would offer.
        #expect(found.algorithms.ciphers?.contains("aes256-ctr") == true)
        found.algorithms = plain.algorithms
        #expect(found == plain)
    }

    @Test func `what ssh knows about an alias is taken over`() throws {
        try configure(
            """
            Host web1
              HostName 10.0.0.7
              Port 2222
              User deploy
              HostKeyAlias web.internal
              IdentityFile ~/.ssh/%n-%r-%p-%%
              IdentityFile /keys/b
              IdentitiesOnly yes
              IdentityAgent ~/agent.sock
              UserKnownHostsFile ~/hosts /other/hosts
              GlobalKnownHostsFile /none/global
              RevokedHostKeys ~/revoked
              HashKnownHosts yes
              StrictHostKeyChecking yes
              ConnectTimeout 7
            """)
        var found = try endpoint(HostAddress(name: "web1"))
        found.algorithms = Endpoint.AlgorithmLists()
        #expect(
            found
                == Endpoint(
                    alias: "web1", host: "10.0.0.7", port: 2222, user: "deploy",
                    hostKeyAlias: "web.internal",
                    identityFiles: ["\(home)/.ssh/web1-deploy-2222-%", "/keys/b"],
                    identitiesOnly: true, identityAgent: "\(home)/agent.sock",
                    userKnownHostsFiles: ["\(home)/hosts", "/other/hosts"],
                    globalKnownHostsFiles: ["/none/global"],
                    revokedHostKeysFiles: ["\(home)/revoked"], hashesKnownHosts: true,
                    strictHostKeyChecking: .yes, connectTimeout: .seconds(7)))
    }

    @Test func `the command line wins over the inventory, and that over ssh`() throws {
        try configure("Host *\n User sshuser\n Port 1\n IdentityFile /keys/a\n")
        var deployment = Deployment.sample()
        var found = try endpoint(HostAddress(name: "web1"), deployment)
        #expect(found.user == "sshuser")
        #expect(found.port == 1)
        #expect(found.identityFiles == ["/keys/a"])

        deployment.user = "inventory"
        found = try endpoint(HostAddress(name: "web1", port: 2), deployment)
        #expect(found.user == "inventory")
        #expect(found.port == 2)
        #expect(
            try endpoint(HostAddress(user: "written", name: "web1"), deployment).user == "written")

        let options = EndpointOptions(
            user: "line", port: 3, identityFiles: ["~/k", "/keys/a"],
            host: HostAddress(user: "x", name: "web9", port: 4))
        found = try endpoint(
            HostAddress(user: "written", name: "web1"), deployment, options: options)
        #expect(found.alias == "web9")
        #expect(found.host == "web9")
        #expect(found.user == "line")
        #expect(found.port == 3)
        #expect(found.identityFiles == ["\(home)/k", "/keys/a"])
    }

    @Test func `files of the command line take the place of the default ones`() throws {
        let options = EndpointOptions(identityFiles: ["/keys/mine"])
        #expect(
            try endpoint(HostAddress(name: "web1"), options: options).identityFiles
                == ["/keys/mine"])
        try configure("# nothing\n")
        #expect(
            try endpoint(HostAddress(name: "web1"), options: options).identityFiles
                == ["/keys/mine"])
    }

    @Test func `a Match block sees the user that was decided on`() throws {
        try configure("Match host web1 user deploy\n  HostName 10.0.0.9\n")
        var deployment = Deployment.sample()
        deployment.user = "deploy"
        #expect(try endpoint(HostAddress(name: "web1"), deployment).host == "10.0.0.9")
        #expect(try endpoint(HostAddress(name: "web1")).host == "web1")
    }

    @Test(
        arguments: [("none", nil), ("SSH_AUTH_SOCK", "/run/agent"), ("$OTHER", "/run/other")]
            as [(String, String?)])
    func `the agent is the one that ssh would ask`(value: String, socket: String?) throws {
        try configure("IdentityAgent \(value)\n")
        let found = try Deployment.sample().endpoint(
            for: HostAddress(name: "web1"), options: EndpointOptions(),
            environment: environment.merging(["OTHER": "/run/other"]) { $1 }, homeFolder: home)
        #expect(found.identityAgent == socket)
    }

    @Test func `a gateway is told the deployment by the user name`() throws {
        var deployment = Deployment.sample()
        let gateway = HostAddress(name: "ssh.example.com", port: 2222)
        deployment.gateway = gateway
        deployment.hosts = [gateway]
        var found = try endpoint(gateway, deployment)
        #expect(found.user == "shop-default")
        #expect(found.host == "ssh.example.com")
        #expect(found.port == 2222)
        found = try endpoint(gateway, deployment, options: EndpointOptions(user: "root"))
        #expect(found.user == "root")
    }

    @Test func `a chain of jump hosts is reached one through the other`() throws {
        try configure(
            """
            Host web1
              ProxyJump ana@first:2201,ssh://second
            Host first
              HostName 10.0.0.1
              User joe
              ProxyJump outer
            Host second
              HostName 10.0.0.2
              User eve
              ProxyJump nowhere
            """)
        let found = try endpoint(HostAddress(name: "web1"))
        let hops = found.jumpHosts.map { "\($0.user)@\($0.host):\($0.port)" }
        let user = try #require(LocalAccount.current()?.name)
        // The first has a way of its own; that of the second is the one it stands in.
        #expect(hops == ["\(user)@outer:22", "ana@10.0.0.1:2201", "eve@10.0.0.2:22"])
    }

    @Test func `a command that leads there has its tokens replaced`() throws {
        try configure(
            """
            Host web1
              HostName 10.0.0.7
              Port 2222
              User ana
              ProxyCommand nc -x 100%% %h %p %r %n
            """)
        let found = try endpoint(HostAddress(name: "web1"))
        #expect(found.way == .command("nc -x 100% 10.0.0.7 2222 ana web1"))
    }

    @Test(arguments: ["ProxyCommand nc %h:%q", "ProxyCommand nc %"])
    func `a token that ssh does not know either is an error`(line: String) throws {
        try configure("Host web1\n  \(line)\n")
        let error = try #require(
            #expect(throws: DeploymentsError.self) { try endpoint(HostAddress(name: "web1")) })
        #expect(error.message.hasPrefix("cannot use ProxyCommand \"nc %"))
    }

    @Test func `none stands for no jump host and no command`() throws {
        try configure("Host web1\n  ProxyJump none\nHost web2\n  ProxyCommand none\n")
        #expect(try endpoint(HostAddress(name: "web1")).way == .direct)
        #expect(try endpoint(HostAddress(name: "web2")).way == .direct)
    }

    @Test func `a way that leads in a circle is told`() throws {
        try configure("Host web1 first\n  ProxyJump second\nHost second\n  ProxyJump first\n")
        let error = try #require(
            #expect(throws: DeploymentsError.self) { try endpoint(HostAddress(name: "web1")) })
        #expect(
            error.message == "cannot connect to \"web1\": the configuration of ssh leads through "
                + "more than 8 jump hosts")
        #expect(error.hint?.contains("ssh -G first") == true)
        // Of a host that is its own jump host, ssh itself says so.
        try configure("Host *\n  ProxyJump bastion\n")
        let loop = try #require(
            #expect(throws: DeploymentsError.self) { try endpoint(HostAddress(name: "web1")) })
        #expect(loop.message == "cannot ask ssh about \"bastion\": jumphost loop via bastion")
    }

    @Test func `what ssh refuses is said in its words`() throws {
        try configure("Host web1\n  Prot 22\n")
        let error = try #require(
            #expect(throws: DeploymentsError.self) { try endpoint(HostAddress(name: "web1")) })
        #expect(error.code == .sshConfig)
        #expect(error.attempted == "cannot ask ssh about \"web1\"")
        #expect(error.underlying.contains("line 2: Bad configuration option: prot"))
    }

    @Test func `without an ssh to ask the defaults remain`() throws {
        try scratch.write("home/.ssh/config", "Host *\n  Port 2222\n")
        let found = try Deployment.sample().endpoint(
            for: HostAddress(name: "web1"), options: EndpointOptions(user: "u"),
            environment: ["PATH": scratch.path], homeFolder: home)
        #expect(found.port == 22)
        #expect(found.identityAgent == nil)
    }

    @Test(arguments: ["shop/default", "shop-default"])
    func `a Host block is enough without an inventory`(alias: String) throws {
        try configure("Host \(alias)\n  HostName 10.0.0.7\n  User deploy\n")
        let deployment = try Deployment.find(
            DeploymentName(parsing: "shop"), in: nil, host: nil, environment: environment,
            homeFolder: home)
        #expect(deployment.hosts == [HostAddress(name: alias)])
        let found = try endpoint(deployment.hosts[0], deployment)
        #expect(found.alias == alias)
        #expect(found.host == "10.0.0.7")
        #expect(found.user == "deploy")
    }

    /// Debian's ssh has an interval of its own with BatchMode.
    @Test(
        arguments: [
            ("BatchMode no", nil), ("ServerAliveInterval 300", 300), ("BatchMode yes", nil),
            ("BatchMode yes\n ServerAliveInterval 20", 20),
        ] as [(String, Int?)])
    func `an interval that nobody has set is none`(lines: String, seconds: Int?) throws {
        try configure("Host web1\n \(lines)\n")
        let found = try endpoint(HostAddress(name: "web1"))
        #expect(found.givenAliveInterval == seconds.map { .seconds($0) })
    }

    @Test func `where there is an inventory, a host does not make up a deployment`() throws {
        let inventory = try Inventory(
            text: "apps: {shop: {deployments: {default: {host: web1}}}}", path: "\(home)/ccrun.yml")
        let find = { (name: String, host: HostAddress?) in
            try Deployment.find(
                DeploymentName(parsing: name), in: inventory, host: host, environment: environment,
                homeFolder: home)
        }
        let host = HostAddress(name: "web9")
        #expect(try find("shop", host).hosts == [HostAddress(name: "web1")])
        for host in [host, nil] {
            #expect(throws: DeploymentsError.self) { try find("blog", host) }
        }
    }

    @Test func `without anything the message says what to do`() throws {
        let error = #expect(throws: DeploymentsError.self) {
            try Deployment.find(
                DeploymentName(parsing: "shop"), in: nil, host: nil, environment: environment,
                homeFolder: home)
        }
        #expect(error?.code == .noInventory)
        #expect(
            error?.message == "cannot find \"shop/default\": there is no ccrun.yml here or above, "
                + "and no \"Host shop/default\" or \"Host shop-default\" in ~/.ssh/config")
        #expect(error?.hint == "write a ccrun.yml, or pass --host")
    }
}
