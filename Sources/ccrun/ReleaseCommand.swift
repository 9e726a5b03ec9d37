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

    func run() throws {
        let file = shared.statusFile.map(StatusFile.init)
        // What an earlier release left there must not be taken for this one's.
        file?.discard()
        do {
            try runAndReport(to: file)
        } catch let error as DeploymentsError {
            file?.write(StatusFields(target: target, misuse: error.message))
            throw error
        }
    }

    private func runAndReport(to file: StatusFile?) throws {
        let environment = ProcessEnvironment.all
        let name = try DeploymentName(parsing: target)
        guard let inventory = try common.inventory(environment) else {
            throw DeploymentsError.withoutInventory("cannot release \"\(name)\"")
        }
        let deployment = try inventory.deployment(name)
        let options = try shared.options(environment)
        let notices = Notices(options.verbosity)
        let plan = try ReleasePlan(
            for: deployment, selection: ReleaseSelection(from: from, only: only, skip: skip))
        var release = try PlannedRelease(
            plan, on: deployment, options: options, environment: environment)
        if printsPlan {
            print(ReleasePlanText(release).text)
            return
        }
        guard let signals = SignalPipe() else {
            notices.error("cannot watch for signals: out of file descriptors")
            throw ExitStatus(value: CCRun.misuse)
        }
        let guards = Guards(
            notices: notices, signals: signals, isConfirmed: shared.isConfirmed,
            overridesDeny: shared.overridesDeny)
        do {
            release.overriddenRules = try guards.check(plan, on: deployment)
        } catch let status as ExitStatus {
            file?.write(StatusFields(target: target, misuse: "not confirmed", status: status.value))
            throw status
        }
        let view = ReleaseViews.view(
            asJSON: reportsJSON, options: options, environment: environment)
        let report = Release(
            release, view: view, notices: notices, signals: signals, confirm: guards.confirm
        ).execute()
        if let problem = file?.write(StatusFields(report)) {
            notices.warning("cannot write the status file \(problem)")
        }
        throw ExitStatus(value: report.outcome.status)
    }
}
