import Foundation
import TestServer
import Testing
import Transcripts

/// `ccrun scrub`, from a run that shows a secret to a transcript without it.
@Suite struct ScrubCommandTests {
    private static let secret = "hush-41c \"hush\""

    @Test func `a secret that was recorded is taken out, and verify tells`() throws {
        try withServer { server in
            let place = try Workplace(server, environment: ["MY_PW": Self.secret])
            _ = try place.run(["shop", "echo", Self.secret])
            _ = try place.run(["history"])
            let bytes = { String(decoding: try place.transcript().bytes, as: UTF8.self) }
            #expect(try bytes().contains("hush-41c"))
            let arguments = ["--secret", "PW=env:MY_PW", "last"]
            let dry = try place.run(["scrub", "--dry-run"] + arguments)
            #expect(dry.status == .exited(0), "\(dry.errorOutput)")
            #expect(dry.output.hasPrefix("PW stands in 3 places of "), "\(dry.output)")
            #expect(try bytes().contains("hush-41c"))
            let result = try place.run(["scrub"] + arguments)
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(result.output.hasPrefix("PW was taken out of 3 places of "))
            try place.expectTranscript(.exit(0))
            // Nowhere in the state folder is anything left of it.
            let found = try place.shell("grep -rl hush-41c state; true")
            #expect(found.output == "")
            let verify = try place.run(["verify", "last"])
            #expect(verify.status == .exited(0) && verify.output.contains(" scrubbed"))
            let again = try place.run(["scrub"] + arguments)
            #expect(again.status == .exited(1))
            #expect(again.errorOutput.contains("PW is not in the transcript of "))
        }
    }

    @Test func `a signature goes with the old bytes, or is made anew`() throws {
        try withServer { server in
            let place = try Workplace(server, environment: ["MY_PW": Self.secret])
            _ = try place.shell("ssh-keygen -q -t ed25519 -N '' -f key")
            for options in [[], ["--sign-key", "key"]] {
                _ = try place.run(["--sign-key", "key", "shop", "echo", Self.secret])
                let result = try place.run(
                    ["scrub"] + options + ["--secret", "PW=env:MY_PW", "last"])
                #expect(result.status == .exited(0), "\(result.errorOutput)")
                let verify = try place.run(["verify", "last"])
                #expect(verify.status == .exited(0))
                #expect(verify.output.contains("by SHA256:") == !options.isEmpty)
            }
        }
    }

    @Test func `what makes no sense is misuse`() throws {
        try withServer { server in
            let place = try Workplace(server, environment: ["MY_PW": "short"])
            _ = try place.run(["shop", "true"])
            for arguments in [
                ["last"], ["--secret", "PW=short", "last"], ["--secret", "PW=env:MY_PW", "last"],
                ["--secret", "PW=env:NONE", "last"], ["--secret", "PW=env:HOME", "7Z"],
            ] {
                let result = try place.run(["scrub"] + arguments)
                #expect(result.status == .exited(125), "\(arguments): \(result.errorOutput)")
            }
        }
    }
}
