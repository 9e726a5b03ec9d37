#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// One playing of a transcript, with what its watcher has asked for so far.
struct Playback: ~Copyable {
    private let player: Player
    private let output: Int32
    private var stage: PlayerStage
    private var text: [UInt8] = []

    private var speed: Double
    private var due = ContinuousClock.now
    private var last = Duration.zero
    private var step: Int?
    private var isPaused = false
    /// Whether all is shown at once until the next marker.
    private var isJumping = false
    /// Whether one more event is shown while it is paused.
    private var takesOne = false
    private var keys: Int32?

    init(_ player: Player, stage: consuming PlayerStage, to output: Int32) {
        self.player = player
        self.output = output
        self.stage = stage
        speed = max(player.speed, 0.001)
        keys = player.console?.keys
    }

    mutating func play(_ events: EventReader) throws -> Player.End {
        let end = try playAll(events)
        if end == .outputClosed { return end }
        text = stage.undoing
        _ = try write(isInterruptible: false)
        return end
    }

    private mutating func playAll(_ events: EventReader) throws -> Player.End {
        for event in events {
            if event.code == .marker {
                step = step.map { $0 + 1 } ?? 0
                isJumping = false
            }
            guard isWanted else {
                last = max(last, event.time)
                continue
            }
            if event.code == .output, !player.instant {
                if let end = try wait(for: event.time) { return end }
            }
            try stage.show(event, into: &text)
            if text.count >= 32 * 1024, let end = try write() { return end }
        }
        stage.paint(into: &text)
        return try write() ?? .finished
    }

    /// Whether the step that is going on is to be played.
    private var isWanted: Bool {
        if let first = player.firstStep, (step ?? -1) < first { return false }
        guard let steps = player.steps else { return true }
        return step.map(steps.contains) ?? false
    }

    // MARK: - Time

    /// Waits until the moment of an event; what has ended the playing, or nil.
    private mutating func wait(for time: Duration) throws -> Player.End? {
        let recorded = max(.zero, time - last)
        last = max(last, time)
        due += min(recorded, player.idleLimit ?? recorded) / speed
        if isJumping { due = .now }
        guard due > .now || isPaused || keys != nil else { return nil }
        if due > .now || isPaused {
            stage.paint(into: &text)
            if let end = try write() { return end }
        }
        repeat {
            if let end = try look() { return end }
        } while !isJumping && !takesOne && (isPaused || due > .now)
        takesOne = false
        return nil
    }

    /// Waits for a key, a signal or the time that is due, whichever comes first.
    private mutating func look() throws -> Player.End? {
        var watched = [
            pollfd(fd: player.interrupt ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: keys ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: player.console?.changes ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        let rest = max(.zero, due - .now)
        let limit = Int32(min(rest / .milliseconds(1), 60_000).rounded(.up))
        guard poll(&watched, 3, isPaused ? -1 : limit) > 0 else { return nil }
        if watched[0].revents != 0 { return .interrupted }
        if watched[2].revents != 0 { try noteChange() }
        if watched[1].revents != 0 { return try obeyKeys() }
        return nil
    }

    // MARK: - The watcher

    private mutating func obeyKeys() throws -> Player.End? {
        guard let keys else { return nil }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = bytes.withUnsafeMutableBytes { readOnce(keys, into: $0) }
        if count == 0 {
            self.keys = nil
            isPaused = false
        }
        for key in bytes.prefix(count) {
            if let end = try obey(key) { return end }
        }
        return nil
    }

    private mutating func obey(_ key: UInt8) throws -> Player.End? {
        switch key {
        case UInt8(ascii: "q"): return .left
        case 0x03: return .interrupted
        case 0x1a: try suspend()
        case UInt8(ascii: " "):
            isPaused.toggle()
            if !isPaused { due = .now }
        case UInt8(ascii: "."): takesOne = isPaused
        case UInt8(ascii: "]"): isJumping = true
        case UInt8(ascii: ">"): change(speed: speed * 2)
        case UInt8(ascii: "<"): change(speed: speed / 2)
        default: break
        }
        return nil
    }

    /// What is left of the pause takes the new speed as well.
    private mutating func change(speed wanted: Double) {
        let now = ContinuousClock.now
        let wanted = min(max(wanted, 1.0 / 16), 1024)
        if due > now { due = now + (due - now) * (speed / wanted) }
        speed = wanted
    }

    private mutating func noteChange() throws {
        switch player.console?.change() {
        case .suspension: try suspend()
        case .appearance: try repaint()
        case .nothing, nil: break
        }
    }

    private mutating func suspend() throws {
        guard let console = player.console else { return }
        let rest = due - .now
        text += stage.undoing
        _ = try write(isInterruptible: false)
        console.suspend()
        due = .now + rest
        try repaint()
    }

    private mutating func repaint() throws {
        stage.repaint(player.console?.size())
        stage.paint(into: &text)
        _ = try write(isInterruptible: false)
    }

    // MARK: - Output

    /// Writes all the text and empties it; nil when that went well.
    private mutating func write(isInterruptible: Bool = true) throws(TranscriptError) -> Player.End?
    {
        defer { text.removeAll(keepingCapacity: true) }
        var written = 0
        while written < text.count {
            var watched = [
                pollfd(fd: output, events: Int16(POLLOUT), revents: 0),
                pollfd(
                    fd: isInterruptible ? player.interrupt ?? -1 : -1, events: Int16(POLLIN),
                    revents: 0),
            ]
            guard poll(&watched, 2, -1) > 0 else { continue }
            if watched[1].revents != 0 { return .interrupted }
            let result = text.withUnsafeBytes { bytes in
                writeOnce(output, UnsafeRawBufferPointer(rebasing: bytes[written...].prefix(4096)))
            }
            if result >= 0 {
                written += result
            } else if errno == EPIPE {
                return .outputClosed
            } else if errno != EINTR && errno != EAGAIN {
                throw TranscriptError(
                    .output, attempted: "cannot write the replay",
                    underlying: explanation(of: errno))
            }
        }
        return nil
    }
}

/// write(2), under a name that no method of ours has.
private func writeOnce(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
