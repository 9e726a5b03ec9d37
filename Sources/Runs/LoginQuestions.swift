internal import Deployments
internal import LocalTerminal

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Asks for passphrases, passwords and codes: on the terminal, or by the program of SSH_ASKPASS.
///
/// The choice is ssh's (ssh(1), ENVIRONMENT; readpass.c): the terminal where there is one, the program
/// where there is none and a display, `SSH_ASKPASS_REQUIRE` to decide otherwise.
struct LoginQuestions {
    /// No passphrase or code is longer, in bytes.
    private static let longestAnswer = 4096

    private let environment: [String: String]
    private let signals: SignalPipe

    init(environment: [String: String], signals: SignalPipe) {
        self.environment = environment
        self.signals = signals
    }

    /// Whether anybody can be asked.
    var canAsk: Bool {
        prefersProgram ? program != nil : TerminalQuestion.canAsk || allowedProgram != nil
    }

    /// A line; nil when none was given.
    func ask(_ prompt: String, echoes: Bool) -> [UInt8]? {
        if prefersProgram || !TerminalQuestion.canAsk {
            return allowedProgram.flatMap { answer(of: $0, to: prompt) }
        }
        let question = TerminalQuestion(prompt, echoes: echoes, signals: signals)
        guard case .line(let line) = question.ask() else { return nil }
        return line
    }

    // MARK: - SSH_ASKPASS

    private enum Requirement { case never, whereNeeded, prefer, force }

    private var requirement: Requirement {
        switch environment["SSH_ASKPASS_REQUIRE"]?.lowercased() {
        case "never": .never
        case "prefer": .prefer
        case "force": .force
        default: .whereNeeded
        }
    }

    private var hasDisplay: Bool {
        ["DISPLAY", "WAYLAND_DISPLAY"].contains { environment[$0]?.isEmpty == false }
    }

    private var prefersProgram: Bool {
        requirement == .force || requirement == .prefer && hasDisplay
    }

    private var allowedProgram: String? {
        switch requirement {
        case .never: nil
        case .force: program
        case .prefer, .whereNeeded: hasDisplay ? program : nil
        }
    }

    /// The program of SSH_ASKPASS, or what Debian and others have in its place.
    private var program: String? {
        let name = environment["SSH_ASKPASS"] ?? "/usr/bin/ssh-askpass"
        if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
        return CapturedProgram.find(name, environment: environment)
    }

    /// The first line that the program prints; nil when it ends with another status than 0, as a
    /// cancelled one does, or the user wants out meanwhile.
    private func answer(of program: String, to prompt: String) -> [UInt8]? {
        var terms = CapturedProgram.Terms(outputLimit: Self.longestAnswer, sharesErrors: true)
        terms.interrupt = signals.interruptDescriptor
        let answer = try? CapturedProgram.run(
            program, arguments: [prompt], environment: environment, terms: terms)
        guard let answer, answer.status == 0 else { return nil }
        return Array(answer.output.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
    }
}
