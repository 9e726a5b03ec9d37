import Testing

@testable import Deployments

struct InventoryTests {
    private static let text = """
        apps:
          shop:
            user: deploy
            directory: /srv/shop
            environment: {DJANGO_SETTINGS_MODULE: shop.settings, VERSION: 3.10, DEBUG: no, N: 08}
            env_file: /srv/shop/.env
            before: . venv/bin/activate
            procfile: Procfile
            deployments:
              default:
                hosts: [web1.example.com, "web2.example.com:2222"]
                protected: true
              staging:
                host: shop-staging
                user: ana
                through: docker exec -i {tty} shop-web
                environment:
                  VERSION: '4'
                  EMPTY:
                  NULL: ~
                tasks:
                  syncdb: python manage.py migrate
                  extra: {run: "true", description: only here}
              preview:
                gateway: ssh.example.com:2222
            tasks:
              migrate: {run: python manage.py migrate --noinput, exclusive: true, timeout: 15m}
              syncdb: python manage.py migrate --run-syncdb
            release: [migrate, collectstatic]
          blog:
            host: blog.example.com
            release:
              - task: migrate
                timeout: 15m
                on: all
                retry: 3
                allow_failure: yes
                environment: {A: 1}
              - run: python manage.py check
                name: check
                when: test -e x
            deployments:
              default:
        """

    private static func deployment(_ name: String) throws -> Deployment {
        try Inventory(text: text, path: "/nowhere/ccrun.yml")
            .apps.flatMap(\.deployments).first { "\($0.name)" == name } ?? .sample()
    }

