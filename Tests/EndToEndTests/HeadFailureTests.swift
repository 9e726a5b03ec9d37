import Foundation
import TestServer
import Testing
import Transcripts

/// What keeps a command from being begun over there is not blamed on the command.
@Suite struct HeadFailureTests {
    static let lines = ["directory: /nowhere", "env_file: /nowhere/.env"]

    @Test(arguments: lines, ["-T", "-t"])
    func `what stands ahead of the command fails for itself`(line: String, terminal: String) throws
    {
        try withSSHD { sshd in
            let place = try Workplace(sshd, app: [line])
            let result = try place.run([terminal, "--status-file", "status", "shop", "echo ran"])
            #expect(result.status == .exited(125))
            let output = result.output + result.errorOutput
            #expect(!output.contains("ran"))
            #expect(output.contains("ccrun: error: cannot "))
            #expect(output.contains("ccrun: hint: look at \"directory\" and \"env_file\""))
            #expect(result.errorOutput.hasSuffix("ccrun: the command was not run, status 125\n"))
            let status = String(decoding: try place.folder.read("status"), as: UTF8.self)
            #expect(status.contains("\"origin\":\"ccrun\""))
            #expect(status.contains("\"reason\":\"cannot "))
            #expect(try place.transcript().ending?.end == .cancelled)
        }
    }

    @Test(arguments: [
        "echo 'ccrun: error: mine' >&2; exit 3",
        "echo before; echo 'ccrun: error: x' >&2; exit 125",
        "exit 125", "echo error >&2; exit 125",
    ])
    func `a command's own end is its own`(command: String) throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd)
            let result = try place.run(["--status-file", "status", "shop", command])
            #expect(result.errorOutput.contains("ccrun: the remote command exited with status "))
            let status = String(decoding: try place.folder.read("status"), as: UTF8.self)
            #expect(status.contains("\"origin\":\"remote\""))
        }
    }
}
