internal import Crypto

/// A transcript as one page that needs nothing else: readable without scripts, with a player on top.
///
/// Its Content-Security-Policy names its own style and script by their hashes and forbids all else, so
/// that nothing in a transcript could load or run anything even if it got past the escaping.
package struct HTMLExport {
    /// Of longer transcripts, this many lines of the beginning and as many of the end are shown.
    static let mostLines = 25_000

    private let transcript: Transcript
    private let summary: TranscriptSummary

    package init(_ transcript: Transcript) {
        self.transcript = transcript
        summary = TranscriptSummary(transcript)
    }

    /// Gives the page to `write`, piece by piece.
    package func write(_ write: ([UInt8]) throws -> Void) throws {
        let steps = try transcript.steps()
        try write(Array((head + opening + stepTable(steps) + player(steps)).utf8))
        var lines = PageLines(steps)
        try transcript.renderedLines { line in
            for piece in lines.add(line) { try write(Array(piece.utf8)) }
        }
        for piece in lines.finish() { try write(Array(piece.utf8)) }
        try write(Array(footer.utf8))
        try write(Array("<script type=\"application/json\" id=\"data\">".utf8))
        try write(Markup.scriptData(try data(steps)))
        try write(
            Array("</script>\n<script>\(PageScript.javaScript)</script>\n</body>\n</html>\n".utf8))
    }

    // MARK: - Parts

    private var head: String {
        let title = Markup.escaped("\(summary.title) · \(summary.outcome)")
        let policy =
            "default-src 'none'; style-src '\(HTMLExport.hash(PageStyle.css))'; "
            + "script-src '\(HTMLExport.hash(PageScript.javaScript))'; base-uri 'none'; "
            + "form-action 'none'"
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer">
            <title>\(title)</title>
            <style>\(PageStyle.css)</style>
            </head>

            """
    }

    private var opening: String {
        let header = transcript.header
        let place = Markup.escaped("\(header.app)/\(header.dep)")
        var facts = [
            ("Run by", summary.actor), ("On", summary.target),
            ("Started", HTMLExport.universal(header.started)), ("Took", summary.duration),
        ]
        if let address = header.targetAddress, address != header.targetHost {
            facts.append(("Address", address))
        }
        if let key = header.hostKeyFingerprint { facts.append(("Host key", key)) }
        if !header.redacted.isEmpty {
            facts.append(("Left out", header.redacted.joined(separator: ", ")))
        }
        facts.append(("Run", header.run.description))
        let list = facts.map { name, value in
            let text = Markup.escaped(value)
            let isCode = name == "Host key" || name == "Run"
            return "<div><dt>\(name)</dt><dd>\(isCode ? "<code>\(text)</code>" : text)</dd></div>"
        }.joined(separator: "\n")
        let loss = summary.loss.map { "<p class=\"note\" role=\"note\">\($0).</p>\n" } ?? ""
        return """
            <body>
            <main>
            <header>
            <h1><span class="dep">\(place)</span> <code>\(Markup.escaped(summary.command))</code></h1>
            <span class="badge \(summary.verdict.rawValue)">\(Markup.escaped(summary.outcome))</span>
            </header>
            <dl>
            \(list)
            </dl>
            \(loss)
            """
    }

    /// How the steps ended, where the end tells; else that they began.
    private func stepTable(_ steps: [TranscriptStep]) -> String {
        let ended = transcript.ending?.steps ?? []
        guard !ended.isEmpty else { return "" }
        let rows = ended.map { step in
            let mark = step.status == 0 ? "ok" : "no"
            let place = steps.firstIndex { $0.isStep(step) }
            let name = Markup.escaped(step.name)
            let link = place.map { "<a href=\"#step-\($0 + 1)\">\(name)</a>" } ?? name
            return "<tr><td>\(link)</td><td>\(Markup.escaped(step.host))</td>"
                + "<td class=\"n \(mark)\">\(step.status)</td>"
                + "<td class=\"n\">\(Duration.milliseconds(step.milliseconds).short)</td></tr>"
        }
        return """
            <section class="card" aria-label="Steps">
            <table class="steps">
            <thead><tr><th scope="col">Step</th><th scope="col">Host</th>
            <th scope="col" class="n">Status</th><th scope="col" class="n">Time</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table>
            </section>

            """
    }

    private func player(_ steps: [TranscriptStep]) -> String {
        let speeds = ["0.5", "1", "2", "4", "8", "16", "64"].map { speed in
            "<option value=\"\(speed)\"\(speed == "1" ? " selected" : "")>\(speed)×</option>"
        }
        let choices = steps.enumerated().map { index, step in
            "<option value=\"\(index + 1)\">\(index + 1) \(Markup.escaped(step.title))</option>"
        }
        let chooser =
            steps.isEmpty
            ? ""
            : "<select id=\"step\" aria-label=\"Step\"><option value=\"0\">beginning</option>"
                + "\(choices.joined())</select>\n"
        return """
            <section class="card player" aria-label="Player">
            <div id="screen" role="img" aria-label="The terminal at this moment" tabindex="0"></div>
            <div class="bar">
            <button type="button" id="play">Play</button>
            <input type="range" id="seek" min="0" max="1" step="1" value="0" aria-label="Position">
            <span id="clock"></span>
            \(chooser)<select id="speed" aria-label="Speed">\(speeds.joined())</select>
            </div>
            <p class="keys"><kbd>space</kbd> plays, <kbd>←</kbd> <kbd>→</kbd> 5 seconds,
            <kbd>[</kbd> <kbd>]</kbd> steps, <kbd>&lt;</kbd> <kbd>&gt;</kbd> speed</p>
            </section>

            """
    }

    private var footer: String {
        """
        <footer>Exported by ccrun from the transcript of run \(transcript.header.run). Times are since \
        the start of the run.</footer>
        </main>

        """
    }

    private func data(_ steps: [TranscriptStep]) throws -> [UInt8] {
        let frames = try PlayerFrames(transcript)
        return JSONText.object { json in
            json.raw("steps", steps.map { String(Int($0.time / .milliseconds(1))) })
            frames.add(to: &json)
        }.bytes
    }

    /// By no reader's clock: `2026-11-22 08:00:00 UTC`.
    private static func universal(_ moment: Timestamp) -> String {
        moment.description.prefix(19).replacing("T", with: " ") + " UTC"
    }

    private static func hash(_ text: String) -> String {
        let digest = Array(SHA256.hash(data: Array(text.utf8)))
        return "sha256-" + String(decoding: Base64.encoded(digest), as: UTF8.self)
    }
}
