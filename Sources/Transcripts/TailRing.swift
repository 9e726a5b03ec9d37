/// The last bytes of a run that has outgrown its transcript, kept in memory until it ends.
///
/// Bytes are kept as they came, to be encoded at the end: what falls out again has cost no more
/// than a copy. What is pushed pushes the oldest out.
struct TailRing {
    private struct Piece {
        let time: Int64
        let count: UInt32
        let kind: RecordedKind
    }

    /// Output bytes that have fallen out.
    private(set) var lost = 0
    private var bytes: [UInt8]
    private var start = 0
    private var used = 0
    private var pieces: [Piece] = []
    private var oldest = 0

    init(capacity: Int) {
        bytes = [UInt8](repeating: 0, count: capacity)
    }

    /// Small pieces are bounded too: one in 64 bytes of capacity.
    private var pieceLimit: Int {
        max(1, bytes.count / 64)
    }

    /// When the oldest piece that is left was recorded.
    var oldestTime: Int64? {
        oldest < pieces.count ? pieces[oldest].time : nil
    }

    /// Takes a piece no longer than the capacity.
    mutating func push(_ piece: UnsafeRawBufferPointer, _ kind: RecordedKind, at time: Int64) {
        guard piece.count <= bytes.count else {
            lost += kind.outputCount(of: piece.count)
            return
        }
        while used + piece.count > bytes.count || pieces.count - oldest >= pieceLimit {
            dropOldest()
        }
        let end = (start + used) % max(1, bytes.count)
        let first = min(piece.count, bytes.count - end)
        bytes.withUnsafeMutableBytes { ring in
            ring[end..<end + first].copyBytes(from: piece.prefix(first))
            ring[..<(piece.count - first)].copyBytes(from: piece.dropFirst(first))
        }
        used += piece.count
        pieces.append(Piece(time: time, count: UInt32(piece.count), kind: kind))
    }

    /// Takes the oldest piece out, bytes first in `body`; false when there is none left.
    mutating func pop(_ body: (UnsafeRawBufferPointer, RecordedKind, Int64) -> Void) -> Bool {
        guard oldest < pieces.count else { return false }
        let piece = pieces[oldest]
        let count = Int(piece.count)
        let first = min(count, bytes.count - start)
        var whole = [UInt8](bytes[start..<start + first])
        whole += bytes[..<(count - first)]
        whole.withUnsafeBytes { body($0, piece.kind, piece.time) }
        forget(piece)
        return true
    }

    private mutating func dropOldest() {
        let piece = pieces[oldest]
        lost += piece.kind.outputCount(of: Int(piece.count))
        forget(piece)
    }

    private mutating func forget(_ piece: Piece) {
        start = (start + Int(piece.count)) % max(1, bytes.count)
        used -= Int(piece.count)
        oldest += 1
        // Moving the rest down now and then keeps both the memory and the cost a piece constant.
        if oldest > pieceLimit {
            pieces.removeFirst(oldest)
            oldest = 0
        }
    }
}
