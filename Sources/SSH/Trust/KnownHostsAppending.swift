#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension KnownHosts {
    /// Appends a line for a host's key, in one write, so that several runs can add at the same time.
    ///
    /// The file is made with mode 0600 and its folder with 0700 where they are missing; a last line
    /// without a line break is finished first. Throws `knownHosts`.
    package static func add(
        _ key: HostKey, name: String, port: UInt16, to file: String, hashed: Bool = false
    ) throws(SSHError) {
        let problem = { (reason: String) in
            SSHError(
                .knownHosts, "cannot add the host key of \"\(cleaned(name.utf8))\" to \"\(file)\"",
                underlying: reason)
        }
        // A name with one of these would be read back as several names, a pattern, or another field.
        let isPlain = name.utf8.allSatisfy { byte in
            byte > 0x20 && byte != 0x7F && !"*?!,|#@".utf8.contains(byte)
        }
        guard isPlain, !name.isEmpty else {
            throw problem("the name cannot stand in a known_hosts file")
        }
        makeFolder(of: file)
        let descriptor = retryingInterrupts {
            open(file, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        }
        guard descriptor >= 0 else { throw problem(describe(errno: errno)) }
        defer { close(descriptor) }
        let field = field(for: HostNames.name(of: name, port: port), hashed: hashed)
        let line = "\(field) \(key.type) \(Base64.encode(key.blob))\n"
        let bytes = Array(((endsInsideLine(descriptor) ? "\n" : "") + line).utf8)
        let written = retryingInterrupts { write(descriptor, bytes, bytes.count) }
        guard written >= 0 else { throw problem(describe(errno: errno)) }
        guard written == bytes.count else { throw problem("the disk took only a part of the line") }
    }

    private static func field(for name: [UInt8], hashed: Bool) -> String {
        guard hashed else { return String(decoding: name, as: UTF8.self) }
        let salt = (0..<20).map { _ in UInt8.random(in: .min ... .max) }
        return HostNames.hashed(name, salt: salt)
    }

    /// Makes the last folder of the path; where that is not possible, opening the file says why.
    private static func makeFolder(of file: String) {
        guard let slash = file.lastIndex(of: "/"), slash > file.startIndex else { return }
        _ = mkdir(String(file[..<slash]), 0o700)
    }

    private static func endsInsideLine(_ descriptor: CInt) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0 else { return false }
        var last: UInt8 = 0
        guard pread(descriptor, &last, 1, status.st_size - 1) == 1 else { return false }
        return last != UInt8(ascii: "\n")
    }
}
