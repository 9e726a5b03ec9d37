import Glibc
import TestServer
import Testing

@testable import Runs

/// Local descriptors of every kind as the place where a remote stream goes.
@Suite struct OutputSinkTests {
    init() {
        // As SignalPipe does in the program.
        signal(SIGPIPE, SIG_IGN)
    }

    private static func pipe() throws -> (read: Descriptor, write: Descriptor) {
        var ends: [CInt] = [-1, -1]
        try #require(Glibc.pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (Descriptor(ends[0]), Descriptor(ends[1]))
    }

    private static func sockets() throws -> (Descriptor, Descriptor) {
        var ends: [CInt] = [-1, -1]
        let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
        return (Descriptor(ends[0]), Descriptor(ends[1]))
    }

    private static func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
    }

    /// Reads until the sink has written all it holds.
    private static func drain(_ sink: OutputSink, _ reader: Descriptor, _ count: Int) throws
        -> [UInt8]
    {
        var received: [UInt8] = []
        while received.count < count {
            received += try reader.read()
            sink.flush()
        }
        return received
    }

    @Test func `what a pipe does not take is kept, in order`() throws {
        let (reader, writer) = try Self.pipe()
        let sink = OutputSink(writer.rawValue)
        let bytes = Self.pattern(300_000)
        for start in stride(from: 0, to: bytes.count, by: 30_000) {
            bytes[start..<(start + 30_000)].withUnsafeBytes(sink.write)
        }
        #expect(sink.hasPending)
        #expect(!sink.hasRoom)
        #expect(sink.pollEntry?.events == Int16(POLLOUT))
        #expect(try Self.drain(sink, reader, bytes.count) == bytes)
        #expect(!sink.hasPending)
        #expect(sink.hasRoom)
        #expect(sink.pollEntry == nil)
        #expect(sink.failure == nil)
    }

    @Test func `a pipe's own mode is not changed, for it is shared`() throws {
        let (reader, writer) = try Self.pipe()
        let sink = OutputSink(writer.rawValue)
        Self.pattern(100_000).withUnsafeBytes(sink.write)
        #expect(sink.hasPending)
        #expect(fcntl(writer.rawValue, F_GETFL) & O_NONBLOCK == 0)
        reader.close()
    }

    @Test(arguments: [4_608, 65_536, 212_992])
    func `a socket never blocks, however small its buffer`(size: CInt) throws {
        let (reader, writer) = try Self.sockets()
        var size = size
        setsockopt(
            writer.rawValue, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        let sink = OutputSink(writer.rawValue)
        let bytes = Self.pattern(1_000_000)
        bytes.withUnsafeBytes(sink.write)
        #expect(sink.hasPending)
        #expect(fcntl(writer.rawValue, F_GETFL) & O_NONBLOCK == 0)
        #expect(try Self.drain(sink, reader, bytes.count) == bytes)
        #expect(sink.failure == nil)
    }

    @Test(arguments: [true, false])
    func `a reader that is always behind costs no more memory the longer it goes on`(
        isSocket: Bool
    ) throws {
        let (reader, writer) = isSocket ? try Self.sockets() : try Self.pipe()
        let sink = OutputSink(writer.rawValue)
        let chunk = Self.pattern(20_000)
        var largest = 0
        var (sent, received) = (0, 0)
        while sent < 20_000_000 {
            while sink.hasRoom {
                chunk.withUnsafeBytes(sink.write)
                sent += chunk.count
            }
            received += try reader.read(10_000).count
            sink.flush()
            let held = Mirror(reflecting: sink).descendant("pending") as? [UInt8]
            largest = max(largest, try #require(held).count)
        }
        #expect(received > 10_000_000)
        #expect(largest <= 3 * OutputSink.highWater)
    }

    @Test(arguments: [true, false])
    func `when nobody reads, bytes go nowhere, and that is known`(hasPending: Bool) throws {
        let (reader, writer) = try Self.pipe()
        let sink = OutputSink(writer.rawValue)
        if hasPending { Self.pattern(200_000).withUnsafeBytes(sink.write) }
        reader.close()
        if hasPending { sink.flush() } else { Self.pattern(10).withUnsafeBytes(sink.write) }
        #expect(sink.failure == EPIPE)
        #expect(!sink.hasPending)
        Self.pattern(1_000_000).withUnsafeBytes(sink.write)
        #expect(!sink.hasPending)
        #expect(sink.hasRoom)
    }

    @Test func `a pipe without a reader from the start is known at the first byte`() throws {
        let (reader, writer) = try Self.pipe()
        reader.close()
        let sink = OutputSink(writer.rawValue)
        #expect(sink.failure == nil)
        Self.pattern(1).withUnsafeBytes(sink.write)
        #expect(sink.failure == EPIPE)
    }

    @Test func `a regular file takes everything at once, at its own place`() throws {
        try withScratchFolder { folder in
            let path = try folder.write("before ", to: "file")
            let file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
            defer { close(file) }
            let sink = OutputSink(file)
            let bytes = Self.pattern(500_000)
            bytes.withUnsafeBytes(sink.write)
            #expect(!sink.hasPending)
            #expect(try folder.read("file") == Array("before ".utf8) + bytes)
        }
    }

    @Test(arguments: [("/dev/full", ENOSPC), ("/dev/null", nil)] as [(String, CInt?)])
    func `a full disk is told from a reader that has gone`(path: String, failure: CInt?) throws {
        let file = open(path, O_WRONLY | O_CLOEXEC)
        defer { close(file) }
        let sink = OutputSink(file)
        Self.pattern(100_000).withUnsafeBytes(sink.write)
        #expect(sink.failure == failure)
        #expect(!sink.hasPending)
    }

    @Test func `a descriptor that is none fails with the first byte`() throws {
        let sink = OutputSink(-1)
        Self.pattern(1).withUnsafeBytes(sink.write)
        #expect(sink.failure == EBADF)
    }

    @Test func `nothing is nothing to write`() throws {
        let (reader, writer) = try Self.pipe()
        let sink = OutputSink(writer.rawValue)
        sink.write(UnsafeRawBufferPointer(start: nil, count: 0))
        sink.flush()
        #expect(!sink.hasPending)
        #expect(sink.failure == nil)
        reader.close()
    }
}
