import Foundation
import TestServer
import Testing
import Transcripts

/// `--record-input`: what was typed, and no password.
@Suite struct InputRecordingTests {
    private static let password = "hush-41c-hush"

    private static func typed(_ place: Workplace) throws -> String {
        try place.transcript().events().filter { $0.code == .input }.map(\.text).joined()
    }

    private static func expectHidden(_ place: Workplace) throws {
        let bytes = String(decoding: try place.transcript().bytes, as: UTF8.self)
        for length in 4...password.count {
            #expect(!bytes.contains(password.prefix(length)), "\(length) letters of it")
        }
    }

    @Test func `a user is created: the name is recorded, the passwords are not`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let program = """
                import getpass
                name = input("Username: ")
                first = getpass.getpass("Password: ")
                again = getpass.getpass("Password (again): ")
                print("created", name, first == again, len(first))
                """
            let session = try place.terminal(
                ["--record-input", "shop", "python3", "-c", program])
            defer { session.close() }
            _ = try session.waitFor("Username: ")
            for letter in "anna\u{7f}\u{7f}a\r" { try session.write("\(letter)") }
            _ = try session.waitFor("Password: ")
            for letter in Self.password { try session.write("\(letter)") }
            try session.write("\r")
            _ = try session.waitFor("(again): ")
            try session.write("\(Self.password)\r")
            _ = try session.waitFor("created ana True 13")
            #expect(try session.waitForExit() == .exited(0))
            #expect(try Self.typed(place) == "anna\u{7f}\u{7f}a\r[masked]\r[masked]\r")
            try Self.expectHidden(place)
            let header = try place.transcript().header
            #expect(header.inputRecorded)
            try place.expectTranscript(.exit(0))
        }
    }

    @Test(arguments: [["-T"], []])
    func `without a terminal it is said that nothing is recorded`(options: [String]) throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(
                ["--record-input"] + options + ["shop", "cat"], input: .bytes(Array("typed\n".utf8))
            )
            #expect(result.output == "typed\n")
            #expect(
                result.errorOutput.contains("ccrun: warning: input is not recorded, since "),
                "\(result.errorOutput)")
            #expect(try Self.typed(place).isEmpty)
        }
    }

    @Test(arguments: [true, false])
    func `what does not echo is not recorded, without any prompt`(isPasted: Bool) throws {
        try withServer { server in
            let place = try Workplace(server)
            let line =
                "printf 'go> '; read -r x; stty -echo; echo ready; read -r y; stty echo; echo \"${#y}\"; "
                + "read -r z; echo $z"
            let session = try place.terminal(
                ["--record-input", "shop", "bash", "-c", line])
            defer { session.close() }
            _ = try session.waitFor("go> ")
            try session.write("first line\r")
            _ = try session.waitFor("ready")
            if isPasted {
                try session.write("\(Self.password)\r")
            } else {
                for letter in Self.password + "\r" { try session.write("\(letter)") }
            }
            _ = try session.waitFor("13\r\n")
            try session.write("last line\r")
            #expect(try session.waitForExit() == .exited(0))
            #expect(try Self.typed(place) == "first line\r[masked]\rlast line\r")
            try Self.expectHidden(place)
        }
    }

    @Test func `without the option nothing that is typed is recorded`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let session = try place.terminal(["shop", "read x; echo ${#x}"])
            defer { session.close() }
            try session.write("typed\r")
            #expect(try session.waitForExit() == .exited(0))
            #expect(try Self.typed(place) == "")
            #expect(try !place.transcript().header.inputRecorded)
        }
    }

    @Test func `a known secret that echoes is replaced`() throws {
        try withServer { server in
            let place = try Workplace(server, environment: ["MY_PW": Self.password])
            let session = try place.terminal(
                [
                    "--record-input", "--secret", "PW=env:MY_PW", "shop",
                    "printf 'go> '; read x; echo ${#x}",
                ])
            defer { session.close() }
            _ = try session.waitFor("go> ")
            try session.write("say \(Self.password)\r")
            #expect(try session.waitForExit() == .exited(0))
            #expect(try Self.typed(place) == "say [redacted:PW]\r")
            try Self.expectHidden(place)
        }
    }

    @Test func `what is piped in leaves its length and its digest, as ever`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.run(
                ["--record-input", "shop", "wc -c"], input: .bytes(Array("piped\n".utf8)))
            #expect(result.output == "6\n")
            #expect(try Self.typed(place) == "")
            let bytes = String(decoding: try place.transcript().bytes, as: UTF8.self)
            #expect(bytes.contains(#"\"stdin\":{\"bytes\":6,"#))
        }
    }
}
