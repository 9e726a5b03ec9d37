import TestServer
import Testing

/// One program on two screens of tmux, once through ccrun and once through `ssh -tt`.
///
/// The screens are the same where tmux has the same in every cell, colours and attributes too, the
/// cursor at the same place, and the same modes left on.
struct TwinScreens {
    enum Step: Sendable {
        /// Keys are typed, by the names of tmux(1).
        case keys([String])
        /// A text is typed as it is.
        case text(String)
        /// A text is pasted, in brackets where the program has asked for them.
        case paste(String)
        case resize(columns: Int, rows: Int)
        /// Both screens show this text, and are the same.
        case same(showing: String)
    }

    private let screens: [Tmux]

    /// Starts `command` twice; what it finds at home is in the server's folder.
    init(_ command: String, on host: any TestHost, work: Workplace) throws {
        let ssh = [try Tool.path("ssh")] + (try host.sshArguments(options: ["-tt", "-q"]))
        // What is left of the screen stays, and the exit status is part of it.
        let shell = ["/bin/sh", "-c", "\"$@\"; echo \"ended with $?\"; exec cat", "sh"]
        screens = try [[CCRun.binary, "-q", "-t", "shop", command], ssh + [command]].map {
            try Tmux(shell + $0, environment: work.environment, workingFolder: work.folder.path)
        }
    }

    /// Runs `command` on `host` and goes through the steps.
    ///
    /// `masking`: a line without what changes from one moment to the next; then only texts, places and
    /// modes are compared.
    static func compare(
        _ command: String, on host: any TestHost, _ steps: [Step],
        masking: ((String) -> String)? = nil
    ) throws {
        let work = try Workplace(host)
        let twins = try TwinScreens(command, on: host, work: work)
        defer { twins.screens.forEach { $0.close() } }
        for step in steps { try twins.perform(step, masking) }
    }

    private func perform(_ step: Step, _ masking: ((String) -> String)?) throws {
        switch step {
        case .keys(let keys): for screen in screens { try screen.type(keys) }
        case .text(let text): for screen in screens { try screen.type(["-l", text]) }
        case .paste(let text): for screen in screens { try screen.paste(text) }
        case .resize(let columns, let rows):
            for screen in screens { try screen.resize(columns: columns, rows: rows) }
        case .same(let text): try expectSame(showing: text, masking)
        }
    }

    /// Waits until the screens are the same: each may still be in the middle of drawing.
    private func expectSame(showing text: String, _ masking: ((String) -> String)?) throws {
        var seen: [Tmux.Look] = []
        do {
            try eventually("the same screen", every: .milliseconds(50)) {
                seen = try screens.map { screen in
                    var look = try screen.look
                    if let masking {
                        let lines = look.text.split(
                            separator: "\n", omittingEmptySubsequences: false)
                        look.text = lines.map { masking(String($0)) }.joined(separator: "\n")
                        look.cells = ""
                    }
                    return look
                }
                return seen[0] == seen[1] && seen[0].text.contains(text)
            }
        } catch let error as TestServerError where error.code == .deadline {
            Issue.record(
                "\"\(text)\" is awaited; through ccrun:\n\(seen[0])\nthrough ssh:\n\(seen[1])")
            throw error
        }
    }
}
