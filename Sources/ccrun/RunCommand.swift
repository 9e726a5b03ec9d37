internal import ArgumentParser
internal import Deployments
internal import LocalTerminal
internal import Runs

/// One command, one login shell: `ccrun [options] APP[/DEP] [COMMAND]`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run one command, or a login shell (\"run\" may be left out).",
        usage: "ccrun [options] APP[/DEP] [\"COMMAND\" | WORD WORD… | -- WORD…]")

    @OptionGroup var common: CommonOptions
    @OptionGroup var group: RunOptionsGroup
    @Flag(name: .customLong(String(ArgumentOrder.exactWords.dropFirst(2))), help: .private)
    var hasExactWords = false
    @Argument(help: ArgumentHelp("The deployment.", valueName: "app/dep"))
    var target: String
    @Argument(help: ArgumentHelp("The command; none for a login shell.", valueName: "command"))
    var command: [String] = []

    func run() throws {
        let file = group.statusFile.map(StatusFile.init)
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
        let plan = try RunPlan(
            request, on: deployment, options: options, environment: environment)
        if group.isDryRun {
            print(DryRun.text(plan))
            return
        }
        guard let signals = SignalPipe() else {
            notices.error("cannot watch for signals: out of file descriptors")
            throw ExitStatus(value: CCRun.misuse)
        }
        do {
            try Confirmation(notices: notices, signals: signals).ask(
                deployment, isConfirmed: group.isConfirmed)
        } catch let status as ExitStatus {
            file?.write(StatusFields(target: target, misuse: "not confirmed", status: status.value))
            throw status
        }
        let report = Run(plan, notices: notices, signals: signals).execute()
        StatusReport(report).deliver(to: file, asJSON: group.reportsJSON, notices)
        throw ExitStatus(value: report.outcome.status)
    }

    private var request: RemoteCommand.Request {
        if command.isEmpty { return .loginShell }
        if command.count == 1, !hasExactWords { return .shell(command[0]) }
        return .words(command)
    }
}
