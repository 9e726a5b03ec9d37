internal import ArgumentParser
internal import Runs
internal import Transcripts

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `ccrun export ID`: a run in a form that others can read.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a run as html, svg, text, json or asciicast.",
        usage: "ccrun export [--format F] [-o FILE] ID",
        discussion: """
            cast     asciicast 2 for any player, without what is ccrun's own
            cast3    asciicast 3, with the exit status
            txt      the lines that a person has seen
            html     one page: lines, times, steps, and a player; needs no network
            svg      the screen at the end
            json     header, steps, lines and ending

            Examples:
              ccrun export -o incident.html last
              ccrun export --format txt 01M81QM37 | less
              ccrun export --format json last | jq .ending
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case cast
        case cast3
        case txt
        case html
        case svg
        case json
    }

    @Option(
        help: ArgumentHelp(
            "cast, cast3, txt, html, svg or json; by the file's name where there is one.",
            valueName: "format"))
    var format: Format?
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The file to write, readable for you alone; - is stdout.", valueName: "file"))
    var output: String?
    @Flag(help: "Replace the file if there is one.")
    var force = false
    @Argument(
        help: ArgumentHelp("The run: the beginning of its id, or \"last\".", valueName: "run"))
    var id: String

    func validate() throws {
        if format == nil && Self.format(of: output) == nil {
            throw ValidationError(
                output == nil || output == "-"
                    ? "which format? say --format html, or name a file: -o run.html"
                    : "the file's name tells no format: add --format")
        }
    }

    func run() throws {
        let notices = Notices(.normal)
        guard let format = format ?? Self.format(of: output) else { return }
        let transcript = try RecordedRun.open(id, notices)
        try RecordedRun.perform(notices) {
            do {
                guard let output, output != "-" else {
                    return try Self.write(transcript, format) { try ExportFile.writeToOutput($0) }
                }
                let file = try ExportFile(output, replacing: force)
                try Self.write(transcript, format) { try file.write($0) }
                try file.finish()
            } catch let failure as ExportFile.Failure {
                if failure.isClosedPipe { throw ExitStatus(value: 128 + SIGPIPE) }
                throw ExitStatus.misuse(failure.message, hint: failure.hint, notices)
            }
        }
        if transcript.state == .running {
            notices.note("the run is still going on: this is what there is so far")
        }
    }

    private static func write(
        _ transcript: Transcript, _ format: Format, _ write: ([UInt8]) throws -> Void
    ) throws {
        switch format {
        case .cast: try CastExport(transcript, .v2).write(write)
        case .cast3: try CastExport(transcript, .v3).write(write)
        case .html: try HTMLExport(transcript).write(write)
        case .json: try JSONExport(transcript).write(write)
        case .svg: try write(Array(try SVGExport(transcript).svg().utf8))
        case .txt: try transcript.renderedLines { try write(Array("\($0.text)\n".utf8)) }
        }
    }

    /// By what a file's name ends in; `htm` and `text` are known too.
    private static func format(of path: String?) -> Format? {
        guard let name = path?.split(separator: "/").last, name.contains("."),
            let ending = name.split(separator: ".").last?.lowercased()
        else { return nil }
        return ["htm": .html, "text": .txt][ending] ?? Format(rawValue: ending)
    }
}
