import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A temporary folder with a short path, removed with everything in it by `remove()`.
///
/// The path is short because the name of a Unix socket holds 108 bytes (unix(7)).
package final class ScratchFolder: Sendable {
    package let path: String

    package init(_ prefix: String = "cc") throws {
        var template = Array("/tmp/\(prefix).XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else { throw TestServerError.system("cannot make a temporary folder") }
        path = made
    }

    /// The path of something in the folder.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file with the folders on the way to it, and returns its path.
    @discardableResult
    package func write(_ text: String, to name: String, mode: UInt16 = 0o600) throws -> String {
        try write(Array(text.utf8), to: name, mode: mode)
    }

    /// Writes a file with the folders on the way to it, and returns its path.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String, mode: UInt16 = 0o600) throws -> String {
        let target = file(name)
        if let slash = name.lastIndex(of: "/") { try makeFolder(String(name[..<slash])) }
        let descriptor = try Descriptor.open(
            target, O_WRONLY | O_CREAT | O_TRUNC, mode: mode_t(mode))
        try descriptor.write(bytes)
        descriptor.close()
        try retrying("cannot set the mode of \"\(target)\"") { chmod(target, mode_t(mode)) }
        return target
    }

    /// Writes a script that can be run, with the folders on the way to it, and returns its path.
    ///
    /// A shell writes it: what another test starts at that moment would still have a file of ours open
    /// for writing, and exec(2) would find it busy.
    @discardableResult
    package func writeExecutable(_ script: String, to name: String) throws -> String {
        let target = file(name)
        if let slash = name.lastIndex(of: "/") { try makeFolder(String(name[..<slash])) }
        let result = try ChildProcess.run(
            "/bin/sh", ["-c", "cat >\"$0\" && chmod 755 \"$0\"", target],
            input: .bytes(Array(script.utf8)))
        guard result.status == .exited(0) else {
            throw TestServerError(
                .program, "cannot write \"\(target)\"", "\(result.status) \(result.errorOutput)")
        }
        return target
    }

    /// Makes a folder in the folder, with those on the way to it, and returns its path.
    @discardableResult
    package func makeFolder(_ name: String, mode: UInt16 = 0o700) throws -> String {
        try FileManager.default.createDirectory(
            atPath: file(name), withIntermediateDirectories: true,
            attributes: [.posixPermissions: NSNumber(value: mode)])
        return file(name)
    }

    package func read(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    package func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: file(name))
    }

    /// Removes the folder and all that is in it; a second call does nothing.
    package func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// Gives `body` a folder of its own, gone when `body` has returned or thrown.
package func withScratchFolder<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (ScratchFolder) async throws -> Result
) async throws -> Result {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    return try await body(folder)
}

/// Gives `body` a folder of its own, gone when `body` has returned or thrown.
package func withScratchFolder<Result>(
    _ body: (ScratchFolder) throws -> Result
) throws -> Result {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    return try body(folder)
}
