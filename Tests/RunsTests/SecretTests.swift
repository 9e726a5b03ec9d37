import Testing

@testable import Runs

/// A value that nothing shows, and the command that prints one.
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

    private static func output(_ command: String, limit: Int = 100) throws -> String {
        let bytes = try SecretCommand.output(
            of: command, environment: ["PATH": "/usr/bin:/bin", "X": "from here"], limit: limit)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a command is run by sh, without input, in the environment given`() throws {
        #expect(try Self.output("printf '%s' \"$X\"; cat") == "from here")
        #expect(try Self.output("echo a | tr a b") == "b\n")
        #expect(try Self.output("true").isEmpty)
    }

    @Test(arguments: [("exit 3", 3), ("echo x; false", 1), ("kill -TERM $$", 143), ("nope-", 127)])
    func `a command that ends with another status gives nothing`(command: String, status: CInt) {
        let quiet = "exec 2>/dev/null; \(command)"
        #expect(throws: SecretCommand.Failure.status(status)) { try Self.output(quiet) }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a command that prints without end is ended`() throws {
        #expect(throws: SecretCommand.Failure.tooLong) {
            try Self.output("while :; do echo xxxxxxxxxx; done")
        }
        #expect(try Self.output("printf 12345", limit: 5) == "12345")
    }
}
