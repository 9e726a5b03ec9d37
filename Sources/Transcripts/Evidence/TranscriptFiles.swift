#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

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
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}
