/// Steps and marks as bytes: numbers of seven bits a byte, most of them one byte long.
enum MarkCode {
    static func encode(_ steps: [String], _ marks: [RunText.Mark]) -> [UInt8] {
        var bytes: [UInt8] = []
        put(steps.count, &bytes)
        for step in steps {
            put(step.utf8.count, &bytes)
            bytes += step.utf8
        }
        put(marks.count, &bytes)
        var last = RunText.Mark(kind: .output, milliseconds: 0, step: nil, stream: 0)
        for mark in marks {
            let hasStep = mark.step != last.step
            put(mark.kind.rawValue | mark.stream << 2 | (hasStep ? 16 : 0), &bytes)
            if hasStep { put((mark.step ?? -1) + 1, &bytes) }
            // A line may be older than the one above it: it is where it was drawn that counts.
            let passed = mark.milliseconds - last.milliseconds
            put(passed < 0 ? ~passed << 1 | 1 : passed << 1, &bytes)
            last = mark
        }
        return bytes
    }

    /// Nil for bytes that `encode` did not make.
    static func decode(_ bytes: [UInt8]) -> (steps: [String], marks: [RunText.Mark])? {
        var rest = bytes[...]
        guard let stepCount = take(&rest), stepCount <= rest.count else { return nil }
        var steps: [String] = []
        for _ in 0..<stepCount {
            guard let length = take(&rest), length <= rest.count else { return nil }
            steps.append(String(decoding: rest.prefix(length), as: UTF8.self))
            rest.removeFirst(length)
        }
        guard let count = take(&rest), count <= rest.count else { return nil }
        var marks: [RunText.Mark] = []
        marks.reserveCapacity(count)
        var last = RunText.Mark(kind: .output, milliseconds: 0, step: nil, stream: 0)
        for _ in 0..<count {
            guard let flags = take(&rest), let kind = RunText.Mark.Kind(rawValue: flags & 3) else {
                return nil
            }
            last.kind = kind
            last.stream = flags >> 2 & 3
            if flags & 16 != 0 {
                guard let step = take(&rest) else { return nil }
                last.step = step == 0 ? nil : step - 1
            }
            guard let passed = take(&rest) else { return nil }
            last.milliseconds &+= passed & 1 == 1 ? ~(passed >> 1) : passed >> 1
            marks.append(last)
        }
        return (steps, marks)
    }

    private static func put(_ number: Int, _ bytes: inout [UInt8]) {
        var rest = UInt(max(0, number))
        while rest > 0x7f {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func take(_ bytes: inout ArraySlice<UInt8>) -> Int? {
        var number: UInt = 0
        for shift in stride(from: UInt(0), to: 56, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            number |= UInt(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return Int(number) }
        }
        return nil
    }
}
