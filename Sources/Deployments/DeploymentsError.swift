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
}
