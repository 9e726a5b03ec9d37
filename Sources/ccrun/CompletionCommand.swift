internal import ArgumentParser
internal import Deployments

/// The shells that ccrun completes its arguments in.
enum CompletionShell: String, CaseIterable, ExpressibleByArgument {
    case bash
    case zsh
    case fish

    /// The words of a command line as the shell hands them over, without quotes.
    ///
    /// bash hands over all as typed, fish the last one, zsh none.
    func unquoted(_ words: [String]) -> [String] {
        switch self {
        case .bash: words.map(Self.unquoted)
        case .fish: words.dropLast() + words.suffix(1).map(Self.unquoted)
        case .zsh: words
        }
    }

    /// Removes the quotes of a word; one may be open at its end, where the cursor is.
    private static func unquoted(_ word: String) -> String {
        var text = ""
        var quote: Character?
        var isEscaped = false
        for character in word {
            if isEscaped {
                isEscaped = false
                text.append(character)
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
            } else {
                text.append(character)
            }
        }
        return text
    }
}

/// `ccrun completion SHELL`: prints the script that teaches a shell to complete ccrun's arguments.
struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Print a completion script for a shell.",
        usage: "ccrun completion bash|zsh|fish",
        discussion: """
            Completed are subcommands, options, deployments, tasks, and run ids. scripts/install \
            puts the scripts where the shells look for them; without it, a line in the shell's own \
            start-up file does.

            Examples:
              eval "$(ccrun completion bash)"     # in ~/.bashrc
              eval "$(ccrun completion zsh)"      # in ~/.zshrc, behind compinit
              ccrun completion fish | source      # in ~/.config/fish/config.fish
            """)

    @Argument(help: "The shell: bash, zsh or fish.")
    var shell: CompletionShell

    func run() {
        print(CompletionScript.text(for: shell), terminator: "")
    }

    /// Answers the scripts: the shell's name, and the words up to the cursor without `ccrun`.
    static func answer(_ arguments: [String]) {
        guard let shell = arguments.first.flatMap(CompletionShell.init(rawValue:)),
            let source = try? HelpSource()
        else { return }
        let answer = CompletionAnswer(
            shell.unquoted(Array(arguments.dropFirst())), source: source,
            environment: ProcessEnvironment.all, currentFolder: ProcessEnvironment.currentFolder)
        for line in answer?.lines(for: shell) ?? [] { print(line) }
    }
}
