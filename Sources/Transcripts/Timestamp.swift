#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A moment of the wall clock, in milliseconds since 1970-01-01T00:00:00Z.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The present moment.
    package static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Reads `2026-11-22T08:00:00.412Z`, exactly as `description` writes it.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 24, let year = Timestamp.number(bytes[0..<4]),
            let month = Timestamp.number(bytes[5..<7]), (1...12).contains(month),
            let day = Timestamp.number(bytes[8..<10]), (1...31).contains(day),
            let hour = Timestamp.number(bytes[11..<13]),
            let minute = Timestamp.number(bytes[14..<16]),
            let second = Timestamp.number(bytes[17..<19]),
            let fraction = Timestamp.number(bytes[20..<23])
        else { return nil }
        let separators = [
            bytes[4], bytes[7], bytes[10], bytes[13], bytes[16], bytes[19], bytes[23],
        ]
        guard separators == Array("--T::.Z".utf8) else { return nil }
        let days = Timestamp.daysSince1970(year: year, month: month, day: day)
        milliseconds = ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + fraction
    }

    /// Whole seconds since 1970, rounded down.
    package var seconds: Int64 {
        (milliseconds >= 0 ? milliseconds : milliseconds - 999) / 1000
    }

    /// ISO 8601 in UTC with milliseconds: `2026-11-22T08:00:00.412Z`.
    package var description: String {
        let date = calendarDate
        let rest = milliseconds - Timestamp.days(of: milliseconds) * 86_400_000
        let time = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60]
        return "\(date.year)-\(padded(date.month))-\(padded(date.day))T"
            + time.map { padded($0) }.joined(separator: ":")
            + ".\(padded(rest % 1000, to: 3))Z"
    }

    /// Year and month in UTC, the folder that a run of this moment is kept in.
    package var folder: String {
        let date = calendarDate
        return "\(padded(date.year, to: 4))/\(padded(date.month))"
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The proleptic Gregorian date in UTC, after Howard Hinnant's civil_from_days.
    private var calendarDate: (year: Int64, month: Int64, day: Int64) {
        let shifted = Timestamp.days(of: milliseconds) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }

    /// The days from 1970-01-01 to a date, after Howard Hinnant's days_from_civil.
    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func days(of milliseconds: Int64) -> Int64 {
        (milliseconds >= 0 ? milliseconds : milliseconds - 86_399_999) / 86_400_000
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int64(digit - 0x30)
        }
        return value
    }
}

/// A number with leading zeros.
private func padded(_ number: Int64, to width: Int = 2) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
