/// One step of a release: what runs, where, and what happens when it goes wrong.
package struct ReleaseStep: Sendable, Equatable {
    package enum Action: Sendable, Equatable {
        /// A task or process type, by its name; further words go to its command.
        case task(String)
        /// A text for the remote `sh`, in which no name is looked up.
        case run(String)

        package var text: String {
            switch self {
            case .task(let text), .run(let text): text
            }
        }
    }

    package enum Hosts: String, Sendable, CaseIterable {
        case primary
        /// One host after the other, the primary first.
        case all
    }

    package let action: Action
    /// One line that no other step of the release has.
    package let name: String
    /// The limit of one attempt; nil leaves it to the task.
    package internal(set) var timeout: Duration?
    package internal(set) var hosts: Hosts
    /// How many attempts follow a failed one, 0 to 100.
    package internal(set) var retry: Int
    /// Whether the release goes on, and can succeed, after this step failed.
    package internal(set) var allowsFailure: Bool
    /// Whether the step runs after an earlier one failed.
    package internal(set) var runsAlways: Bool
    /// A test for the remote `sh`; the step runs where it succeeds.
    package internal(set) var condition: String?
    package internal(set) var environment: [EnvironmentVariable]
    /// The question to ask before the step, without the answers to choose from.
    package internal(set) var confirmation: String?
    /// Where the inventory has the step; nil for the one that a Procfile gives.
    package let position: SourcePosition?

    package init(
        _ action: Action,
        name: String? = nil,
        timeout: Duration? = nil,
        hosts: Hosts = .primary,
        retry: Int = 0,
        allowsFailure: Bool = false,
        runsAlways: Bool = false,
        condition: String? = nil,
        environment: [EnvironmentVariable] = [],
        confirmation: String? = nil,
        position: SourcePosition? = nil
    ) {
        self.action = action
        self.name = name ?? Self.name(for: action)
        self.timeout = timeout
        self.hosts = hosts
        self.retry = retry
        self.allowsFailure = allowsFailure
        self.runsAlways = runsAlways
        self.condition = condition
        self.environment = environment
        self.confirmation = confirmation
        self.position = position
    }

    /// What is wrong with a name that somebody chose, or nil.
    ///
    /// It is an argument of `--from`, `--only` and `--skip`, where a number is the step's place.
    static func problem(withName name: String) -> String? {
        if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return "the name of a step is one line of text"
        }
        if name.first == "-" { return "the name of a step does not begin with \"-\"" }
        if isNumber(name) { return "a number is the place of a step, and not its name" }
        return nil
    }

    static func isNumber(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }

    /// The name of a step that has none of its own: its text on one line, at most 40 characters.
    ///
    /// A longer one loses whole words, and shows that by an ellipsis.
    static func name(for action: Action) -> String {
        let longest = 40
        let line = action.text.split { character in
            character.unicodeScalars.contains {
                $0.properties.isWhitespace || $0.properties.generalCategory == .control
            }
        }.joined(separator: " ")
        guard line.count > longest else { return line }
        let beginning = line.prefix(longest - 1)
        let words = line.prefix(longest).lastIndex(of: " ").map { line[..<$0] }
        return (words ?? beginning) + "…"
    }
}
