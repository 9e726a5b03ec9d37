/// Takes commands to ccrun out of what is typed: the escape character at the beginning of a line and the
/// key behind it, as ssh has them (ssh(1), ESCAPE CHARACTERS).
///
/// The beginning of the run is the beginning of a line; CR and LF begin another. An escape character
/// with a key that means nothing goes to the remote side with it, and one that is typed twice goes once.
struct EscapeFilter {
    enum Command: Equatable {
        /// Leave the remote side to itself.
        case drop
        case suspend
        case listChannels
        case help
    }

    private static let commands: [UInt8: Command] = [
        UInt8(ascii: "."): .drop, 0x1a: .suspend, UInt8(ascii: "#"): .listChannels,
        UInt8(ascii: "?"): .help,
    ]

    let character: UInt8
    private var isAtLineStart = true
    private var isPending = false

    init(_ character: UInt8) {
        self.character = character
    }

    /// Whether all of the typed bytes are the remote side's as they are; else `filter` is to look.
    ///
    /// So nearly every key goes by with next to nothing done about it.
    mutating func passes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if isPending { return false }
        var isAtLineStart = isAtLineStart
        for byte in bytes {
            if isAtLineStart, byte == character { return false }
            isAtLineStart = byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
        }
        self.isAtLineStart = isAtLineStart
        return true
    }

    /// Returns what of the typed bytes is the remote side's, and the commands; nothing behind `drop`
    /// counts.
    mutating func filter(_ bytes: some Sequence<UInt8>) -> (bytes: [UInt8], commands: [Command]) {
        var passed: [UInt8] = []
        var commands: [Command] = []
        for byte in bytes {
            if isPending {
                isPending = false
                if let command = Self.commands[byte], byte != character {
                    // The line has not begun with that: another command may follow.
                    commands.append(command)
                    if command == .drop { return (passed, commands) }
                    continue
                }
                if byte != character { passed.append(character) }
            } else if isAtLineStart, byte == character {
                isPending = true
                continue
            }
            isAtLineStart = byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
            passed.append(byte)
        }
        return (passed, commands)
    }

    /// How a person sees the escape character: `~`, `^]`.
    var name: String { Self.name(of: character) }

    private static func name(of byte: UInt8) -> String {
        let isControl = byte < 0x20
        let letter = String(decoding: [isControl ? byte | 0x40 : byte], as: UTF8.self)
        return isControl ? "^\(letter)" : letter
    }

    /// What stands on the terminal for a command, as if it had been echoed.
    func echo(of command: Command) -> String {
        let key = Self.commands.first { $0.value == command }?.key
        return name + (key.map(Self.name) ?? "")
    }

    /// What the commands are, a line each.
    var helpLines: [String] {
        let rows = [
            (echo(of: .drop), "drop the connection; the command may go on"),
            (echo(of: .suspend), "suspend ccrun"),
            (echo(of: .listChannels), "list the channels of the connection"),
            (echo(of: .help), "this list"),
            (name + name, "send \(name) once"),
        ]
        let width = rows.map(\.0.count).max() ?? 0
        return ["at the beginning of a line:"]
            + rows.map { key, text in
                "  \(key)\(String(repeating: " ", count: width - key.count))  \(text)"
            }
    }
}
