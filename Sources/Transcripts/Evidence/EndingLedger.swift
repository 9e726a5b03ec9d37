/// The ledger while the last line of a transcript is written; a run is none the worse without it.
struct EndingLedger: ~Copyable {
    /// The head that the transcript's last line tells; nil before the first line.
    let head: String?
    private var file: LedgerFile?
    private let warn: (String) -> Void

    /// Locks the ledger of a state folder, and warns where that cannot be.
    init(in stateFolder: String, warn: @escaping (String) -> Void) {
        self.warn = warn
        do {
            let file = try LedgerFile(in: stateFolder)
            if file.wasTorn { warn("the ledger ended in half a line, which was cut") }
            head = file.head
            self.file = consume file
        } catch {
            head = nil
            file = nil
            EndingLedger.tell(error, warn)
        }
    }

    /// Notes that the transcript is whole; nil where that could not be written.
    mutating func note(_ run: RunID, sha256: String) -> LedgerLine? {
        do {
            return try file?.append(.recorded, of: run, sha256: sha256)
        } catch {
            EndingLedger.tell(error, warn)
            return nil
        }
    }

    private static func tell(_ error: TranscriptError, _ warn: (String) -> Void) {
        let hint = error.hint.map { "\nhint: \($0)" } ?? ""
        warn("this run is not in the ledger: \(error.message)\(hint)")
    }
}
