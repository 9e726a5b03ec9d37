#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where `~` is, and who runs this.
package enum HomeFolder {
    /// HOME, or what the user database says (as the shell does, and unlike ssh, which ignores HOME).
    package static func path(_ environment: [String: String]) -> String {
        if let home = environment["HOME"], home.hasPrefix("/") { return home }
        return getpwuid(getuid()).flatMap { $0.pointee.pw_dir }.map { String(cString: $0) } ?? "/"
    }

    /// Who runs this, and on which machine: `ana@laptop`.
    package static var actor: String { "\(userName)@\(hostName)" }

    /// The local login name.
    static var userName: String {
        getpwuid(getuid()).flatMap { $0.pointee.pw_name }.map { String(cString: $0) }
            ?? "\(getuid())"
    }

    /// This machine's name.
    static var hostName: String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let code = buffer.withUnsafeMutableBytes { bytes -> CInt in
            guard let base = bytes.baseAddress else { return -1 }
            return gethostname(base.assumingMemoryBound(to: CChar.self), bytes.count - 1)
        }
        return code == 0 ? String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self) : "?"
    }
}
