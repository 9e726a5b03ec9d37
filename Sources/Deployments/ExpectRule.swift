/// A question that a task is known to ask, and its answer.
package struct ExpectRule: Sendable, Equatable {
    package enum Reply: Sendable, Equatable {
        /// The text itself, without the line end that sends it.
        case text(String)
        /// The name of a secret that the caller has the value of.
        case secret(String)
    }

    /// A regular expression as `PromptPattern` reads it.
    package let match: String
    package let reply: Reply
    /// How often the question may be answered in one run, from 1 on; nil is without a limit.
    package let limit: Int?

    package init(match: String, reply: Reply, limit: Int? = nil) {
        self.match = match
        self.reply = reply
        self.limit = limit
    }

    /// What is wrong with a regular expression, or nil.
    static func problem(withMatch match: String) -> String? {
        let shown = QuotedText.quoted(match)
        do {
            _ = try PromptPattern(match)
            return nil
        } catch {
            return "\(shown) cannot be a prompt's pattern: \(error.reason)"
        }
    }
}
