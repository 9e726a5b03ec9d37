import CLibSSH2Shims
import Glibc
import TestServer
import Testing

@testable import SSH

/// The byte queues that libssh2 reads and writes in place of a socket.
@Suite struct TransportQueueTests {
    /// A queue of its own for one test.
    private final class Queue {
        var raw = ccr_queue()

        deinit { free(raw.base) }

        var count: Int { raw.tail - raw.head }

        func append(_ bytes: [UInt8]) throws {
            let room = try #require(ccr_queue_reserve(&raw, bytes.count))
            memcpy(room, bytes, bytes.count)
            ccr_queue_commit(&raw, bytes.count)
        }

        func take(_ count: Int) -> [UInt8] {
            guard count > 0 else { return [] }
            let bytes = Array(UnsafeBufferPointer(start: raw.base + raw.head, count: count))
            ccr_queue_consume(&raw, count)
            return bytes
        }
    }

    @Test func `a queue grows, and gives back what was put in`() throws {
        let queue = Queue()
        var expected: [UInt8] = []
        for index in 0..<2_000 {
            let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: index % 97 + 1)
            try queue.append(bytes)
            expected += bytes
        }
        #expect(queue.count == expected.count)
        #expect(queue.take(expected.count) == expected)
        #expect(queue.count == 0)
    }

    @Test func `a queue that was emptied begins at its start again`() throws {
        let queue = Queue()
        try queue.append([UInt8](repeating: 1, count: 100))
        _ = queue.take(99)
        #expect(queue.raw.head == 99)
        _ = queue.take(1)
        #expect(queue.raw.head == 0)
        #expect(queue.raw.tail == 0)
    }

    @Test func `a queue moves its bytes forward before it asks for more memory`() throws {
        let queue = Queue()
        try queue.append((0..<100).map { UInt8($0) })
        _ = queue.take(90)
        let size = queue.raw.size
        try queue.append([UInt8](repeating: 0xFF, count: size - 10))
        #expect(queue.raw.size == size)
        #expect(queue.raw.head == 0)
        #expect(queue.take(10) == (90..<100).map { UInt8($0) })
    }

    @Test func `a steady stream needs no more memory the longer it goes on`() throws {
        let queue = Queue()
        for _ in 0..<10_000 {
            try queue.append([UInt8](repeating: 7, count: 1_000))
            try queue.append([UInt8](repeating: 8, count: 500))
            _ = queue.take(1_500)
        }
        #expect(queue.raw.size <= 8_000)
    }

    @Test(arguments: [Int.max, Int(bitPattern: UInt.max), Int(bitPattern: UInt.max / 4)])
    func `room that cannot be had is refused, and nothing is lost`(count: Int) throws {
        let queue = Queue()
        try queue.append([1, 2, 3])
        #expect(ccr_queue_reserve(&queue.raw, Int(bitPattern: UInt(bitPattern: count))) == nil)
        #expect(queue.take(3) == [1, 2, 3])
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `whatever the order of reads and writes, bytes keep theirs`(seed: UInt64) throws {
        var random = TestServer.SeededGenerator(seed: seed)
        let queue = Queue()
        var model: [UInt8] = []
        for _ in 0..<400 {
            if Bool.random(using: &random) {
                let bytes = random.bytes(Int.random(in: 1...600, using: &random))
                try queue.append(bytes)
                model += bytes
            } else {
                let count = Int.random(in: 0...model.count, using: &random)
                #expect(queue.take(count) == Array(model.prefix(count)), "seed \(seed)")
                model.removeFirst(count)
            }
            #expect(queue.count == model.count, "seed \(seed)")
        }
    }
}
