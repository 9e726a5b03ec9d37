internal import SSH

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// All that the output of a command goes to, and that a relay may have to wait for.
struct OutputSinks {
    private let standardOutput: OutputSink?
    private let standardError: OutputSink?
    private let all: [OutputSink]
    /// The one whose end ends the run.
    private let main: OutputSink?
    private var hasToldOfFailure = false

    /// `observers`: what is written to by somebody who sees the output, beside the others.
    init(_ byStream: [Channel.Stream: OutputSink], observers: OutputSink?) {
        standardOutput = byStream[.standardOutput]
        standardError = byStream[.standardError]
        all = [standardOutput, standardError, observers].compactMap(\.self)
        main = standardOutput ?? observers
    }

    var hasRoom: Bool { all.allSatisfy(\.hasRoom) }

    /// What poll(2) is to watch; none while nothing waits.
    var pollEntries: [pollfd] { all.compactMap(\.pollEntry) }

    func write(_ bytes: UnsafeRawBufferPointer, of stream: Channel.Stream) {
        switch stream {
        case .standardOutput: standardOutput?.write(bytes)
        case .standardError: standardError?.write(bytes)
        }
    }

    func flush() {
        for sink in all { sink.flush() }
    }

    /// Why our standard output takes no more, told once: then the command's end is waited for.
    mutating func takeFailure() -> CInt? {
        guard !hasToldOfFailure, let failure = main?.failure else { return nil }
        hasToldOfFailure = true
        return failure
    }
}
