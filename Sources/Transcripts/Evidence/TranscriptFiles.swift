/// The transcripts that lie in a state folder, by the names of their files alone.
package enum TranscriptFiles {
    /// The runs that have a file, in no order.
    package static func runs(in stateFolder: String) -> [RunID] {
        let runs = StateFolder.runs(in: stateFolder)
        return names(in: runs).flatMap { year in
            names(in: "\(runs)/\(year)").flatMap { month in
                names(in: "\(runs)/\(year)/\(month)").compactMap { name in
                    guard name.hasSuffix(".cast"), let run = RunID(name.dropLast(5)),
                        "\(year)/\(month)" == run.started.folder
                    else { return nil }
                    return run
                }
            }
        }
    }

    private static func names(in folder: String) -> [String] {
        var names: [String] = []
        FolderListing.each(at: folder) { name, _ in
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}
