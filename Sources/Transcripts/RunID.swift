/// The name of one run: a ULID, 48 bits of milliseconds and 80 random bits in 26 characters.
///
/// Run ids sort by the time they were made, in text as in value. Reading is lenient as Crockford's
/// base 32 wants it: either case, `I` and `L` for 1, `O` for 0. See https://github.com/ulid/spec.
package struct RunID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The characters of a run id.
    package static let length = 26

    private let bits: UInt128

    /// Makes a new run id for this moment.
    package init() {
        self.init(at: .now)
    }

    /// Makes a new run id for a given moment; times before 1970 count as 1970.
    package init(at moment: Timestamp) {
        let time = UInt128(UInt64(max(0, moment.milliseconds)) & 0xffff_ffff_ffff)
        let random = UInt128.random(in: 0..<(1 << 80))
        bits = time << 80 | random
    }

    /// Reads a run id; nil unless the text is 26 characters of base 32 that fit 128 bits.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == RunID.length, let first = text.utf8.first,
            digits[Int(first)] <= 7
        else { return nil }
        var bits: UInt128 = 0
        for character in text.utf8 {
            let digit = digits[Int(character)]
            guard digit < 32 else { return nil }
            bits = bits << 5 | UInt128(digit)
        }
        self.bits = bits
    }

    /// The moment that the run id was made at, as the client's clock had it.
    package var started: Timestamp {
        Timestamp(milliseconds: Int64(bits >> 80))
    }

    package var description: String {
        String(unsafeUninitializedCapacity: RunID.length) { buffer in
            var rest = bits
            for place in (0..<RunID.length).reversed() {
                buffer[place] = alphabet[Int(rest & 31)]
                rest >>= 5
            }
            return RunID.length
        }
    }

    package static func < (left: RunID, right: RunID) -> Bool {
        left.bits < right.bits
    }

    /// The beginning of a run id as it is written in file names; nil where it cannot begin one.
    package static func canonical(prefix: some StringProtocol) -> String? {
        guard !prefix.isEmpty, prefix.utf8.count <= length else { return nil }
        var canonical: [UInt8] = []
        for character in prefix.utf8 {
            let upper = (0x61...0x7a).contains(character) ? character - 0x20 : character
            switch upper {
            case UInt8(ascii: "I"), UInt8(ascii: "L"): canonical.append(UInt8(ascii: "1"))
            case UInt8(ascii: "O"): canonical.append(UInt8(ascii: "0"))
            case _ where alphabet.contains(upper): canonical.append(upper)
            default: return nil
            }
        }
        return String(decoding: canonical, as: UTF8.self)
    }
}

/// Crockford's base 32: no I, L, O, U.
private let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

/// What each byte stands for, as reading is lenient; 32 for those that stand for nothing.
///
/// A history has a hundred thousand run ids, which are read by one look each.
private let digits: [UInt8] = (0...255).map { (byte: UInt8) in
    let upper = (0x61...0x7a).contains(byte) ? byte - 0x20 : byte
    return switch upper {
    case UInt8(ascii: "I"), UInt8(ascii: "L"): 1
    case UInt8(ascii: "O"): 0
    default: UInt8(alphabet.firstIndex(of: upper) ?? 32)
    }
}
