/// What the word at the cursor is, told by the words before it.
///
/// It reads them in the order that `ArgumentOrder` does: ccrun's own words end where the command's
/// first word begins, and what follows that is the remote side's, which nothing here knows.
struct CompletionPlace {
    enum Wanted: Equatable {
        /// A subcommand or a deployment.
        case beginning
        case option
        case value(HelpSource.Argument)
        /// The first word of a remote command.
        case task
        /// The local file behind `script`.
        case script
        case nothing
    }

    private(set) var wanted = Wanted.nothing
    /// The subcommand whose options count.
    private(set) var command: HelpSource.Command
    /// The options that were typed, in the spelling that was used.
    private(set) var options: [String] = []
    /// The deployment that was named.
    private(set) var target: String?
    /// The inventory that was named.
    private(set) var configuration: String?
    /// What of the word stays as it is: the `--record=` of `--record=str`.
    private(set) var prefix = ""
    /// What of the word is to be completed.
    private(set) var word: String

    private let source: HelpSource
    private let run: HelpSource.Command
    private var isDecided = false
    private var positionals = 0
    private var pending: HelpSource.Argument?
    private var isTerminated = false
    private var isRemote = false
    private var sendsScript = false

    /// Nil where the source has no `run`.
    init?(after words: [String], at word: String, source: HelpSource) {
        guard let run = source.command("run") else { return nil }
        self.source = source
        self.run = run
        self.word = word
        command = run
        for word in words { read(word) }
        decide()
    }

    // MARK: - The words before

    private mutating func read(_ word: String) {
        if isRemote {
            sendsScript = false
            return
        }
        if let option = pending {
            pending = nil
            note(option, word)
        } else if isTerminated || !word.hasPrefix("-") || word == "-" {
            readPositional(word)
        } else if word == "--" {
            isTerminated = true
        } else if word.hasPrefix("--") {
            readLong(word)
        } else {
            readShort(word)
        }
    }

    private mutating func readLong(_ word: String) {
        let (name, value) = Self.parted(word)
        options.append(name)
        guard let option = command.option(name), option.takesValue else { return }
        if let value { note(option, value) } else { pending = option }
    }

    /// `-t`, `-tp 22`, `-tp22`.
    private mutating func readShort(_ word: String) {
        for (index, letter) in word.enumerated().dropFirst() {
            options.append("-\(letter)")
            guard let option = command.option("-\(letter)"), option.takesValue else { continue }
            if index == word.count - 1 { pending = option }
            return
        }
    }

    private mutating func readPositional(_ word: String) {
        if !isDecided {
            isDecided = true
            if let named = source.command(word) {
                command = named
                return
            }
        }
        guard command.commandName == run.commandName else {
            if argument(at: positionals)?.valueName == Self.deployment { target = word }
            positionals += 1
            return
        }
        // `APP/DEP run COMMAND` is cctrl's spelling.
        if target == nil {
            target = word
        } else if word == run.commandName, positionals == 0, !isTerminated {
            positionals += 1
        } else {
            isRemote = true
            sendsScript = word == Self.script && !isTerminated
        }
    }

    private mutating func note(_ option: HelpSource.Argument, _ value: String) {
        if option.spellings.contains("--config") { configuration = value }
    }

    // MARK: - The word itself

    private mutating func decide() {
        if isRemote {
            wanted = sendsScript ? .script : .nothing
        } else if let option = pending {
            wanted = .value(option)
        } else if word.hasPrefix("-"), !isTerminated {
            decideOption()
        } else if !isDecided {
            wanted = isTerminated ? .nothing : .beginning
        } else if command.commandName == run.commandName, target != nil {
            wanted = .task
        } else {
            wanted = argument(at: positionals).map(Wanted.value) ?? .nothing
        }
    }

    private mutating func decideOption() {
        let (name, value) = Self.parted(word)
        guard let value else {
            wanted = .option
            return
        }
        guard let option = command.option(name), option.takesValue else { return }
        wanted = .value(option)
        prefix = name + "="
        word = value
    }

    /// The last argument may take several words.
    private func argument(at index: Int) -> HelpSource.Argument? {
        let all = command.positionals
        if index < all.count { return all[index] }
        return all.last.flatMap { $0.isRepeating ? $0 : nil }
    }

    /// `APP/DEP script FILE` sends a local file.
    static let script = "script"

    /// What the help calls the name of a deployment.
    static let deployment = "app/dep"

    private static func parted(_ word: String) -> (name: String, value: String?) {
        guard word.hasPrefix("--"), let equals = word.firstIndex(of: "=") else {
            return (word, nil)
        }
        return (String(word[..<equals]), String(word[word.index(after: equals)...]))
    }
}
