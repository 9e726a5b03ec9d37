/// Joins and shortens paths as text, without asking the file system.
enum FilePath {
    /// Returns `path` as it is where it is absolute, else as seen from `folder`.
    static func absolute(_ path: String, in folder: String) -> String {
        if path.hasPrefix("/") { return path }
        return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
    }

    /// Returns the folder that holds `path`: `/` for the root's entries, `.` for a bare name.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Replaces a leading `~` by `homeFolder`; `~user` stays as it is.
    static func expandingTilde(_ path: String, homeFolder: String) -> String {
        guard path == "~" || path.hasPrefix("~/") else { return path }
        return homeFolder + path.dropFirst()
    }
}
