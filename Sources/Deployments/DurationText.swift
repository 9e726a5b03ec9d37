/// Durations as people write them: `500ms`, `90s`, `15m`, `2h`.
package enum DurationText {
    /// The units and their lengths in milliseconds, longest first.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Reads a whole, positive number followed by one unit.
    ///
    /// Throws `invalidDuration` for anything else, a number without a unit included.
    package static func parse(_ text: String) throws(DeploymentsError) -> Duration {
        let digits = text.prefix { "0"..."9" ~= $0 }
        let suffix = text.dropFirst(digits.count)
        guard let unit = units.first(where: { $0.name == suffix }),
            let count = Int64(digits), count > 0,
            case let (total, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds),
            !overflow
        else {
            throw DeploymentsError(
                .invalidDuration, "cannot use \(QuotedText.quoted(text)) as a duration",
                because: "a duration is a whole number and a unit: ms, s, m or h",
                hint: "write it like 90s, 15m or 2h")
        }
        return .milliseconds(total)
    }

    /// Writes `duration` in the longest unit that needs no fraction; less than 1 ms is cut off.
    package static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        guard milliseconds != 0 else { return "0s" }
        for unit in units where milliseconds.isMultiple(of: unit.milliseconds) {
            return "\(milliseconds / unit.milliseconds)\(unit.name)"
        }
        return "\(milliseconds)ms"
    }
}
