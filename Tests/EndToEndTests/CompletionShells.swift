import Foundation
import TestServer

/// A shell on a pseudo-terminal whose start-up file loads ccrun's completion.
final class CompletionShell: Sendable {
    /// HOME, the working folder, and where the inventory is.
    let folder: ScratchFolder
    let session: TerminalSession

    /// Starts a shell of that name; nil where it is not installed.
    ///
    /// The start-up file loads the completion as its user would. `inventory` is the text of
    /// ccrun.yml, and of "some other.yml" with another app's name. There is one transcript, which
    /// replays as "replayed".
    init?(_ name: String, inventory: String) throws {
        guard let path = Tool.find(name) else { return nil }
        folder = try ScratchFolder("shell")
        try FileManager.default.createSymbolicLink(
            atPath: try folder.makeFolder("bin") + "/ccrun", withDestinationPath: CCRun.binary)
        try folder.write(inventory, to: "ccrun.yml")
        try folder.write(inventory.replacing("shop", with: "other"), to: "some other.yml")
        let environment = [
            "HOME": folder.path, "PATH": "\(folder.file("bin")):/usr/local/bin:/usr/bin:/bin",
            "TERM": "xterm-256color", "LANG": "C.UTF-8", "XDG_STATE_HOME": folder.file("state"),
            "XDG_CONFIG_HOME": folder.file("config"), "ZDOTDIR": folder.path,
            "XDG_DATA_HOME": folder.file("data"),
        ]
        try Self.record(in: folder, environment)
        var arguments = ["-i"]
        switch name {
        case "bash":
            let file = try folder.write(
                """
                PS1='re''ady> '
                bind 'set enable-bracketed-paste off'
                eval "$(ccrun completion bash)"
                """, to: ".bashrc")
            arguments = ["--noprofile", "--rcfile", file, "-i"]
        case "zsh":
            try folder.write(
                """
                PS1='re''ady> '
                unset zle_bracketed_paste
                autoload -Uz compinit && compinit -D -u
                eval "$(ccrun completion zsh)"
                """, to: ".zshrc")
        default:
            try folder.write(
                """
                function fish_prompt; echo -n 're''ady> '; end
                function fish_greeting; end
                ccrun completion fish | source
                """, to: "config/fish/config.fish")
        }
        session = try TerminalSession(
            executable: path, arguments: arguments, environment: environment, columns: 200,
            rows: 50, workingFolder: folder.path)
        try session.waitFor("ready> ")
    }

    /// Leaves the transcript of a connection that was refused, with a line of output put in.
    private static func record(in folder: ScratchFolder, _ environment: [String: String]) throws {
        _ = try ChildProcess.run(
            CCRun.binary, ["shop", "echo 'a: b'"], environment: environment,
            workingFolder: folder.path)
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.file("state"))
        guard let name = files.first(where: { $0.hasSuffix(".cast") }) else {
            throw TestServerError(.program, "cannot make a transcript", "ccrun has left none")
        }
        var lines = String(decoding: try folder.read("state/\(name)"), as: UTF8.self)
            .split(separator: "\n").map(String.init)
        lines.insert(#"[0.0, "o", "replayed\r\n"]"#, at: 1)
        try folder.write(lines.joined(separator: "\n") + "\n", to: "state/\(name)")
    }

    deinit {
        session.close()
        folder.remove()
    }

    /// Types a line up to the cursor and TAB, waits for `completed` to show, and enters the line.
    ///
    /// Returns what the shell shows up to `output`, which the line is to print.
    @discardableResult
    func complete(_ typed: String, to completed: String, output: String) throws -> String {
        try session.write(typed + "\t")
        try session.waitFor(completed)
        try session.write("\r")
        let shown = try session.waitFor(output)
        try session.waitFor("ready> ")
        return shown
    }
}
