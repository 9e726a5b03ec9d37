/// The numbers that a recorder works by.
struct RecorderLimits {
    /// The size in bytes that the file is kept within.
    var cap = Recorder.defaultCap

    /// What is written in one go, once it is that large or that old.
    var batchSize = 32 * 1024
    var batchDelay = Duration.milliseconds(50)

    /// How soon the disk has what was written.
    var syncDelay = Duration.seconds(5)

    /// How long to wait after the disk did not take something.
    var retryDelay = Duration.seconds(5)

    /// Raw bytes of the tail, which is kept in memory.
    ///
    /// In the file a byte becomes at most 7.4: 6 in the text, 1.4 in base 64. Each of the tail's
    /// pieces, one in 64 bytes at most, adds its frames. An eighth of the cap is enough for all.
    var tailCapacity: Int { cap / 8 / 10 }

    /// Where the head ends; a piece and the last lines still fit between it and the tail.
    var headSize: Int { max(0, cap - cap / 8 - 8 * pieceSize - 4096) }

    /// What one event stands for at most; the tail holds a good number of those.
    var pieceSize: Int { max(1, min(EventEncoder.pieceSize, tailCapacity / 16)) }

    /// What a gap says where the cap is the reason.
    static let capReason = "cap"
}
