/// The lines of an exported page, in one part a step.
///
/// Of very many lines those in the middle are left out, and it says so.
struct PageLines {
    private let steps: [TranscriptStep]
    private var step: Int?
    private var isOpen = false
    private var hasLine = false
    private var head = 0
    private var tail: [RenderedLine] = []
    private var tailStart = 0
    private var omitted = 0
    private var number = 0

    init(_ steps: [TranscriptStep]) {
        self.steps = steps
    }

    /// Takes the next line; returns what can be written.
    mutating func add(_ line: RenderedLine) -> [String] {
        if head < HTMLExport.mostLines {
            head += 1
            return html(line)
        }
        if tail.count < HTMLExport.mostLines {
            tail.append(line)
        } else {
            tail[tailStart] = line
            tailStart = (tailStart + 1) % tail.count
            omitted += 1
        }
        return []
    }

    mutating func finish() -> [String] {
        var pieces: [String] = []
        if omitted > 0 {
            number += omitted
            pieces += part(of: tail[tailStart].step)
            pieces.append(
                "<div class=\"l gap\"><span>[\(omitted) lines are left out here]</span></div>\n")
        }
        for line in tail[tailStart...] + tail[..<tailStart] { pieces += html(line) }
        pieces += part(of: steps.isEmpty ? step : steps.count - 1)
        if !isOpen { pieces += open("<h2>Output</h2>") }
        return pieces + close()
    }

    private mutating func html(_ line: RenderedLine) -> [String] {
        let opening = part(of: line.step)
        number += 1
        hasLine = true
        let kind =
            line.kind == .gap ? " gap" : line.stream == .standardError ? " err" : ""
        return opening + [
            "<div class=\"l\(kind)\" id=\"L\(number)\" data-t=\"\(line.time.elapsed)\"><span>"
                + "\(Markup.html(line))</span></div>\n"
        ]
    }

    /// Opens the part of a step, and those before it that have no lines.
    private mutating func part(of wanted: Int?) -> [String] {
        var pieces: [String] = []
        if !isOpen && wanted == nil { pieces += open("<h2>Output</h2>") }
        while let wanted, (step ?? -1) < wanted, (step ?? -1) + 1 < steps.count {
            let next = (step ?? -1) + 1
            if isOpen { pieces += close() }
            step = next
            let name = Markup.escaped(steps[next].title)
            pieces += open(
                "<h2 id=\"step-\(next + 1)\">\(next + 1) \(name)</h2>"
                    + "<span class=\"time\">from \(steps[next].time.elapsed)</span>")
        }
        return pieces
    }

    private mutating func open(_ heading: String) -> [String] {
        isOpen = true
        hasLine = false
        return [
            "<section class=\"card\"><div class=\"head\">\(heading)</div>\n<div class=\"lines\">\n"
        ]
    }

    private mutating func close() -> [String] {
        isOpen = false
        return [(hasLine ? "" : "<div class=\"empty\">No output.</div>\n") + "</div></section>\n"]
    }
}
