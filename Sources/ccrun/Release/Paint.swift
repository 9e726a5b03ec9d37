/// Colours, where the terminal and the user want them.
struct Paint {
    let isColoured: Bool

    /// NO_COLOR, when it is set and not empty, turns colours off (no-color.org), as a dumb terminal does.
    init(_ environment: [String: String]) {
        isColoured = environment["NO_COLOR"]?.isEmpty != false && environment["TERM"] != "dumb"
    }

    /// Nothing is coloured.
    static let none = Paint(["TERM": "dumb"])

    func good(_ text: String) -> String { painted(text, "32") }
    func bad(_ text: String) -> String { painted(text, "31") }
    func warning(_ text: String) -> String { painted(text, "33") }
    func faint(_ text: String) -> String { painted(text, "2") }
    func match(_ text: String) -> String { painted(text, "1;31") }

    private func painted(_ text: String, _ code: String) -> String {
        isColoured && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}
