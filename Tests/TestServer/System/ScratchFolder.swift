import Foundation

#if canImport(Glibc)
    package import Glibc
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
    package func write(_ text: String, to name: String, mode: mode_t = 0o600) throws -> String {
        try write(Array(text.utf8), to: name, mode: mode)
    }

    /// Writes a file with the folders on the way to it, and returns its path.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String, mode: mode_t = 0o600) throws -> String {
        let target = file(name)
        if let slash = name.lastIndex(of: "/") { try makeFolder(String(name[..<slash])) }
        let descriptor = try Descriptor.open(target, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
        try descriptor.write(bytes)
        descriptor.close()
        try retrying("cannot set the mode of \"\(target)\"") { chmod(target, mode) }
        return target
    }

    /// Makes a folder in the folder, with those on the way to it, and returns its path.
    @discardableResult
    package func makeFolder(_ name: String, mode: mode_t = 0o700) throws -> String {
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
