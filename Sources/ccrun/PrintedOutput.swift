internal import Runs
internal import Transcripts

#if canImport(Glibc)
    // The C library's stdout is a variable that nobody changes.
    @preconcurrency import Glibc
#elseif canImport(Musl)
    @preconcurrency import Musl
#else
    @preconcurrency import Darwin
#endif

/// What was printed to stdout, on the way to whoever reads it.
///
/// `print` tells nobody that a disk was full: that is asked for once, when the program ends.
enum PrintedOutput {
    /// Writes what is left; what to end with where that, or any write before it, has failed.
    static func finish() -> ExitStatus? {
        errno = 0
        guard fflush(stdout) != 0 || ferror(stdout) != 0 else { return nil }
        return failure(errno)
    }

    /// Writes what was printed so far; ends the program where that fails, since nobody sees the rest.
    static func flush() {
        guard fflush(stdout) != 0 else { return }
        exit(failure(errno).value)
    }

    /// Says that something could not be written; 141, as of SIGPIPE, where the reader has gone.
    ///
    /// The number is 0 where it is not known.
    static func failure(_ errorNumber: CInt) -> ExitStatus {
        if errorNumber == EPIPE { return ExitStatus(value: 128 + SIGPIPE) }
        let reason = errorNumber == 0 ? "" : ": \(explanation(of: errorNumber))"
        return .misuse("cannot write the output\(reason)", Notices(.normal))
    }
}
