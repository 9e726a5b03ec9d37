/// Marks where ccrun's own arguments end: everything from the command's first word on is the remote's.
///
/// `ccrun -t shop/default ls -la` becomes `run -t shop/default -- ls -la`, so that the parser need not
/// know which words are whose. `APP/DEP run "COMMAND"`, cctrl's spelling, loses its `run`.
struct ArgumentOrder {
    let subcommands: [String]

    /// The run options that take the next word as their value.
    static let valued: Set<String> = [
        "-e", "--env", "--env-file", "-i", "--identity", "-l", "--user", "-p", "--port", "--host",
        "--config", "--connect-timeout", "--timeout", "--status-file", "--record",
    ]

    /// Words after `--` that came as they were typed are marked so, even when there is just one.
    static let exactWords = "--exact-words"

    func arranged(_ arguments: [String]) -> [String] {
        guard let place = positional(arguments, from: 0) else {
            // ccrun alone, or only options: help and version are the root's, all else is a run's.
            let isRootOption =
                arguments.isEmpty || arguments.contains { Self.rootOptions.contains($0) }
            return isRootOption ? (arguments.isEmpty ? ["--help"] : arguments) : ["run"] + arguments
        }
        let word = arguments[place]
        let others = Array(arguments[..<place] + arguments[(place + 1)...])
        if word == "run" { return ["run"] + run(others) }
        if subcommands.contains(word) || word == "help" { return [word] + others }
        return ["run"] + run(arguments)
    }

    private static let rootOptions: Set<String> = ["--help", "-h", "--version"]

    /// The arguments of a run, with `--` in front of the command.
    private func run(_ arguments: [String]) -> [String] {
        guard let target = positional(arguments, from: 0) else { return arguments }
        let own = Array(arguments[...target])
        guard let first = positional(arguments, from: target + 1) else {
            return own + arguments[(target + 1)...]
        }
        let options = arguments[(target + 1)..<first]
        var command = Array(arguments[first...])
        if command.first == "run", command.count > 1 { command.removeFirst() }
        if command.first == "--" {
            return [Self.exactWords] + own + options + command
        }
        return own + options + ["--"] + command
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
        let letters = word.dropFirst()
        let valued = letters.firstIndex { Self.valued.contains("-\($0)") }
        return valued != nil && valued == letters.indices.last
    }
}
