#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Where ccrun keeps what must survive a run: `$XDG_STATE_HOME/ccrun` or `~/.local/state/ccrun`.
package enum StateFolder {
    /// The path for an environment; nothing is created.
    ///
    /// A relative `XDG_STATE_HOME` is ignored, as the XDG Base Directory Specification asks.
    /// Without a `HOME` the user database answers.
    package static func resolve(environment: [String: String]) -> String {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            return joined(state, "ccrun")
        }
        return joined(home(environment), ".local/state/ccrun")
    }

    /// The folder of all transcripts under a state folder.
    package static func runs(in stateFolder: String) -> String {
        joined(stateFolder, "runs")
    }

    /// The folder of one run's transcript: `runs/YYYY/MM`, by the UTC time of its id.
    package static func folder(of run: RunID, in stateFolder: String) -> String {
        joined(runs(in: stateFolder), run.started.folder)
    }

    /// The file of one run's transcript.
    package static func path(of run: RunID, in stateFolder: String) -> String {
        joined(folder(of: run, in: stateFolder), "\(run).cast")
    }

    /// The state folder that a transcript is in; nil where it is elsewhere.
    static func holding(_ path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 5, parts[parts.count - 4] == "runs" else { return nil }
        return parts.dropLast(4).joined(separator: "/")
    }

    /// Deletes the history's index, which may hold what a transcript held; it is remade from those.
    package static func dropIndex(in stateFolder: String) {
        for suffix in ["-wal", "-shm", ""] {
            unlink(joined(stateFolder, "history.sqlite\(suffix)"))
        }
    }

    private static func home(_ environment: [String: String]) -> String {
        if let home = environment["HOME"], home.hasPrefix("/") { return home }
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var text = [CChar](repeating: 0, count: 16384)
        return text.withUnsafeMutableBufferPointer { buffer in
            guard let room = buffer.baseAddress,
                getpwuid_r(getuid(), &entry, room, buffer.count, &found) == 0, let found,
                let directory = found.pointee.pw_dir
            else { return "/" }
            return String(cString: directory)
        }
    }

    private static func joined(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }
}
