/// One line of a transcript as a person would have read it.
package struct RenderedLine: Sendable, Equatable {
    /// What a line is about.
    package enum Kind: Sendable, Equatable {
        case output
        /// Output is missing here; the text says how much of it, and why.
        case gap
    }

    /// Some bytes of the text, and how they look.
    package struct Run: Sendable, Equatable {
        package var style: TextStyle
        /// How many bytes of the text in UTF-8 these are.
        package var length: Int

        package init(style: TextStyle, length: Int) {
            self.style = style
            self.length = length
        }
    }

    package var kind = Kind.output

    /// The text without controls, and without blanks at its end that nobody could have seen.
    package var text: String

    /// When the line got what it shows last, since the start of the run.
    package var time: Duration

    /// Which of the transcript's markers it comes after, 0 for the first; nil before all of them.
    package var step: Int?

    /// Where it came from, stderr if any of it did; nil on a terminal, which has but one stream.
    package var stream: OutputStream?

    /// How the text looks, from its beginning to its end; empty where nothing is special.
    package var runs: [Run]

    package init(
        kind: Kind = .output, text: String, time: Duration, step: Int? = nil,
        stream: OutputStream? = nil, runs: [Run] = []
    ) {
        self.kind = kind
        self.text = text
        self.time = time
        self.step = step
        self.stream = stream
        self.runs = runs
    }
}
