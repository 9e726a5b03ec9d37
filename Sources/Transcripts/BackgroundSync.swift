#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// A thread that brings a file to the disk while the run goes on.
///
/// The two sides share no memory, only a socket pair: a byte to the thread asks for a sync, a byte
/// back says how one went (0 or the error number), and the end of the stream ends the thread.
/// The thread works on descriptors of its own, which are closed after it was joined.
struct BackgroundSync: ~Copyable {
    /// What the thread works on.
    private struct Job {
        let file: Int32
        let folder: Int32
        let requests: Int32
        let delay: Int32
    }

    private static let syncRequest: UInt8 = 1
    private static let promptRequest: UInt8 = 2

    private let channel: Int32
    private let threadDescriptors: [Int32]
    private let thread: pthread_t
    private var headerResult: Int32?
    private var isStopped = false

    /// Starts with a sync of file and folder; nil where the system has no thread to spare.
    ///
    /// `folder` belongs to the thread from here on. Each later sync starts `delay` milliseconds
    /// after it was asked for.
    init?(file: Int32, folder: Int32, delay: Int32) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, streamSocket, 0, &ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let copy = fcntl(file, F_DUPFD_CLOEXEC, 0)
        let job = UnsafeMutablePointer<Job>.allocate(capacity: 1)
        job.initialize(to: Job(file: copy, folder: folder, requests: ends[1], delay: delay))
        guard copy >= 0, let thread = BackgroundSync.start(job) else {
            job.deallocate()
            for descriptor in ends + [copy] { close(descriptor) }
            return nil
        }
        self.thread = thread
        channel = ends[0]
        threadDescriptors = [ends[1], copy]
    }

    deinit {
        if !isStopped { shutdown(channel, Int32(SHUT_WR)) }
        pthread_join(thread, nil)
        close(channel)
        for descriptor in threadDescriptors { close(descriptor) }
    }

    /// Asks for a sync, within the delay or at once, and collects how earlier ones went: 0 or an error
    /// number.
    mutating func request(atOnce: Bool) -> Int32 {
        let result = collect()
        guard !isStopped else { return result }
        var byte = atOnce ? BackgroundSync.promptRequest : BackgroundSync.syncRequest
        _ = send(channel, &byte, 1, Int32(MSG_DONTWAIT))
        return result
    }

    /// Waits for the first sync; whether header and folder are on the disk.
    mutating func waitForHeader() -> Bool {
        if let headerResult { return headerResult == 0 }
        let result = receive(flags: 0) ?? EIO
        headerResult = result
        return result == 0
    }

    /// Asks the thread to end; it may still be at its last sync when this returns.
    mutating func stop() {
        guard !isStopped else { return }
        isStopped = true
        shutdown(channel, Int32(SHUT_WR))
    }

    private mutating func collect() -> Int32 {
        var worst: Int32 = 0
        while let result = receive(flags: Int32(MSG_DONTWAIT)) {
            if headerResult == nil { headerResult = result }
            worst = max(worst, result)
        }
        return worst
    }

    private func receive(flags: Int32) -> Int32? {
        var byte: UInt8 = 0
        while true {
            let count = recv(channel, &byte, 1, flags)
            if count == 1 { return Int32(byte) }
            if count == 0 || errno != EINTR { return nil }
        }
    }

    // MARK: - The thread

    /// The thread takes no signals: they belong to the thread that runs the session.
    private static func start(_ job: UnsafeMutablePointer<Job>) -> pthread_t? {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        #if canImport(Darwin)
            var thread: pthread_t?
            let result = pthread_create(&thread, nil, { BackgroundSync.run($0) }, job)
        #else
            var thread = pthread_t()
            let result = pthread_create(&thread, nil, { BackgroundSync.run($0) }, job)
        #endif
        return result == 0 ? thread : nil
    }

    private static func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let context else { return nil }
        let jobPointer = context.assumingMemoryBound(to: Job.self)
        let job = jobPointer.move()
        jobPointer.deallocate()

        report(max(synchronize(job.file), syncFolder(job.folder)), on: job.requests)
        var due: ContinuousClock.Instant?
        while true {
            var entry = pollfd(fd: job.requests, events: Int16(POLLIN), revents: 0)
            let changes = poll(&entry, 1, due.map { milliseconds(until: $0) } ?? -1)
            if changes < 0, errno == EINTR { continue }
            if changes == 0 {
                report(synchronize(job.file), on: job.requests)
                due = nil
                continue
            }
            var byte: UInt8 = 0
            // Whoever ends it syncs once more.
            guard recv(job.requests, &byte, 1, 0) == 1 else { break }
            if byte == promptRequest {
                due = .now
            } else if due == nil {
                due = .now + .milliseconds(job.delay)
            }
        }
        return nil
    }

    private static func milliseconds(until instant: ContinuousClock.Instant) -> Int32 {
        Int32(max(0, (instant - .now) / .milliseconds(1)).rounded(.up))
    }

    private static func syncFolder(_ folder: Int32) -> Int32 {
        guard folder >= 0 else { return 0 }
        defer { close(folder) }
        return fsync(folder) == 0 ? 0 : errno
    }

    private static func report(_ result: Int32, on channel: Int32) {
        var byte = UInt8(truncatingIfNeeded: result)
        _ = send(channel, &byte, 1, Int32(MSG_DONTWAIT))
    }
}

#if canImport(Glibc)
    private let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
    private let streamSocket = SOCK_STREAM
#endif
