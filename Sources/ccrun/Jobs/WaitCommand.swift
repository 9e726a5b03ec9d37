internal import ArgumentParser
internal import Deployments
internal import Runs

/// `ccrun wait [APP/DEP] ID`: until a job has ended, and with its status.
struct WaitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait for a detached job, and end as it does.",
        usage: "ccrun wait [options] [APP/DEP] ID",
        discussion: """
            Ends with the job's exit status: 128+n where it died of signal n, 255 where it is lost. \
            ^C leaves it running, and so does the end of --timeout, which is status 124.

            Examples:
              ccrun wait last
              ccrun wait --timeout 15m last
              ccrun wait --status-file end.json shop/staging 01M81QM37
            """)

    @OptionGroup var status: JobStatusOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var arguments: JobArguments

    func run() throws {
        try arguments.perform(common, connection, status) { job, session throws(JobFailure) in
            if let end = job.recordedEnd { return Outcome(end) }
            return job.settled(
                try job.connection.wait(for: job.run, limit: status.timeout), session.notices)
        }
    }
}
