internal import ArgumentParser
internal import History
internal import LocalTerminal
internal import Runs
internal import Transcripts

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `ccrun show ID`: what a run has printed, as a person has seen it in the end.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what a run has printed.",
        usage: "ccrun show [options] ID",
        discussion: """
            Progress bars show their last state, editors and other full screens are left out. What is \
            longer than the screen goes through CCRUN_PAGER, PAGER or less.

            Examples:
              ccrun show last
              ccrun show --timestamps --streams 01M81QM37
              ccrun show --step migrate last | grep -i error
              ccrun show --raw last > dump.sql     # the very bytes of stdout
            """)

    enum ColourChoice: String, ExpressibleByArgument, CaseIterable {
        case auto
        case always
        case never
    }

    @Option(name: .customLong("color"), help: "Whether to show colours: auto, always or never.")
    var colour = ColourChoice.auto
    @Flag(help: "Mark what came from stderr.")
    var streams = false
    @Flag(help: "Begin each line with its time since the start.")
    var timestamps = false
    @Option(help: ArgumentHelp("Show one step only: its number or name.", valueName: "step"))
    var step: String?
    @Flag(help: "Write the very bytes, stdout's to stdout and stderr's to stderr.")
    var raw = false
    @Flag(name: .customLong("no-pager"), help: "Write to the terminal, however long it is.")
    var withoutPager = false
    @Argument(
        help: ArgumentHelp("The run: the beginning of its id, or \"last\".", valueName: "run"))
    var id: String

    func validate() throws {
        guard raw else { return }
        if step != nil { throw ValidationError("--raw knows no steps: it shows all bytes") }
        if streams || timestamps {
            throw ValidationError("--raw adds nothing: leave out --streams and --timestamps")
        }
    }

    func run() throws {
        let notices = Notices(.normal)
        let transcript = try RecordedRun.open(id, notices)
        try RecordedRun.perform(notices) {
            if raw { return try writeRaw(transcript, notices) }
            try show(transcript, notices)
        }
    }

    // MARK: - Lines

    private func show(_ transcript: Transcript, _ notices: Notices) throws {
        let steps = try step.map { try transcript.steps(named: $0) }
        let isTerminal = Terminal.standardOutput.isTerminal
        let environment = ProcessEnvironment.all
        let isColoured =
            switch colour {
            case .always: true
            case .never: false
            case .auto: isTerminal && Paint(environment).isColoured
            }
        let text = ShownText(
            isColoured: isColoured, marksStreams: streams, showsTimes: timestamps)
        let pager = isTerminal && !withoutPager ? Pager.command(environment) : nil
        var output = ShownOutput(
            pager: pager, size: Terminal.standardOutput.size, environment: environment)
        let hasFrame = isTerminal && Terminal.standardError.isTerminal
        let summary = TranscriptSummary(transcript)
        if hasFrame { output.frame(text.head(summary)) }
        do {
            try transcript.renderedLines { line in
                if let steps, !(line.step.map(steps.contains) ?? false) { return }
                try output.write(text.line(line))
            }
            if hasFrame { output.frame(text.end(summary)) }
            try output.finish()
        } catch let closed as ShownOutput.Closed {
            output.leave()
            // Who has left the pager has seen enough.
            if closed.errorNumber == EPIPE { return }
            throw PrintedOutput.failure(closed.errorNumber)
        }
        if !hasFrame && transcript.state == .running {
            notices.note("the run is still going on: this is what there is so far")
        }
    }

    // MARK: - Bytes

    private func writeRaw(_ transcript: Transcript, _ notices: Notices) throws {
        let terminals = [Terminal.standardOutput, .standardError].filter(\.isTerminal)
        // stderr on a terminal is fine as long as nothing was written to it.
        let hasErrors = (transcript.ending?.received[.standardError] ?? 1) > 0
        if terminals.contains(where: { $0.descriptor == STDOUT_FILENO })
            || !terminals.isEmpty && hasErrors && !transcript.header.pseudoTerminal
        {
            throw ExitStatus.misuse(
                "cannot show raw bytes on a terminal: what they would do there nobody knows",
                hint: "send them elsewhere: ccrun show --raw \(id) > out 2> err", notices)
        }
        var failure: CInt?
        try transcript.recover { bytes, stream in
            guard failure == nil else { return }
            let descriptor = stream == .standardOutput ? STDOUT_FILENO : STDERR_FILENO
            failure = bytes.withUnsafeBytes { DescriptorOutput.write($0, to: descriptor) }
        }
        if let failure {
            throw PrintedOutput.failure(failure)
        }
    }
}
