/// A program without a terminal, in a session of its own, its three streams apart.
///
/// Without a terminal there is no /dev/tty either: nothing it runs can ask the person at the tests.
package final class ChildProcess: Sendable {
    package enum Input: Sendable {
        /// /dev/null.
        case null
        case bytes([UInt8])
        case file(String)
        /// Stays open until `closeInput()`, and carries what `write` is given.
        case pipe
        /// Whatever the closure returns, until it returns nil. Nothing is held.
        case generated(@Sendable () -> [UInt8]?)
    }

    package enum Output: Sendable {
        case captured
        /// Only counted and hashed, nothing is held.
        case hashed
        case discarded
        case file(String)
        /// Handed over as it comes, nothing is held.
        case fed(@Sendable ([UInt8]) -> Void)
    }

    package static let plainEnvironment = ["PATH": "/usr/local/bin:/usr/bin:/bin"]

    package let process: SpawnedProcess
    private let output: OutputSink?
    private let error: OutputSink?
    private let typed = Watched((chunks: [[UInt8]](), isClosed: false))
    private let peak = Watched<Int?>(nil)
    private let cancel: (read: Descriptor, write: Descriptor)
    private let started = ContinuousClock.now

    /// Starts the program.
    ///
    /// `executable` is an absolute path, and `environment` all of it: nothing is inherited.
    /// `measuresMemory` watches how much memory the program itself takes.
    package init(
        _ executable: String, _ arguments: [String] = [],
        environment: [String: String] = plainEnvironment, input: Input = .null,
        output: Output = .captured, error: Output = .captured, workingFolder: String? = nil,
        measuresMemory: Bool = false
    ) throws {
        let cancel = try Descriptor.pipe()
        let source = try Self.source(of: input)
        let (outTarget, outSource) = try Self.target(of: output)
        let (errorTarget, errorSource) = try Self.target(of: error)
        process = try SpawnedProcess(
            executable: executable, arguments: arguments, environment: environment,
            workingFolder: workingFolder,
            files: .descriptors(source.theirs, outTarget, errorTarget))
        // Our copies must go, or the streams would not end with the program.
        [source.theirs, outTarget, errorTarget].forEach { $0.close() }
        self.cancel = cancel
        self.output = outSource.map { OutputSink($0, output, cancel: cancel.read) }
        self.error = errorSource.map { OutputSink($0, error, cancel: cancel.read) }
        if let ours = source.ours {
            _ = try feed(ours, cancel: cancel.read, from: Self.chunks(of: input, typed))
        }
        if measuresMemory { watchMemory() }
    }

    deinit { stop() }

    // MARK: - While it runs

    package func write(_ bytes: [UInt8]) { typed.withLock { $0.chunks.append(bytes) } }

    package func write(_ text: String) { write(Array(text.utf8)) }

    package func closeInput() { typed.withLock { $0.isClosed = true } }

    package func send(signal: Int32) { process.send(signal: signal) }

    /// What came so far.
    package var standardOutput: [UInt8] { output?.bytes ?? [] }

    /// What came so far.
    package var standardError: [UInt8] { error?.bytes ?? [] }

    /// Waits until the captured output contains `text`.
    package func waitForOutput(_ text: String, timeout: Duration = .seconds(60)) throws {
        try wait(for: text, in: output, timeout)
    }

    /// Waits until the captured error output contains `text`.
    package func waitForError(_ text: String, timeout: Duration = .seconds(60)) throws {
        try wait(for: text, in: error, timeout)
    }

    /// Waits until this many bytes of output have come, whatever is done with them.
    package func waitForOutput(count: Int, timeout: Duration = .seconds(60)) throws {
        try wait(for: count, in: output, timeout)
    }

    /// Waits until this many bytes of error output have come, whatever is done with them.
    package func waitForError(count: Int, timeout: Duration = .seconds(60)) throws {
        try wait(for: count, in: error, timeout)
    }

    /// Kills the program and whatever it started.
    package func stop() {
        process.stop()
        typed.withLock { $0.isClosed = true }
        cancel.write.close()
    }

    // MARK: - To its end

    /// Waits for the program to end and for its outputs to be read to theirs.
    ///
    /// - Throws: when that takes longer than `deadline`; the program is killed then.
    package func waitForExit(deadline: Duration = .seconds(120)) throws -> ChildResult {
        guard let status = process.wait(deadline) else {
            stop()
            throw failure("the end of process \(process.pid)", deadline)
        }
        let remaining = deadline - (ContinuousClock.now - started)
        for sink in [output, error].compactMap(\.self)
        where !sink.join(max(remaining, .seconds(60))) {
            stop()
            throw failure("the end of the output, which a descendant holds open", deadline)
        }
        let duration = ContinuousClock.now - started
        return ChildResult(
            status: status, standardOutput: standardOutput, standardError: standardError,
            outputCount: output?.count ?? 0, outputDigest: output?.digest,
            peakMemory: peak.withLock { $0 }, duration: duration)
    }

    /// Runs a program to its end.
    package static func run(
        _ executable: String, _ arguments: [String] = [],
        environment: [String: String] = plainEnvironment, input: Input = .null,
        output: Output = .captured, error: Output = .captured, workingFolder: String? = nil,
        measuresMemory: Bool = false, deadline: Duration = .seconds(120)
    ) throws -> ChildResult {
        let child = try ChildProcess(
            executable, arguments, environment: environment, input: input, output: output,
            error: error, workingFolder: workingFolder, measuresMemory: measuresMemory)
        return try child.waitForExit(deadline: deadline)
    }

    /// Waits until the memory of the running program was looked at once, for one that ends at once.
    package func waitForMeasurement(_ timeout: Duration = .seconds(60)) throws {
        guard peak.wait(timeout, until: { $0 }) != nil else {
            throw failure("a look at its memory", timeout)
        }
    }

    // MARK: - Private

    private func wait(for text: String, in sink: OutputSink?, _ timeout: Duration) throws {
        let wanted = Array(text.utf8)
        let found = sink?.contents.wait(timeout) { contents -> Bool? in
            if contents.bytes.firstRange(of: wanted) != nil { return true }
            return contents.hasEnded ? false : nil
        }
        guard found == true else { throw failure("\"\(text)\"", timeout) }
    }

    private func wait(for count: Int, in sink: OutputSink?, _ timeout: Duration) throws {
        let reached = sink?.contents.wait(timeout) { $0.count >= count ? true : nil }
        guard reached == true else { throw failure("\(count) bytes", timeout) }
    }

    private func failure(_ awaited: String, _ timeout: Duration) -> TestServerError {
        let seen = String(decoding: standardOutput, as: UTF8.self)
        let errors = String(decoding: standardError, as: UTF8.self)
        let end = process.currentStatus.map { "it ended with \($0)" } ?? "it is running"
        return .deadline(
            awaited, after: timeout, seen: "\(seen)\nstandard error:\n\(errors)\n\(end)")
    }

    /// Watches VmHWM, which begins anew with a program.
    ///
    /// ru_maxrss of wait4(2) would not do: Linux carries the peak of the process that spawned the
    /// child, here the whole test bundle's, over exec (exec_mmap).
    private func watchMemory() {
        _ = Worker("memory") { [process, peak] in
            repeat {
                if let now = ProcessTable.peakMemory(of: process.pid) {
                    peak.withLock { $0 = max($0 ?? 0, now) }
                }
            } while process.wait(.milliseconds(10)) == nil
        }
    }
}
