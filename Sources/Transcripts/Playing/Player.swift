/// Plays the output of a transcript at the pace it was recorded at.
package struct Player {
    package enum End: Sendable, Equatable {
        case finished
        /// There was something to read on the interrupt descriptor, or ^C was typed.
        case interrupted
        /// Whoever watches has seen enough.
        case left
        /// Whoever read the output has gone.
        case outputClosed
    }

    /// How many times as fast as it was; 2 is double speed.
    package var speed = 1.0

    /// The longest that a pause is made to last, before `speed` is applied; nil for all of it.
    package var idleLimit: Duration?

    /// All at once, without any pause.
    package var instant = false

    /// The steps to play, by their place among the markers; nil plays everything.
    package var steps: Set<Int>?

    /// The step to begin with; what comes before it is passed over.
    package var firstStep: Int?

    /// A descriptor that stops the playing as soon as it can be read from; it is not read.
    package var interrupt: Int32?

    /// The terminal whose keys are obeyed; nil plays without any.
    package var console: PlayerConsole?

    package init() {}

    /// Plays to a descriptor, terminal or not, and undoes there what the output left changed.
    package func play(_ transcript: Transcript, to output: Int32) throws -> End {
        var playback = Playback(self, stage: try stage(for: transcript), to: output)
        return try playback.play(try transcript.events())
    }

    /// As it is, or cut to the window where that is smaller than the one that was recorded.
    private func stage(for transcript: Transcript) throws -> PlayerStage {
        guard transcript.header.pseudoTerminal, let size = console?.size() else {
            return .direct(TerminalFilter())
        }
        var (columns, rows) = (transcript.header.width, transcript.header.height)
        for event in try transcript.events() where event.code == .resize {
            let numbers = event.text.split(separator: "x").compactMap { Int($0) }
            if numbers.count == 2 {
                (columns, rows) = (max(columns, numbers[0]), max(rows, numbers[1]))
            }
        }
        if size.columns >= columns && size.rows >= rows { return .direct(TerminalFilter()) }
        return .fitted(try FittedStage(transcript.header, window: size))
    }
}

/// The terminal that a replay is watched on, in raw mode.
package struct PlayerConsole {
    /// What a signal has changed.
    package enum Change {
        case nothing
        /// Somebody wants the process stopped.
        case suspension
        /// The window has another size, or the terminal is ours again.
        case appearance
    }

    /// Where keys are read from.
    package var keys: Int32
    /// Readable when there is a change.
    package var changes: Int32
    /// Takes note of the changes since the last call.
    package var change: () -> Change
    /// Gives the terminal back, stops the process, and takes the terminal again.
    package var suspend: () -> Void
    /// The window's size; nil where it is not known.
    package var size: () -> (columns: Int, rows: Int)?

    package init(
        keys: Int32, changes: Int32, change: @escaping () -> Change,
        suspend: @escaping () -> Void, size: @escaping () -> (columns: Int, rows: Int)?
    ) {
        self.keys = keys
        self.changes = changes
        self.change = change
        self.suspend = suspend
        self.size = size
    }
}
