package import Transcripts

/// Compares transcripts with the ledger of their state folder, byte for byte.
package struct Verifier: Sendable {
    package let ledger: Ledger
    private let stateFolder: String
    private let entries: [RunID: [Ledger.Entry]]

    /// Reads the ledger; throws `unreadable` where that cannot be.
    package init(stateFolder: String) throws(TranscriptError) {
        self.stateFolder = stateFolder
        ledger = try Ledger(in: stateFolder)
        entries = ledger.entriesByRun
    }

    /// All runs that left a transcript or a line in the ledger, oldest first.
    package var runs: [RunID] {
        Set(TranscriptFiles.runs(in: stateFolder)).union(entries.keys).sorted()
    }

    /// The run that a text names: `last`, or a beginning of its id that no other run shares.
    package func find(_ text: String) throws(HistoryError) -> RunID {
        let attempted = "cannot find run \"\(text)\""
        let prefix = text == "last" ? "" : RunID.canonical(prefix: text)
        guard let prefix else {
            throw HistoryError(
                .malformed, attempted: attempted, underlying: "that can begin no run id",
                hint: "name a run by the beginning of its id in ccrun history, or say last")
        }
        let candidates = runs.filter { $0.description.hasPrefix(prefix) }
        guard let run = candidates.last else {
            throw HistoryError(
                .notFound, attempted: attempted, underlying: "no run begins like that",
                hint: "ccrun history lists all runs")
        }
        guard candidates.count == 1 || text == "last" else {
            throw HistoryError(
                .ambiguous, attempted: attempted,
                underlying: "\(candidates.count) runs begin like that",
                hint: "add characters until one is left")
        }
        return run
    }

    /// Reads a run's transcript, every byte of it, and says what that proves.
    package func verdict(on run: RunID) -> Verdict {
        let path = StateFolder.path(of: run, in: stateFolder)
        let entry = entries[run]?.last
        do {
            guard let seal = try TranscriptSeal.read(path) else {
                return absence(of: run, path, entry)
            }
            guard let vouching = entries[run]?.last(where: { $0.line.sha256 != nil }) else {
                // What the ledger vouches for has ended, whoever holds a lock on it.
                if seal.isLocked { return Verdict(run, path, .running) }
                return verdict(on: run, path, withoutLedger: seal)
            }
            return verdict(on: run, path, seal, vouching)
        } catch {
            return Verdict(run, path, .unreadable, error.underlying, line: entry?.line)
        }
    }

    private func absence(of run: RunID, _ path: String, _ entry: Ledger.Entry?) -> Verdict {
        guard let entry, entry.line.event == .pruned, entry.isChained else {
            let reason = entry.map { "line \($0.line.index) of the ledger has it" }
            return Verdict(run, path, .missing, reason, line: entry?.line)
        }
        return Verdict(run, path, .pruned, line: entry.line)
    }

    private func verdict(
        on run: RunID, _ path: String, withoutLedger seal: TranscriptSeal
    ) -> Verdict {
        if let flaw = flaw(of: seal, as: run) { return Verdict(run, path, .edited, flaw) }
        guard seal.hasEnding else { return Verdict(run, path, .interrupted) }
        return Verdict(run, path, .unledgered, "the ledger has no line of it")
    }

    private func verdict(
        on run: RunID, _ path: String, _ seal: TranscriptSeal, _ entry: Ledger.Entry
    ) -> Verdict {
        let line = entry.line
        if line.sha256 != seal.sha256 {
            if !seal.hasEnding {
                return Verdict(run, path, .truncated, "it had an end, by the ledger", line: line)
            }
            if let flaw = flaw(of: seal, as: run) {
                return Verdict(run, path, .edited, flaw, line: line)
            }
            guard entry.isChained else {
                return Verdict(
                    run, path, .unledgered, "its line in the ledger was edited", line: line)
            }
            return Verdict(
                run, path, .edited, "it was written anew: the ledger has other bytes", line: line)
        }
        guard entry.isChained else {
            let reason = "its line in the ledger does not follow the one before it"
            return Verdict(run, path, .unledgered, reason, line: line)
        }
        if seal.hasEnding, seal.previousHead != entry.previous {
            let reason = "the ledger before its line was written anew"
            return Verdict(run, path, .unledgered, reason, line: line)
        }
        return Verdict(run, path, line.event == .scrubbed ? .scrubbed : .whole, line: line)
    }

    /// What is wrong with a transcript without looking into the ledger.
    private func flaw(of seal: TranscriptSeal, as run: RunID) -> String? {
        guard let told = seal.run else { return "its first line is no header" }
        if told != run { return "it is the transcript of \(told)" }
        if seal.hasEnding, !seal.vouchesForItself {
            return "its bytes are not those that its last line vouches for"
        }
        return nil
    }
}
