import Testing

@testable import Deployments

/// What `release:`, `deny:` and a task's `expect:` say in a `ccrun.yml`.
struct InventoryReleaseTests {
    /// The text of an inventory with `lines` as the settings of `shop/default`, from line 5 on.
    private static func inventory(_ lines: String) -> String {
        "apps:\n  shop:\n    deployments:\n      default:\n"
            + lines.split(separator: "\n").map { "        \($0)\n" }.joined()
    }

    private static func deployment(_ lines: String) throws -> Deployment {
        let inventory = try Inventory(text: inventory("host: a\n" + lines), path: "ccrun.yml")
        return try #require(inventory.apps.first?.deployments.first)
    }

    @Test func `a step has its settings`() throws {
        let steps = try Self.deployment(
            """
            release:
              - manage check
              - task: migrate
                name: the schema
                timeout: 15m
                on: all
                retry: 3
                allow_failure: yes
                always: true
                when: test -e x
                environment: {A: 1}
                confirm: is the backup there?
              - run: "  true  "
                on: primary
                confirm: on
              - {run: "true", retry: 0, confirm: no, always: no, allow_failure: false}
            """
        ).release
        let at = { SourcePosition(file: "ccrun.yml", line: $0, column: 13) }
        #expect(
            steps == [
                ReleaseStep(.task("manage check"), position: at(7)),
                ReleaseStep(
                    .task("migrate"), name: "the schema", timeout: .seconds(900), hosts: .all,
                    retry: 3, allowsFailure: true, runsAlways: true, condition: "test -e x",
                    environment: [EnvironmentVariable(name: "A", value: "1")],
                    confirmation: "is the backup there?", position: at(8)),
                ReleaseStep(.run("true"), confirmation: "run \"true\"?", position: at(18)),
                ReleaseStep(.run("true"), name: "true-2", position: at(21)),
            ])
    }

    @Test(
        arguments: [
            ("[migrate, migrate, migrate]", ["migrate", "migrate-2", "migrate-3"]),
            ("[{task: a, name: b}, b, b-2, b]", ["b", "b-2", "b-2-2", "b-3"]),
            ("[manage check, manage migrate]", ["manage check", "manage migrate"]),
            (
                #"[{run: "cd /srv/shop \\\n&&\tpython manage.py\u0007check"}]"#,
                ["cd /srv/shop \\ && python manage.py check"]
            ),
            (
                "[{run: python manage.py collectstatic --noinput --clear}]",
                ["python manage.py collectstatic…"]
            ),
            (
                "[{run: aaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbb cccccc}]",
                ["aaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbb…"]
            ),
            (
                "[{run: /srv/shop/releases/current/bin/refresh-caches}]",
                ["/srv/shop/releases/current/bin/refresh-…"]
            ),
            (
                "[{run: python manage.py collectstatic --noinput}]",
                ["python manage.py collectstatic --noinput"]
            ),
        ] as [(String, [String])])
    func `a step without a name is named by what it runs`(release: String, names: [String]) throws {
        let steps = try Self.deployment("release: \(release)").release
        #expect(steps.map(\.name) == names)
        #expect(names.allSatisfy { $0.count <= 42 })
    }

    @Test func `a deployment's release takes the place of its app's`() throws {
        let inventory = try Inventory(
            text: """
                apps:
                  shop:
                    host: a
                    release: [one, two]
                    deployments: {default: , other: {release: [three]}}
                """, path: "ccrun.yml")
        let releases = inventory.apps.flatMap(\.deployments).map { $0.release.map(\.name) }
        #expect(releases == [["one", "two"], ["three"]])
    }

    @Test func `rules of an app and of its deployment add up`() throws {
        let inventory = try Inventory(
            text: """
                apps:
                  shop:
                    host: a
                    deny: [flush, "*reset_db*"]
                    deployments: {default: {deny: [ " manage.py   flush", flush]}, other: }
                """, path: "ccrun.yml")
        let rules = inventory.apps.flatMap(\.deployments).map(\.deny)
        #expect(
            rules.map { $0.map(\.text) } == [
                ["*reset_db*", "manage.py flush", "flush"], ["flush", "*reset_db*"],
            ])
        #expect(
            rules[0].map { $0.position?.description } == [
                "ccrun.yml:4:19", "ccrun.yml:5:37", "ccrun.yml:5:59",
            ])
        #expect(rules[0].map(\.description) == rules[0].map(\.text))
    }

    @Test func `a task has answers to what it asks`() throws {
        let task = try Self.deployment(
            #"""
            tasks:
              admin:
                run: python manage.py createsuperuser
                prompt_timeout: 30s
                expect:
                  - {match: '(?i)user ?name.*:\s*$', send: ana}
                  - {match: '^Password( \(again\))?: $', secret: ADMIN_PASSWORD, max: 2}
                  - {match: 'Email', send: ""}
              plain: "true"
            """#
        ).tasks
        #expect(
            task == [
                TaskDefinition(
                    name: "admin", run: "python manage.py createsuperuser",
                    expect: [
                        ExpectRule(match: #"(?i)user ?name.*:\s*$"#, reply: .text("ana")),
                        ExpectRule(
                            match: #"^Password( \(again\))?: $"#,
                            reply: .secret("ADMIN_PASSWORD"), limit: 2),
                        ExpectRule(match: "Email", reply: .text("")),
                    ], promptTimeout: .seconds(30)),
                TaskDefinition(name: "plain", run: "true"),
            ])
    }

    @Test(
        arguments: [
            (
                "release: migrate", "6:18: D.release: expected a list, found \"migrate\"",
                "write \"release: [NAME]\" for a single step"
            ),
            ("release: []", "6:18: D.release: the list is empty", nil),
            ("release: [~]", "6:19: D.release[0]: expected text, found nothing", nil),
            ("release: [' ']", "6:19: D.release[0]: the text is empty", nil),
            ("release: [a, [b]]", "6:22: D.release[1]: expected text, found a list", nil),
            (
                "release: [{timeout: 1s}]",
                "6:19: D.release[0]: a step has either \"task\" or \"run\"", nil
            ),
            (
                "release: [{task: a, run: b}]",
                "6:19: D.release[0]: a step has either \"task\" or \"run\"", nil
            ),
            ("release: [{task: ' '}]", "6:26: D.release[0].task: the text is empty", nil),
            ("release: [{run: }]", "6:25: D.release[0].run: expected text, found nothing", nil),
            (
                "release: [{task: a, retry: x}]",
                "6:36: D.release[0].retry: expected a number from 0 to 100, found \"x\"", nil
            ),
            (
                "release: [{task: a, retry: 101}]",
                "6:36: D.release[0].retry: expected a number from 0 to 100, found \"101\"", nil
            ),
            (
                "release: [{task: a, retry: -1}]",
                "6:36: D.release[0].retry: expected a number from 0 to 100, found \"-1\"", nil
            ),
            (
                "release: [{task: a, retry: [1]}]",
                "6:36: D.release[0].retry: expected a number from 0 to 100, found a list", nil
            ),
            (
                "release: [{task: a, onn: x}]", "6:29: D.release[0].onn: unknown key",
                "did you mean \"on\"?"
            ),
            (
                "release: [{task: a, on: primry}]",
                "6:33: D.release[0].on: expected primary or all, found \"primry\"",
                "did you mean \"primary\"?"
            ),
            (
                "release: [{task: a, on: web2}]",
                "6:33: D.release[0].on: expected primary or all, found \"web2\"", nil
            ),
            (
                "release: [{task: a, on: [primary, all]}]",
                "6:33: D.release[0].on: expected text, found a list", nil
            ),
            (
                "release: [{task: a, timeout: 15}]",
                "6:38: D.release[0].timeout: \"15\" is no duration", "write it like 90s, 15m or 2h"
            ),
            (
                "release: [{task: a, always: maybe}]",
                "6:37: D.release[0].always: expected true or false, found \"maybe\"", nil
            ),
            ("release: [{task: a, when: ''}]", "6:35: D.release[0].when: the text is empty", nil),
            (
                "release: [{task: a, confirm: [a]}]",
                "6:38: D.release[0].confirm: expected text, found a list", nil
            ),
            (
                "release: [{task: a, environment: {A-B: 1}}]",
                "6:43: D.release[0].environment.A-B: a name begins with a letter or \"_\" and goes on with letters, digits and \"_\"",
                nil
            ),
            (
                "release: [b, {task: a, name: b}]",
                "6:38: D.release[1].name: \"b\" is the name of step 1 already", nil
            ),
            (
                "release: [{task: a, name: 2}]",
                "6:35: D.release[0].name: a number is the place of a step, and not its name", nil
            ),
            (
                "release: [{task: a, name: -x}]",
                "6:35: D.release[0].name: the name of a step does not begin with \"-\"", nil
            ),
            (
                "release: [{task: a, name: \"a\\nb\"}]",
                "6:35: D.release[0].name: the name of a step is one line of text", nil
            ),
            (
                "deny: flush", "6:15: D.deny: expected a list, found \"flush\"",
                "write \"deny: [WORD]\" for a single one"
            ),
            ("deny: [' ']", "6:16: D.deny[0]: the text is empty", nil),
            ("deny: [a b, a  b]", "6:21: D.deny[1]: \"a b\" is listed twice", nil),
            ("dney: [a]", "6:9: D.dney: unknown key", "did you mean \"deny\"?"),
            (
                "tasks: {a: {run: x, expect: y}}",
                "6:37: D.tasks.a.expect: expected a list, found \"y\"", nil
            ),
            ("tasks: {a: {run: x, expect: []}}", "6:37: D.tasks.a.expect: the list is empty", nil),
            (
                "tasks: {a: {run: x, expect: [{send: y}]}}",
                "6:38: D.tasks.a.expect[0]: \"match\" is missing", nil
            ),
            (
                "tasks: {a: {run: x, expect: [{match: y}]}}",
                "6:38: D.tasks.a.expect[0]: an answer is either \"send\" or \"secret\"", nil
            ),
            (
                "tasks: {a: {run: x, expect: [{match: y, send: a, secret: B}]}}",
                "6:38: D.tasks.a.expect[0]: an answer is either \"send\" or \"secret\"", nil
            ),
            (
                "tasks: {a: {run: x, expect: [{match: 'a(b', send: a}]}}",
                "6:46: D.tasks.a.expect[0].match: \"a(b\" cannot be a prompt's pattern: "
                    + "a \"(\" is not closed",
                nil
            ),
            (
                "tasks: {a: {run: x, expect: [{match: '.*', send: a}]}}",
                "6:46: D.tasks.a.expect[0].match: \".*\" cannot be a prompt's pattern: "
                    + "it matches the empty text",
                nil
            ),
            (
                "tasks: {a: {run: x, expect: [{match: y, secret: a-b}]}}",
                "6:57: D.tasks.a.expect[0].secret: the name of a secret begins with a letter or \"_\" and goes on with letters, digits and \"_\"",
                nil
            ),
            (
                "tasks: {a: {run: x, expect: [{match: y, send: a, max: 0}]}}",
                "6:63: D.tasks.a.expect[0].max: expected a number from 1 to 1000, found \"0\"", nil
            ),
            (
                "tasks: {a: {run: x, expect: [{match: y, sent: a}]}}",
                "6:49: D.tasks.a.expect[0].sent: unknown key", "did you mean \"send\"?"
            ),
            (
                "tasks: {a: {run: x, prompt_timeout: 5}}",
                "6:45: D.tasks.a.prompt_timeout: \"5\" is no duration",
                "write it like 90s, 15m or 2h"
            ),
        ] as [(String, String, String?)])
    func `a wrong setting is named with its place and path`(
        lines: String,
        message: String,
        hint: String?
    ) {
        let error = #expect(throws: DeploymentsError.self) { try Self.deployment(lines) }
        let expected = message.replacing(
            " D", with: " apps.shop.deployments.default", maxReplacements: 1)
        #expect(error?.code == .invalidInventory)
        #expect(error?.message == "ccrun.yml:\(expected)")
        #expect(error?.hint == hint)
    }
}
