internal import History
internal import Runs
internal import Transcripts

/// The transcript of the run that a user named.
enum RecordedRun {
    /// Opens it; what is wrong has been said when this throws.
    static func open(_ id: String, _ notices: Notices) throws(ExitStatus) -> Transcript {
        do {
            let store = HistoryStore(
                stateFolder: StateFolder.resolve(environment: ProcessEnvironment.all))
            return try Transcript.open(try store.find(id).path)
        } catch let error as HistoryError {
            throw .misuse(error.message, hint: error.hint, notices)
        } catch let error as TranscriptError {
            throw .misuse(error.message, hint: error.hint, notices)
        } catch {
            throw .misuse("cannot read the transcript", notices)
        }
    }

    /// Does something with it, and says what keeps it from that.
    static func perform<Result>(
        _ notices: Notices, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let error as TranscriptError {
            throw ExitStatus.misuse(
                CleanText.line(error.message), hint: error.hint.map(CleanText.line), notices)
        }
    }
}
