/// The hexadecimal digits of pi after the point, Blowfish's initial state, computed instead of pasted.
enum PiDigits {
    /// The fraction of pi as 32 bit words, most significant first; 0x243F6A88 is the first.
    ///
    /// The sum over k of 16⁻ᵏ · (120k² + 151k + 47) / (512k⁴ + 1024k³ + 712k² + 194k + 15), the one-fraction
    /// form of Bailey, Borwein and Plouffe's formula ("On the rapid computation of various
    /// polylogarithmic constants", 1997). A term's numerator sits at a hexadecimal digit of its own, so one
    /// long division by a 64 bit number makes a term; each falls short by less than one unit of the last limb,
    /// which is thrown away with its right neighbour's carry.
    static func fraction(words count: Int) -> [UInt32] {
        // One limb ahead of the point, the fraction, and one to guard against what terms fall short.
        let limbs = 1 + (count + 1) / 2 + 1
        var sum = [UInt64](repeating: 0, count: limbs)
        sum.withUnsafeMutableBufferPointer { sum in
            for k in 0..<UInt64((limbs - 1) * 16) { addTerm(k, to: sum) }
        }
        let words = sum[1...].flatMap { [UInt32($0 >> 32), UInt32($0 & 0xFFFF_FFFF)] }
        return Array(words.prefix(count))
    }

    private static func addTerm(_ k: UInt64, to sum: UnsafeMutableBufferPointer<UInt64>) {
        let numerator = (120 * k + 151) * k + 47
        let denominator = (((512 * k + 1024) * k + 712) * k + 194) * k + 15
        let first = Int(k / 16)
        let shift = 4 * (k % 16)
        var limb = numerator >> shift
        var next = shift == 0 ? 0 : numerator << (64 - shift)
        var remainder: UInt64 = 0
        var index = first
        while index < sum.count {
            let (quotient, left) = denominator.dividingFullWidth((remainder, limb))
            add(quotient, at: index, to: sum)
            remainder = left
            limb = next
            next = 0
            index += 1
        }
    }

    private static func add(
        _ value: UInt64, at index: Int, to sum: UnsafeMutableBufferPointer<UInt64>
    ) {
        let (partial, overflow) = sum[index].addingReportingOverflow(value)
        sum[index] = partial
        var carries = overflow
        var above = index - 1
        while carries, above >= 0 {
            (sum[above], carries) = sum[above].addingReportingOverflow(1)
            above -= 1
        }
    }
}
