import Deployments
import Testing
import Transcripts

@testable import Runs

/// The exit status table for detached jobs, as far as a job's own end decides it.
@Suite struct JobOutcomeTests {
    struct Row: Sendable {
        let verdict: RemoteJob.Verdict
        let origin: Outcome.Origin
        let status: CInt
        let end: Ending.End
    }

    static let rows: [Row] =
        [0, 1, 124, 125, 130, 255].map {
            Row(verdict: .exited($0), origin: .remote, status: CInt($0), end: .exit)
        } + [
            Row(
                verdict: .signalled(status: 143, name: "TERM"), origin: .signal, status: 143,
                end: .signal),
            Row(
                verdict: .signalled(status: 165, name: ""), origin: .signal, status: 165,
                end: .signal),
            Row(verdict: .lost, origin: .transport, status: 255, end: .disconnect),
        ]

    @Test(arguments: rows)
    func `the end of a job is the status of who waits, now and from the transcript`(row: Row) throws
    {
        let outcome = try #require(Outcome(row.verdict))
        #expect(outcome.origin == row.origin)
        #expect(outcome.status == row.status)
        #expect(outcome.ending.end == row.end)
        #expect(Outcome(outcome.ending) == outcome)
    }

    @Test func `what has not ended has no status`() {
        #expect(Outcome(RemoteJob.Verdict.running) == nil)
        #expect(Outcome(RemoteJob.Verdict.absent) == nil)
    }
}
