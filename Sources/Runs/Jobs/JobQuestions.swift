package import Deployments

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import SSH

/// What can be asked about jobs; each throws `JobFailure` when the host does not answer.
extension JobConnection {
    /// How long a question may take that waits for nothing.
    private static let patience = Duration.seconds(60)

    /// All jobs of the account, oldest first; those whose time is over are removed.
    package func list() throws(JobFailure) -> RemoteJob.Listing {
        let reply = try ask(RemoteJob.list, Terms(deadline: .after(Self.patience)))
        guard let listing = RemoteJob.Listing(parsing: reply.output) else {
            throw noAnswer(reply, about: "for its jobs")
        }
        return listing
    }

    /// Waits for the end of a job, no longer than `limit`.
    package func wait(
        for run: String, limit: Duration? = nil
    ) throws(JobFailure) -> RemoteJob.Verdict {
        var terms = Terms(keepsInput: true)
        terms.limit = limit
        terms.remark = "; the job goes on"
        let reply = try ask(try script { try RemoteJob.wait(run: run) }, terms)
        return try verdict(in: reply.output, reply, of: run)
    }

    /// Writes the output of a job to stdout, as far as it goes, or if it `follows` to the job's end,
    /// though no longer than `limit`.
    package func show(
        _ run: String, follows: Bool, limit: Duration? = nil
    ) throws(JobFailure) -> RemoteJob.Verdict {
        var terms = Terms(keepsInput: follows, output: OutputSink(STDOUT_FILENO))
        terms.limit = limit
        // What is shown is not kept.
        terms.observe = { _ in }
        terms.remark = "; the job goes on"
        return try output(of: run, follows: follows, terms)
    }

    /// Hands over the output of a job from its first byte on, as far as it goes.
    func read(
        _ run: String, _ body: @escaping (UnsafeRawBufferPointer) -> Void
    ) throws(JobFailure) -> RemoteJob.Verdict {
        try output(of: run, follows: false, Terms(observe: body))
    }

    /// Ends a job: TERM for its process group, KILL for what is left of it after `grace`.
    package func stop(_ run: String, grace: Duration) throws(JobFailure) -> RemoteJob.Stopped {
        var terms = Terms(deadline: .after(grace + Self.patience))
        terms.remark = "; the job may still be running"
        let reply = try ask(try script { try RemoteJob.stop(run: run, grace: grace) }, terms)
        guard let stopped = RemoteJob.Stopped(parsing: reply.output) else {
            throw noAnswer(reply, about: "to stop the job \(run)")
        }
        return stopped
    }

    // MARK: - Private

    private func output(
        of run: String, follows: Bool, _ terms: Terms
    ) throws(JobFailure) -> RemoteJob.Verdict {
        let reply = try ask(try script { try RemoteJob.output(run: run, follows: follows) }, terms)
        return try verdict(in: reply.errors, reply, of: run)
    }

    private func verdict(
        in bytes: [UInt8], _ reply: Reply, of run: String
    ) throws(JobFailure) -> RemoteJob.Verdict {
        guard let verdict = RemoteJob.Verdict(parsing: bytes) else {
            throw noAnswer(reply, about: "for the job \(run)")
        }
        return verdict
    }

    private func script(_ make: () throws -> String) throws(JobFailure) -> String {
        do {
            return try make()
        } catch {
            throw JobFailure(outcome: Outcome(.ccrun, status: 125, reason: "\(error)"))
        }
    }
}
