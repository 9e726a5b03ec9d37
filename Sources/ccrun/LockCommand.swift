internal import ArgumentParser
internal import Deployments
internal import LocalTerminal
internal import Runs

/// `ccrun lock APP[/DEP] [status | acquire -m WHY | release [--force]]`.
struct LockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock",
        abstract: "See, take or give back the lock of a deployment.",
        usage: "ccrun lock [options] APP[/DEP] [status | acquire -m WHY | release [--force]]",
        discussion: """
            Releases and exclusive tasks hold the lock while they run. One that was acquired by hand \
            stays until it is released.

            Examples:
              ccrun lock shop
              ccrun lock shop acquire -m "moving the database"
              ccrun lock shop release
            """)

    enum Action: String, ExpressibleByArgument, CaseIterable {
        case status
        case acquire
        case release
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var shared: ConnectionOptions
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Why the deployment is locked, for those who have to wait.", valueName: "text"))
    var message: String?
    @Flag(name: .customLong("force"), help: "Take the lock away from whoever has it.")
    var isForced = false
    @Argument(help: ArgumentHelp("The deployment.", valueName: "app/dep"))
    var target: String
    @Argument(help: "What to do: status, acquire or release.")
    var action: Action = .status

    func validate() throws {
        if action == .acquire, message?.isEmpty != false {
            throw ValidationError("say why the deployment is locked, with -m WHY")
        }
        if action != .acquire, message != nil { throw ValidationError("-m belongs to acquire") }
        if action != .release, isForced { throw ValidationError("--force belongs to release") }
    }

    func run() throws {
        let environment = ProcessEnvironment.all
        let name = try DeploymentName(parsing: target)
        guard let inventory = try common.inventory(environment) else {
            throw DeploymentsError.withoutInventory("cannot look at the lock of \"\(name)\"")
        }
        let options = try shared.options()
        let notices = Notices(options.verbosity)
        let query = try LockQuery(
            of: try inventory.deployment(name), options: options, environment: environment,
            notices: notices, signals: try .ofThisProcess(notices))
        throw ExitStatus(value: tell(query.ask(question), of: query, name, notices))
    }

    private var question: LockQuery.Question {
        switch action {
        case .status: .status
        case .acquire: .acquire(reason: message ?? "")
        case .release: .release(isForced: isForced)
        }
    }

    /// Prints the answer; returns the status to exit with.
    private func tell(
        _ answer: LockQuery.Answer, of query: LockQuery, _ name: DeploymentName, _ notices: Notices
    ) -> CInt {
        switch answer {
        case .free:
            print("\(name) is not locked")
        case .held:
            notices.note("\(name) is locked now; \"ccrun lock \(name) release\" gives it back")
        case .released(let holder):
            let whose = holder.map { ", which was held \(LockText.description(of: $0))" } ?? ""
            notices.note("the lock of \(name) is released\(whose)")
        case .busy(let holder) where action == .status:
            let rest = query.remark(on: holder).map { "; \($0)" } ?? ""
            print("\(name) is locked \(LockText.description(of: holder))\(rest)")
        case .busy(let holder):
            notices.error(
                "\"\(name)\" is locked \(LockText.description(of: holder))",
                hint: action == .release
                    ? "\"ccrun lock \(name) release --force\" takes it away from whoever has it"
                    : "ask them, or look again with \"ccrun lock \(name)\"")
            return CCRun.misuse
        case .failed(let status):
            return status
        }
        return 0
    }
}
