#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads small text files, and asks what kind of thing stands at a path.
enum FileText {
    enum Failure: Error {
        /// There is nothing at the path.
        case missing
        /// It is there and cannot be read, or is not UTF-8; the text says why.
        case unreadable(String)

        var reason: String {
            switch self {
            case .missing: "no such file"
            case .unreadable(let reason): reason
            }
        }
    }

    /// Returns the whole of the file at `path` as UTF-8 text.
    static func read(_ path: String) throws(Failure) -> String {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            throw .unreadable("the file is not UTF-8 text")
        }
        return text
    }

    /// Returns the file's bytes, the first `limit` at least; what is far beyond stays unread.
    static func bytes(_ path: String, upTo limit: Int = .max) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { throw .missing }
            throw .unreadable(systemReason(errno))
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count < limit {
            let chunk = try readChunk(descriptor)
            if chunk.isEmpty { break }
            bytes += chunk
        }
        return bytes
    }

    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
    }

    static var currentFolder: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    /// Returns the names in a folder, sorted; none where there is no folder.
    static func names(inFolder path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The system's text for an `errno`, beginning in lower case.
    static func systemReason(_ number: Int32) -> String {
        let text = String(cString: strerror(number))
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    private static func readChunk(_ descriptor: Int32) throws(Failure) -> ArraySlice<UInt8> {
        var chunk = [UInt8](repeating: 0, count: 32 * 1024)
        while true {
            let count = chunk.withUnsafeMutableBytes { readOnce(descriptor, $0) }
            if count >= 0 { return chunk[..<count] }
            if errno != EINTR { throw .unreadable(systemReason(errno)) }
        }
    }
}

/// `read(2)` into the whole of a buffer; the name keeps clear of `FileText.read`.
private func readOnce(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, buffer.baseAddress, buffer.count)
}
