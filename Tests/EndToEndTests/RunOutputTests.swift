import Foundation
import TestServer
import Testing
import Transcripts

/// The remote program's output, on its way to whoever reads ours.
@Suite struct RunOutputTests {
    @Test func `stdout and stderr stay apart`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(
                ["shop", "for i in 1 2 3; do echo out$i; echo err$i >&2; done; printf end"])
            #expect(result.output == "out1\nout2\nout3\nend")
            #expect(result.errorOutput == "err1\nerr2\nerr3\n")
        }
    }

    /// The server's last packets and its exit status come close together, in another order each time.
    @Test func `output written just before the exit is not lost`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let command = "head -c 100000 /dev/zero | tr '\\0' x; echo end >&2; echo end; exit 3"
            for round in 1...40 {
                let result = try place.run(["-q", "shop", command])
                let isWhole =
                    result.outputCount == 100_004 && result.output.hasSuffix("end\n")
                    && result.errorOutput == "end\n" && result.status == .exited(3)
                #expect(isWhole, "round \(round): \(result.outputCount) \(result.errorOutput)")
            }
        }
    }

    /// Dropbear waits for the command alone, for ssh as well.
    @Test func `a background process that holds the streams open is waited for`() throws {
        try withServer { server in
            let place = try Workplace(server)
            // It speaks once the command has ended, or, where the server does not wait, once the
            // connection's process is gone. It asks again and again: a shell can wait for its own
            // children only.
            let ended = serverIsDropbear ? "$PPID" : "$$"
            let late = "(while kill -0 \(ended) 2>/dev/null; do sleep 0.05; done; echo late)"
            let result = try place.run(["shop", "\(late) & exit 4"])
            #expect(result.output == (serverIsDropbear ? "" : "late\n"))
            #expect(result.status == .exited(4))
        }
    }

    @Test func `120 MB pass a slow reader in less than 64 MB of memory`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let reader = SlowReader()
            let result = try place.run(
                ["--no-record", "shop", "exec head -c 120000000 /dev/zero"],
                output: .fed { reader.take($0) }, measuresMemory: true, deadline: .seconds(900))
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(result.outputCount == 120_000_000)
            let peak = try #require(result.peakMemory)
            #expect(peak < 64 << 10, "\(peak) KiB")
        }
    }

    @Test func `100 MB of input wait for a slower program in less than 64 MB of memory`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let feeder = Feeder(blocks: 1600)
            let result = try place.run(
                ["--no-record", "shop", "tee /dev/stderr | sha256sum 2>&1 | wc -c"],
                input: .generated { feeder.next() }, error: .hashed, measuresMemory: true,
                deadline: .seconds(900))
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(result.output == "68\n")
            let peak = try #require(result.peakMemory)
            #expect(peak < 64 << 10, "\(peak) KiB")
        }
    }

    /// How much the command prints: what a pipe holds, what ccrun holds, and what the network holds.
    ///
    /// That the limit is over shows nowhere, so this waits for it, once for all sizes.
    @Test func `a reader that takes longer than the limit does not use up the command's time`()
        throws
    {
        let limit = Duration.seconds(20)
        let sizes = [1000, 100_000, 132_000, 200_000, 1_000_000]
        let servers = try sizes.map { size in
            let output = [UInt8](repeating: 0x78, count: size)
            return try LyingServer(.program([.output(output), .eof, .exitStatus(7), .close]))
        }
        defer { servers.forEach { $0.stop() } }
        let places = try servers.map { try Workplace($0) }
        let runs = try places.map { place in
            // The command has begun by the first byte: its time is up when that much has passed since.
            let hasBegun = Watched(false)
            return try place.start(
                ["--timeout", "20s", "shop", "true"],
                output: .fed { _ in
                    let isFirst = hasBegun.withLock { hasBegun in
                        defer { hasBegun = true }
                        return !hasBegun
                    }
                    if isFirst { Thread.sleep(forTimeInterval: (limit * 1.2).inSeconds) }
                })
        }
        for (index, size) in sizes.enumerated() {
            let result = try runs[index].waitForExit()
            #expect(result.status == .exited(7), "\(size): \(result.errorOutput)")
            #expect(result.outputCount == size)
            try places[index].expectTranscript(.exit(7))
        }
    }

    @Test func `a recorded stream needs no more memory than others`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(
                ["shop", "exec head -c 30000000 /dev/zero"], output: .hashed, measuresMemory: true,
                deadline: .seconds(900))
            #expect(result.outputCount == 30_000_000)
            let peak = try #require(result.peakMemory)
            #expect(peak < 64 << 10, "\(peak) KiB")
        }
    }

    @Test func `a reader that has had enough ends the run quietly`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.shell("\"$0\" shop yes | head -n 1; echo ${PIPESTATUS[0]}")
            #expect(result.output == "y\n141\n")
            #expect(result.errorOutput.isEmpty, "\(result.errorOutput)")
            try place.expectTranscript(.cancelled("PIPE", 13))
        }
    }

    @Test func `a command that says nothing more is not ended by a reader that has gone`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.shell(
                "{ \"$0\" -q shop 'echo one; exit 8'; echo $? >&2; } | head -n 1")
            #expect(result.output == "one\n")
            #expect(result.errorOutput == "8\n")
        }
    }

    @Test func `nobody reads stderr any more, and the run goes on`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.shell(
                "\"$0\" shop 'echo a >&2; echo b >&2; echo c; exit 9' 2> >(exec true); echo $?")
            #expect(result.output == "c\n9\n")
        }
    }

    /// A descriptor that is closed when a program starts is given to the next file it opens.
    @Test(arguments: [(">&-", "", "err\n"), ("2>&-", "out\n", ""), (">&- 2>&- <&-", "", "")])
    func `a closed stdout or stderr is no reason not to run`(
        redirection: String, output: String, errorOutput: String
    ) throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.shell(
                "exec \"$0\" -q shop 'echo out; echo err >&2; exit 3' \(redirection)")
            #expect(result.status == .exited(3), "\(result.errorOutput)")
            #expect(result.output == output)
            #expect(result.errorOutput == errorOutput)
            try place.expectTranscript(.exit(3))
        }
    }

    @Test func `a full disk behind stderr does not change the status`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(
                ["shop", "echo err >&2; echo out; exit 3"], error: .file("/dev/full"))
            #expect(result.status == .exited(3))
            #expect(result.output == "out\n")
        }
    }

    /// What cannot be written is a loss of output; to say nothing of it would be to lie.
    @Test func `a full disk behind stdout is not taken for a reader that has had enough`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(
                ["shop", "echo out; echo err >&2; exit 0"], output: .file("/dev/full"))
            #expect(result.status == .exited(125))
            let lines = result.errorOutput.split(separator: "\n").filter { $0 != "err" }
            let text = "ccrun: cannot write the output (no space left on device); the command "
            #expect(lines.last?.hasPrefix(text) == true, "\(result.errorOutput)")
            #expect(try place.transcript().ending?.shellStatus == 125)
            // Dropbear tells the status some time after the output: ccrun need not have it yet.
            guard !serverIsDropbear else { return }
            #expect(lines.count == 1 && !lines[0].contains("may still be running"))
        }
    }

    @Test func `output can be appended to a file that others write to`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let file = place.folder.file("log")
            let result = try place.shell(
                """
                exec >'\(file)' 2>&1
                echo before; "$0" shop 'echo one; echo two >&2'; echo after
                """)
            #expect(result.status == .exited(0))
            let lines = String(decoding: try place.folder.read("log"), as: UTF8.self)
            #expect(lines == "before\none\ntwo\nafter\n" || lines == "before\ntwo\none\nafter\n")
        }
    }
}

/// Takes its time over what it is given, about as long as the network takes.
private final class SlowReader: Sendable {
    private let sum = Watched(UInt64(0))

    func take(_ bytes: [UInt8]) {
        sum.withLock { sum in
            for place in stride(from: 0, to: bytes.count, by: 16) { sum &+= UInt64(bytes[place]) }
        }
    }
}

/// Gives so many blocks of 64 KiB, and then the end.
private final class Feeder: Sendable {
    private let left: Watched<Int>
    private let block = [UInt8](repeating: 0x61, count: 65_536)

    init(blocks: Int) { left = Watched(blocks) }

    func next() -> [UInt8]? {
        left.withLock { left in
            left -= 1
            return left >= 0 ? block : nil
        }
    }
}
