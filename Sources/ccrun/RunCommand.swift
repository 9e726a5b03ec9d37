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
        let file = group.shared.statusFile.map(StatusFile.init)
        // What an earlier run left there must not be taken for this one's.
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
            let signals = try Self.signals(notices)
            plan.overriddenRules = try check(asked, on: deployment, notices, signals, file)
            try DetachedRun(plan: plan, notices: notices, signals: signals).perform(
                to: file, asJSON: group.reportsJSON)
        }
        var plan = try RunPlan(
            asked, on: deployment, options: options, environment: environment)
        if group.isDryRun { return print(DryRun.text(plan)) }
        let signals = try Self.signals(notices)
        plan.overriddenRules = try check(asked, on: deployment, notices, signals, file)
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

    private static func signals(_ notices: Notices) throws -> SignalPipe {
        if let signals = SignalPipe() { return signals }
        notices.error("cannot watch for signals: out of file descriptors")
        throw ExitStatus(value: CCRun.misuse)
    }

    /// Returns the rules that were overridden; throws `ExitStatus` where it is not to be run.
    private func check(
        _ asked: RemoteCommand.Request, on deployment: Deployment, _ notices: Notices,
        _ signals: SignalPipe, _ file: StatusFile?
    ) throws -> [String] {
        do {
            return try Guards(
                notices: notices, signals: signals, isConfirmed: group.shared.isConfirmed,
                overridesDeny: group.shared.overridesDeny
            ).check(asked, on: deployment)
        } catch let status as ExitStatus {
            file?.write(StatusFields(target: target, misuse: "not confirmed", status: status.value))
            throw status
        }
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
