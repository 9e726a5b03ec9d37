import Glibc
import Testing

@testable import SSH

/// From a host's name to the addresses to try.
@Suite struct TransportNameLookupTests {
    private static func addresses(of host: String, port: UInt16 = 22) throws -> [SocketAddress] {
        try NameLookup.addresses(of: host, port: port, until: .after(generous), interrupt: nil)
    }

    @Test(arguments: [
        ("127.0.0.1", AF_INET, "127.0.0.1"), ("192.0.2.7", AF_INET, "192.0.2.7"),
        ("::1", AF_INET6, "::1"), ("2001:DB8:0::7", AF_INET6, "2001:db8::7"),
    ])
    func `a numeric address is itself`(host: String, family: CInt, text: String) throws {
        let found = try Self.addresses(of: host)
        #expect(found.map(\.family) == [family])
        #expect(found.map(\.text) == [text])
    }

    @Test func `the port is part of the address`() throws {
        let bytes = try #require(try Self.addresses(of: "127.0.0.1", port: 0x1234).first).bytes
        // sockaddr_in: family, port in network order, address.
        #expect(Array(bytes[2..<8]) == [0x12, 0x34, 127, 0, 0, 1])
    }

    @Test func `localhost has addresses, all of them this machine's`() throws {
        let found = try Self.addresses(of: "localhost").map(\.text)
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0 == "::1" || $0.hasPrefix("127.") }, "\(found)")
    }

    @Test func `a name that cannot exist is not found`() {
        // A label has at most 63 bytes (RFC 1035, 2.3.4): no name server is asked for this one.
        let name = String(repeating: "x", count: 64) + "\u{1b}[2J"
        let error = sshError { _ = try Self.addresses(of: name) }
        #expect(error?.code == .nameLookup)
        let shown = String(repeating: "x", count: 64) + "[2J"
        #expect(error?.attempted == "cannot find the address of \"\(shown)\"")
        #expect(error?.underlying?.isEmpty == false)
        #expect(error?.hint != nil)
    }

    private static func address(_ family: CInt, _ text: String) -> SocketAddress {
        SocketAddress(family: family, bytes: [], text: text)
    }

    @Test(arguments: [
        ("", ""), ("a", "a"), ("aaa", "aaa"), ("ab", "ab"), ("ba", "ba"), ("aab", "aba"),
        ("abbb", "abbb"), ("aabb", "abab"), ("bbaa", "baba"), ("aaab", "abaa"),
    ])
    func `families take turns, the system's first choice first`(given: String, expected: String) {
        let addresses = given.enumerated().map { index, letter in
            Self.address(letter == "a" ? AF_INET6 : AF_INET, "\(letter)\(index)")
        }
        let ordered = NameLookup.alternating(addresses).map(\.text)
        #expect(ordered.compactMap(\.first).map(String.init).joined() == expected)
        for letter in ["a", "b"] {
            let kept = ordered.filter { $0.hasPrefix(letter) }
            #expect(kept == addresses.map(\.text).filter { $0.hasPrefix(letter) })
        }
    }
}
