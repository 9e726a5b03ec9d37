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
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var shared: SharedOptions
    @Flag(name: .customLong(String(ArgumentOrder.exactWords.dropFirst(2))), help: .private)
    var hasExactWords = false
    @Argument(help: ArgumentHelp("The deployment.", valueName: "app/dep"))
    var target: String
    @Argument(help: ArgumentHelp("The command; none for a login shell.", valueName: "command"))
    var command: [String] = []

    func run() throws {
        // A dry run is no run: what the last one left in the file stays true.
        let path = group.isDryRun ? nil : shared.statusFile
        try StatusFile.attending(path, target: target, runAndReport)
    }

    private func runAndReport(to file: StatusFile?) throws {
        let environment = ProcessEnvironment.all
        let name = try DeploymentName(parsing: target)
        var options = try shared.options(connection, environment)
        try group.add(to: &options)
        let notices = Notices(options.verbosity)
        let deployment = try Deployment.find(
            name, in: try common.inventory(environment),
            host: try group.host.map { text throws(DeploymentsError) in
                try HostAddress(parsing: text)
            }, environment: environment, homeFolder: HomeFolder.path(environment))
        if let host = try? deployment.host(named: group.host) {
            deployment.askAhead(
                about: host, options: options.endpoint, environment: environment,
                homeFolder: HomeFolder.path(environment))
        }
        let asked = try request(on: deployment)
        try shared.complete(
            &options, for: deployment, tasks: deployment.resolve(asked).task.map { [$0] } ?? [],
            environment)
        try warn(of: asked, on: deployment, notices)
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
        if group.recordsInput, !plan.command.usesTerminal {
            notices.warning(
                "input is not recorded, since the command has no terminal: of what is piped in, the "
                    + "transcript tells size and SHA-256")
        }
        if group.isDryRun { return print(DryRun.text(plan)) }
        let signals = try SignalPipe.ofThisProcess(notices)
        plan.overriddenRules = try check(asked, on: deployment, notices, signals)
        let report = Run(plan, notices: notices, signals: signals).execute()
        let last = notices.endingLine(ifOpen: report.leavesLineOpen)
        if !group.reportsJSON,
            let hint = Suggestion.task(
                insteadOf: asked, on: deployment, status: report.outcome.status)
        {
            last.note("hint: \(hint)")
        }
        StatusReport(report).deliver(to: file, asJSON: group.reportsJSON, last)
        throw ExitStatus(value: report.outcome.status)
    }

    /// Returns the rules that were overridden; throws `ExitStatus` where it is not to be run.
    private func check(
        _ asked: RemoteCommand.Request, on deployment: Deployment, _ notices: Notices,
        _ signals: SignalPipe
    ) throws -> [String] {
        try Guards(
            notices: notices, signals: signals, isConfirmed: shared.isConfirmed,
            overridesDeny: shared.overridesDeny
        ).check(asked, on: deployment)
    }

    /// Says what is allowed, and perhaps not meant.
    private func warn(
        of asked: RemoteCommand.Request, on deployment: Deployment, _ notices: Notices
    ) throws(DeploymentsError) {
        let host = try deployment.host(named: group.host)
        if !deployment.hosts.contains(host) {
            notices.warning("\(host) is none of the hosts of \(deployment.name)")
        }
        if deployment.resolve(asked).taskName == "release", !deployment.release.isEmpty,
            !deployment.tasks.contains(where: { $0.name == "release" })
        {
            notices.note(
                "hint: this is the process type alone; \"ccrun release \(deployment.name)\" runs "
                    + "the steps of the release, under its lock")
        }
        if group.isDetached, !group.ignoresInput, !Terminal.standardInput.isTerminal,
            StandardInput.unreadCount > 0
        {
            notices.warning("a job has no input; what stdin has is not sent (-n says so)")
        }
    }

    /// What is no command although it is there: a variable of the caller's that is empty, a `script`
    /// without its file.
    private func checkOnlyWord(
        _ word: String, on deployment: Deployment
    ) throws(DeploymentsError) {
        if word.allSatisfy(\.isWhitespace) {
            throw DeploymentsError(
                .invalidCommand, "cannot run \"\(word)\" on \"\(deployment.name)\"",
                because: "the command is empty", hint: "leave it out for a login shell")
        }
        if word == "script", deployment.resolve(.words(command)).taskName == nil {
            throw DeploymentsError(
                .invalidCommand, "cannot run \"script\" on \"\(deployment.name)\"",
                because: "it needs the FILE to send",
                hint: "\"ccrun \(deployment.name) script FILE ARG…\", or put \"--\" ahead of it "
                    + "for the program of that name there")
        }
    }

    /// `script FILE ARG…` sends a local script, unless the deployment calls something of its own so.
    private func request(on deployment: Deployment) throws(DeploymentsError)
        -> RemoteCommand.Request
    {
        if command.isEmpty { return .loginShell }
        if command.count == 1, !hasExactWords { try checkOnlyWord(command[0], on: deployment) }
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
