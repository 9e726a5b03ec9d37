import Testing

@testable import Deployments

/// Which files are taken for scripts, and what runs them.
struct LocalScriptTests {
    @Test(
        arguments: [
            ([], "it is empty"),
            ([0x7f] + Array("ELF\u{2}".utf8), "it is a program in machine code, no script"),
            (Array("echo a\0b".utf8), "it contains a NUL byte, so it is no text"),
            (Array("\u{feff}#!/bin/sh\n".utf8), "it begins with a byte order mark"),
            (Array("#!/bin/sh\r\necho\r\n".utf8), "its \"#!\" line ends with a carriage return"),
            (Array("#! python3\n".utf8), "its \"#!\" line names no path, but \"python3\""),
            (Array("#!/bin/s\u{e9}h".utf8).filter { $0 != 0xc3 }, "its \"#!\" line is not UTF-8"),
        ] as [([UInt8], String)])
    func `what is no script is refused`(bytes: [UInt8], reason: String) throws {
        let error = #expect(throws: DeploymentsError.self) {
            try LocalScript(name: "deploy/it's", bytes: bytes)
        }
        #expect(error?.code == .invalidScript)
        #expect(error?.attempted == "cannot run the script \"deploy/it's\"")
        #expect(error?.underlying.hasPrefix(reason) == true, "\(error?.underlying ?? "")")
    }

    @Test func `a script has at most 1 MiB`() throws {
        let most = [UInt8](repeating: UInt8(ascii: "\n"), count: 1 << 20)
        #expect(try LocalScript(name: "x", bytes: most).bytes.count == 1 << 20)
        let error = #expect(throws: DeploymentsError.self) {
            try LocalScript(name: "x", bytes: most + [10])
        }
        #expect(error?.underlying == "it is larger than 1 MiB")
        #expect(error?.hint == "copy it to the server, and run it there")
    }

    @Test(
        arguments: [
            ("echo", ["sh"], .descriptor),
            ("", ["sh"], .descriptor),
            ("#!", ["sh"], .descriptor),
            ("#! \t\necho", ["sh"], .descriptor),
            ("# !/bin/bash\n", ["sh"], .descriptor),
            ("#!/bin/sh", ["/bin/sh"], .descriptor),
            ("#!/bin/sh\r5\n", ["/bin/sh\r5"], .file),
            ("#! /bin/bash -e \t\nx", ["/bin/bash", "-e"], .descriptor),
            ("#!/bin/bash -e -u\n", ["/bin/bash", "-e -u"], .descriptor),
            ("#!/usr/bin/awk -f\n", ["/usr/bin/awk", "-f"], .descriptor),
            ("#!/usr/bin/env perl\n", ["/usr/bin/env", "perl"], .descriptor),
            ("#!/usr/bin/python3.11\n", ["/usr/bin/python3.11"], .privateFolder),
            ("#!venv/bin/python\n", ["venv/bin/python"], .privateFolder),
            (
                "#!/usr/bin/env -S A=1 python3 -u\n", ["/usr/bin/env", "-S A=1 python3 -u"],
                .privateFolder
            ),
            ("#!/usr/bin/env\n", ["/usr/bin/env"], .file),
            (
                "#!/usr/bin/env node\n", ["/usr/bin/env", "node", "--preserve-symlinks-main"],
                .descriptor
            ),
            ("#!/usr/bin/sudo sh\n", ["/usr/bin/sudo", "sh"], .file),
            ("#!-x/a\n", ["./-x/a"], .file),
            ("#!/\n", ["/"], .file),
        ] as [(String, [String], ScriptInterpreter.Footing)])
    func `the first line is read as the kernel does`(
        text: String, words: [String], footing: ScriptInterpreter.Footing
    ) throws {
        let script = try LocalScript(name: "x", bytes: Array((text + "\n").utf8))
        #expect(script.interpreter.words == words)
        #expect(script.interpreter.footing == footing)
    }

    @Test(
        arguments: [
            ("deploy.sh", "deploy.sh"), ("a/b c", "b c"), ("/dev/fd/63", "63"), ("..", "script"),
            ("-", "-"), ("", "script"), ("a/", "a"),
        ])
    func `the file at the far end has the name of the one here`(name: String, file: String) throws {
        #expect(try LocalScript(name: name, bytes: [10]).fileName == file)
    }

    @Test func `a script is read from its file`() throws {
        let scratch = try Scratch()
        let path = try scratch.write("a b.sh", [0x65, 0xff, 0x0a])
        let script = try LocalScript(readingFile: path)
        #expect(script.name == path)
        #expect(script.bytes == [0x65, 0xff, 0x0a])
        for (path, reason) in [
            ("\(scratch.path)/none", "no such file"), (scratch.path, "is a directory"),
        ] {
            let error = #expect(throws: DeploymentsError.self) {
                try LocalScript(readingFile: path)
            }
            #expect(error?.code == .unreadable)
            #expect(error?.message == "cannot read the script \"\(path)\": \(reason)")
        }
        // What has no end is not read to it.
        #expect(throws: DeploymentsError.self) { try LocalScript(readingFile: "/dev/zero") }
    }
}
