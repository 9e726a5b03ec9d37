/// Marks where ccrun's own arguments end: everything from the command's first word on is the remote's.
///
/// `ccrun -t shop/default ls -la` becomes `run -t shop/default -- ls -la`, so that the parser need not
/// know which words are whose. `APP/DEP run "COMMAND"`, cctrl's spelling, loses its `run`.
struct ArgumentOrder {
    let subcommands: [String]

    /// The run options that take the next word as their value.
    static let valued: Set<String> = [
        "-e", "--env", "--env-file", "-i", "--identity", "-l", "--user", "-p", "--port", "--host",
        "--config", "--connect-timeout", "--timeout", "--grace", "--prompt-timeout", "--lock-wait",
        "--secret", "--escape", "--status-file", "--record", "--ttl", "--sign-key",
    ]

    /// Words after `--` that came as they were typed are marked so, even when there is just one.
    static let exactWords = "--exact-words"

    func arranged(_ arguments: [String]) -> [String] {
        guard let place = positional(arguments, from: 0) else {
            // ccrun alone, or only options: help and version are the root's, all else is a run's.
            let isRootOption =
                arguments.isEmpty || arguments.contains { Self.rootOptions.contains($0) }
            guard isRootOption else { return ["run"] + run(arguments) }
            return arguments.isEmpty ? ["--help"] : arguments
        }
        let word = arguments[place]
        let others = Array(arguments[..<place] + arguments[(place + 1)...])
        if word == "run" { return ["run"] + run(others) }
        if subcommands.contains(word) || word == "help" {
            return [word] + others.flatMap(Self.withoutSilentValue)
        }
        return ["run"] + run(arguments)
    }

    /// The word that is taken for the name of a deployment without a `run` before it.
    func target(_ arguments: [String]) -> String? {
        guard let place = positional(arguments, from: 0) else { return nil }
        let word = arguments[place]
        return subcommands.contains(word) || word == "help" || word == "--" ? nil : word
    }

    private static let rootOptions: Set<String> = ["--help", "-h", "--version"]

    /// The arguments of a run, with `--` in front of the command.
    private func run(_ arguments: [String]) -> [String] {
        guard let target = positional(arguments, from: 0) else { return separated(arguments[...]) }
        let own = separated(arguments[..<target]) + [arguments[target]]
        guard let first = positional(arguments, from: target + 1) else {
            return own + separated(arguments[(target + 1)...])
        }
        let options = separated(arguments[(target + 1)..<first])
        var command = Array(arguments[first...])
        if command.first == "run", command.count > 1 { command.removeFirst() }
        if command.first == "--" {
            return [Self.exactWords] + own + options + command
        }
        return own + options + ["--"] + command
    }

    /// `--port=` as `--port` and an empty word: the parser would take the next word for the value.
    private static func withoutSilentValue(_ word: String) -> [String] {
        word.hasPrefix("--") && word.hasSuffix("=") ? [String(word.dropLast()), ""] : [word]
    }

    /// Options with each value in a word of its own: `-eA=b` as `-e A=b`, `-tp22` as `-tp 22`.
    ///
    /// The parser knows a joined value by its own rules, and none with an equals sign in it.
    private func separated(_ options: ArraySlice<String>) -> [String] {
        var words: [String] = []
        var isValue = false
        for word in options {
            guard !isValue, let letter = valuedLetter(word) else {
                words += isValue ? [word] : Self.withoutSilentValue(word)
                isValue = !isValue && takesNext(word)
                continue
            }
            let value = word[word.index(after: letter)...]
            // `-p=22` is the parser's, which takes it for `-p 22`.
            let isJoined = !value.isEmpty && !value.hasPrefix("=")
            words += isJoined ? [String(word[...letter]), String(value)] : [word]
            isValue = value.isEmpty
        }
        return words
    }

    /// The index of the first word that is neither an option nor the value of one; `--` counts as one.
    private func positional(_ arguments: [String], from start: Int) -> Int? {
        var index = start
        while index < arguments.count {
            let word = arguments[index]
            if word == "--" || !word.hasPrefix("-") || word == "-" { return index }
            index += takesNext(word) ? 2 : 1
        }
        return nil
    }

    /// Whether an option's value is the next word: not in `--port=22` and `-p22`, but in `-tp 22`.
    private func takesNext(_ word: String) -> Bool {
        if word.hasPrefix("--") { return Self.valued.contains(word) }
        return valuedLetter(word).map { word.index(after: $0) } == word.endIndex
    }

    /// Where in `-tp22` the letter is that takes a value; nil where there is none.
    private func valuedLetter(_ word: String) -> String.Index? {
        guard word.hasPrefix("-"), !word.hasPrefix("--") else { return nil }
        return word.indices.dropFirst().first { Self.valued.contains("-\(word[$0])") }
    }
}
