import Foundation
import Testing

@testable import Deployments

/// What a detached job printed, byte for byte.
struct RemoteJobOutputTests {
    typealias Shell = RemoteSide.Shell

    /// A mebibyte in which every byte occurs.
    private static let bytes: Data = {
        var random = SeededGenerator(seed: 4_711)
        let words = (0..<131_072).map { _ in random.next() }
        return words.withUnsafeBytes { Data($0) }
    }()

    @Test(arguments: RemoteJobSide.shells, [false, true])
    func `a mebibyte of any bytes arrives exactly`(sh: Shell, follows: Bool) throws {
        let side = try RemoteJobSide(sh: sh)
        try side.scratch.write("home/bytes", Self.bytes)
        let run = try side.start("cat \"$HOME/bytes\";exit 3")
        #expect(try side.wait(for: run) == .exited(3))
        for offset in [0, 1, 65_535, 65_536, 65_537, 1_000_000, 1_048_575, 1_048_576] {
            let following = try Following(
                RemoteJob.output(run: run, from: offset, follows: follows), in: side)
            #expect(try following.end() == 0)
            #expect(following.hasPrinted(Self.bytes[offset...]), "from \(offset)")
            #expect(following.errors == "ccrun-job\texited\t3\n")
        }
    }

    @Test(arguments: RemoteJobSide.shells)
    func `an offset beyond the output is an error`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let run = try side.start("printf abc")
        #expect(try side.wait(for: run) == .exited(0))
        let program = try side.run(RemoteJob.output(run: run, from: 4, follows: false))
        #expect(program.status == 125)
        #expect(program.text == "")
        #expect(
            program.errorText.hasSuffix("the output of the job \(run) has fewer than 4 bytes\n"))
    }

    @Test(arguments: RemoteJobSide.shells)
    func `following shows what is written when it is written`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let run = try side.start(
            "echo one;\(RemoteJobSide.awaiting("2"))printf two >&2;"
                + "\(RemoteJobSide.awaiting("3"))printf 'three\\000';exit 7")
        try untilTrue { side.line("out", of: run) == "one" }
        let following = try Following(
            RemoteJob.output(run: run, from: 1, follows: true), in: side)
        try untilTrue { following.output == Data("ne\n".utf8) }
        let program = try side.run(RemoteJob.output(run: run, follows: false))
        #expect(program.text == "one\n")
        #expect(program.errorText == "ccrun-job\trunning\n")
        try side.touch("2")
        try untilTrue { following.output == Data("ne\ntwo".utf8) }
        #expect(following.errors == "")
        try side.touch("3")
        #expect(try following.end() == 0)
        #expect(following.output == Data("ne\ntwothree\0".utf8))
        #expect(following.errors == "ccrun-job\texited\t7\n")
    }

    @Test(arguments: RemoteJobSide.shells)
    func `no byte is lost or shown twice while a job writes`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let lines = (0..<4000).map { "line \($0) of a job that writes as fast as it can\n" }
        let run = try side.start(
            "i=0;while [ $i -lt 4000 ];do echo \"line $i of a job that writes as fast as it can\";"
                + "i=$((i+1));done")
        let followings = try (0..<3).map { _ in
            try Following(RemoteJob.output(run: run, follows: true), in: side)
        }
        for following in followings {
            #expect(try following.end() == 0)
            #expect(following.hasPrinted(Data(lines.joined().utf8)))
            #expect(following.errors == "ccrun-job\texited\t0\n")
        }
    }

    @Test(arguments: RemoteJobSide.shells)
    func `following ends when the client is gone`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let run = try side.start("echo here;\(RemoteJobSide.awaiting("go"))")
        for script in [
            try RemoteJob.output(run: run, follows: true), try RemoteJob.wait(run: run),
        ] {
            let following = try Following(script, in: side)
            if script.contains("cat <&3") {
                try untilTrue { following.output == Data("here\n".utf8) }
            }
            #expect(!following.hasEnded)
            following.leave()
            #expect(try following.end() == 128 + SIGTERM)
            #expect(following.errors == "")
        }
        try side.touch("go")
        #expect(try side.wait(for: run) == .exited(0))
        try untilTrue { side.processes.isEmpty }
    }

    @Test(arguments: RemoteJobSide.shells)
    func `following ends when nobody reads`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let run = try side.start(
            "until [ -e \"$HOME/go\" ];do echo tick;sleep 0.05 2>/dev/null||sleep 1;done")
        let script = ShellQuoting.quoted(try RemoteJob.output(run: run, follows: true))
        let following = try Following("sh -c \(script)|head -c 4", in: side)
        #expect(try following.end() == 0)
        #expect(following.output == Data("tick".utf8))
        try side.touch("go")
        #expect(try side.wait(for: run) == .exited(0))
        try untilTrue { side.processes.isEmpty }
    }

    @Test(arguments: RemoteJobSide.shells)
    func `a job that is not there has no output`(sh: Shell) throws {
        let side = try RemoteJobSide(sh: sh)
        let run = RemoteJobSide.makeID()
        for follows in [false, true] {
            let program = try side.run(RemoteJob.output(run: run, follows: follows))
            #expect(program.status == 0)
            #expect(program.text == "")
            #expect(RemoteJob.Verdict(parsing: program.errors) == .absent)
        }
        let waiting = try Following(RemoteJob.wait(run: run), in: side)
        #expect(try waiting.end() == 0)
        #expect(RemoteJob.Verdict(parsing: waiting.output) == .absent)
    }
}
