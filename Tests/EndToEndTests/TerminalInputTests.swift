import Glibc
import TestServer
import Testing
import Transcripts

@Suite struct TerminalInputTests {
    @Test func `every key reaches the remote program as its byte`() throws {
        try withServer { host in
            let work = try Workplace(host)
            let command =
                "stty raw -echo; printf 'up;'; head -c 256 | od -An -v -tx1 | tr -d ' \\n'"
            let session = try work.terminal(["shop", command])
            defer { session.close() }
            try session.waitFor("up;")
            #expect(try session.terminalModes.areRaw)
            try session.write((0...255).map { UInt8($0) })
            #expect(try session.waitForExit() == .exited(0))
            let digits = (0...255).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            #expect(session.output == "up;" + digits.joined())
        }
    }

    @Test func `control characters are shown by a remote cat -v`() throws {
        try withServer { host in
            let work = try Workplace(host)
            let session = try work.terminal([
                "shop", "stty raw -echo; printf 'up;'; head -c 33 | cat -v",
            ])
            defer { session.close() }
            try session.waitFor("up;")
            try session.write((0...31).map { UInt8($0) } + [127])
            #expect(try session.waitForExit() == .exited(0))
            // cat -v leaves a tab and a line feed as they are.
            #expect(
                session.output
                    == "up;^@^A^B^C^D^E^F^G^H\t\n^K^L^M^N^O^P^Q^R^S^T^U^V^W^X^Y^Z^[^\\^]^^^_^?")
        }
    }

    /// A key, what it does to a program in the remote foreground, and ccrun's status then.
    static let deadly: [(key: String, status: Int32)] = [("\u{3}", 130), ("\u{1c}", 131)]

    @Test(arguments: deadly)
    func `a key that makes a signal makes it over there`(_ row: (key: String, status: Int32)) throws
    {
        try withServer { host in
            let work = try Workplace(host)
            let session = try work.terminal(["shop", "ulimit -c 0; echo up; exec sleep 1000"])
            defer { session.close() }
            try session.waitFor("up\r\n")
            try session.write(row.key)
            #expect(try session.waitForExit() == .exited(row.status))
        }
    }

    @Test func `Control-Z stops the remote program and not ccrun`() throws {
        try withServer { host in
            let work = try Workplace(host)
            let session = try work.terminal(["shop", "exec bash --norc --noediting -i"])
            defer { session.close() }
            try session.write("PS1='re''ady> '\r")
            try session.waitFor("ready> ")
            try session.write("cat\r")
            try session.waitFor("cat\r\n")
            try session.write("one\r")
            try session.waitFor("one\r\none\r\n")
            try session.write("\u{1a}")
            #expect(try session.waitFor("ready> ").contains("Stopped"))
            #expect(!isProcessStopped(session.process.pid))
            try session.write("fg\r")
            try session.waitFor("cat\r\n")
            try session.write("\u{4}")
            try session.waitFor("ready> ")
            try session.write("exit 7\r")
            #expect(try session.waitForExit() == .exited(7))
        }
    }

    @Test func `a paste of lines of 300 columns arrives whole`() throws {
        try withServer { host in
            let work = try Workplace(host)
            let lines = (0..<60).map { number in
                String((0..<30).map { "\(number)-\($0)-ä€𝄞-" }.joined().prefix(299)) + "|"
            }
            let session = try work.terminal(["shop", "stty -echo; echo up; cat"], columns: 300)
            defer { session.close() }
            try session.waitFor("up\r\n")
            try session.write(lines.joined(separator: "\r") + "\r")
            try session.waitFor(lines[59] + "\r\n")
            try session.write("\u{4}")
            #expect(try session.waitForExit() == .exited(0))
            #expect(session.output == "up\r\n" + lines.map { $0 + "\r\n" }.joined())
            #expect(try work.transcript().text == session.output)
        }
    }

    @Test func `what is typed ahead of the connection waits for the program`() throws {
        try withServer { host in
            let work = try Workplace(host)
            let session = try work.terminal(
                [
                    "-e", "A=\(String(repeating: "x", count: 3000))", "shop",
                    "read line; echo \"<$line>\"",
                ])
            defer { session.close() }
            try session.write("typed ahead\r")
            #expect(try session.waitForExit() == .exited(0))
            #expect(session.output.hasSuffix("<typed ahead>\r\n"))
        }
    }

    @Test func `the size is passed on at the start and at each change`() throws {
        try withServer { host in
            let work = try Workplace(host)
            let session = try work.terminal(
                [
                    "shop",
                    "trap 'stty size' WINCH; stty size; while test -t 0; do read line && exit; done",
                ],
                columns: 91, rows: 33)
            defer { session.close() }
            try session.waitFor("33 91\r\n")
            for (columns, rows) in [(132, 50), (40, 10), (300, 100)] {
                try session.resize(columns: columns, rows: rows)
                try session.waitFor("\(rows) \(columns)\r\n")
            }
            try session.write("\r")
            #expect(try session.waitForExit() == .exited(0))
            let transcript = try work.transcript()
            #expect(transcript.header.width == 91 && transcript.header.height == 33)
            #expect(
                try transcript.events().filter { $0.code == .resize }.map(\.text)
                    == ["132x50", "40x10", "300x100"])
        }
    }
}
