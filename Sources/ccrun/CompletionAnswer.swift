internal import Deployments
internal import History
internal import Runs
internal import Transcripts

/// What may stand at the cursor, for the shells' completion functions.
///
/// `ccrun __complete SHELL WORD… WORD` prints a line for each: the word, a tab, a description. A line
/// without a tab asks the shell for more: `files`, `folders`. Nothing here fails, says anything on
/// stderr, or connects to anything: no answer is the answer where the inventory is wrong.
struct CompletionAnswer {
    /// The hidden word that the scripts call ccrun with.
    static let word = "__complete"

    struct Candidate: Equatable {
        let text: String
        let description: String
    }

    private(set) var candidates: [Candidate] = []
    /// `files` or `folders`, where the shell's own are wanted.
    private(set) var request: String?

    private let place: CompletionPlace
    private let source: HelpSource
    private let environment: [String: String]
    private let currentFolder: String

    init?(
        _ words: [String], source: HelpSource, environment: [String: String], currentFolder: String
    ) {
        guard
            let place = CompletionPlace(
                after: words.dropLast(), at: words.last ?? "", source: source)
        else { return nil }
        self.place = place
        self.source = source
        self.environment = environment
        self.currentFolder = currentFolder
        fill()
    }

    /// The answer's lines, as the scripts read them.
    ///
    /// Only bash needs what does not begin like the word left out: zsh and fish match by rules of
    /// their own.
    func lines(for shell: CompletionShell) -> [String] {
        let fitting =
            shell == .bash ? candidates.filter { $0.text.hasPrefix(place.word) } : candidates
        let lines = fitting.map { "\(place.prefix)\($0.text)\t\($0.description)" }
        return lines + (request.map { [$0] } ?? [])
    }

    // MARK: - What is wanted

    private mutating func fill() {
        switch place.wanted {
        case .nothing: break
        case .beginning: candidates = subcommands + deployments
        case .option: candidates = options
        case .task: candidates = firstWords
        case .script: request = "files"
        case .value(let argument): fill(argument)
        }
    }

    /// By the values that the parser allows, or by what the help calls the value.
    private mutating func fill(_ argument: HelpSource.Argument) {
        if let values = argument.allValues {
            candidates = values.map { Candidate(text: $0, description: "") }
            return
        }
        switch argument.valueName {
        case CompletionPlace.deployment: candidates = deployments
        case "file": request = "files"
        case "folder": request = "folders"
        case "run", "job": candidates = runs
        case "host": candidates = hosts
        case "task": candidates = tasks
        case "step": candidates = steps
        case "name=value": candidates = variables
        case "subcommands": candidates = subcommands
        default: break
        }
    }

    /// Those that know the options typed so far.
    private var subcommands: [Candidate] {
        source.commands.filter { command in
            place.options.allSatisfy { command.option($0) != nil }
        }.map { Candidate($0.commandName, $0.abstract) }
    }

    /// In every spelling, but those that were typed and do not count twice.
    private var options: [Candidate] {
        let fresh = place.command.options.filter { option in
            option.isRepeating || !option.spellings.contains(where: place.options.contains)
        }
        return fresh.flatMap { option in option.spellings.map { Candidate($0, option.abstract) } }
    }

    // MARK: - From the inventory

    private var inventory: Inventory? {
        let named = place.configuration.map { path in
            path.hasPrefix("~/") ? HomeFolder.path(environment) + path.dropFirst() : path
        }
        let path = try? Inventory.locate(
            explicit: named, currentFolder: currentFolder, environment: environment)
        return path.flatMap { try? Inventory(contentsOf: $0) }
    }

    private var deployment: Deployment? {
        place.target.flatMap { try? DeploymentName(parsing: $0) }
            .flatMap { try? inventory?.deployment($0) }
    }

    private var deployments: [Candidate] {
        (inventory?.apps ?? []).flatMap(\.deployments).map { deployment in
            let hosts = deployment.hosts.map(\.description).joined(separator: ", ")
            return Candidate(
                "\(deployment.name)", deployment.protected ? "\(hosts) (protected)" : hosts)
        }
    }

    /// Tasks come before process types, and hide those of the same name.
    private var tasks: [Candidate] {
        guard let deployment else { return [] }
        let names = Set(deployment.tasks.map(\.name))
        return deployment.tasks.map { Candidate($0.name, $0.description ?? $0.run) }
            + deployment.processTypes.filter { !names.contains($0.name) }
            .map { Candidate($0.name, $0.command) }
    }

    /// What a command may begin with: a task, or `script` where no task is called so.
    private var firstWords: [Candidate] {
        let tasks = tasks
        if tasks.contains(where: { $0.text == CompletionPlace.script }) { return tasks }
        return tasks + [Candidate(CompletionPlace.script, "Send a local script and run it there.")]
    }

    private var hosts: [Candidate] {
        (deployment?.hosts ?? []).map { Candidate($0.name, $0.description) }
    }

    private var steps: [Candidate] {
        (deployment?.release ?? []).map { Candidate($0.name, $0.action.text) }
    }

    // MARK: - From elsewhere

    /// How many runs are described, and how many transcripts may be read for it.
    private static let limit = 100

    /// The newest first; in small letters where such were typed, since ids are read in either case.
    private var runs: [Candidate] {
        let store = HistoryStore(
            stateFolder: StateFolder.resolve(environment: environment),
            patience: .milliseconds(100))
        let isSmall = place.word.contains(where: \.isLowercase)
        let found = store.runs(limit: Self.limit, most: Self.limit).map { entry in
            let id = entry.run.description
            return Candidate(
                isSmall ? id.lowercased() : id,
                "\(entry.target): \(entry.command.isEmpty ? "(login shell)" : entry.command)")
        }
        return found.isEmpty ? [] : [Candidate("last", "the newest run")] + found
    }

    /// The names of this process's variables: `-e NAME` copies one.
    private var variables: [Candidate] {
        environment.keys.sorted().map { Candidate($0, "") }
    }
}

extension CompletionAnswer.Candidate {
    /// Both on one line without controls, since terminals and shells are to show them.
    init(_ text: String, _ description: String?) {
        self.init(text: CleanText.line(text), description: CleanText.line(description ?? ""))
    }
}
