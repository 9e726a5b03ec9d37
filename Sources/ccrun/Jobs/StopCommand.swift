internal import ArgumentParser
internal import Deployments
internal import Runs

/// `ccrun stop [APP/DEP] ID`: TERM for a job, and KILL for what is left of it after a while.
struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "End a detached job.",
        usage: "ccrun stop [options] [--grace D] [APP/DEP] ID",
        discussion: """
            Sends TERM to the job's process group, and KILL to what is left of it after the grace \
            period. The status is 0 once the job has ended, also if it had before.

            Examples:
              ccrun stop last
              ccrun stop --grace 2m shop/staging 01M81QM37
            """)

    @Option(
        name: .customLong("grace"),
        help: ArgumentHelp(
            "How long the job has before it is killed (10s).", valueName: "duration"))
    var grace: String?
    @OptionGroup var common: CommonOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var arguments: JobArguments

    func run() throws {
        let grace = try ConnectionOptions.duration(grace) ?? RunOptions().grace
        try arguments.perform(common, connection) { job, session throws(JobFailure) in
            if job.recordedEnd != nil {
                session.notices.note("the job \(job.run) had ended before")
                return Outcome(.remote, status: 0)
            }
            let stopped = try job.connection.stop(job.run, grace: grace)
            return Self.outcome(of: stopped, job, session.notices)
        }
    }

    private static func outcome(
        of stopped: RemoteJob.Stopped, _ job: JobLookup.Found, _ notices: Notices
    ) -> Outcome {
        if stopped.verdict == .running {
            return Outcome(
                .ccrun, status: 125, reason: "the job \(job.run) could not be ended and still runs")
        }
        let end = job.settled(stopped.verdict, notices)
        guard end.origin == .remote || end.origin == .signal else { return end }
        switch stopped.means {
        case .already, .none: notices.note("the job \(job.run) had ended before")
        case .term, .kill:
            notices.note("the job \(job.run) was ended by \(stopped.means.rawValue)")
        }
        return Outcome(.remote, status: 0)
    }
}
