internal import Foundation
internal import History
internal import Transcripts

/// Hits for programs: one JSON object a line.
struct SearchRows: SearchOutput {
    /// A hit as `ccrun search --json` tells of it.
    private struct Row: Encodable {
        let run: String
        let started: Timestamp
        let target: String
        let command: String
        let state: String
        @Nullable var status: Int?
        let transcript: String
        /// `command`, `output` or `gap`.
        let kind: String
        let text: String
        /// Where the matches are in the text: first code point, and how many.
        let matches: [[Int]]
        let seconds: Double
        @Nullable var step: Int?
        @Nullable var stepName: String?
        /// `stdout` or `stderr`; null on a terminal, which has but one stream.
        @Nullable var stream: String?
        let before: [String]
        let after: [String]

        init(_ hit: SearchHit) {
            let row = HistoryRow(hit.entry)
            (run, started, target) = (row.run, row.started, row.target)
            (command, state, transcript) = (row.command, row.state, row.transcript)
            status = row.status
            kind = SearchRows.word(hit.kind)
            text = hit.text
            matches = SearchRows.places(of: hit)
            seconds = (hit.time / .milliseconds(1)).rounded() / 1000
            (before, after) = (hit.before, hit.after)
            step = hit.step?.number
            stepName = hit.step?.name
            stream = hit.stream.map(SearchRows.word)
        }

        private enum CodingKeys: String, CodingKey {
            case run, started, target, command, state, status, transcript
            case kind, text, matches, seconds, step, stream, before, after
            case stepName = "step_name"
        }
    }

    mutating func show(_ hits: [SearchHit]) {
        for hit in hits { print(Row(hit).jsonLine) }
        PrintedOutput.flush()
    }

    private static func word(_ kind: SearchHit.Kind) -> String {
        switch kind {
        case .command: "command"
        case .output: "output"
        case .gap: "gap"
        }
    }

    private static func word(_ stream: Transcripts.OutputStream) -> String {
        switch stream {
        case .standardOutput: "stdout"
        case .standardError: "stderr"
        }
    }

    private static func places(of hit: SearchHit) -> [[Int]] {
        let bytes = Array(hit.text.utf8)
        return hit.matches.filter { $0.upperBound <= bytes.count }.map { match in
            let before = String(decoding: bytes[..<match.lowerBound], as: UTF8.self)
            let text = String(decoding: bytes[match], as: UTF8.self)
            return [before.unicodeScalars.count, text.unicodeScalars.count]
        }
    }
}
