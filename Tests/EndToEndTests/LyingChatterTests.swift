import Foundation
import TestServer
import Testing

/// A server that keeps talking and gets nowhere has no more time than a silent one.
@Suite struct LyingChatterTests {
    struct Chatter: Sendable, CustomTestStringConvertible {
        let phase: Phase
        let talk: Misbehaviour
        var testDescription: String { "\(talk) in place of \(phase)" }
    }

    // Long ones, so that there is nearly always more to read when the deadline comes; with the lines
    // ahead of the identification, which libssh2 takes byte by byte, there always is.

    /// SSH_MSG_IGNORE with 16 KiB of data (RFC 4253 §11.2).
    private static let ignore: [UInt8] =
        [2, 0, 0, 0x40, 0] + [UInt8](repeating: 0x2E, count: 0x4000)
    /// SSH_MSG_DEBUG, not to be shown, of 16 KiB and in no language (RFC 4253 §11.3).
    private static let debug: [UInt8] =
        [4, 0, 0, 0, 0x40, 0] + [UInt8](repeating: 0x2E, count: 0x4000) + [0, 0, 0, 0]
    /// SSH_MSG_USERAUTH_BANNER, "hello" and no language (RFC 4252 §5.4).
    private static let banner: [UInt8] =
        [53, 0, 0, 0, 6] + Array("hello\n".utf8) + [0, 0, 0, 0]

    static let chatters =
        [Chatter(phase: .beforeBanner, talk: .chatterLine("one moment, please"))]
        + [.kexInit, .kexReply, .newKeys, .serviceAccept, .userauth, .channelOpen, .pty, .exec]
        .flatMap { phase in
            [ignore, debug].map { Chatter(phase: phase, talk: .chatter($0)) }
        }
        + [.serviceAccept, .userauth, .userauthSuccess]
        .map { Chatter(phase: $0, talk: .chatter(banner)) }

    @Test(arguments: chatters)
    func `talk does not prolong the time to connect`(chatter: Chatter) throws {
        let script = Script.fault(chatter.talk, in: chatter.phase)
        // On a busy machine the time may be up in an earlier phase: then once more, with more.
        for limit in ["600ms", "6s", "60s"] {
            let isJudged = try withLyingServer(script) { server -> Bool in
                let place = try Workplace(server)
                // Without an end of its own, the run would be ended by the test's deadline.
                let result = try place.run(
                    ["--connect-timeout", limit, "-t", "shop", "true"], deadline: .seconds(300))
                let hasTalked = server.record.events().contains(.wronged(in: chatter.phase))
                guard hasTalked || limit == "60s" else { return false }
                #expect(result.status == .exited(255))
                #expect(
                    result.errorOutput.contains(": no answer from the server in time\n"),
                    "\(result.errorOutput)")
                #expect(result.errorOutput.contains("allow more with --connect-timeout\n"))
                try server.record.waitFor(.wronged(in: chatter.phase))
                try place.expectTranscript(.disconnect)
                return true
            }
            if isJudged { break }
        }
    }

    /// The time limit of the command is another, and holds against a server that talks as well.
    @Test(arguments: [ignore, debug])
    func `talk does not prolong the time of the command`(message: [UInt8]) throws {
        try withLyingServer(.fault(.chatter(message), in: .afterExec)) { server in
            let place = try Workplace(server)
            let result = try place.run(["--timeout", "600ms", "shop", "true"])
            #expect(result.status == .exited(124), "\(result.errorOutput)")
            try place.expectTranscript(.timeout)
        }
    }
}
