#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Moments as the operator's own clock shows them, by TZ or /etc/localtime.
package enum LocalTime {
    /// `2026-11-22 09:00:07`, or `11-22 09:00` where columns are scarce.
    package static func text(_ moment: Timestamp, isShort: Bool = false) -> String {
        let format = isShort ? "%m-%d %H:%M" : "%Y-%m-%d %H:%M:%S"
        var seconds = time_t(moment.seconds)
        var fields = tm()
        localtime_r(&seconds, &fields)
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, format, &fields)
        return String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
