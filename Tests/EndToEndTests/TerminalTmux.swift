import Foundation
import TestServer

/// A tmux server of its own with one window, whose screen can be read.
final class Tmux: Sendable {
    /// All that there is to see of the screen at one moment.
    struct Look: Equatable, CustomStringConvertible {
        /// The lines, without blanks at their ends.
        var text: String
        /// The lines to their ends, with the sequences that set colours and attributes.
        var cells: String
        /// The cursor's place and the size, as tmux has them, the title, and the modes that are on.
        var place: String

        var description: String { "\(text)\(cells.debugDescription)\n\(place)" }
    }

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

    /// Whether the command has ended; what tmux writes about it may be gone with the next redrawing.
    var hasEnded: Bool {
        get throws { try ask(["display-message", "-p", "#{pane_dead}"]) == "1\n" }
    }

    private static let places =
        "#{cursor_x},#{cursor_y} #{pane_width}x#{pane_height} title #{pane_title}"
        + " region #{scroll_region_upper}-#{scroll_region_lower} tabs #{pane_tabs} modes"
        + [
            "alternate_on", "cursor_flag", "insert_flag", "keypad_cursor_flag", "keypad_flag",
            "mouse_any_flag", "mouse_sgr_flag", "mouse_standard_flag", "mouse_button_flag",
            "origin_flag", "wrap_flag",
        ].map { " #{?\($0),\($0),}" }.joined()

    /// The screen with everything that can be told of it.
    var look: Look {
        get throws {
            // In one go, so that no output comes in between.
            let border = "8<- - 8<- - 8<"
            let parts = try ask([
                "capture-pane", "-p", ";", "display-message", "-p", border, ";",
                "capture-pane", "-peN", ";", "display-message", "-p", border, ";",
                "display-message", "-p", Self.places,
            ]).components(separatedBy: border + "\n")
            guard parts.count == 3 else {
                throw TestServerError(.program, "cannot look at tmux's screen", "\(parts)")
            }
            return Look(text: parts[0], cells: parts[1], place: parts[2])
        }
    }

    /// Types keys by the names of tmux(1), *Key bindings*.
    func type(_ keys: [String]) throws { try ask(["send-keys"] + keys.map(Self.escaped)) }

    /// Pastes a text, in brackets where the program has asked for them.
    func paste(_ text: String) throws {
        try ask(["set-buffer", "--", Self.escaped(text), ";", "paste-buffer", "-p"])
    }

    func resize(columns: Int, rows: Int) throws {
        try ask(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
    }

    func close() {
        _ = try? ask(["kill-server"])
        folder.remove()
    }

    /// A semicolon at the end of a word would end the command (tmux(1), *Parsing syntax*).
    private static func escaped(_ word: String) -> String {
        word.hasSuffix(";") ? word.dropLast() + "\\;" : word
    }

    @discardableResult
    private func ask(_ words: [String]) throws -> String {
        let result = try ChildProcess.run(
            program, ["-u", "-S", folder.file("socket"), "-f", folder.file("conf")] + words,
            environment: environment)
        guard result.status == .exited(0) else {
            throw TestServerError(
                .program, "cannot have tmux do \(words.first ?? "")", result.errorOutput)
        }
        return result.output
    }
}
