import Testing

@testable import Deployments

struct CommandLookupTests {
    private static let deployment: Deployment = {
        var deployment = Deployment.sample()
        deployment.tasks = [
            TaskDefinition(name: "migrate", run: "python manage.py migrate --noinput\n"),
            TaskDefinition(name: "again", run: "migrate"),
        ]
        deployment.processTypes = [
            ProcessType(name: "manage", command: "python manage.py"),
            ProcessType(name: "migrate", command: "never"),
        ]
        return deployment
    }()

    @Test(
        arguments: [
            (.shell("migrate"), "python manage.py migrate --noinput", "migrate"),
            (
                .shell("  migrate --plan && ls # $x"),
                "python manage.py migrate --noinput --plan && ls # $x", "migrate"
            ),
            (.shell("migrate;ls"), "python manage.py migrate --noinput;ls", "migrate"),
            (.shell("manage shell\n"), "python manage.py shell\n", "manage"),
            (
                .words(["manage", "shell", "-c", "print('x')"]),
                #"python manage.py shell -c 'print('\''x'\'')'"#, "manage"
            ),
            (.words(["manage", ""]), "python manage.py ''", "manage"),
            (.words(["migrate"]), "python manage.py migrate --noinput", "migrate"),
            (.shell("again"), "migrate", "again"),
        ] as [(RemoteCommand.Request, String, String)])
    func `a task or process type takes the place of the first word`(
        request: RemoteCommand.Request,
        text: String,
        name: String
    ) {
        let resolved = Self.deployment.resolve(request)
        #expect(resolved.request == .shell(text))
        #expect(resolved.taskName == name)
        #expect(resolved.task == Self.deployment.tasks.first { $0.name == name })
    }

    @Test(
        arguments: [
            .loginShell, .shell(""), .shell("migrate=1 x"), .shell("\"migrate\""),
            .shell("'manage'"),
            .shell("migrate()"), .shell("./migrate"), .shell("migrated"), .shell("migrate/x"),
            .shell("$migrate"), .words([]), .words(["migrate x"]), .words([" migrate"]),
            .words(["ls", "migrate"]),
        ] as [RemoteCommand.Request])
    func `other commands stay as they are`(request: RemoteCommand.Request) {
        let resolved = Self.deployment.resolve(request)
        #expect(resolved.request == request)
        #expect(resolved.taskName == nil)
        #expect(resolved.task == nil)
    }
}
