#if canImport(Glibc)
    import Glibc
#endif

/// The modes of a terminal (termios(3)), to be compared before and after.
package struct TerminalModes: Sendable, Equatable, CustomStringConvertible {
    package let input: UInt32
    package let output: UInt32
    package let control: UInt32
    package let local: UInt32
    package let specialCharacters: [UInt8]

    init(of file: Int32) throws {
        var modes = termios()
        try retrying("cannot read terminal modes") { tcgetattr(file, &modes) }
        input = modes.c_iflag
        output = modes.c_oflag
        control = modes.c_cflag
        local = modes.c_lflag
        specialCharacters = withUnsafeBytes(of: &modes.c_cc) { Array($0) }
    }

    package var echoes: Bool { local & UInt32(ECHO) != 0 }
    package var isCanonical: Bool { local & UInt32(ICANON) != 0 }
    package var makesSignals: Bool { local & UInt32(ISIG) != 0 }

    package var description: String {
        let numbers = [input, output, control, local].map { "0x" + String($0, radix: 16) }
        return "(\(numbers.joined(separator: " ")) \(specialCharacters))"
    }
}
