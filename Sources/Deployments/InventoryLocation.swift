extension Inventory {
    /// The name that is looked for in the current folder and above it.
    package static let fileName = "ccrun.yml"

    /// Finds the inventory's file; nil where there is none and none was named.
    ///
    /// In this order: `explicit` (`--config`), `CCRUN_CONFIG`, `ccrun.yml` in `currentFolder` and
    /// above it up to the root of the repository (a folder with `.git`), and
    /// `$XDG_CONFIG_HOME/ccrun/config.yml`, which is in `~/.config` by default (XDG Base Directory
    /// Specification). A relative `XDG_CONFIG_HOME` does not count, as that page says. Throws
    /// `unreadable` where a file was named and is not there.
    package static func locate(
        explicit: String?,
        currentFolder: String,
        environment: [String: String]
    ) throws(DeploymentsError) -> String? {
        if let explicit {
            return try named(explicit, by: "--config", in: currentFolder)
        }
        if let path = environment["CCRUN_CONFIG"], !path.isEmpty {
            return try named(path, by: "CCRUN_CONFIG", in: currentFolder)
        }
        return upwards(from: currentFolder) ?? ofUser(environment)
    }

    private static func named(
        _ path: String,
        by source: String,
        in currentFolder: String
    ) throws(DeploymentsError) -> String {
        let path = FilePath.absolute(path, in: currentFolder)
        guard FileText.isFile(path) else {
            throw DeploymentsError(
                .unreadable, "cannot read the inventory \(QuotedText.quoted(path))",
                because: FileText.exists(path) ? "it is a folder" : "no such file",
                hint: "\(source) names it")
        }
        return path
    }

    private static func upwards(from currentFolder: String) -> String? {
        var folder = currentFolder
        while true {
            let candidate = FilePath.absolute(fileName, in: folder)
            if FileText.isFile(candidate) { return candidate }
            let isRepository = FileText.exists(FilePath.absolute(".git", in: folder))
            let parent = FilePath.folder(of: folder)
            if isRepository || parent == folder || !folder.hasPrefix("/") { return nil }
            folder = parent
        }
    }

    private static func ofUser(_ environment: [String: String]) -> String? {
        let configured = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let folder = configured ?? environment["HOME"].map { FilePath.absolute(".config", in: $0) }
        let path = folder.map { FilePath.absolute("ccrun/config.yml", in: $0) }
        return path.flatMap { FileText.isFile($0) ? $0 : nil }
    }
}
