#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The signals that SSH names (RFC 4254, 6.10), and those OpenSSH adds, with the shell's numbers.
///
/// The numbers are Linux's, where servers run: 128+n has to mean there what it means here.
enum SignalNames {
    private static let numbers: [(name: String, number: CInt)] = [
        ("HUP", 1), ("INT", 2), ("QUIT", 3), ("ILL", 4), ("TRAP", 5), ("ABRT", 6), ("BUS", 7),
        ("FPE", 8), ("KILL", 9), ("USR1", 10), ("SEGV", 11), ("USR2", 12), ("PIPE", 13),
        ("ALRM", 14), ("TERM", 15), ("XCPU", 24), ("XFSZ", 25), ("SYS", 31),
    ]

    /// The number of a signal's name without `SIG`; `BUS@openssh.com` is BUS.
    static func number(of name: String) -> CInt? {
        let plain = name.split(separator: "@").first.map(String.init) ?? name
        return numbers.first { $0.name == plain }?.number
    }

    static func name(of number: CInt) -> String? {
        numbers.first { $0.number == number }?.name
    }
}
