/// A transcript as one JSON object: who, where, when, steps, lines as a person has seen them, ending.
package struct JSONExport {
    private let transcript: Transcript

    package init(_ transcript: Transcript) {
        self.transcript = transcript
    }

    /// Gives the object to `write`, one line of output a line.
    package func write(_ write: ([UInt8]) throws -> Void) throws {
        let (head, tail) = try frame()
        try write(head)
        var isFirst = true
        try transcript.renderedLines { line in
            try write(Array(isFirst ? "\n".utf8 : ",\n".utf8) + JSONExport.object(line).bytes)
            isFirst = false
        }
        try write(tail)
    }

    /// The object as it would be without lines, cut in two where they belong.
    private func frame() throws(TranscriptError) -> (head: [UInt8], tail: [UInt8]) {
        let steps = try transcript.steps()
        var whole = JSONText.object { json in
            addHeader(to: &json)
            json.member("steps", steps) { step, json in
                json.member("name", step.name)
                if let host = step.host { json.member("host", host) }
                json.member("seconds", JSONExport.number(step.time))
            }
            addEnding(to: &json)
        }.bytes
        whole.removeLast()
        return (whole + Array(",\"lines\":[".utf8), Array("\n]}\n".utf8))
    }

    private func addHeader(to json: inout JSONText) {
        let header = transcript.header
        json.member("run", header.run.description)
        json.member("started", header.started.description)
        json.member("target", "\(header.app)/\(header.dep)")
        json.member("command", header.command)
        json.member("actor") { actor in
            actor.member("user", header.actorUser)
            actor.member("host", header.actorHost)
        }
        json.member("host") { host in
            host.member("name", header.targetHost)
            host.optional("address", header.targetAddress)
            host.optional("port", header.targetPort)
            host.optional("user", header.targetUser)
            host.optional("host_key", header.hostKeyFingerprint)
        }
        json.member("terminal", header.pseudoTerminal)
        json.member("columns", header.width)
        json.member("rows", header.height)
        json.member("redacted", header.redacted)
        json.member("seconds", JSONExport.number(transcript.lastTime ?? .zero))
        json.member("state", TranscriptSummary(transcript).verdict.rawValue)
    }

    private func addEnding(to json: inout JSONText) {
        guard let ending = transcript.ending else { return json.null("ending") }
        json.member("ending") { end in
            end.member("end", ending.end.rawValue)
            end.member("shell_status", ending.shellStatus)
            end.optional("status", ending.status)
            end.optional("signal", ending.signal)
            end.optional("reason", ending.reason)
            end.member("lost", ending.lost)
            end.member("steps", ending.steps) { step, json in
                json.member("name", step.name)
                json.member("host", step.host)
                json.member("status", step.status)
                json.member("seconds", JSONExport.number(.milliseconds(step.milliseconds)))
            }
        }
    }

    private static func object(_ line: RenderedLine) -> JSONText {
        JSONText.object { json in
            json.member("seconds", number(line.time))
            json.optional("step", line.step.map { $0 + 1 })
            json.optional("stream", line.stream.map { $0 == .standardError ? "stderr" : "stdout" })
            if line.kind == .gap { json.member("gap", true) }
            json.member("text", line.text)
        }
    }

    /// In seconds, exact to the millisecond.
    private static func number(_ duration: Duration) -> Double {
        (duration / .milliseconds(1)).rounded() / 1000
    }
}

extension JSONText {
    /// A member that is null where there is no value.
    mutating func optional(_ key: String, _ value: String?) {
        if let value { member(key, value) } else { null(key) }
    }

    mutating func optional(_ key: String, _ value: Int?) {
        if let value { member(key, value) } else { null(key) }
    }
}
