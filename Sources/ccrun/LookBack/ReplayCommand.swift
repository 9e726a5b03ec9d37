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
        usage: "ccrun replay [options] ID",
        discussion: """
            On a terminal, keys are obeyed: space pauses, "." shows the next output while it is \
            paused, "]" goes to the next step, "<" and ">" change the speed, "q" leaves. A \
            recording that is larger than the window is cut to it.

            Examples:
              ccrun replay last
              ccrun replay --speed 4 --idle-limit 1s 01M81QM37
              ccrun replay --from-step migrate last
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
    @Option(help: ArgumentHelp("Show one step only: its number or name.", valueName: "step"))
    var step: String?
    @Option(
        name: .customLong("from-step"),
        help: ArgumentHelp("Begin with a step: its number or name.", valueName: "step"))
    var firstStep: String?
    @Argument(
        help: ArgumentHelp("The run: the beginning of its id, or \"last\".", valueName: "run"))
    var id: String

    func validate() throws {
        guard speed > 0, speed.isFinite else {
            throw ValidationError("--speed is a number greater than 0")
        }
        if step != nil && firstStep != nil {
            throw ValidationError("--step and --from-step exclude each other")
        }
    }

    func run() throws {
        let notices = Notices(.normal)
        let signals = try SignalPipe.ofThisProcess(notices)
        let transcript = try RecordedRun.open(id, notices)
        try RecordedRun.perform(notices) {
            var player = Player()
            player.speed = speed
            player.idleLimit = idleLimit
            player.instant = instant
            player.steps = try step.map { try transcript.steps(named: $0) }
            player.firstStep = try firstStep.flatMap { try transcript.steps(named: $0).min() }
            player.interrupt = signals.interruptDescriptor
            // The terminal is given back before anything is said.
            let end = try Self.watch(&player, transcript, ReplayTerminal(signals))
            guard end == .interrupted else { return }
            // Typed in raw mode, ^C is no signal.
            throw ExitStatus(value: 128 + (signals.interrupt() ?? 2))
        }
    }

    private static func watch(
        _ player: inout Player, _ transcript: Transcript, _ terminal: ReplayTerminal?
    ) throws -> Player.End {
        defer { terminal?.leave() }
        player.console = terminal?.console
        return try player.play(transcript, to: Terminal.standardOutput.descriptor)
    }
}
