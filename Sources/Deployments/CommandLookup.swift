extension Deployment {
    /// Replaces the first word of `request` by the task or process type of that name.
    ///
    /// Tasks come before process types, and what they contain is not looked up again. Further words
    /// are appended: quoted where they came as words, untouched where they stood in a shell string.
    /// `taskName` is the word that was found, `task` its definition unless it is a process type.
    package func resolve(
        _ request: RemoteCommand.Request
    ) -> (request: RemoteCommand.Request, taskName: String?, task: TaskDefinition?) {
        let name: String
        let rest: String
        switch request {
        case .loginShell, .script:
            return (request, nil, nil)
        case .words(let words):
            name = words.first ?? ""
            rest = words.dropFirst().map { " " + ShellQuoting.quoted($0) }.joined()
        case .shell(let text):
            (name, rest) = Self.splitFirstWord(text)
        }
        if let task = tasks.first(where: { $0.name == name }) {
            return (.shell(task.run.trimmingBlanks + rest), name, task)
        }
        if let type = processTypes.first(where: { $0.name == name }) {
            return (.shell(type.command + rest), name, nil)
        }
        return (request, nil, nil)
    }

    /// Parts a shell string behind its first word, if that word could be a name.
    ///
    /// A word ends where a blank or an operator of the shell does: `migrate;ls` begins with
    /// `migrate`, and `migrate=1` and `"migrate"` begin with no name.
    private static func splitFirstWord(_ text: String) -> (name: String, rest: String) {
        let text = text.drop { $0.isWhitespace }
        let name = text.prefix { $0.utf8.allSatisfy(TaskDefinition.isNameByte) }
        let rest = text.dropFirst(name.count)
        guard let next = rest.unicodeScalars.first else { return (String(name), "") }
        guard next.properties.isWhitespace || ";|&<>".unicodeScalars.contains(next) else {
            return ("", String(text))
        }
        return (String(name), String(rest))
    }
}
