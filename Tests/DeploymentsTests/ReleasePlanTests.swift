import Testing

@testable import Deployments

struct ReleasePlanTests {
    private static let hosts = [HostAddress(name: "web1"), HostAddress(name: "web2", port: 2222)]

    private static func deployment(_ release: [ReleaseStep]) throws -> Deployment {
        var deployment = Deployment(name: try DeploymentName(parsing: "shop/default"), hosts: hosts)
        deployment.tasks = [
            TaskDefinition(
                name: "migrate", run: "python manage.py migrate", exclusive: true,
                timeout: .seconds(60)),
            TaskDefinition(name: "static", run: "python manage.py collectstatic --noinput"),
        ]
        deployment.processTypes = [ProcessType(name: "manage", command: "python manage.py")]
        deployment.release = release
        deployment.position = SourcePosition(file: "ccrun.yml", line: 10, column: 7)
        return deployment
    }

    private static let steps = [
        ReleaseStep(.task("manage check --deploy"), name: "check"),
        ReleaseStep(.task("migrate"), condition: "test -e manage.py"),
        ReleaseStep(.task("static"), timeout: .seconds(5), hosts: .all),
        ReleaseStep(.run("migrate && true"), name: "hook", runsAlways: true),
        ReleaseStep(.task("migrate --plan"), timeout: .seconds(5)),
    ]

