#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The account that this process runs under, from the passwd database.
struct LocalAccount {
    let name: String
    let homeFolder: String

    /// Asks for the real user id; nil where it has no entry, as in some containers.
    static func current() -> LocalAccount? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 * 1024)
        guard getpwuid_r(getuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil,
            let name = entry.pw_name, let homeFolder = entry.pw_dir
        else { return nil }
        return LocalAccount(
            name: String(cString: name), homeFolder: String(cString: homeFolder))
    }
}
