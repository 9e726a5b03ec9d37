internal import ArgumentParser
internal import Deployments

/// `ccrun targets`: the deployments of the inventory.
struct TargetsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "targets", abstract: "List the deployments of the inventory.",
        usage: "ccrun targets [--config FILE]",
        discussion: """
            Examples:
              ccrun targets
              ccrun targets --config deploy/ccrun.yml
            """)

    @OptionGroup var common: CommonOptions

    func run() throws {
        let environment = ProcessEnvironment.all
        guard let inventory = try common.inventory(environment) else {
            throw DeploymentsError.withoutInventory("cannot list the deployments")
        }
        for deployment in inventory.apps.flatMap(\.deployments) {
            let hosts = deployment.hosts.map(\.description).joined(separator: ", ")
            let mark = deployment.protected ? "  (protected)" : ""
            print("\(deployment.name)  \(hosts)\(mark)")
        }
    }
}

/// `ccrun tasks APP[/DEP]`: what can stand as the first word of a command there.
struct TasksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks", abstract: "List the tasks and process types of a deployment.",
        usage: "ccrun tasks [--config FILE] APP[/DEP]",
        discussion: """
            Each can stand as the first word of a command; tasks hide process types of the same name.

            Examples:
              ccrun tasks shop/staging
              ccrun shop/staging migrate --fake     # runs one, with a word of its own
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The deployment.", valueName: "app/dep"))
    var target: String

    func run() throws {
        let environment = ProcessEnvironment.all
        let name = try DeploymentName(parsing: target)
        guard let inventory = try common.inventory(environment) else {
            throw DeploymentsError.withoutInventory("cannot list the tasks of \"\(name)\"")
        }
        let deployment = try inventory.deployment(name)
        let tasks = deployment.tasks.map { ($0.name, $0.run) }
        let types = deployment.processTypes.filter { type in
            !deployment.tasks.contains { $0.name == type.name }
        }.map { ($0.name, $0.command) }
        let all = tasks + types
        let width = all.map(\.0.count).max() ?? 0
        for (name, command) in all {
            print(name + String(repeating: " ", count: width - name.count + 2) + command)
        }
    }
}

extension DeploymentsError {
    /// The error of commands that can do nothing without an inventory.
    static func withoutInventory(_ attempted: String) -> DeploymentsError {
        DeploymentsError(
            .noInventory, attempted, because: "there is no ccrun.yml here or above",
            hint: "write one, or name one with --config")
    }
}
