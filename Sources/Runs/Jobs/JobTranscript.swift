package import Deployments
package import Transcripts

/// The transcript of a job, which lacks output and end until somebody has seen the job's end.
package struct JobTranscript {
    private let transcript: Transcript
    private let notices: Notices

    package init(_ transcript: Transcript, notices: Notices) {
        self.transcript = transcript
        self.notices = notices
    }

    /// Writes down the whole output and the end of a job that has ended or is lost.
    ///
    /// It is left alone where it has an end already, or somebody else is at it; and where output or
    /// disk do not last to the end, it is left for the next one who sees the job. `entry` is the job
    /// in a listing, from which its times are taken, if there was one.
    package func complete(
        over connection: JobConnection, _ verdict: RemoteJob.Verdict,
        entry: RemoteJob.Entry? = nil
    ) {
        guard transcript.ending == nil, let outcome = Outcome(verdict) else { return }
        let recorder = Recorder(stateFolder: "", clock: .now) { [notices] in notices.warning($0) }
        guard recorder.complete(transcript) else { return }
        let run = transcript.header.run.description
        do {
            let last = try connection.read(run) { recorder.record($0, from: .standardOutput) }
            guard last == verdict, recorder.isWhole else { return recorder.leave() }
            let entry = try entry ?? connection.list().entries.first { $0.run == run }
            recorder.finish(outcome.ending, at: duration(entry))
        } catch {
            notices.detail("the transcript of \(run) stays without its end for now")
            recorder.leave()
        }
    }

    /// How long the job took by its own clock; of one that is lost, how long ago it was started.
    private func duration(_ entry: RemoteJob.Entry?) -> Duration {
        if let started = entry?.started, let ended = entry?.ended {
            return .seconds(max(0, ended - started))
        }
        let now = Timestamp.now.milliseconds
        return .milliseconds(max(0, now - transcript.header.started.milliseconds))
    }
}
