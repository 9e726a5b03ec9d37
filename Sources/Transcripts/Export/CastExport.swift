/// A transcript as a recording that every player knows, without what is ours.
///
/// Kept are output, input where it was recorded, resizes and markers; a gap becomes a marker that
/// tells of it. Streams, exact bytes, the header's `ccrun` and the ending are dropped: who wants those
/// copies the transcript itself, which is an asciicast as well.
package struct CastExport {
    package enum Version: Sendable {
        case v2
        /// With intervals instead of times, and the exit status (https://docs.asciinema.org/manual/asciicast/v3/).
        case v3
    }

    private let transcript: Transcript
    private let version: Version

    package init(_ transcript: Transcript, _ version: Version) {
        self.transcript = transcript
        self.version = version
    }

    /// Gives the file to `write`, a line at a time.
    package func write(_ write: ([UInt8]) throws -> Void) throws {
        try write(header + [0x0a])
        var last = Duration.zero
        for event in try transcript.events() {
            guard let (code, data) = exported(event) else { continue }
            let time = max(event.time, last)
            let shown = version == .v2 ? time : time - last
            last = time
            var line = Array("[\(CastExport.seconds(shown)),\"\(code)\",\"".utf8)
            data.withUnsafeBytes { bytes in
                line += [UInt8](
                    unsafeUninitializedCapacity: bytes.count * JSONEscape.expansion
                        + JSONEscape.slack
                ) { room, count in
                    guard let target = room.baseAddress else { return }
                    count = JSONEscape.escape(
                        bytes, JSONEscape.Rules(repairs: true), into: target)
                }
            }
            try write(line + Array("\"]\n".utf8))
        }
    }

    private var header: [UInt8] {
        let header = transcript.header
        return JSONText.object { json in
            if version == .v2 {
                json.member("version", 2)
                json.member("width", header.width)
                json.member("height", header.height)
            } else {
                json.member("version", 3)
                json.member("term") { term in
                    term.member("cols", header.width)
                    term.member("rows", header.height)
                    if let type = header.term { term.member("type", type) }
                }
            }
            json.member("timestamp", header.started.seconds)
            json.member("title", header.title)
            if !header.command.isEmpty { json.member("command", header.command) }
            if version == .v2, let term = header.term {
                json.member("env") { $0.member("TERM", term) }
            }
        }.bytes
    }

    private func exported(_ event: Event) -> (code: String, data: [UInt8])? {
        switch event.code {
        case .output: ("o", event.data)
        case .input: ("i", event.data)
        case .resize: ("r", event.data)
        case .marker: ("m", event.data)
        case .gap: ("m", Array(Gap(data: event.data).text.utf8))
        case .status where version == .v3: ("x", event.data)
        case .status, .stream, .bytes, .ending: nil
        }
    }

    /// Seconds with microseconds, as every reader takes them.
    private static func seconds(_ duration: Duration) -> String {
        let micros = Int64(duration / .microseconds(1))
        let fraction = String(micros % 1_000_000)
        let zeros = String(repeating: "0", count: 6 - fraction.utf8.count)
        return "\(micros / 1_000_000).\(zeros)\(fraction)"
    }
}
