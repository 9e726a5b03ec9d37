internal import Transcripts

/// The files that killed scrubs have left beside the transcripts of all months.
package struct Leftovers {
    /// How many there are, and what they take in bytes.
    package private(set) var total = (files: 0, bytes: 0)

    private let files: RunFiles

    /// Looks for them; changes nothing.
    package init(in stateFolder: String) {
        files = RunFiles(stateFolder: stateFolder)
        for month in files.months {
            guard let folder = RunFolder(month, in: files) else { continue }
            for file in folder.leftovers.files {
                total.files += 1
                total.bytes += file.size
            }
        }
    }

    /// Removes them; how many are gone, and what they took.
    package func remove() -> (files: Int, bytes: Int) {
        var gone = (files: 0, bytes: 0)
        for month in files.months {
            guard let removed = RunFolder(month, in: files)?.removeLeftovers() else { continue }
            gone.files += removed.files
            gone.bytes += removed.bytes
        }
        return gone
    }
}
