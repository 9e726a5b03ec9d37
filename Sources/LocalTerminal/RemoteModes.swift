#if canImport(Glibc)
    package import Glibc
#elseif canImport(Musl)
    package import Musl
#else
    package import Darwin
#endif

/// A terminal's modes in the terms of SSH's pty-req: the opcodes of RFC 4254, 8 that matter.
///
/// libssh2 takes 256 bytes for these and TERM together, so obsolete ones (character size, delays,
/// case folding) are left out, and those that are hardly ever set come last.
package enum RemoteModes {
    /// The opcodes with their values: character codes (255 for none), flags, speeds.
    package static func opcodes(of modes: termios) -> [(opcode: UInt8, value: UInt32)] {
        characters(modes)
            + flags(modes.c_iflag, inputFlags) + flags(modes.c_lflag, localFlags)
            + flags(modes.c_oflag, outputFlags) + speeds(modes)
            + flags(modes.c_iflag, rareInputFlags)
    }

    private static func characters(_ modes: termios) -> [(opcode: UInt8, value: UInt32)] {
        let indices: [(UInt8, CInt)] = [
            (1, VINTR), (2, VQUIT), (3, VERASE), (4, VKILL), (5, VEOF), (6, VEOL), (7, VEOL2),
            (8, VSTART), (9, VSTOP), (10, VSUSP), (12, VREPRINT), (13, VWERASE), (14, VLNEXT),
            (18, VDISCARD),
        ]
        return withUnsafeBytes(of: modes.c_cc) { codes in
            indices.map { opcode, index in
                let code = codes[Int(index)]
                // RFC 4254: 255 where the local system has the character disabled.
                return (opcode, code == Terminal.disabledCharacter ? 255 : UInt32(code))
            }
        }
    }

    private static let inputFlags: [(UInt8, tcflag_t)] = [
        (33, tcflag_t(ISTRIP)), (34, tcflag_t(INLCR)), (35, tcflag_t(IGNCR)),
        (36, tcflag_t(ICRNL)), (38, tcflag_t(IXON)), (39, tcflag_t(IXANY)),
        (40, tcflag_t(IXOFF)), (42, tcflag_t(IUTF8)),
    ]

    private static let rareInputFlags: [(UInt8, tcflag_t)] = [
        (41, tcflag_t(IMAXBEL)), (30, tcflag_t(IGNPAR)), (31, tcflag_t(PARMRK)),
        (32, tcflag_t(INPCK)),
    ]

    private static let localFlags: [(UInt8, tcflag_t)] = [
        (50, tcflag_t(ISIG)), (51, tcflag_t(ICANON)), (53, tcflag_t(ECHO)), (54, tcflag_t(ECHOE)),
        (55, tcflag_t(ECHOK)), (56, tcflag_t(ECHONL)), (57, tcflag_t(NOFLSH)),
        (58, tcflag_t(TOSTOP)), (59, tcflag_t(IEXTEN)), (60, tcflag_t(ECHOCTL)),
        (61, tcflag_t(ECHOKE)),
    ]

    private static let outputFlags: [(UInt8, tcflag_t)] = [
        (70, tcflag_t(OPOST)), (72, tcflag_t(ONLCR)), (73, tcflag_t(OCRNL)),
        (74, tcflag_t(ONOCR)), (75, tcflag_t(ONLRET)),
    ]

    private static func flags(
        _ value: tcflag_t, _ table: [(UInt8, tcflag_t)]
    ) -> [(opcode: UInt8, value: UInt32)] {
        table.map { opcode, mask in (opcode, value & mask != 0 ? 1 : 0) }
    }

    private static func speeds(_ modes: termios) -> [(opcode: UInt8, value: UInt32)] {
        var modes = modes
        return [
            (128, bitsPerSecond(cfgetispeed(&modes))), (129, bitsPerSecond(cfgetospeed(&modes))),
        ]
    }

    private static func bitsPerSecond(_ speed: speed_t) -> UInt32 {
        #if os(Linux)
            let rates: [speed_t: UInt32] = [
                speed_t(B0): 0, speed_t(B50): 50, speed_t(B75): 75, speed_t(B110): 110,
                speed_t(B134): 134, speed_t(B150): 150, speed_t(B200): 200, speed_t(B300): 300,
                speed_t(B600): 600, speed_t(B1200): 1200, speed_t(B1800): 1800,
                speed_t(B2400): 2400, speed_t(B4800): 4800, speed_t(B9600): 9600,
                speed_t(B19200): 19200, speed_t(B57600): 57600, speed_t(B115200): 115_200,
                speed_t(B230400): 230_400,
            ]
            return rates[speed] ?? 38_400
        #else
            return UInt32(clamping: speed)
        #endif
    }
}
