import Testing

@testable import Runs

/// A value that nothing shows.
@Suite struct SecretTests {
    private static let secret = Secret("s3cr3t")

    private struct Holder {
        let name = "holder"
        let secret = SecretTests.secret
    }

    @Test func `a secret says nothing about itself`() {
        #expect("\(Self.secret)" == "[redacted]")
        #expect(String(reflecting: Self.secret) == "[redacted]")
        #expect("\(["K": Self.secret])" == "[\"K\": [redacted]]")
        #expect("\(Optional(Self.secret) as Any)" == "Optional([redacted])")
        #expect(Mirror(reflecting: Self.secret).children.isEmpty)
        #expect(!"\(Holder())".contains("s3cr3t"))
        var dumped = ""
        dump(Holder(), to: &dumped)
        #expect(dumped.contains("[redacted]"))
        #expect(!dumped.contains("s3cr3t") && !dumped.contains("115"))
    }

    @Test func `the bytes of a secret are lent`() {
        let bytes = Self.secret.withBytes { Array($0) }
        #expect(bytes == Array("s3cr3t".utf8))
        #expect(Self.secret.count == 6)
        let nothing = Secret("").withBytes { Array($0) }
        #expect(nothing.isEmpty)
        #expect(Self.secret == Secret(Array("s3cr3t".utf8)))
    }
}
