internal import Deployments

/// Guesses what was meant where a word names nothing.
struct Suggestion {
    /// The word that was taken for the name of a deployment.
    let target: String
    /// The apps of the inventory.
    let apps: [String]

    init(target: String, apps: [String]) {
        self.target = target
        self.apps = apps
    }

    /// Reads the inventory that the arguments name, or the one that counts here.
    init(target: String, arguments: [String]) {
        let place = (try? HelpSource()).flatMap {
            CompletionPlace(after: arguments, at: "", source: $0)
        }
        let path = try? Inventory.locate(
            explicit: place?.configuration, currentFolder: ProcessEnvironment.currentFolder,
            environment: ProcessEnvironment.all)
        let inventory = path.flatMap { try? Inventory(contentsOf: $0) }
        self.init(target: target, apps: inventory?.apps.map(\.name) ?? [])
    }

    /// The subcommand that `word` is near to, or nil; a name with a slash is never meant for one.
    static func command(near word: String) -> String? {
        guard !word.contains("/"), word.utf8.count > 1 else { return nil }
        let names = HelpSource.groups.flatMap(\.commands)
        return EditDistance.nearest(to: word.lowercased(), among: names)
    }

    /// The hint for arguments that make no sense behind the target; nil where that is an app.
    var hint: String? {
        guard !apps.contains(target), let name = Self.command(near: target) else { return nil }
        return "did you mean \"ccrun \(name)\"?"
    }

    /// Adds to an error about the target where it could have been meant for a subcommand.
    ///
    /// An app may be called anything: nothing is added where the inventory has the app, or one whose
    /// name is near.
    func added(to error: DeploymentsError) -> DeploymentsError {
        guard let hint else { return error }
        let isNearAnApp = EditDistance.nearest(to: target.lowercased(), among: apps) != nil
        switch error.code {
        case .unknownApp where !isNearAnApp, .invalidName where !isNearAnApp:
            return error.with(hint: hint)
        case .noInventory:
            return error.with(hint: error.hint.map { "\($0); or \(hint)" } ?? hint)
        default:
            return error
        }
    }

    /// The hint for a command that the remote shell did not find (status 127) and a task is near to.
    ///
    /// Nil where the first word was a task, is a path, or is near to none.
    static func task(
        insteadOf request: RemoteCommand.Request, on deployment: Deployment, status: CInt
    ) -> String? {
        guard status == 127, deployment.resolve(request).taskName == nil,
            let word = firstWord(of: request), !word.contains("/")
        else { return nil }
        let names = deployment.tasks.map(\.name) + deployment.processTypes.map(\.name)
        return EditDistance.nearest(to: word, among: names).map {
            "did you mean the task \"\($0)\"? \"ccrun tasks \(deployment.name)\" lists all"
        }
    }

    private static func firstWord(of request: RemoteCommand.Request) -> String? {
        switch request {
        case .loginShell, .script: nil
        case .words(let words): words.first
        case .shell(let text):
            text.split { $0.isWhitespace || ";|&<>()".contains($0) }.first.map(String.init)
        }
    }
}

extension DeploymentsError {
    fileprivate func with(hint: String) -> DeploymentsError {
        DeploymentsError(code, attempted, because: underlying, hint: hint, position: position)
    }
}
