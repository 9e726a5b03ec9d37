import CLibSSH2Shims
import Glibc
import Testing

@testable import SSH

/// What libcrypto hands out once the padding of packets comes out of portions.
@Suite struct TransportPaddingTests {
    private typealias Generator = @convention(c) (UnsafeMutablePointer<UInt8>?, CInt) -> CInt

    /// libcrypto's RAND_bytes(3), as libssh2 calls it.
    private static func generator() throws -> Generator {
        ccr_take_padding_in_portions()
        let symbol = try #require(dlsym(nil, "RAND_bytes"))
        return unsafeBitCast(symbol, to: Generator.self)
    }

    private static func bytes(_ count: Int, from generator: Generator) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return generator(&bytes, CInt(count)) == 1 ? bytes : nil
    }

    @Test func `libcrypto is asked by way of the portions`() throws {
        typealias Method = @convention(c) () -> OpaquePointer?
        _ = try Self.generator()
        let inUse = try #require(dlsym(nil, "RAND_get_rand_method"))
        let own = try #require(dlsym(nil, "RAND_OpenSSL"))
        let method = try #require(unsafeBitCast(inUse, to: Method.self)())
        #expect(method != unsafeBitCast(own, to: Method.self)())
    }

    @Test(arguments: [8, 12, 19, 20, 32, 64, 4096])
    func `nothing random comes twice, in whatever thread`(size: Int) async throws {
        _ = try Self.generator()
        let texts = try await withThrowingTaskGroup(of: [[UInt8]?].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let generator = try Self.generator()
                    return (0..<1_000).map { _ in Self.bytes(size, from: generator) }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(texts.compactMap(\.self)).count == 4_000)
    }

    /// What the counting generator was asked for; only the test below uses it, on one thread.
    nonisolated(unsafe) private static var requests: [CInt] = []
    nonisolated(unsafe) private static var isExhausted = false

    @Test func `a portion serves what is as small as padding, and is wiped as it goes`() {
        let counting: ccr_generator = { room, count in
            Self.requests.append(count)
            if Self.isExhausted { return 0 }
            for index in 0..<Int(count) { room?[index] = UInt8(index % 251 + 1) }
            return 1
        }
        var portion = ccr_random_portion()
        let size = CInt(MemoryLayout.size(ofValue: portion.bytes))
        let padding = CInt(CCR_PADDING_MAX)
        var room = [UInt8](repeating: 0, count: 64)
        func held() -> [UInt8] { withUnsafeBytes(of: portion.bytes) { Array($0) } }

        #expect(ccr_take_random(&portion, &room, padding, counting) == 1)
        #expect(Self.requests == [size])
        #expect(room.prefix(Int(padding)).allSatisfy { $0 != 0 })
        #expect(room.dropFirst(Int(padding)).allSatisfy { $0 == 0 })
        #expect(held().suffix(Int(padding)).allSatisfy { $0 == 0 })
        #expect(held().dropLast(Int(padding)).allSatisfy { $0 != 0 })

        // A key's worth comes from the generator.
        #expect(ccr_take_random(&portion, &room, padding + 1, counting) == 1)
        #expect(Self.requests == [size, padding + 1])
        #expect(portion.left == size - padding)

        while portion.left >= padding {
            #expect(ccr_take_random(&portion, &room, padding, counting) == 1)
        }
        #expect(Self.requests.count == 2)
        Self.isExhausted = true
        #expect(ccr_take_random(&portion, &room, padding, counting) == 0)
        #expect(portion.left == 0)
        #expect(ccr_take_random(&portion, &room, -1, counting) == 0)
        Self.isExhausted = false
        #expect(ccr_take_random(&portion, &room, padding, counting) == 1)
        #expect(portion.left == size - padding)
    }
}
