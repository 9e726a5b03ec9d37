import Foundation
import Testing
import Transcripts

@testable import History

@Suite struct MomentTextTests {
    /// 2026-11-22T14:30:00 by the local clock, a Sunday.
    private static let now = local(2026, 11, 22, 14, 30)

    private static func local(
        _ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0, _ second: Int = 0
    ) -> Timestamp {
        let fields = DateComponents(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        let date = Calendar(identifier: .gregorian).date(from: fields)
        return Timestamp(milliseconds: Int64((date?.timeIntervalSince1970 ?? 0) * 1000))
    }

    @Test(arguments: [
        ("90s", now.milliseconds - 90_000), ("2d", now.milliseconds - 172_800_000),
        ("1w", now.milliseconds - 604_800_000), ("today", local(2026, 11, 22).milliseconds),
        ("Yesterday", local(2026, 11, 21).milliseconds),
        ("tuesday", local(2026, 11, 17).milliseconds), ("tue", local(2026, 11, 17).milliseconds),
        ("sunday", local(2026, 11, 22).milliseconds),
        ("2026-02-28", local(2026, 2, 28).milliseconds),
        ("2026-02-28 09:05", local(2026, 2, 28, 9, 5).milliseconds),
        ("2026-02-28T09:05:07", local(2026, 2, 28, 9, 5, 7).milliseconds),
    ])
    func `ages, days and dates are moments`(text: String, milliseconds: Int64) {
        #expect(MomentText.parse(text, now: Self.now)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        ("2026-02-28", local(2026, 3, 1)), ("tuesday", local(2026, 11, 18)),
        ("today", local(2026, 11, 23)), ("2026-02-28 09:05", local(2026, 2, 28, 9, 5)),
    ])
    func `up to a day is up to its end`(text: String, moment: Timestamp) {
        #expect(MomentText.parse(text, now: Self.now, endsDay: true) == moment)
    }

    @Test(arguments: [
        "", "d", "-2d", "2x", "0d", "999999999999999w", "2026-02-30", "2026-13-01", "26-01-01",
        "2026-01-01 24:00", "2026-01-01 1:00", "2026-01-01T", "tomorrow", "tu", "2026-01-0１", "+2d",
    ])
    func `what is no moment is none`(text: String) {
        #expect(MomentText.parse(text, now: Self.now) == nil)
    }
}
