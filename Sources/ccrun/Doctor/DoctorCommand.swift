internal import ArgumentParser
internal import Deployments
internal import Foundation
internal import LocalTerminal
internal import Runs

/// `ccrun doctor APP[/DEP]`: the way to a deployment, step by step.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Tell step by step how far a run would get.",
        usage: "ccrun doctor [options] APP[/DEP]",
        discussion: """
            One line a step: the inventory, name lookup, TCP, protocol, algorithms, host key, login, \
            channel, PTY, through, folder, environment file, before, clock and round trip. Nothing is \
            changed over there, and no host key recorded here. The exit status is 0 when all is well, \
            else what a run would have ended with at the first step that fails.

            Examples:
              ccrun doctor shop/staging
              ccrun doctor shop --host web2.example.com
              ccrun doctor --json shop
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var connection: ConnectionOptions
    @Option(name: .customLong("host"), help: "The host to look at (else the primary).")
    var host: String?
    @Flag(name: .customLong("json"), help: "Print one line of JSON instead.")
    var reportsJSON = false
    @Argument(help: ArgumentHelp("The deployment.", valueName: "app/dep"))
    var target: String

    func run() throws {
        let environment = ProcessEnvironment.all
        var options = try connection.options()
        options.host = host
        let notices = Notices(options.verbosity)
        let text = DoctorText(
            environment: environment, columns: Terminal.standardOutput.size?.columns)
        var findings: [Finding] = []
        let tell = { (finding: Finding) in
            findings.append(finding)
            if !reportsJSON { print(text.lines(finding).joined(separator: "\n")) }
            // Each step as soon as it is known, in a pipe as well.
            PrintedOutput.flush()
        }
        var status: Int32 = CCRun.misuse
        do {
            let signals = try SignalPipe.ofThisProcess(notices)
            let deployment = try deployment(environment)
            let doctor = try Doctor(
                of: deployment, options: options, environment: environment, notices: notices,
                signals: signals, tell: tell)
            doctor.examine()
            status = doctor.status
        } catch let error as DeploymentsError {
            tell(
                Finding(
                    .inventory, .failed, error.message, hint: error.advice, status: CCRun.misuse))
            for step in Finding.Step.allCases.dropFirst() { tell(Finding(step, .untried)) }
        }
        if reportsJSON { print(try Report(target: target, status: status, findings).line) }
        throw ExitStatus(value: status)
    }

    private func deployment(_ environment: [String: String]) throws -> Deployment {
        try Deployment.find(
            try DeploymentName(parsing: target), in: try common.inventory(environment),
            host: try host.map { text throws(DeploymentsError) in try HostAddress(parsing: text) },
            environment: environment, homeFolder: HomeFolder.path(environment))
    }

    /// What programs are told.
    struct Report: Encodable {
        struct Step: Encodable {
            let step: String
            let state: String
            let text: String
            let details: [String]
            @Nullable var hint: String?

            init(_ finding: Finding) {
                step = finding.step.rawValue
                state = finding.state.rawValue
                text = finding.text
                details = finding.details
                hint = finding.hint
            }
        }

        let target: String
        let status: Int32
        let steps: [Step]

        init(target: String, status: Int32, _ findings: [Finding]) {
            self.target = target
            self.status = status
            steps = findings.map(Step.init)
        }

        var line: String {
            get throws {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                return String(decoding: try encoder.encode(self), as: UTF8.self)
            }
        }
    }
}