    @Test func `apps and deployments keep the order of the file`() throws {
        let inventory = try Inventory(text: Self.text, path: "ccrun.yml")
        #expect(inventory.apps.map(\.name) == ["shop", "blog"])
        #expect(
            inventory.deploymentNames.map(\.description)
                == ["shop/default", "shop/staging", "shop/preview", "blog/default"])
    }

    @Test func `a deployment has its app's settings`() throws {
        let deployment = try Self.deployment("shop/default")
        #expect(
            deployment.hosts == [
                HostAddress(name: "web1.example.com"),
                HostAddress(name: "web2.example.com", port: 2222),
            ])
        #expect(deployment.user == "deploy")
        #expect(deployment.directory == "/srv/shop")
        #expect(deployment.envFile == "/srv/shop/.env")
        #expect(deployment.before == ". venv/bin/activate")
        #expect(deployment.through == nil)
        #expect(deployment.protected)
        #expect(
            deployment.tasks == [
                TaskDefinition(
                    name: "migrate", run: "python manage.py migrate --noinput", exclusive: true,
                    timeout: .seconds(900)),
                TaskDefinition(name: "syncdb", run: "python manage.py migrate --run-syncdb"),
            ])
        #expect(deployment.release.map(\.action) == [.task("migrate"), .task("collectstatic")])
        #expect(deployment.position?.description == "ccrun.yml:10:7")
    }

    @Test func `environment values keep their text`() throws {
        #expect(
            try Self.deployment("shop/default").environment == [
                EnvironmentVariable(name: "DJANGO_SETTINGS_MODULE", value: "shop.settings"),
                EnvironmentVariable(name: "VERSION", value: "3.10"),
                EnvironmentVariable(name: "DEBUG", value: "no"),
                EnvironmentVariable(name: "N", value: "08"),
            ])
    }

    @Test func `a deployment's own settings come over its app's`() throws {
        let deployment = try Self.deployment("shop/staging")
        #expect(deployment.hosts == [HostAddress(name: "shop-staging")])
        #expect(deployment.user == "ana")
        #expect(deployment.through == "docker exec -i {tty} shop-web")
        #expect(!deployment.protected)
        #expect(
            deployment.environment.map { "\($0.name)=\($0.value)" } == [
                "DJANGO_SETTINGS_MODULE=shop.settings", "VERSION=4", "DEBUG=no", "N=08", "EMPTY=",
                "NULL=~",
            ])
        #expect(deployment.tasks.map(\.name) == ["migrate", "syncdb", "extra"])
        #expect(deployment.tasks[1].run == "python manage.py migrate")
        #expect(deployment.tasks[2].description == "only here")
    }

    @Test func `a gateway is the host, and the app's user is not for it`() throws {
        let deployment = try Self.deployment("shop/preview")
        #expect(deployment.gateway == HostAddress(name: "ssh.example.com", port: 2222))
        #expect(deployment.hosts == [HostAddress(name: "ssh.example.com", port: 2222)])
        #expect(deployment.user == nil)
    }

    @Test func `a deployment without settings has its app's host`() throws {
        let deployment = try Self.deployment("blog/default")
        #expect(deployment.hosts == [HostAddress(name: "blog.example.com")])
        #expect(
            deployment.release.map(\.action) == [.task("migrate"), .run("python manage.py check")])
        #expect(deployment.release.map(\.name) == ["migrate", "check"])
    }

    @Test(
        arguments: [
            (
                "shpo/default", .unknownApp,
                "cannot find \"shpo/default\" in ccrun.yml: the apps there are \"shop\" and \"blog\"",
                "did you mean \"shop/default\"?"
            ),
            (
                "shop/stagin", .unknownDeployment,
                "cannot find \"shop/stagin\" in ccrun.yml: the deployments of \"shop\" are "
                    + "\"default\", \"staging\" and \"preview\"", "did you mean \"shop/staging\"?"
            ),
            (
                "blog/live", .unknownDeployment,
                "cannot find \"blog/live\" in ccrun.yml: the deployments of \"blog\" are \"default\"",
                nil
            ),
        ] as [(String, DeploymentsError.Code, String, String?)])
    func `an unknown name is answered with what there is`(
        name: String,
        code: DeploymentsError.Code,
        message: String,
        hint: String?
    ) throws {
        let inventory = try Inventory(text: Self.text, path: "/x/ccrun.yml")
        let error = try #require(
            #expect(throws: DeploymentsError.self) {
                try inventory.deployment(try DeploymentName(parsing: name))
            })
        #expect(error.code == code)
        #expect(error.message == message)
        #expect(error.hint == hint)
    }

    @Test func `the Procfile beside the inventory gives the process types`() throws {
        let scratch = try Scratch()
        let path = try scratch.write("ccrun.yml", "apps: {a: {host: h, deployments: {default: }}}")
        let name = try DeploymentName(parsing: "a")
        #expect(try Inventory(contentsOf: path).deployment(name).processTypes == [])
        try scratch.write("Procfile", "web: gunicorn\n")
        #expect(
            try Inventory(contentsOf: path).deployment(name).processTypes
                == [ProcessType(name: "web", command: "gunicorn")])
        try scratch.write("Procfile", "gunicorn\n")
        #expect(throws: DeploymentsError.self) { try Inventory(contentsOf: path).deployment(name) }
    }

    @Test func `a Procfile that is named has to be there once it is needed`() throws {
        let scratch = try Scratch()
        let path = try scratch.write(
            "ccrun.yml",
            "apps: {a: {host: h, procfile: deploy/Procfile, deployments: {default: , x: {procfile: P}}}}"
        )
        let inventory = try Inventory(contentsOf: path)
        try scratch.write("deploy/Procfile", "web: one\n")
        #expect(
            try inventory.deployment(try DeploymentName(parsing: "a")).processTypes
                == [ProcessType(name: "web", command: "one")])
        let error = #expect(throws: DeploymentsError.self) {
            try inventory.deployment(try DeploymentName(parsing: "a/x"))
        }
        #expect(error?.code == .unreadable)
        #expect(
            error?.message == "cannot read the Procfile \"\(scratch.path)/P\": no such file")
        #expect(error?.hint == "ccrun.yml names it")
    }

    @Test func `an inventory that is not there is unreadable`() {
        let error = #expect(throws: DeploymentsError.self) {
            try Inventory(contentsOf: "/no/such/ccrun.yml")
        }
        #expect(error?.code == .unreadable)
        #expect(
            error?.message == "cannot read the inventory \"/no/such/ccrun.yml\": no such file")
    }
}
