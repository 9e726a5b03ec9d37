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
        #expect(unsafeBitCast(inUse, to: Method.self)() != unsafeBitCast(own, to: Method.self)())
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

    @Test func `all values are as frequent in padding`() throws {
        let generator = try Self.generator()
        var counts = [Int](repeating: 0, count: 256)
        for _ in 0..<25_600 {
            for byte in try #require(Self.bytes(10, from: generator)) { counts[Int(byte)] += 1 }
        }
        // 1,000 each: 200 off is more than six times the standard deviation.
        #expect(counts.allSatisfy { abs($0 - 1_000) < 200 }, "\(counts)")
    }

    @Test func `as much as was asked for is written, and no more`() throws {
        let generator = try Self.generator()
        for count in 0...40 {
            var isTouched = [Bool](repeating: false, count: 64)
            for _ in 0..<20 {
                var room = [UInt8](repeating: 0xAA, count: 64)
                #expect(generator(&room, CInt(count)) == 1)
                for index in room.indices where room[index] != 0xAA { isTouched[index] = true }
            }
            #expect(isTouched == (0..<64).map { $0 < count })
        }
    }
}
