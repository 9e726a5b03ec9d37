internal import Deployments
internal import LocalTerminal
internal import SSH
internal import Transcripts

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a command finds over there: each piece of its surroundings on its own, by the lines that a run
/// sends, with a command that does nothing.
struct RemoteExamination {
    /// How long one of the pieces may take.
    private static let patience = Duration.seconds(30)
    /// A clock that is further off makes the times of two logs hard to compare.
    private static let mostSkew = 2.0
    /// Some day in the year 5138, in seconds of Unix time; what is beyond is no clock's.
    private static let latest = 1e11

    private let deployment: Deployment
    private let host: HostAddress
    private let connection: Connection
    private let options: RunOptions
    private let notices: Notices
    private let signals: SignalPipe
    private let tell: (Finding) -> Void

    init(
        of deployment: Deployment, at host: HostAddress, over connection: Connection,
        options: RunOptions, notices: Notices, signals: SignalPipe,
        tell: @escaping (Finding) -> Void
    ) {
        self.deployment = deployment
        self.host = host
        self.connection = connection
        self.options = options
        self.notices = notices
        self.signals = signals
        self.tell = tell
    }

    /// Throws what breaks the connection off.
    func perform() throws(SSHError) {
        var bare = deployment
        bare.directory = nil
        bare.envFile = nil
        bare.before = nil
        bare.environment = []
        if try take(.through, deployment.through, on: bare) {
            bare.directory = deployment.directory
            if try take(.directory, deployment.directory, on: bare) {
                bare.envFile = deployment.envFile
                if try take(.envFile, deployment.envFile, on: bare) {
                    bare.before = deployment.before
                    _ = try take(.before, deployment.before, on: bare)
                }
            }
        }
        // What stands behind a failure is told first, in its place.
        for step in [Finding.Step.directory, .envFile, .before] where !told.steps.contains(step) {
            report(Finding(step, .untried))
        }
        try compareClocks()
    }

    // MARK: - Pieces

    private final class Told {
        var steps: Set<Finding.Step> = []
    }

    private let told = Told()

    private func report(_ finding: Finding) {
        told.steps.insert(finding.step)
        tell(finding)
    }

    /// Runs nothing in surroundings that end with this piece; false where that cannot be done.
    private func take(
        _ step: Finding.Step, _ value: String?, on deployment: Deployment
    ) throws(SSHError) -> Bool {
        guard let value else {
            report(Finding(step, .unset))
            return true
        }
        let (outcome, output, errors) = try run("pwd", on: deployment)
        guard outcome.origin == .remote, outcome.status == 0 else {
            if outcome.isInterrupt {
                throw SSHError(.interrupted, "cannot look at the \(step.rawValue)")
            }
            let words = errors ?? (output.isEmpty ? nil : output)
            let reason =
                outcome.reason ?? words.map { "\(outcome.explanation): \($0)" }
                ?? outcome.explanation
            report(
                Finding(
                    step, .failed, "\(RemoteLine.cleaned(value, limit: 200)): \(reason)",
                    hint: Self.hint(step), status: outcome.status))
            return false
        }
        let place = step == .directory && output != value && !output.isEmpty ? " is \(output)" : ""
        report(Finding(step, .passed, RemoteLine.cleaned(value, limit: 200) + place))
        return true
    }

    private static func hint(_ step: Finding.Step) -> String {
        switch step {
        case .through: "look at \"through\" in the inventory, and whether what it names is running"
        case .directory: "look at \"directory\" in the inventory"
        case .envFile: "look at \"env_file\" in the inventory"
        default: "look at \"before\" in the inventory; it runs ahead of every command"
        }
    }

    /// How a command ended, its first line of output and its last of errors.
    private func run(
        _ command: String, on deployment: Deployment
    ) throws(SSHError) -> (Outcome, output: String, errors: String?) {
        let planned: PlannedCommand
        do {
            planned = try PlannedCommand(
                .shell(command), on: deployment, at: host, run: "\(RunID())", environment: [],
                usesTerminal: false, term: "dumb", timeout: Self.patience, options: options,
                prompts: try PlannedPrompts(nil, options: options, isAttended: false))
        } catch {
            return (Outcome(.ccrun, status: 125, reason: error.message), "", nil)
        }
        var bytes: [Channel.Stream: [UInt8]] = [:]
        var streams = Execution.Streams()
        streams.observeOutput = { chunk, stream in
            bytes[stream, default: []] += chunk.prefix(4096 - min(4096, bytes[stream]?.count ?? 0))
        }
        let execution = try Execution(
            planned, on: connection, recorder: .silent, signals: signals, notices: notices)
        try execution.start()
        let outcome = execution.finish(streams)
        if outcome.origin == .transport, outcome.mayBeRunning {
            throw SSHError(.connectionLost, outcome.reason ?? "the connection was lost")
        }
        let lines = { (stream: Channel.Stream) in
            String(decoding: bytes[stream] ?? [], as: UTF8.self).split(whereSeparator: \.isNewline)
                .map { RemoteLine.cleaned($0, limit: 300) }
        }
        return (outcome, lines(.standardOutput).first ?? "", lines(.standardError).last)
    }

    // MARK: - The clock

    private func compareClocks() throws(SSHError) {
        guard
            let line = RemoteCommand.auxiliary(
                "date +%s.%N", on: deployment, insideContainer: false)
        else { return }
        let before = Self.now()
        let answer = try connection.answer(to: line, until: .after(Self.patience))
        let after = Self.now()
        guard answer.facts.exitStatus == 0, let (remote, inexactness) = Self.time(in: answer.output)
        else {
            return report(
                Finding(
                    .clock, .failed, "\"date\" does not tell the time over there",
                    hint: "check what the login shell of the account prints and runs", status: 255))
        }
        let skew = remote - (before + after) / 2
        let blur = (after - before) / 2 + inexactness
        report(Finding(.clock, .passed, Self.described(skew, within: blur)))
    }

    /// Reads what `date +%s.%N` prints: the time, and how far off that may be; nil for no time of ours.
    static func time(in output: [UInt8]) -> (seconds: Double, inexactness: Double)? {
        let words = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let digits = words.first?.prefix { "0123456789.".contains($0) } ?? ""
        guard let seconds = Double(digits), seconds < latest else { return nil }
        // Without fractions, which not every date(1) has, it was half a second later on average.
        let isWhole = !digits.contains(".") || digits.hasSuffix(".")
        return isWhole ? (seconds + 0.5, 0.5) : (seconds, 0)
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// `2.1 s ahead of this one`.
    static func described(_ skew: Double, within blur: Double) -> String {
        let size = abs(skew)
        if size <= max(blur, 0.1) { return "as here" }
        let amount = size < 60 ? tenths(size) + " s" : "\(Int(size / 60)) min"
        let text = "\(amount) \(skew > 0 ? "ahead of" : "behind") this one"
        return size > mostSkew ? text + "; the times of its logs are off by that" : text
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
