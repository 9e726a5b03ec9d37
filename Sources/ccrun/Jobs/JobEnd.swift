internal import Deployments
internal import Runs
internal import Transcripts

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What was seen of a job, and what follows from it: its transcript's end, and our status.
extension JobLookup.Found {
    /// How it ended according to its transcript, where that was completed before.
    var recordedEnd: Ending? { transcript?.ending }

    /// Completes the transcript of a job that has ended; how it ended, or why that is not known.
    func settled(_ verdict: RemoteJob.Verdict, _ notices: Notices) -> Outcome {
        if let transcript {
            JobTranscript(transcript, notices: notices).complete(over: connection, verdict)
        }
        if let outcome = Outcome(verdict) { return outcome }
        if verdict == .running {
            return Outcome(.transport, status: 255, reason: "the job is still running")
        }
        // Whoever has its transcript knows that there was one.
        return Outcome(
            transcript == nil ? .ccrun : .transport, status: transcript == nil ? 125 : 255,
            reason: "\(connection.host) has no job \(run) (any more); how it ended is not known")
    }

    /// Whether all of its output is in the transcript.
    var isRecorded: Bool { recordedEnd.map { $0.lost == 0 } ?? false }

    /// Writes the recorded output to stdout; what a reader that is gone or a full disk comes to.
    func showRecorded() throws(JobFailure) {
        var failure: CInt?
        do {
            try transcript?.recover { bytes, _ in
                if failure == nil {
                    failure = bytes.withUnsafeBytes {
                        DescriptorOutput.write($0, to: STDOUT_FILENO)
                    }
                }
            }
        } catch {
            throw JobFailure(outcome: Outcome(.ccrun, status: 125, reason: error.message))
        }
        guard let failure else { return }
        throw JobFailure(
            outcome: failure == EPIPE
                ? Outcome(.ccrun, status: 128 + SIGPIPE, signal: "PIPE")
                : Outcome(
                    .ccrun, status: 125,
                    reason: "cannot write the output (\(String(cString: strerror(failure))))"))
    }
}
