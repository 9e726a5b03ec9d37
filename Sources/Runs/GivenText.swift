#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a variable of the environment gives for CI, where files are a nuisance: a text, or a file's path.
enum GivenText: Sendable, Equatable {
    case text(String)
    case file(String)

    /// nil where the variable is not set, or empty.
    ///
    /// A value of several lines, or one that is no path of a file that is there, is the text itself.
    init?(_ name: String, in environment: [String: String]) {
        guard let value = environment[name], !value.isEmpty else { return nil }
        let isPath = !value.contains("\n") && access(value, F_OK) == 0
        self = isPath ? .file(value) : .text(value)
    }
}
