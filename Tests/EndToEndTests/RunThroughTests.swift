import TestServer
import Testing
import Transcripts

/// What a program to go through says ahead of the mark by which the far `sh` tells that it reads.
@Suite struct RunThroughTests {
    private static let mark = Array("\u{1B}]5379;ccrun-ready\u{7}".utf8)

    @Test(arguments: ["-T", "-t"])
    func `what a program to go through says is shown, and in its order`(
        option: String
    ) throws {
        try withServer { server in
            let place = try Workplace(
                server,
                app: ["through: sh -c 'echo one; echo two >&2; echo three; exec \"$@\"' x"])
            let result = try place.run(
                [option, "-e", "A=b", "shop", "echo \"<$A>\"; echo end >&2"])
            #expect(result.status == .exited(0))
            if option == "-t" {
                // One stream, and its order is the terminal's.
                #expect(result.output == "one\r\ntwo\r\nthree\r\n<b>\r\nend\r\n")
                #expect(result.errorOutput.isEmpty)
                #expect(try place.transcript().text == result.output)
            } else {
                #expect(result.output == "one\nthree\n<b>\n")
                #expect(result.errorOutput == "two\nend\n")
            }
        }
    }

    /// With its terminal refused the command has two streams, and the mark comes on one of them.
    @Test func `stderr is shown ahead of the mark where the server gives no terminal`() throws {
        try withSSHD(SSHDOptions(configuration: ["PermitTTY no"])) { sshd in
            let place = try Workplace(
                sshd, app: ["through: sh -c 'echo one; echo two >&2; exec \"$@\"' x"])
            let result = try place.run(
                ["-t", "-e", "A=b", "shop", "read line; echo \"$A $line\"; echo end >&2"],
                input: .bytes(Array("in\n".utf8)))
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(result.output == "one\nb in\n")
            #expect(result.errorOutput.hasSuffix("\ntwo\nend\n"), "\(result.errorOutput)")
        }
    }

    /// Each new size of the window lets the server go on, so that what it says comes apart.
    @Test func `stderr between the pieces of the mark is shown when it comes`() throws {
        let script = Script.program([
            .errorOutput("first"), .awaitRequest("window-change"),
            .output("second"), .output(Array(Self.mark.prefix(7))),
            .awaitRequest("window-change"),
            .errorOutput("third"), .awaitRequest("window-change"),
            .output(Array(Self.mark.dropFirst(7))), .awaitRequest("window-change"),
            .output("fourth"), .eof, .exitStatus(0), .close,
        ])
        try withLyingServer(script) { server in
            let place = try Workplace(server, app: ["through: docker exec {tty} web"])
            let session = try place.terminal(["shop", "true"], columns: 80, rows: 24)
            defer { session.close() }
            for (rows, text) in [(25, "first"), (26, "second"), (27, "third")] {
                try session.waitFor(text)
                #expect(server.record.inputCount() == 0)
                try session.resize(columns: 80, rows: rows)
            }
            // The preamble follows the mark, and nothing else is typed.
            try server.record.waitForInput(count: 1)
            try session.resize(columns: 80, rows: 28)
            #expect(try session.waitForExit() == .exited(0), "\(session.output)")
            #expect(session.output == "firstsecondthirdfourth")
            #expect(try place.transcript().text == session.output)
        }
    }

    /// In one piece with the mark, stderr from ahead of it is still shown before what follows it.
    @Test func `stderr from ahead of the mark is not overtaken by what is behind it`() throws {
        let script = Script.program([
            .errorOutput("first\n"), .output(Array(Self.mark.prefix(7))),
            .errorOutput("second\n"), .output(Array(Self.mark.dropFirst(7))), .readInput,
            .output("third\n"), .eof, .exitStatus(0), .close,
        ])
        try withLyingServer(script) { server in
            let place = try Workplace(server, app: ["through: docker exec {tty} web"])
            let result = try place.shell("\"$0\" -t shop true 2>&1")
            #expect(result.output == "first\nsecond\nthird\n")
            #expect(try place.transcript().text == result.output)
        }
    }

    @Test(arguments: [("\u{3}", 130), ("typed\r\u{1C}", 131), ("\r~.", 255)] as [(String, Int32)])
    func `a program to go through that hangs can be left by keys`(
        keys: String, status: Int32
    ) throws {
        try withServer { server in
            let place = try Workplace(
                server, app: ["through: sh -c 'echo hangs; exec sleep 1021' x"])
            let session = try place.terminal(["shop", "cat"])
            defer { session.close() }
            let before = try session.terminalModes
            try session.waitFor("hangs\r\n")
            try session.write(keys)
            #expect(try session.waitForExit() == .exited(status), "\(session.output)")
            #expect(try session.terminalModes == before)
        }
    }

    @Test func `what is typed before the far side is ready arrives there in its turn`() throws {
        try withSSHD { sshd in
            let gate = sshd.folder.file("gate")
            let place = try Workplace(
                sshd,
                app: [
                    "through: sh -c 'echo up; until [ -e \(gate) ]; do sleep 0.1; done; exec \"$@\"' x"
                ])
            let session = try place.terminal(["shop", "read a; read b; echo \"<$a><$b>\""])
            defer { session.close() }
            try session.waitFor("up\r\n")
            try session.write("one\r")
            try session.write("two\r")
            try sshd.folder.write("", to: "gate")
            try session.waitFor("<one><two>\r\n")
            #expect(try session.waitForExit() == .exited(0))
        }
    }

    @Test(arguments: ["-T", "-t"])
    func `a program to go through that ends ahead of the mark tells why`(option: String) throws {
        try withServer { server in
            // Half a mark is no mark: it is shown when no more comes.
            let place = try Workplace(
                server,
                app: ["through: sh -c 'echo no such web >&2; printf \"\\033]5379;\"; exit 9' x"])
            let result = try place.run(
                [option, "shop", "echo ran"], input: .bytes(Array("in\n".utf8)))
            #expect(result.status == .exited(9))
            if option == "-t" {
                #expect(result.output == "no such web\r\n\u{1B}]5379;")
            } else {
                #expect(result.output == "\u{1B}]5379;")
                #expect(result.errorOutput.hasPrefix("no such web\n"), "\(result.errorOutput)")
            }
        }
    }
}
