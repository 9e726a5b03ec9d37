internal import LocalTerminal

/// Asks on the terminal whether the key of an unknown host is the right one, as `ssh` does.
struct HostKeyQuestion {
    let signals: SignalPipe?

    /// True for `yes` or the fingerprint; anything but `no` is asked about again.
    func ask(_ question: String) -> Bool {
        var prompt = question + "Connect and record it (yes/no/[fingerprint])? "
        while true {
            let asked = TerminalQuestion(prompt, echoes: true, signals: signals)
            guard case .line(let line) = asked.ask() else { return false }
            if let verdict = Self.verdict(String(decoding: line, as: UTF8.self), on: question) {
                return verdict
            }
            prompt = "Please type \"yes\", \"no\" or the fingerprint: "
        }
    }

    /// What an answer says to a question that has the fingerprint in it; nil for neither.
    static func verdict(_ answer: String, on question: String) -> Bool? {
        let words = answer.split(whereSeparator: \.isWhitespace)
        guard words.count == 1, let word = words.first else { return nil }
        switch word.lowercased() {
        case "yes": return true
        case "no": return false
        default:
            let isFingerprint =
                word.hasPrefix("SHA256:")
                && question.split(whereSeparator: \.isWhitespace).contains { part in
                    part == word
                        || (part.last.map { "().,".contains($0) } == true
                            && part.dropLast() == word)
                }
            return isFingerprint ? true : nil
        }
    }
}
