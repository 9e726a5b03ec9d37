import TestServer

/// A tmux server of its own with one window, whose screen can be read.
final class Tmux: Sendable {
    private let folder: ScratchFolder
    private let environment: [String: String]
    private let program: String

    /// Starts `command`, an absolute path and its arguments, on a screen of 80 by 24.
    init(_ command: [String], environment: [String: String], workingFolder: String) throws {
        program = try Tool.path("tmux")
        folder = try ScratchFolder("tmux")
        self.environment = environment
        do {
            // Options have to be there before the window, or TERM and the status line are others.
            try folder.write(
                "set -g default-terminal screen-256color\nset -g status off\n"
                    + "set -s escape-time 0\nset -g remain-on-exit on\n", to: "conf")
            try ask(
                ["new-session", "-d", "-x", "80", "-y", "24", "-c", workingFolder, "--"] + command)
        } catch {
            close()
            throw error
        }
    }

    deinit { close() }

    /// The lines of the screen, without blanks at their ends.
    var screen: [String] {
        get throws {
            try ask(["capture-pane", "-p"]).split(separator: "\n", omittingEmptySubsequences: false)
                .map(String.init)
        }
    }

    /// The cursor's place and the size, as tmux has them.
    var place: String {
        get throws {
            try ask([
                "display-message", "-p",
                "#{cursor_x},#{cursor_y} #{pane_width}x#{pane_height} #{alternate_on}",
            ])
        }
    }

    /// Types keys by the names of tmux(1), *Key bindings*.
    func type(_ keys: [String]) throws { try ask(["send-keys"] + keys) }

    func resize(columns: Int, rows: Int) throws {
        try ask(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
    }

    func close() {
        _ = try? ask(["kill-server"])
        folder.remove()
    }

    @discardableResult
    private func ask(_ words: [String]) throws -> String {
        let result = try ChildProcess.run(
            program, ["-S", folder.file("socket"), "-f", folder.file("conf")] + words,
            environment: environment)
        guard result.status == .exited(0) else {
            throw TestServerError(
                .program, "cannot have tmux do \(words.first ?? "")", result.errorOutput)
        }
        return result.output
    }
}
