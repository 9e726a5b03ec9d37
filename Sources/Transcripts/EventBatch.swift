/// Event lines that wait to be written in one go.
///
/// The array is the buffer, `count` how much of it is in use: it grows to the largest batch ever
/// and is never cleared, so that nothing is allocated while a run goes on.
struct EventBatch {
    /// One or more lines that are written together or not at all.
    struct Unit {
        let end: Int
        /// Output bytes of the run that the lines stand for.
        let represented: Int
    }

    private(set) var count = 0
    private(set) var units: [Unit] = []
    private var bytes: [UInt8] = []

    var isEmpty: Bool {
        count == 0
    }

    /// Output bytes of the run that the units from one offset on stand for.
    func represented(from offset: Int = 0) -> Int {
        units.reduce(0) { $1.end > offset ? $0 + $1.represented : $0 }
    }

    /// The end of the last unit that lies wholly within the first bytes.
    func wholeUnits(within written: Int) -> Int {
        units.last { $0.end <= written }?.end ?? 0
    }

    /// Writes an event whose data `fill` puts down as the inside of a JSON string.
    ///
    /// `room` bounds what `fill` writes; `fill` returns how much it was. The event is no part of
    /// the batch for good until `endUnit`.
    mutating func append(
        _ code: EventCode, at time: Int64, room: Int,
        fill: (UnsafeMutableRawPointer) -> Int
    ) {
        let needed = count + room + EventBatch.frame
        if bytes.count < needed {
            bytes += [UInt8](repeating: 0, count: needed - bytes.count)
        }
        let start = count
        count += bytes.withUnsafeMutableBytes { buffer in
            guard let line = buffer.baseAddress.map({ $0 + start }) else { return 0 }
            var length = EventBatch.put("[", at: line)
            length += EventBatch.put(seconds: time, at: line + length)
            length += EventBatch.put(", \"", at: line + length)
            line.storeBytes(of: code.rawValue, toByteOffset: length, as: UInt8.self)
            length += 1
            length += EventBatch.put("\", \"", at: line + length)
            length += fill(line + length)
            return length + EventBatch.put("\"]\n", at: line + length)
        }
    }

    /// Writes an event whose data is text without invalid UTF-8 in it.
    mutating func append(_ code: EventCode, at time: Int64, text: String) {
        let escaped = JSONEscape.escaped(text)
        append(code, at: time, room: escaped.count) { target in
            escaped.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(start: target, count: $0.count).copyMemory(from: $0)
            }
            return escaped.count
        }
    }

    /// Writes a line that is no event.
    mutating func append(line: String) {
        bytes.replaceSubrange(count..., with: Array(line.utf8) + [0x0a])
        count = bytes.count
    }

    /// Ends a unit: what was appended since the last one stands or falls together.
    mutating func endUnit(representing represented: Int = 0) {
        units.append(Unit(end: count, represented: represented))
    }

    mutating func removeAll() {
        count = 0
        units.removeAll(keepingCapacity: true)
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
    }

    /// More than the longest line has besides its data: 20 digits, a point, quotes and brackets.
    private static let frame = 64

    private static func put(_ text: StaticString, at target: UnsafeMutableRawPointer) -> Int {
        target.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        return text.utf8CodeUnitCount
    }

    /// Microseconds as seconds with one to six decimals: `0.0`, `1.02`, `12.000345`.
    private static func put(seconds microseconds: Int64, at target: UnsafeMutableRawPointer) -> Int
    {
        var length = put(decimal: microseconds / 1_000_000, at: target)
        target.storeBytes(of: UInt8(ascii: "."), toByteOffset: length, as: UInt8.self)
        length += 1
        var fraction = microseconds % 1_000_000
        var unit: Int64 = 100_000
        repeat {
            let digit = UInt8(truncatingIfNeeded: fraction / unit)
            target.storeBytes(of: 0x30 + digit, toByteOffset: length, as: UInt8.self)
            length += 1
            fraction %= unit
            unit /= 10
        } while fraction > 0
        return length
    }

    private static func put(decimal number: Int64, at target: UnsafeMutableRawPointer) -> Int {
        var length = 1
        var rest = number
        while rest >= 10 {
            rest /= 10
            length += 1
        }
        rest = number
        for place in (0..<length).reversed() {
            let digit = UInt8(truncatingIfNeeded: rest % 10)
            target.storeBytes(of: 0x30 + digit, toByteOffset: place, as: UInt8.self)
            rest /= 10
        }
        return length
    }
}
