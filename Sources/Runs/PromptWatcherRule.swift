package import Deployments

extension PromptWatcher {
    /// One of a task's `expect:`: what to wait for, and what to send then.
    package struct Rule: Sendable {
        package enum Answer: Sendable {
            case text(String)
            case secret(Secret)
        }

        let pattern: PromptPattern
        let answer: Answer
        /// After so many replies the rule gives none; nil for no limit.
        let limit: Int?

        package init(
            pattern: String, answer: Answer, limit: Int? = nil
        ) throws(PromptPattern.Problem) {
            self.pattern = try PromptPattern(pattern)
            self.answer = answer
            self.limit = limit
        }

        var isSecret: Bool {
            if case .secret = answer { return true }
            return false
        }

        /// What is sent, up to the line end.
        var bytes: [UInt8] {
            switch answer {
            case .secret(let secret): return secret.withBytes { Array($0) }
            case .text(let text):
                var bytes = Array(text.utf8)
                // A final line end is what is sent anyway.
                if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
                if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
                return bytes
            }
        }
    }

    /// What ends a line that is sent.
    package enum LineEnd: Sendable {
        /// The Enter key, which a program that reads a raw terminal waits for.
        case carriageReturn
        /// For a program that reads a pipe.
        case lineFeed

        var byte: UInt8 { self == .carriageReturn ? 0x0d : 0x0a }
    }

    /// What is to be sent now.
    package struct Reply: Sendable {
        /// The rule's place among the rules.
        package let rule: Int
        package let isSecret: Bool
        /// The line end included.
        package let bytes: Secret
    }
}
