/// The ways in which a command can be read: what begins it, and what it runs in turn.
enum CommandReadings {
    /// The readings of a request, and of what it stands for.
    ///
    /// `FOO=1 sudo -u app python manage.py flush` reads as itself from `sudo` on, as `python
    /// manage.py flush`, as `manage.py flush` and as `flush`.
    static func of(
        _ request: RemoteCommand.Request,
        resolved: RemoteCommand.Request
    ) -> [[String]] {
        of(request) + (resolved == request ? [] : of(resolved))
    }

    private static func of(_ request: RemoteCommand.Request) -> [[String]] {
        switch request {
        case .loginShell: []
        case .shell(let text): readings(of: text, depth: 0)
        case .words(let words): readings(of: words, depth: 0)
        case .script(let script, let arguments): [[script.name] + arguments] + of(script)
        }
    }

    /// The readings of the commands in a script, where it is one for a shell.
    private static func of(_ script: LocalScript) -> [[String]] {
        guard script.interpreter.words.contains(where: { shells.contains(program($0)) }) else {
            return []
        }
        return readings(of: String(decoding: script.bytes, as: UTF8.self), depth: 0)
    }

    /// The last part of a path, which is the name that a program is known by.
    static func program(_ word: String) -> String {
        word.lastIndex(of: "/").map { String(word[word.index(after: $0)...]) } ?? word
    }

    /// How often a shell in a shell is followed.
    private static let deepest = 5

    private static func readings(of text: String, depth: Int) -> [[String]] {
        ShellCommands.of(text).flatMap { readings(of: $0, depth: depth) }
    }

    private static func readings(of words: [String], depth: Int) -> [[String]] {
        var readings: [[String]] = []
        var command = words[...]
        while true {
            command = command.drop { reservedWords.contains($0) || isAssignment($0) }
            guard let first = command.first else { break }
            readings.append(Array(command))
            guard let wrapper = Wrapper.known[program(first)] else { break }
            command = wrapper.command(in: command)
        }
        guard let first = command.first, !["echo", "printf", ":"].contains(first) else {
            return readings
        }
        let managed = managementCommand(in: words)
        if !managed.isEmpty { readings += [managed, ["manage.py"] + managed] }
        guard depth < deepest else { return readings }
        if let text = shellText(in: words) {
            readings += Self.readings(of: text, depth: depth + 1)
        }
        // Whatever runs them, words like these are run: `ssh web1 'cd x; python manage.py flush'`.
        for word in words where word.contains(where: \.isWhitespace) {
            readings += ShellCommands.of(word).map(managementCommand).filter { !$0.isEmpty }
                .flatMap { [$0, ["manage.py"] + $0] }
        }
        return readings
    }

    // MARK: - What begins a command

    /// The reserved words that a command can follow (POSIX.1-2017, Shell Command Language 2.4).
    private static let reservedWords: Set = [
        "!", "{", "do", "elif", "else", "if", "then", "until", "while",
    ]

    private static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.firstIndex(of: "=") else { return false }
        return EnvironmentVariable.isValidName(String(word[..<equals]))
    }

    /// A program that runs the command behind it.
    private struct Wrapper {
        /// The letters of the options that take an argument.
        var options = ""
        /// How many words come between the options and the command.
        var operands = 0

        static let known: [String: Wrapper] = [
            "builtin": Wrapper(), "busybox": Wrapper(), "command": Wrapper(),
            "doas": Wrapper(options: "Cu"), "env": Wrapper(options: "CSu"),
            "exec": Wrapper(options: "a"), "flock": Wrapper(options: "Ew", operands: 1),
            "gosu": Wrapper(operands: 1), "ionice": Wrapper(options: "cn"),
            "nice": Wrapper(options: "n"), "nohup": Wrapper(), "setsid": Wrapper(),
            "stdbuf": Wrapper(options: "eio"), "su-exec": Wrapper(operands: 1),
            "sudo": Wrapper(options: "CDghpRrTtUu"), "time": Wrapper(options: "fo"),
            "timeout": Wrapper(options: "ks", operands: 1),
            "xargs": Wrapper(options: "adEILnPs"),
        ]

        /// The long options with an argument that is a word of its own.
        private static let longOptions: Set = [
            "--adjustment", "--chdir", "--group", "--kill-after", "--signal", "--unset", "--user",
        ]

        func command(in words: ArraySlice<String>) -> ArraySlice<String> {
            var rest = words.dropFirst()
            while let word = rest.first, word.hasPrefix("-") {
                rest = rest.dropFirst()
                if word == "--" { break }
                if takesNextWord(word) { rest = rest.dropFirst() }
            }
            return rest.dropFirst(operands)
        }

        /// Whether the argument of an option is the next word, and no part of it (`-uapp`).
        private func takesNextWord(_ option: String) -> Bool {
            if option.hasPrefix("--") { return Self.longOptions.contains(option) }
            let letters = option.dropFirst()
            guard let index = letters.firstIndex(where: options.contains) else { return false }
            return letters.index(after: index) == letters.endIndex
        }
    }

    // MARK: - What a command runs

    /// The words from Django's management command on, wherever in the command that stands.
    ///
    /// It follows `manage.py`, `django-admin` or `-m django`; options between the two are passed over.
    private static func managementCommand(in words: [String]) -> [String] {
        for index in words.indices where isManagement(words, at: index) {
            let command = words[(index + 1)...].drop { $0.hasPrefix("-") }
            if !command.isEmpty { return Array(command) }
        }
        return []
    }

    private static func isManagement(_ words: [String], at index: Int) -> Bool {
        let word = words[index]
        if word.hasSuffix("manage.py") || word.hasSuffix("django-admin")
            || word.hasSuffix("django-admin.py")
        {
            return true
        }
        let module: Substring
        if index > 0, isShort(words[index - 1], endingIn: "m") {
            module = word[...]
        } else if isShort(word, endingIn: "mdjango") || isShort(word, endingIn: "mmanage") {
            return true
        } else {
            return false
        }
        return module == "django" || module == "manage" || module.hasSuffix(".manage")
    }

    private static func isShort(_ word: String, endingIn letters: String) -> Bool {
        word.hasPrefix("-") && !word.hasPrefix("--") && word.hasSuffix(letters)
    }

    /// The text that a shell is to read: what follows `-c`, and the words of `eval`.
    private static func shellText(in words: [String]) -> String? {
        let programs = words.map(program)
        if let eval = programs.firstIndex(of: "eval") {
            return words[(eval + 1)...].joined(separator: " ")
        }
        guard let shell = programs.firstIndex(where: shells.contains) else { return nil }
        let option = words[(shell + 1)...].firstIndex { isShort($0, endingIn: "c") }
        return option.flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil }
    }

    private static let shells: Set = [
        "ash", "bash", "csh", "dash", "fish", "ksh", "mksh", "runuser", "script", "sh", "su",
        "tcsh", "zsh",
    ]
}
