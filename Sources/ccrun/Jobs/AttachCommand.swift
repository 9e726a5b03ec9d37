internal import ArgumentParser
internal import Deployments
internal import Runs

/// `ccrun attach [APP/DEP] ID`: a job as if it had been run here, from its first byte on.
struct AttachCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach", abstract: "Follow a detached job, and end as it does.",
        usage: "ccrun attach [options] [APP/DEP] ID",
        discussion: """
            Shows the output from its first byte on, and ends with the job's exit status: 128+n where \
            it died of signal n, 255 where it is lost. ^C leaves it running, and so does the end of \
            --timeout, which is status 124.

            Examples:
              ccrun attach last
              ccrun attach shop/staging 01M81QM37
            """)

    @OptionGroup var status: JobStatusOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var arguments: JobArguments

    func run() throws {
        try arguments.perform(common, connection, status) { job, session throws(JobFailure) in
            if job.isRecorded, let end = job.recordedEnd {
                try job.showRecorded()
                return Outcome(end)
            }
            return job.settled(
                try job.connection.show(job.run, follows: true, limit: status.timeout),
                session.notices)
        }
    }
}
