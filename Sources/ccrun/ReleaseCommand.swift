internal import ArgumentParser
internal import Deployments
internal import LocalTerminal
internal import Runs

/// `ccrun release APP[/DEP]`: the release's steps in order, under one lock, in one transcript.
struct ReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Run the steps of a release, in order, up to the first that fails.",
        usage: "ccrun release [options] APP[/DEP]",
        discussion: """
            The steps are those of "release:" in ccrun.yml, else the release process type of the \
            Procfile. The exit status is that of the step that failed, or 0.

            Examples:
              ccrun release shop --plan                 # what would be run, and where
              ccrun release shop
              ccrun release shop --from collectstatic   # go on where it stopped
              ccrun release shop --skip health --lock-wait 15m
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var shared: SharedOptions
    @Flag(
        name: .customLong("plan"), help: "Print what would be run, and where; connect to nothing.")
    var printsPlan = false
    @Option(
        name: .customLong("from"),
        help: ArgumentHelp("Begin with this step, by its name or number.", valueName: "step"))
    var from: String?
    @Option(
        name: .customLong("only"),
        help: ArgumentHelp("Run only this step; may be given again.", valueName: "step"))
    var only: [String] = []
    @Option(
        name: .customLong("skip"),
        help: ArgumentHelp("Leave this step out; may be given again.", valueName: "step"))
    var skip: [String] = []
    @Flag(name: .customLong("json"), help: "Print one JSON object a line for what happens.")
    var reportsJSON = false
    @Argument(help: ArgumentHelp("The deployment.", valueName: "app/dep"))
    var target: String

    func validate() throws {
        if printsPlan, reportsJSON {
            throw ValidationError("--plan and --json exclude each other")
        }
    }

    func run() throws {
        // A plan is no release: what the last one left in the file stays true.
        let path = printsPlan ? nil : shared.statusFile
        try StatusFile.attending(path, target: target, runAndReport)
    }

    private func runAndReport(to file: StatusFile?) throws {
        let environment = ProcessEnvironment.all
        let name = try DeploymentName(parsing: target)
        guard let inventory = try common.inventory(environment) else {
            throw DeploymentsError.withoutInventory("cannot release \"\(name)\"")
        }
        let deployment = try inventory.deployment(name)
        var options = try shared.options(connection, environment)
        let notices = Notices(options.verbosity)
        let plan = try ReleasePlan(
            for: deployment, selection: ReleaseSelection(from: from, only: only, skip: skip))
        try shared.complete(
            &options, for: deployment, tasks: plan.steps.compactMap(\.task), environment)
        var release = try PlannedRelease(
            plan, on: deployment, options: options, environment: environment)
        if printsPlan {
            print(ReleasePlanText(release).text)
            return
        }
        let signals = try SignalPipe.ofThisProcess(notices)
        let guards = Guards(
            notices: notices, signals: signals, isConfirmed: shared.isConfirmed,
            overridesDeny: shared.overridesDeny)
        release.overriddenRules = try guards.check(plan, on: deployment)
        let view = ReleaseViews.view(
            asJSON: reportsJSON, options: options, environment: environment)
        let report = Release(
            release, view: view, notices: ReleaseViews.notices(beside: view, notices),
            signals: signals, confirm: guards.confirm
        ).execute()
        if let problem = file?.write(StatusFields(report)) {
            notices.warning("cannot write the status file \(problem)")
        }
        throw ExitStatus(value: report.outcome.status)
    }
}
