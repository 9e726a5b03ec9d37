import CTestServerShims

#if canImport(Glibc)
    import Glibc
#endif

/// A pseudo-terminal and the program that has it as its controlling terminal.
///
/// The slave side stays open here too: its modes can be read when the program has gone, and its
/// last output is not lost.
package final class TerminalSession: Sendable {
    package static let plainEnvironment = [
        "PATH": "/usr/local/bin:/usr/bin:/bin", "TERM": "xterm-256color",
    ]

    package let process: SpawnedProcess
    /// The path of the terminal's device.
    package let device: String
    private let master: Descriptor
    private let slave: Descriptor
    private let wake: (read: Descriptor, write: Descriptor)
    private let seen = Watched((bytes: [UInt8](), consumed: 0))

    /// Starts the program.
    ///
    /// `executable` is an absolute path, and `environment` all of it: nothing is inherited.
    package init(
        executable: String, arguments: [String] = [],
        environment: [String: String] = plainEnvironment, columns: Int = 80, rows: Int = 24,
        workingFolder: String? = nil
    ) throws {
        var name = [CChar](repeating: 0, count: 64)
        master = Descriptor(
            try retrying("cannot open a pseudo-terminal") {
                test_server_open_terminal(&name, name.count)
            })
        device = name.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        slave = try .open(device, O_RDWR | O_NOCTTY)
        wake = try Descriptor.pipe()
        try master.setNonBlocking()
        try setSize(of: slave, columns: columns, rows: rows)
        process = try SpawnedProcess(
            executable: executable, arguments: arguments, environment: environment,
            workingFolder: workingFolder, files: .terminal(device))
        readInBackground()
    }

    deinit { close() }

    // MARK: - What it shows

    /// All that has come out of the terminal.
    package var outputBytes: [UInt8] { seen.withLock { $0.bytes } }

    package var output: String { String(decoding: outputBytes, as: UTF8.self) }

    /// Waits for `text`, and returns what came up to its end since the last such wait.
    ///
    /// What was returned is passed over by the next call, so that the same prompt can be waited
    /// for again.
    ///
    /// - Throws: with all that was seen, when it has not come in time or the program has ended.
    @discardableResult
    package func waitFor(_ text: String, timeout: Duration = .seconds(60)) throws -> String {
        let limit = ContinuousClock.now + timeout
        while true {
            // Asked before looking: what a program wrote ahead of its end is then there to see.
            let hasEnded = process.currentStatus != nil
            if hasEnded { drain() }
            if let part = take(upTo: text) { return part }
            guard !hasEnded, ContinuousClock.now < limit else { break }
            // Wakes for output at once, and now and then to see whether the program has ended.
            let known = seen.withLock { $0.bytes.count }
            _ = seen.wait(.milliseconds(100)) { $0.bytes.count > known ? true : nil }
        }
        let end = process.currentStatus.map { "it ended with \($0)" } ?? "it is running"
        throw TestServerError.deadline("\"\(text)\"", after: timeout, seen: "\(output)\n\(end)")
    }

    // MARK: - What is done to it

    /// Types `text`.
    package func write(_ text: String) throws { try write(Array(text.utf8)) }

    /// Types bytes, waiting where the terminal's input queue is full.
    package func write(_ bytes: [UInt8], timeout: Duration = .seconds(60)) throws {
        let limit = ContinuousClock.now + timeout
        var rest = bytes[...]
        while !rest.isEmpty {
            rest = rest.dropFirst(try master.writeSome(rest))
            guard ContinuousClock.now < limit else {
                throw TestServerError.deadline("the program to read", after: timeout, seen: output)
            }
            if !rest.isEmpty { _ = try ready(writing: [master.rawValue], milliseconds: 1000) }
        }
    }

    /// Changes the size; the kernel tells the foreground process group by SIGWINCH.
    package func resize(columns: Int, rows: Int) throws {
        try setSize(of: master, columns: columns, rows: rows)
    }

    package func send(signal: Int32) { process.send(signal: signal) }

    /// The modes at this moment, whether or not the program still runs.
    package var terminalModes: TerminalModes {
        get throws { try TerminalModes(of: slave.rawValue) }
    }

    // MARK: - Its end

    /// Waits for the program to end; all that it wrote is in `output` then.
    package func waitForExit(timeout: Duration = .seconds(60)) throws -> ProcessStatus {
        guard let status = process.wait(timeout) else {
            throw TestServerError.deadline("the program to end", after: timeout, seen: output)
        }
        drain()
        return status
    }

    /// Kills the program and its session, and closes the terminal.
    package func close() {
        process.stop()
        wake.write.close()
        master.close()
        slave.close()
    }

    // MARK: - Private

    private func readInBackground() {
        _ = Worker("terminal") { [master, wake, seen] in
            while true {
                let (file, stop) = (master.rawValue, wake.read.rawValue)
                guard let files = try? ready(reading: [file, stop]), !files.contains(stop) else {
                    return
                }
                guard Self.drain(master, into: seen) else { return }
            }
        }
    }

    private func drain() { _ = Self.drain(master, into: seen) }

    /// Reads all that is there.
    ///
    /// The lock is held meanwhile, so that no chunk is between two readers.
    private static func drain(
        _ master: Descriptor, into seen: Watched<(bytes: [UInt8], consumed: Int)>
    ) -> Bool {
        seen.withLock { seen in
            while true {
                do {
                    let chunk = try master.read()
                    if chunk.isEmpty { return false }
                    seen.bytes += chunk
                } catch let error as TestServerError {
                    return error.code == .system(EAGAIN)
                } catch {
                    return false
                }
            }
        }
    }

    private func take(upTo text: String) -> String? {
        let wanted = Array(text.utf8)
        return seen.withLock { seen in
            let rest = seen.bytes[seen.consumed...]
            guard let range = rest.firstRange(of: wanted) else { return nil }
            seen.consumed = range.upperBound
            return String(decoding: rest[..<range.upperBound], as: UTF8.self)
        }
    }
}

private func setSize(of file: Descriptor, columns: Int, rows: Int) throws {
    var size = winsize()
    size.ws_col = UInt16(columns)
    size.ws_row = UInt16(rows)
    try retrying("cannot set a terminal's size") { ioctl(file.rawValue, UInt(TIOCSWINSZ), &size) }
}
