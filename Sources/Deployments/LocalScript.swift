/// A script of this machine that is sent to the remote side to be run there.
package struct LocalScript: Sendable, Equatable {
    /// The most bytes that are sent; what is larger is to be copied to the server first.
    package static let largestSize = 1 << 20

    /// The path as the user typed it.
    package let name: String
    package let bytes: [UInt8]
    let interpreter: ScriptInterpreter

    /// Checks that `bytes` are a script.
    ///
    /// Throws `invalidScript` for an empty text, more than `largestSize`, a program in machine code or
    /// with a NUL byte, and a `#!` line that no kernel would take.
    package init(name: String, bytes: [UInt8]) throws(DeploymentsError) {
        if let (problem, hint) = Self.problem(with: bytes) {
            throw Self.error(name, because: problem, hint: hint)
        }
        do {
            interpreter = try ScriptInterpreter(of: bytes)
        } catch {
            throw Self.error(name, because: error.reason, hint: error.hint)
        }
        self.name = name
        self.bytes = bytes
    }

    /// Reads the script at `path`; throws `unreadable` where that cannot be.
    package init(readingFile path: String) throws(DeploymentsError) {
        let bytes: [UInt8]
        do {
            bytes = try FileText.bytes(path, upTo: Self.largestSize + 1)
        } catch {
            throw DeploymentsError(
                .unreadable, "cannot read the script \(QuotedText.quoted(path))",
                because: error.reason)
        }
        try self.init(name: path, bytes: bytes)
    }

    /// The last part of the path, as far as it can be the name of a file.
    var fileName: String {
        let last = String(name.split(separator: "/").last ?? "")
        return ["", ".", ".."].contains(last) ? "script" : last
    }

    private static func problem(with bytes: [UInt8]) -> (reason: String, hint: String?)? {
        let copy = "copy it to the server, and run it there"
        if bytes.isEmpty { return ("it is empty", nil) }
        if bytes.starts(with: [0x7f] + Array("ELF".utf8)) {
            return ("it is a program in machine code, no script", copy)
        }
        if bytes.contains(0) { return ("it contains a NUL byte, so it is no text", copy) }
        if bytes.count > largestSize { return ("it is larger than 1 MiB", copy) }
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
            return (
                "it begins with a byte order mark, behind which no \"#!\" is seen",
                "save it as UTF-8 without a byte order mark"
            )
        }
        return nil
    }

    private static func error(
        _ name: String, because reason: String, hint: String?
    ) -> DeploymentsError {
        DeploymentsError(
            .invalidScript, "cannot run the script \(QuotedText.quoted(name))", because: reason,
            hint: hint)
    }
}
