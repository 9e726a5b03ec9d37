internal import Deployments

/// The questions of a command that are answered for it, and how long one may stand unanswered.
struct PlannedPrompts: Sendable {
    /// How long, where nothing says otherwise.
    static let defaultTimeout = Duration.seconds(60)

    private let rules: [PromptWatcher.Rule]
    private let timeout: Duration?

    /// `isAttended`: somebody sits at a terminal, who answers for himself and takes his time.
    ///
    /// Throws `missingSecret` for a secret that the task names and nobody gave.
    init(
        _ task: TaskDefinition?, options: RunOptions, isAttended: Bool
    ) throws(DeploymentsError) {
        var rules: [PromptWatcher.Rule] = []
        for rule in task?.expect ?? [] {
            let answer = try Self.answer(rule.reply, of: task?.name ?? "", options.secrets)
            do {
                rules.append(
                    try PromptWatcher.Rule(
                        pattern: rule.match, answer: answer, limit: rule.limit))
            } catch {
                throw DeploymentsError(
                    .invalidInventory, "cannot use the pattern \"\(rule.match)\"",
                    because: error.reason)
            }
        }
        self.rules = rules
        timeout =
            options.promptTimeout ?? (isAttended ? nil : task?.promptTimeout ?? Self.defaultTimeout)
    }

    private static func answer(
        _ reply: ExpectRule.Reply, of task: String, _ secrets: [String: Secret]
    ) throws(DeploymentsError) -> PromptWatcher.Rule.Answer {
        switch reply {
        case .text(let text): return .text(text)
        case .secret(let name):
            if let secret = secrets[name] { return .secret(secret) }
            throw DeploymentsError(
                .missingSecret, "cannot run the task \"\(task)\"",
                because: "it needs the secret \"\(name)\", which nobody gave",
                hint: "pass --secret \(name)=@FILE, --secret \(name)=env:VARIABLE or "
                    + "--secret \(name)=cmd:COMMAND")
        }
    }

    /// Whether some are answered.
    var areAnswered: Bool { !rules.isEmpty }

    /// What watches the output for them; nil where there is nothing to watch for.
    func watcher(onTerminal: Bool) -> PromptWatcher? {
        guard areAnswered || timeout != nil else { return nil }
        return PromptWatcher(
            rules: rules, promptTimeout: timeout,
            lineEnd: onTerminal ? .carriageReturn : .lineFeed)
    }
}
