/// What the recorder adds to an ending when it writes the `z` line.
struct RecordedTotals {
    var received: [OutputStream: Int] = [:]
    var lost = 0
    /// Piped standard input: how much it was, and its SHA-256.
    var input: (byteCount: Int, sha256: String)?
    /// SHA-256 over every byte of the file before the `z` line, in hexadecimal.
    var sha256 = ""
    /// The ledger's head before this run's line; nil for the first, and where there is no ledger.
    var previousHead: String?
}

extension Ending {
    /// The data of the `z` event.
    func text(_ totals: RecordedTotals) -> String {
        JSONText.object { json in
            json.member("end", end.rawValue)
            if let status { json.member("status", status) } else { json.null("status") }
            if let signal { json.member("signal", signal) } else { json.null("signal") }
            if let reason { json.member("reason", reason) }
            if !steps.isEmpty {
                json.member("steps", steps) { step, json in
                    json.member("name", step.name)
                    json.member("host", step.host)
                    json.member("status", step.status)
                    json.member("ms", step.milliseconds)
                }
            }
            json.member("bytes") { bytes in
                for stream in OutputStream.allCases {
                    bytes.member(String(stream.rawValue), totals.received[stream, default: 0])
                }
            }
            json.member("lost", totals.lost)
            if let input = totals.input {
                json.member("stdin") { stdin in
                    stdin.member("bytes", input.byteCount)
                    stdin.member("sha256", input.sha256)
                }
            }
            json.member("sha256", totals.sha256)
            if let previous = totals.previousHead {
                json.member("prev", previous)
            } else {
                json.null("prev")
            }
        }.text
    }

    /// Reads the data of a `z` event; `shellStatus` is what the `x` before it said.
    init?(data: [UInt8], shellStatus: Int?) {
        guard let json = data.withUnsafeBytes({ JSONValue($0) }),
            let end = json["end"]?.string.flatMap({ End(rawValue: $0) })
        else { return nil }
        self.init(
            end, status: json["status"]?.integer, signal: json["signal"]?.string,
            reason: json["reason"]?.string, shellStatus: shellStatus)
        for stream in OutputStream.allCases {
            received[stream] = json["bytes"]?[String(stream.rawValue)]?.integer
        }
        lost = json["lost"]?.integer ?? 0
        steps = json["steps"]?.values?.compactMap(Step.init) ?? []
    }
}

extension Ending.Step {
    fileprivate init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let status = json["status"]?.integer else {
            return nil
        }
        self.init(
            name: name, host: json["host"]?.string ?? "", status: status,
            milliseconds: json["ms"]?.integer ?? 0)
    }
}
