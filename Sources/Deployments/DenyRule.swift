/// A command that is not to run on a deployment by mistake: `flush`, `manage.py flush`, `*reset_db*`.
///
/// The words of a rule are compared with the first words of every simple command in a shell text.
/// A command is read without its redirections, assignments and quotes, with and without programs
/// like `sudo` and `env` in front of it, and with and without the folder of its first word; one
/// that Django manages, also from the management command on (see `CommandReadings`). In a rule, `*`
/// stands for any text, blanks included; such a rule may also fit the whole command.
///
/// This guards against slips of a hand. It is no sandbox: what the remote shell puts together from
/// variables or reads from a file is not seen, nor what a program does by itself, nor a script that
/// is not for a shell. What only looks like a command, in a here-document for instance, is denied.
package struct DenyRule: Sendable, Equatable, CustomStringConvertible {
    /// The words, one blank apart.
    package let text: String
    /// Where the inventory has the rule.
    package let position: SourcePosition?
    private let wordCount: Int

    package init(_ text: String, position: SourcePosition? = nil) {
        let words = text.split(whereSeparator: \.isWhitespace)
        self.text = words.joined(separator: " ")
        self.position = position
        wordCount = words.count
    }

    package var description: String { text }

    /// Whether the rule forbids a command, as it was asked for or as what that stands for.
    ///
    /// A rule can so name a task or process type as well as what one contains.
    package func matches(
        _ request: RemoteCommand.Request,
        resolved: RemoteCommand.Request
    ) -> Bool {
        fits(CommandReadings.of(request, resolved: resolved))
    }

    /// Whether the rule forbids one of these readings.
    func fits(_ readings: [[String]]) -> Bool { readings.contains(where: fits) }

    private func fits(_ words: [String]) -> Bool {
        guard let first = words.first, !text.isEmpty else { return false }
        let shorter = [CommandReadings.program(first)] + words.dropFirst()
        return beginsOrFits(words) || beginsOrFits(shorter)
    }

    private func beginsOrFits(_ words: [String]) -> Bool {
        let beginning = words.prefix(wordCount).joined(separator: " ")
        guard text.contains("*") else { return beginning == text }
        return Self.fits(beginning, pattern: text)
            || Self.fits(words.joined(separator: " "), pattern: text)
    }

    /// Whether `*` can be replaced by texts so that the pattern becomes `text`.
    private static func fits(_ text: String, pattern: String) -> Bool {
        let text = Array(text.unicodeScalars)
        let pattern = Array(pattern.unicodeScalars)
        var place = 0
        var next = 0
        var star: (next: Int, place: Int)?
        while place < text.count {
            if next < pattern.count, pattern[next] == "*" {
                star = (next, place)
                next += 1
            } else if next < pattern.count, pattern[next] == text[place] {
                next += 1
                place += 1
            } else if let last = star {
                // The last star takes one scalar more; those before it need not change.
                star = (last.next, last.place + 1)
                next = last.next + 1
                place = last.place + 1
            } else {
                return false
            }
        }
        return pattern[next...].allSatisfy { $0 == "*" }
    }
}

extension Deployment {
    /// The first rule that forbids `request` here, or nil.
    package func denial(of request: RemoteCommand.Request) -> DenyRule? {
        let readings = CommandReadings.of(request, resolved: resolve(request).request)
        return deny.first { $0.fits(readings) }
    }
}
