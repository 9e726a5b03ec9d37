internal import ArgumentParser
internal import Deployments
internal import History
internal import LocalTerminal
internal import Runs
internal import Transcripts

/// `ccrun replay ID`: shows a run again, in its own time.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Show a run again, in its own time.",
        usage: "ccrun replay [--speed N] [--idle-limit D] [--instant] ID",
        discussion: """
            Examples:
              ccrun replay last
              ccrun replay --speed 4 --idle-limit 1s 01M81QM37
              ccrun replay --instant last | less -R
            """)

    @Option(help: ArgumentHelp("How many times as fast as it was.", valueName: "number"))
    var speed = 1.0
    @Option(
        name: .customLong("idle-limit"),
        help: ArgumentHelp("The longest pause to keep: 2s, 500ms.", valueName: "duration"),
        transform: DurationText.parse)
    var idleLimit: Duration?
    @Flag(help: "Show all of it at once.")
    var instant = false
    @Argument(
        help: ArgumentHelp("The run: the beginning of its id, or \"last\".", valueName: "run"))
    var id: String

    func validate() throws {
        guard speed > 0, speed.isFinite else {
            throw ValidationError("--speed is a number greater than 0")
        }
    }

    func run() throws {
        let notices = Notices(.normal)
        let signals = SignalPipe()
        do {
            let store = HistoryStore(
                stateFolder: StateFolder.resolve(environment: ProcessEnvironment.all))
            let transcript = try Transcript.open(try store.find(id).path)
            var player = Player()
            player.speed = speed
            player.idleLimit = idleLimit
            player.instant = instant
            player.interrupt = signals?.interruptDescriptor
            let end = try player.play(transcript, to: Terminal.standardOutput.descriptor)
            if end == .interrupted, let number = signals?.interrupt() {
                throw ExitStatus(value: 128 + number)
            }
        } catch let error as HistoryError {
            notices.error(error.message, hint: error.hint)
            throw ExitStatus(value: CCRun.misuse)
        } catch let error as TranscriptError {
            notices.error(error.message)
            throw ExitStatus(value: CCRun.misuse)
        }
    }
}
