import Testing

@testable import Runs

/// The other side's clock, as `date` tells it to the doctor.
@Suite struct RemoteExaminationTests {
    @Test(
        arguments: [
            ("1700000000.25\n", 1_700_000_000.25, 0), ("1700000000\n", 1_700_000_000.5, 0.5),
            // What date(1) of BusyBox prints for %N.
            ("1700000000.\n", 1_700_000_000.5, 0.5), ("0.0 x", 0, 0),
        ])
    func `a time is read, with how far off it may be`(
        output: String, seconds: Double, inexactness: Double
    ) throws {
        let time = try #require(RemoteExamination.time(in: Array(output.utf8)))
        #expect(time.seconds == seconds)
        #expect(time.inexactness == inexactness)
    }

    @Test(
        arguments: [
            "", "\n", "date: not found", "-5", "1.2.3", "99999999999999999999999999",
            String(repeating: "9", count: 400), "100000000000.0", ".",
        ])
    func `what is no clock's is no time`(output: String) {
        #expect(RemoteExamination.time(in: Array(output.utf8)) == nil)
    }

    @Test(
        arguments: [
            (0.05, 0.0, "as here"), (-3, 4, "as here"), (2, 0, "2.0 s ahead of this one"),
            (-1e11, 0, "1666666666 min behind this one; the times of its logs are off by that"),
        ])
    func `a difference is told with its direction`(skew: Double, blur: Double, text: String) {
        #expect(RemoteExamination.described(skew, within: blur) == text)
    }
}
