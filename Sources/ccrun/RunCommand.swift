internal import ArgumentParser
internal import Deployments
internal import LocalTerminal
internal import Runs

/// One command, one login shell: `ccrun [options] APP[/DEP] [COMMAND]`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run one command, or a login shell (\"run\" may be left out).",
        usage: "ccrun [options] APP[/DEP] [\"COMMAND\" | WORD WORD… | -- WORD…]",
        discussion: """
            Examples:
              ccrun shop "python manage.py migrate && python manage.py check"
              ccrun shop/staging manage createsuperuser     # a task or process type first
              ccrun -T shop manage dumpdata > data.json     # no terminal: binary clean
              ccrun --dry-run shop migrate                  # what would be sent
              ccrun shop script backfill.sh 2026-01         # a local script
              ccrun --detach shop "make reindex"            # a job, see "ccrun help jobs"
              ccrun run replay/default date                 # an app called like a command
              ccrun shop/default                            # a login shell
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var group: RunOptionsGroup
    @Flag(name: .customLong(String(ArgumentOrder.exactWords.dropFirst(2))), help: .private)
    var hasExactWords = false
    @Argument(help: ArgumentHelp("The deployment.", valueName: "app/dep"))
    var target: String
    @Argument(help: ArgumentHelp("The command; none for a login shell.", valueName: "command"))
    var command: [String] = []

    func run() throws {
        try StatusFile.attending(group.shared.statusFile, target: target, runAndReport)
    }

    private func runAndReport(to file: StatusFile?) throws {
        let environment = ProcessEnvironment.all
        let name = try DeploymentName(parsing: target)
        let options = try group.options(environment)
        let notices = Notices(options.verbosity)
        let deployment = try Deployment.find(
            name, in: try common.inventory(environment),
            host: try group.host.map { text throws(DeploymentsError) in
                try HostAddress(parsing: text)
            }, environment: environment, homeFolder: HomeFolder.path(environment))
        let asked = try request(on: deployment)
        if group.isDetached {
            var plan = try DetachedPlan(
                asked, on: deployment, options: options,
                ttl: try ConnectionOptions.duration(group.timeToLive), environment: environment)
            if group.isDryRun { return print(DryRun.text(plan)) }
            let signals = try SignalPipe.ofThisProcess(notices)
            plan.overriddenRules = try check(asked, on: deployment, notices, signals)
            try DetachedRun(plan: plan, notices: notices, signals: signals).perform(
                to: file, asJSON: group.reportsJSON)
        }
        var plan = try RunPlan(
            asked, on: deployment, options: options, environment: environment)
        if group.isDryRun { return print(DryRun.text(plan)) }
        let signals = try SignalPipe.ofThisProcess(notices)
        plan.overriddenRules = try check(asked, on: deployment, notices, signals)
        let report = Run(plan, notices: notices, signals: signals).execute()
        if !group.reportsJSON,
            let hint = Suggestion.task(
                insteadOf: asked, on: deployment, status: report.outcome.status)
        {
            notices.note("hint: \(hint)")
        }
        StatusReport(report).deliver(to: file, asJSON: group.reportsJSON, notices)
        throw ExitStatus(value: report.outcome.status)
    }

    /// Returns the rules that were overridden; throws `ExitStatus` where it is not to be run.
    private func check(
        _ asked: RemoteCommand.Request, on deployment: Deployment, _ notices: Notices,
        _ signals: SignalPipe
    ) throws -> [String] {
        try Guards(
            notices: notices, signals: signals, isConfirmed: group.shared.isConfirmed,
            overridesDeny: group.shared.overridesDeny
        ).check(asked, on: deployment)
    }

    /// `script FILE ARG…` sends a local script, unless the deployment calls something of its own so.
    private func request(on deployment: Deployment) throws(DeploymentsError)
        -> RemoteCommand.Request
    {
        if command.isEmpty { return .loginShell }
        if command.count > 1, command[0] == "script", !hasExactWords,
            deployment.resolve(.words(command)).taskName == nil
        {
            return .script(
                try LocalScript(readingFile: command[1]), arguments: Array(command.dropFirst(2)))
        }
        if command.count == 1, !hasExactWords { return .shell(command[0]) }
        return .words(command)
    }
}
