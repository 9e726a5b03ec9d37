/// Why a deployment could not be named, found, read, or turned into something to connect to.
///
/// Callers switch on `code`; the texts are for people and may change.
package struct DeploymentsError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        case invalidName
        case invalidHost
        case invalidDuration
        case noInventory
        case unreadable
        case invalidInventory
        case unknownApp
        case unknownDeployment
        case unknownHost
        case unknownTask
        case invalidProcfile
        case sshConfig
        case invalidEnvironment
        case invalidCommand
        case noRelease
        case unknownStep
        case invalidSelection
        case missingSecret
        case invalidScript
    }

    package let code: Code
    /// What was attempted, or the place in a file that is wrong.
    package let attempted: String
    /// The reason.
    package let underlying: String
    /// What to do about it.
    package let hint: String?
    /// Where in a file the reason stands, if it stands in one.
    package let position: SourcePosition?

    package init(
        _ code: Code,
        _ attempted: String,
        because underlying: String,
        hint: String? = nil,
        position: SourcePosition? = nil
    ) {
        self.code = code
        self.attempted = attempted
        self.underlying = underlying
        self.hint = hint
        self.position = position
    }

    /// An error about the text at `position`, which takes the place of what was attempted.
    init(
        _ code: Code,
        at position: SourcePosition,
        because underlying: String,
        hint: String? = nil
    ) {
        self.init(code, "\(position)", because: underlying, hint: hint, position: position)
    }

    package var message: String { "\(attempted): \(underlying)" }

    package var description: String { message }

    /// The hint, or what is to be done about any error of the kind.
    package var advice: String {
        if let hint { return hint }
        return switch code {
        case .invalidName: "write it like shop or shop/staging; \"ccrun targets\" lists them all"
        case .invalidHost: "write it like web1.example.com or deploy@web1.example.com:2222"
        case .invalidDuration: "write it like 90s, 15m or 2h"
        case .noInventory: "name an inventory with --config, or a host with --host"
        case .unreadable: "check the path, and that you may read it"
        case .invalidInventory, .invalidProcfile: "mend the file at that place, and run again"
        case .unknownApp, .unknownDeployment, .unknownHost:
            "\"ccrun targets\" lists what there is; add it to ccrun.yml, or pass --host"
        case .unknownTask: "\"ccrun tasks APP/DEP\" lists what has a name"
        case .sshConfig: "\"ssh -G HOST\" reads the same configuration, and tells"
        case .invalidEnvironment, .missingSecret: "\"ccrun help run\" shows how it is given"
        case .invalidCommand, .invalidScript: "\"ccrun help run\" shows how a command is given"
        case .noRelease: "list its steps as release: in ccrun.yml"
        case .unknownStep, .invalidSelection: "\"ccrun release APP/DEP --plan\" lists the steps"
        }
    }
}
