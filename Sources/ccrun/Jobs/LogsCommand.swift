internal import ArgumentParser
internal import Deployments
internal import Runs

/// `ccrun logs [-f] [APP/DEP] ID`: what a job has written.
struct LogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show what a detached job has written.",
        usage: "ccrun logs [options] [-f] [APP/DEP] ID",
        discussion: """
            The output is shown from its first byte on, stdout and stderr as one. The status is 0, \
            whatever the job's is, and 255 where the job is lost.

            Examples:
              ccrun logs last
              ccrun logs -f 01M81QM37              # until the job has ended, or ^C
              ccrun logs shop/staging 01M81QM37 > job.log
            """)

    @Flag(name: [.customShort("f"), .customLong("follow")], help: "Go on until the job has ended.")
    var follows = false
    @OptionGroup var common: CommonOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var arguments: JobArguments

    func run() throws {
        try arguments.perform(common, connection) { job, session throws(JobFailure) in
            if job.isRecorded, let end = job.recordedEnd {
                try job.showRecorded()
                return Self.shown(Outcome(end))
            }
            let verdict = try job.connection.show(job.run, follows: follows)
            if verdict == .running { return Outcome(.remote, status: 0) }
            return Self.shown(job.settled(verdict, session.notices))
        }
    }

    /// All was shown; how the job ended is no failure of that.
    private static func shown(_ end: Outcome) -> Outcome {
        end.origin == .remote || end.origin == .signal ? Outcome(.remote, status: 0) : end
    }
}
