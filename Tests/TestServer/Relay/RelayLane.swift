#if canImport(Glibc)
    import Glibc
#endif

/// One direction of a relayed connection: what was read from one side and is on its way.
struct RelayLane {
    private struct Piece {
        /// Empty for the end of the data.
        var bytes: ArraySlice<UInt8>
        let due: ContinuousClock.Instant
        let depth: Int
    }

    /// Reading stops here, so that the sender feels a throttle.
    private static let capacity = 1 << 20

    let source: Descriptor
    let target: Descriptor
    private var pieces: [Piece] = []
    private var held = 0
    private var hasEnded = false
    /// Whether the target took less than it was offered.
    private(set) var isBlocked = false
    /// When what was delivered has passed the throttle.
    private var free = ContinuousClock.now

    init(from source: Descriptor, to target: Descriptor) {
        self.source = source
        self.target = target
    }

    var isDone: Bool { hasEnded && pieces.isEmpty }
    var canRead: Bool { !hasEnded && held < Self.capacity }

    /// When the next delivery is due; nil where there is none, or none that the target takes.
    var due: ContinuousClock.Instant? {
        isBlocked ? nil : pieces.first.map { max($0.due, free) }
    }

    /// Takes in all that has arrived, and stamps it.
    mutating func read(depth: Int, delay: Duration) throws {
        while canRead {
            let chunk: [UInt8]
            do {
                chunk = try source.read()
            } catch let error as TestServerError where error.code == .system(EAGAIN) {
                return
            }
            hasEnded = chunk.isEmpty
            held += chunk.count
            pieces.append(
                Piece(bytes: chunk[...], due: ContinuousClock.now + delay, depth: depth))
        }
    }

    /// Passes on what is due, and tells how much of which depth that was.
    ///
    /// At most `limit` bytes pass.
    mutating func deliver(
        bytesPerSecond: Int?, limit: Int, told: (_ bytes: Int, _ depth: Int) -> Void
    ) throws {
        isBlocked = false
        var left = limit
        while let piece = pieces.first, max(piece.due, free) <= ContinuousClock.now, left > 0 {
            if piece.bytes.isEmpty {
                _ = shutdown(target.rawValue, Int32(SHUT_WR))
                pieces.removeFirst()
                continue
            }
            // A throttled lane passes what twenty milliseconds carry, so that it flows evenly.
            let most = min(left, bytesPerSecond.map { max(1, $0 / 50) } ?? left)
            let part = piece.bytes.prefix(most)
            let sent = try target.writeSome(part)
            if let bytesPerSecond {
                let time = Duration.seconds(Double(sent) / Double(bytesPerSecond))
                free = max(free, ContinuousClock.now) + time
            }
            told(sent, piece.depth)
            left -= sent
            held -= sent
            pieces[0].bytes = piece.bytes.dropFirst(sent)
            if pieces[0].bytes.isEmpty { pieces.removeFirst() }
            if sent < part.count {
                isBlocked = true
                return
            }
        }
    }
}
