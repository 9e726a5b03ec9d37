internal import LocalTerminal
internal import Runs

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where `show` writes to: stdout, or a pager once the text has outgrown the screen.
struct ShownOutput {
    /// Nothing more can be written: whoever read has gone, or the disk is full.
    struct Closed: Error {
        let errorNumber: CInt
    }

    private let pagerCommand: String?
    private let size: Terminal.Size?
    private let environment: [String: String]
    private var pager: Pager?
    /// What is held back as long as it may still fit the screen; frames go to stderr if it does.
    private var held: [(text: String, isFrame: Bool)] = []
    private var heldRows = 0
    private var buffer: [UInt8] = []
    private var failure: CInt?

    /// `pager`: the shell's line to start one with; nil writes to stdout at once.
    init(pager: String?, size: Terminal.Size?, environment: [String: String]) {
        pagerCommand = size == nil ? nil : pager
        self.size = size
        self.environment = environment
    }

    /// Writes a line.
    mutating func write(_ line: String) throws(Closed) {
        try take(line, isFrame: false)
    }

    /// Writes lines that are ours, not the run's: to stderr, or to the pager among the rest.
    mutating func frame(_ lines: [String]) {
        for line in lines { try? take(line, isFrame: true) }
    }

    /// Writes what is left, and waits until the pager was left.
    mutating func finish() throws(Closed) {
        for line in held { try put(line.text, isFrame: line.isFrame) }
        held = []
        try flush()
        leave()
    }

    /// Waits until the pager was left.
    mutating func leave() {
        pager?.finish()
        pager = nil
    }

    private mutating func take(_ line: String, isFrame: Bool) throws(Closed) {
        guard pager == nil, let pagerCommand, let size else {
            return try put(line, isFrame: isFrame)
        }
        held.append((line, isFrame))
        // Sequences count as well: who has many colours gets a pager a little early.
        heldRows += 1 + max(0, line.unicodeScalars.count - 1) / max(1, size.columns)
        guard heldRows >= size.rows else { return }
        pager = Pager(pagerCommand, environment: environment)
        let lines = held
        held = []
        // Without a pager after all, nothing is held any more.
        heldRows = pager == nil ? .min / 2 : 0
        for line in lines { try put(line.text, isFrame: line.isFrame) }
    }

    private mutating func put(_ line: String, isFrame: Bool) throws(Closed) {
        if isFrame && pager == nil {
            try flush()
            Notices.toStandardError(line + "\n")
            return
        }
        buffer += Array(line.utf8)
        buffer.append(0x0a)
        if buffer.count >= 32 * 1024 { try flush() }
    }

    private mutating func flush() throws(Closed) {
        let descriptor = pager?.descriptor ?? STDOUT_FILENO
        let number = buffer.withUnsafeBytes { DescriptorOutput.write($0, to: descriptor) }
        buffer.removeAll(keepingCapacity: true)
        failure = failure ?? number
        if let failure { throw Closed(errorNumber: failure) }
    }
}
