import Foundation
import TestServer
import Testing

/// A server that exchanges keys again every 64 KB, in both directions.
@Suite struct RekeyTests {
    private static func withRekeying<Result>(_ body: (PrivateSSHD) throws -> Result) throws
        -> Result
    {
        try withSSHD(SSHDOptions(configuration: ["RekeyLimit 64K", "LogLevel DEBUG1"]), body)
    }

    /// Bytes that repeat nowhere near; the same ones for the same seed.
    private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    /// How often the server has made new keys, over all of its connections.
    private static func exchanges(_ sshd: PrivateSSHD) -> Int {
        sshd.log.ranges(of: "SSH2_MSG_KEXINIT received").count
    }

    @Test func `3 MB through it and back are the same bytes`() throws {
        try Self.withRekeying { sshd in
            let place = try Workplace(sshd)
            let data = Self.noise(3_000_000, seed: 5)
            let result = try place.run(
                ["-T", "shop", "cat"], input: .bytes(data), deadline: .seconds(900))
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(result.standardOutput == data)
            #expect(Self.exchanges(sshd) > 40)
        }
    }

    @Test func `keys, sizes and signs of life pass between the exchanges`() throws {
        try Self.withRekeying { sshd in
            let place = try Workplace(sshd)
            let session = try place.terminal([
                "shop",
                "stty -echo; trap 'stty size' WINCH; echo up; "
                    + "(while seq 100000 100500; do sleep 0.02; done) & "
                    // A trap ends a read.
                    + "while [ \"$line\" != end ] && test -t 0; do read line && echo \"<$line>\"; done; "
                    + "kill $!; exit 4",
            ])
            defer { session.close() }
            try session.waitFor("up\r\n")
            var number = 0
            // However fast they pass, some of them meet an exchange.
            while number < 20 || Self.exchanges(sshd) <= 3 {
                let size = (columns: 60 + number % 100, rows: 20 + number % 50)
                try session.resize(columns: size.columns, rows: size.rows)
                try session.waitFor("\(size.rows) \(size.columns)\r\n")
                try session.write("line-\(number)\r")
                try session.waitFor("<line-\(number)>\r\n")
                number += 1
            }
            try session.write("end\r")
            #expect(try session.waitForExit() == .exited(4))
        }
    }

    @Test func `an interrupt ends what streams`() throws {
        try Self.withRekeying { sshd in
            let place = try Workplace(sshd)
            let run = try place.start([
                "-T", "shop", "while head -c 100000 /dev/zero; do sleep 0.05; done",
            ])
            try sshd.waitForLog("SSH2_MSG_KEXINIT received", count: 5)
            run.send(signal: SIGINT)
            let result = try run.waitForExit()
            #expect(result.status == .exited(130))
            #expect(result.errorOutput.contains("was ended by TERM"), "\(result.errorOutput)")
        }
    }
}
