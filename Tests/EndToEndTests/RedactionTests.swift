import Foundation
import TestServer
import Testing
import Transcripts

/// A secret that the command shows after all: it reaches the reader, and no transcript.
@Suite struct RedactionTests {
    private static let secret = "hush-41c \"hush\""

    private static func place(_ sshd: PrivateSSHD, _ lines: [String] = []) throws -> Workplace {
        let echoing =
            "printf \"Token: \"; read p; echo \"got $p\"; printf %s \"$p\" | base64; exit 3"
        return try Workplace(
            release: sshd,
            [
                "tasks:", "  login:", "    run: '\(echoing)'",
                "    expect: [{match: 'Token: $', secret: PW, max: 1}]",
            ] + lines, environment: ["MY_PW": secret])
    }

    private static func expectHidden(_ place: Workplace) throws {
        let transcript = try place.transcript()
        let bytes = String(decoding: try transcript.bytes, as: UTF8.self)
        let base64 = Data(secret.utf8).base64EncodedString()
        for form in [secret, "hush-41c", base64] { #expect(!bytes.contains(form)) }
        let shown = String(decoding: try transcript.text.utf8.filter { $0 != 0x0d }, as: UTF8.self)
        #expect(shown.contains("got [redacted:PW]\n[redacted:PW]"), "\(shown)")
        #expect(transcript.header.redacted == ["PW"])
    }

    @Test(arguments: ["-T", "-t"])
    func `what a command shows of a secret is not recorded`(terminal: String) throws {
        try withSSHD { sshd in
            let place = try Self.place(sshd)
            let result = try place.run(
                [terminal, "--secret", "PW=env:MY_PW", "shop", "login"])
            #expect(result.status == .exited(3), "\(result.errorOutput)")
            #expect(result.output.contains("got \(Self.secret)"))
            try Self.expectHidden(place)
            try place.expectTranscript(.exit(3))
        }
    }

    @Test func `nor what a step of a release shows`() throws {
        try withSSHD { sshd in
            let place = try Self.place(sshd, ["release: [login]"])
            let result = try place.run(["release", "--secret", "PW=env:MY_PW", "shop"])
            #expect(result.status == .exited(3), "\(result.errorOutput)")
            try Self.expectHidden(place)
        }
    }

    @Test func `nor the prompt that nobody answered, or a step's name`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                [
                    "release: [{name: step-hush-41c, run: 'printf \"Password for hush-41c: \"; sleep 1000'}]"
                ])
            let result = try place.run(
                ["release", "--secret", "PW=env:PW", "--prompt-timeout", "1s", "shop"],
                environment: ["PW": "hush-41c"])
            #expect(result.status == .exited(124), "\(result.errorOutput)")
            let transcript = try place.transcript()
            #expect(!String(decoding: try transcript.bytes, as: UTF8.self).contains("hush-41c"))
            #expect(transcript.ending?.reason?.contains("[redacted:PW]") == true)
            #expect(try transcript.steps().map(\.name) == ["step-[redacted:PW]"])
        }
    }

    @Test func `a secret in the command itself is not in the transcript either`() throws {
        try withSSHD { sshd in
            let place = try Self.place(sshd)
            let result = try place.run(
                ["--secret", "PW=env:MY_PW", "shop", "echo", Self.secret])
            #expect(result.output == Self.secret + "\n")
            let header = try place.transcript().header
            #expect(header.command.contains("[redacted:PW]"))
            #expect(header.title.contains("[redacted:PW]"))
            let bytes = String(decoding: try place.transcript().bytes, as: UTF8.self)
            #expect(!bytes.contains("hush-41c"))
        }
    }

    @Test func `one that is too short to be found is told`() throws {
        try withSSHD { sshd in
            let place = try Self.place(sshd)
            let result = try place.run(
                ["--secret", "PW=env:SHORT", "shop", "true"], environment: ["SHORT": "12345"])
            #expect(result.status == .exited(0))
            #expect(
                result.errorOutput.contains("warning: the secret PW has fewer than 6 bytes"))
        }
    }
}
