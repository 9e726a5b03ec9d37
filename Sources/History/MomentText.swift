package import Transcripts

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Moments as people write them: an age, a day, or a time of a day, by the local clock.
package enum MomentText {
    /// What can be written, for messages.
    package static let forms =
        "2d, 90m, 2026-11-22, \"2026-11-22 14:30\", today, yesterday, tuesday"

    /// Reads a moment; nil where the text is none.
    ///
    /// A day stands for its first moment, or for its end where `endsDay` says so; the name of a weekday
    /// for the last such day, today included.
    package static func parse(
        _ text: String, now: Timestamp = .now, endsDay: Bool = false
    ) -> Timestamp? {
        let text = text.lowercased()
        if let age = age(text) { return Timestamp(milliseconds: now.milliseconds - age) }
        let today = fields(of: now)
        if let days = daysAgo(text, weekday: Int(today.tm_wday)) {
            var day = midnight(today)
            day.tm_mday += Int32(endsDay ? 1 - days : -days)
            return moment(day)
        }
        return date(text, endsDay: endsDay)
    }

    private static let units: [Character: Int64] = [
        "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
    ]

    /// `2d` in milliseconds.
    private static func age(_ text: String) -> Int64? {
        let digits = text.dropLast()
        guard let unit = text.last.flatMap({ units[$0] }),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int64(digits), count > 0,
            // Three thousand years are enough, and no arithmetic overflows.
            case let (age, overflow) = count.multipliedReportingOverflow(by: unit), !overflow,
            age < 100_000_000_000_000
        else { return nil }
        return age
    }

    private static let weekdays = [
        "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
    ]

    private static func daysAgo(_ text: String, weekday today: Int) -> Int? {
        if text == "today" { return 0 }
        if text == "yesterday" { return 1 }
        guard text.utf8.count >= 3, let day = weekdays.firstIndex(where: { $0.hasPrefix(text) })
        else { return nil }
        return (today - day + 7) % 7
    }

    // MARK: - Dates

    /// `2026-11-22`, or with a time behind a blank or a `T`: `14:30`, `14:30:05`.
    private static func date(_ text: String, endsDay: Bool) -> Timestamp? {
        let words = text.split(
            separator: text.contains("t") ? "t" : " ", maxSplits: 1,
            omittingEmptySubsequences: false)
        guard let first = words.first, let date = numbers(first, "-", [4, 2, 2]) else { return nil }
        var fields = tm()
        fields.tm_year = date[0] - 1900
        fields.tm_mon = date[1] - 1
        fields.tm_mday = date[2]
        guard (1...12).contains(date[1]), (1...31).contains(date[2]) else { return nil }
        if words.count == 2 {
            let clock = words[1]
            guard let time = numbers(clock, ":", clock.utf8.count > 5 ? [2, 2, 2] : [2, 2]),
                time[0] < 24, time[1] < 60, time.count < 3 || time[2] < 60
            else { return nil }
            (fields.tm_hour, fields.tm_min) = (time[0], time[1])
            fields.tm_sec = time.count > 2 ? time[2] : 0
        }
        // There is no 31st of February: mktime would make it a day of March.
        guard let moment = moment(fields), self.fields(of: moment).tm_mday == date[2] else {
            return nil
        }
        guard endsDay, words.count == 1 else { return moment }
        fields.tm_mday += 1
        return self.moment(fields)
    }

    private static func numbers(
        _ text: Substring, _ separator: Character, _ lengths: [Int]
    ) -> [Int32]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == lengths,
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        return parts.compactMap { Int32($0) }
    }

    private static func fields(of moment: Timestamp) -> tm {
        var seconds = time_t(moment.seconds)
        var fields = tm()
        localtime_r(&seconds, &fields)
        return fields
    }

    private static func midnight(_ fields: tm) -> tm {
        var midnight = tm()
        (midnight.tm_year, midnight.tm_mon) = (fields.tm_year, fields.tm_mon)
        midnight.tm_mday = fields.tm_mday
        return midnight
    }

    /// The moment of local fields; whether it is summer time there, the clock decides.
    private static func moment(_ fields: tm) -> Timestamp? {
        var fields = fields
        fields.tm_isdst = -1
        let seconds = mktime(&fields)
        return seconds == -1 ? nil : Timestamp(milliseconds: Int64(seconds) * 1000)
    }
}
