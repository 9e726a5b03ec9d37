/// Makes inputs out of a subject's samples, the same ones for the same seed.
struct Mutator {
    /// Far more than a sample, far less than a bound: what grows without end is found by its time.
    private static let largest = 256 << 10

    private let samples: [[UInt8]]
    private let words: [[UInt8]]
    private var random: SplitMix64

    init(_ subject: Subject, seed: UInt64) {
        samples = subject.samples
        words = (subject.words + Self.nasty).map { Array($0.utf8) }
        random = SplitMix64(state: seed)
    }

    /// What parsers trip over: borders of numbers, of encodings and of lines.
    private static let nasty = [
        "", "\0", "\n", "\r\n", "\r", " ", "\t", "\"", "'", "\\", "=", ":", ",", "[", "]", "{", "}",
        "#",
        "-1", "0", "4294967296", "9223372036854775807", "99999999999999999999", "1e999", "é",
        "\u{10ffff}",
        "\u{feff}", "\u{202e}", "\u{1b}[", "%s%n", "${", "$(", "../", "true", "null", "~",
    ]

    mutating func next() -> [UInt8] {
        var bytes = samples.randomElement(using: &random) ?? []
        if random.one(in: 50) { bytes = noise(random.number(below: 200)) }
        for _ in 0..<(1 << random.number(below: 6)) { mutate(&bytes) }
        return Array(bytes.prefix(Self.largest))
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let place = random.number(below: bytes.count + 1)
        let length = min(bytes.count - place, 1 << random.number(below: 10))
        switch random.number(below: 11) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.number(below: 8))
        case 1 where place < bytes.count: bytes[place] = UInt8(random.number(below: 256))
        case 2: bytes.removeSubrange(place..<(place + length))
        case 3: bytes.insert(contentsOf: bytes[place..<(place + length)], at: place)
        case 4: bytes.insert(contentsOf: words.randomElement(using: &random) ?? [], at: place)
        case 5: bytes.removeSubrange(place...)
        case 6:
            let other = samples.randomElement(using: &random) ?? []
            let from = random.number(below: other.count + 1)
            bytes.replaceSubrange(place..., with: other[from...])
        case 7: bytes.insert(contentsOf: noise(random.number(below: 20)), at: place)
        case 8 where bytes.count - place >= 4:
            // A length, as the SSH protocol has them.
            let lengths: [UInt32] = [
                0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, UInt32(bytes.count),
            ]
            let value = lengths.randomElement(using: &random) ?? 0
            bytes.replaceSubrange(
                place..<(place + 4), with: withUnsafeBytes(of: value.bigEndian, Array.init))
        case 9:
            let piece = Array(bytes[place..<(place + min(length, 64))])
            let count = min(1 << random.number(below: 12), Self.largest / max(1, piece.count))
            bytes.insert(contentsOf: (0..<count).flatMap { _ in piece }, at: place)
        default:
            let word = words.randomElement(using: &random) ?? []
            bytes.replaceSubrange(place..<(place + min(length, word.count)), with: word)
        }
    }

    private mutating func noise(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(random.number(below: 256)) }
    }
}

/// Random numbers that come again for the same seed (Steele, Lea and Flood, *Fast Splittable Pseudorandom
/// Number Generators*, OOPSLA 2014).
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func number(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    mutating func one(in count: Int) -> Bool { number(below: count) == 0 }
}
