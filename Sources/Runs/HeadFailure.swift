/// The last words of what ccrun puts ahead of a command, where that could not be begun.
///
/// A folder that cannot be entered, an env_file that cannot be read: `sh` on the host says so in one
/// line that begins like ccrun's own, and ends with 125. A command that says just that, and nothing
/// else, and ends so is taken for it too, which changes no status.
struct HeadFailure {
    static let status: UInt32 = 125

    private static let beginning = "ccrun: error: "
    private static let limit = 4096
    /// All output so far; nil once it is more than such a line can be.
    private var output: [UInt8]? = []

    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        guard let held = output else { return }
        output = held.count + bytes.count <= Self.limit ? held + bytes : nil
    }

    /// What could not be done; nil where the command was run.
    var reason: String? {
        guard let output else { return nil }
        let lines = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard lines.count == 1, let line = lines.first, line.hasPrefix(Self.beginning) else {
            return nil
        }
        return String(line.dropFirst(Self.beginning.count))
    }
}
