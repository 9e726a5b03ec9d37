internal import ArgumentParser
internal import Deployments
internal import History
internal import LocalTerminal
internal import Runs

/// `ccrun jobs [APP[/DEP]]`: the detached jobs that the hosts know of.
struct JobsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "List the detached jobs, newest first.",
        usage: "ccrun jobs [options] [APP[/DEP]]",
        discussion: """
            Asks every host of the deployment; without one, of all deployments that jobs were started \
            on from here. The transcripts of jobs that have ended meanwhile are completed. One that \
            was started from here and is on its host no more is "gone".

            Examples:
              ccrun jobs
              ccrun jobs shop/staging
              ccrun jobs --json shop | grep '"running"'
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var connection: ConnectionOptions
    @Flag(name: .customLong("json"), help: "Print one JSON object a line.")
    var printsJSON = false
    @Argument(help: ArgumentHelp("The deployment.", valueName: "app/dep"))
    var target: String?

    func run() throws {
        let name = try target.map { text throws(DeploymentsError) in
            try DeploymentName(parsing: text)
        }
        let session = try JobSession(common, connection)
        let survey = try JobSurvey(session, target: name)
        if printsJSON {
            for row in survey.rows { print(row.jsonLine) }
        } else if survey.rows.isEmpty {
            if survey.status == 0 {
                let place = name.map { " on \($0)" } ?? ""
                session.notices.note("there is no detached job\(place)")
            }
        } else {
            let table = JobRow.table(
                survey.rows, showsTargets: name == nil,
                width: Terminal.standardOutput.size?.columns)
            for line in table.lines { print(line) }
        }
        throw ExitStatus(value: survey.status)
    }
}