    private static func error(
        _ release: [ReleaseStep] = steps,
        _ selection: ReleaseSelection = ReleaseSelection()
    ) -> DeploymentsError? {
        #expect(throws: DeploymentsError.self) {
            try ReleasePlan(for: try deployment(release), selection: selection)
        }
    }

    @Test func `a plan has the exact text, the hosts and the limit of every step`() throws {
        let steps = try ReleasePlan(for: try Self.deployment(Self.steps)).steps
        #expect(steps.map(\.number) == [1, 2, 3, 4, 5])
        #expect(steps.map(\.count) == [5, 5, 5, 5, 5])
        #expect(steps.map(\.name) == ["check", "migrate", "static", "hook", "migrate --plan"])
        #expect(steps.map(\.step) == Self.steps)
        #expect(
            steps.map(\.request) == [
                .shell("python manage.py check --deploy"), .shell("python manage.py migrate"),
                .shell("python manage.py collectstatic --noinput"), .shell("migrate && true"),
                .shell("python manage.py migrate --plan"),
            ])
        #expect(steps.map { $0.task?.name } == [nil, "migrate", "static", nil, "migrate"])
        #expect(steps.map(\.timeout) == [nil, .seconds(60), .seconds(5), nil, .seconds(5)])
        #expect(steps.map { $0.hosts.count } == [1, 1, 2, 1, 1])
        #expect(steps[0].hosts == [Self.hosts[0]])
        #expect(steps[2].hosts == Self.hosts)
        #expect(steps.allSatisfy { $0.skipped == nil })
    }

    // MARK: - Where the release comes from

    @Test func `a Procfile's release is the plan where the inventory has none`() throws {
        var deployment = try Self.deployment([])
        deployment.processTypes.append(
            ProcessType(name: "release", command: "python manage.py migrate"))
        deployment.tasks.append(TaskDefinition(name: "release", run: "false"))
        let plan = try ReleasePlan(for: deployment)
        #expect(plan.steps.map(\.name) == ["release"])
        #expect(plan.steps.map(\.request) == [.shell("python manage.py migrate")])
        #expect(plan.steps[0].task == nil)
        #expect(plan.steps[0].count == 1)
        deployment.release = [ReleaseStep(.task("migrate"))]
        #expect(try ReleasePlan(for: deployment).steps.map(\.name) == ["migrate"])
    }

    @Test func `without a release the error shows how to write one`() throws {
        var deployment = try Self.deployment([])
        let error = #expect(throws: DeploymentsError.self) { try ReleasePlan(for: deployment) }
        #expect(error?.code == .noRelease)
        #expect(
            error?.message == "cannot release \"shop/default\": there is no \"release\" for it, "
                + "in the inventory or in a Procfile")
        #expect(
            error?.hint == "write \"release: [migrate]\" in ccrun.yml, "
                + "or \"release: COMMAND\" in the Procfile")
        deployment.tasks = []
        deployment.position = nil
        let adHoc = #expect(throws: DeploymentsError.self) { try ReleasePlan(for: deployment) }
        #expect(
            adHoc?.hint == "write \"release: [{run: COMMAND}]\" in ccrun.yml, "
                + "or \"release: COMMAND\" in the Procfile")
    }

    @Test(
        arguments: [
            (
                "migrat", "no task or process type is named \"migrat\"",
                "did you mean \"migrate\"?"
            ),
            (
                "mange check", "no task or process type is named \"mange\"",
                "did you mean \"manage\"?"
            ),
            (
                "python manage.py check", "no task or process type is named \"python\"",
                "a step that is a command is written \"run: python manage.py check\""
            ),
            (
                "$X y", "no task or process type is named \"$X\"",
                "a step that is a command is written \"run: $X y\""
            ),
        ])
    func `a step that names nothing is an error at its place`(
        text: String,
        reason: String,
        hint: String
    ) {
        let position = SourcePosition(file: "ccrun.yml", line: 12, column: 9)
        let step = ReleaseStep(.task(text), position: position)
        // Even where the step is not to run.
        for selection in [ReleaseSelection(), ReleaseSelection(skip: ["1"])] {
            let error = Self.error([step, ReleaseStep(.run("true"))], selection)
            #expect(error?.code == .unknownTask)
            #expect(error?.message == "ccrun.yml:12:9: \(reason)")
            #expect(error?.hint == hint)
            #expect(error?.position == position)
        }
        #expect(
            Self.error([ReleaseStep(.task(text))])?.message
                == "cannot release \"shop/default\": \(reason)")
    }

    // MARK: - Selections

    @Test(
        arguments: [
            (ReleaseSelection(from: "static"), "ffaaa"),
            (ReleaseSelection(from: "3"), "ffaaa"),
            (ReleaseSelection(from: "5"), "fffaa"),
            (ReleaseSelection(from: "migrate --plan", skip: ["hook"]), "fffsa"),
            (ReleaseSelection(from: "check"), "aaaaa"),
            (ReleaseSelection(only: ["static"]), "nnann"),
            (ReleaseSelection(only: ["5", "migrate"]), "nanna"),
            (ReleaseSelection(only: ["1", "check", "2"], skip: ["check"]), "sannn"),
            (ReleaseSelection(skip: ["2", "hook"]), "asasa"),
        ])
    func `a selection leaves steps out and says why`(
        selection: ReleaseSelection,
        pattern: String
    ) throws {
        let plan = try ReleasePlan(for: try Self.deployment(Self.steps), selection: selection)
        let found = plan.steps.map { step in
            switch step.skipped {
            case nil: "a"
            case .beforeStart: "f"
            case .notSelected: "n"
            case .skipped: "s"
            }
        }
        #expect(found.joined() == pattern)
        #expect(plan.steps.map(\.number) == [1, 2, 3, 4, 5])
    }

    @Test func `the reasons are options`() throws {
        let plan = try ReleasePlan(
            for: try Self.deployment(Self.steps),
            selection: ReleaseSelection(from: "5", skip: ["2"]))
        #expect(plan.steps[0].skipped == .beforeStart("migrate --plan"))
        #expect(plan.steps[0].skipped?.description == "before --from 'migrate --plan'")
        #expect(plan.steps[1].skipped?.description == "--skip")
        #expect(ReleasePlan.SkipReason.notSelected.description == "not in --only")
    }

    @Test(
        arguments: [
            (ReleaseSelection(from: "statc"), "statc", "did you mean \"static\"?"),
            (ReleaseSelection(only: ["static", "manage"]), "manage", nil),
            (ReleaseSelection(skip: ["che"]), "che", "did you mean \"check\"?"),
            (ReleaseSelection(from: "6"), "6", "they are numbered from 1 to 5"),
            (ReleaseSelection(from: "0"), "0", "they are numbered from 1 to 5"),
            (
                ReleaseSelection(skip: ["99999999999999999999"]), "99999999999999999999",
                "they are numbered from 1 to 5"
            ),
            (ReleaseSelection(from: ""), "", nil), (ReleaseSelection(from: "-1"), "-1", nil),
        ] as [(ReleaseSelection, String, String?)])
    func `an unknown step is answered with what there is`(
        selection: ReleaseSelection,
        name: String,
        hint: String?
    ) {
        let error = Self.error(Self.steps, selection)
        #expect(error?.code == .unknownStep)
        #expect(
            error?.message
                == "cannot find the step \"\(name)\" in the release of \"shop/default\": "
                + "the steps are \"check\", \"migrate\", \"static\", \"hook\" and \"migrate --plan\""
        )
        #expect(error?.hint == hint)
    }

    @Test(
        arguments: [
            (ReleaseSelection(from: "2", only: ["3"]), "--from and --only exclude each other"),
            (ReleaseSelection(only: ["2"], skip: ["migrate"]), "no step is left to run"),
            (ReleaseSelection(skip: ["1", "2", "3", "4", "5"]), "no step is left to run"),
        ])
    func `a selection that makes no sense is an error`(
        selection: ReleaseSelection,
        reason: String
    ) {
        let error = Self.error(Self.steps, selection)
        #expect(error?.code == .invalidSelection)
        #expect(
            error?.message == "cannot select steps of the release of \"shop/default\": \(reason)")
    }

    // MARK: - Rules

    @Test(
        arguments: [
            (["flush"], []), (["manage.py migrate"], [2, 5]), (["migrate"], [2, 4, 5]),
            (["collectstatic", "check", "x"], [1, 3]), (["test"], [2]), (["static"], [3]),
        ] as [([String], [Int])])
    func `rules are held against every step that is to run`(rules: [String], denied: [Int]) throws {
        let rules = rules.map { DenyRule($0) }
        let plan = try ReleasePlan(for: try Self.deployment(Self.steps))
        let denials = plan.denied(by: rules)
        #expect(denials.map(\.step.number) == denied)
        #expect(denials.allSatisfy { rules.contains($0.rule) })
        let part = try ReleasePlan(
            for: try Self.deployment(Self.steps), selection: ReleaseSelection(from: "3"))
        #expect(part.denied(by: rules).map(\.step.number) == denied.filter { $0 >= 3 })
    }
}
