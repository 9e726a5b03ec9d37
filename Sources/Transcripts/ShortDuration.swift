extension Duration {
    /// As tables and messages show it: `0.4s`, `12.0s`, `3m05s`, `2h03m`.
    package var short: String {
        let tenths = Int((self / .milliseconds(100)).rounded())
        let seconds = Int((self / .seconds(1)).rounded())
        switch seconds {
        case ..<60 where tenths < 600: return "\(tenths / 10).\(tenths % 10)s"
        case ..<3600: return "\(seconds / 60)m\(Self.twoDigits(seconds % 60))s"
        default: return "\(seconds / 3600)h\(Self.twoDigits(seconds / 60 % 60))m"
        }
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : String(number)
    }
}
