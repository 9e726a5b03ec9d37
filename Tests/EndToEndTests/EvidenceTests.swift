import Foundation
import TestServer
import Testing
import Transcripts

/// `ccrun verify`, and signatures by ssh-keygen's keys.
@Suite struct EvidenceTests {
    /// A workplace with keys `ana` and `eve`, of which a file `signers` allows the first.
    private static func place(_ server: any TestHost, _ lines: [String] = []) throws -> Workplace {
        let place = try Workplace(server, deployment: lines)
        for name in ["ana", "eve"] { try makeKey(name, in: place) }
        let key = try String(contentsOfFile: place.folder.file("ana.pub"), encoding: .utf8)
        try place.folder.write(
            "ana@example.com namespaces=\"ccrun-transcript\" \(key)", to: "signers")
        return place
    }

    private static func makeKey(
        _ name: String, passphrase: String = "", in place: Workplace
    ) throws {
        let result = try ChildProcess.run(
            try Tool.path("ssh-keygen"),
            ["-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", place.folder.file(name)],
            environment: place.environment)
        #expect(result.status == .exited(0), "\(result.errorOutput)")
    }

    private static func expect(
        _ place: Workplace, _ arguments: [String], status: Int32, _ texts: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let result = try place.run(["verify"] + arguments)
        #expect(
            result.status == .exited(status), "\(result.output)\(result.errorOutput)",
            sourceLocation: sourceLocation)
        for text in texts {
            #expect(
                (result.output + result.errorOutput).contains(text), "\(result.output)",
                sourceLocation: sourceLocation)
        }
    }

    @Test func `runs of every kind are whole, and an edit is told`() throws {
        try withServer { server in
            let place = try Self.place(server, ["release: [{run: echo step, name: step}]"])
            #expect(try place.run(["shop", "echo ran; exit 3"]).status == .exited(3))
            #expect(try place.run(["release", "shop"]).status == .exited(0))
            #expect(
                try place.run(["--host", "127.0.0.1:1", "shop", "true"]).status == .exited(255))
            try Self.expect(
                place, ["--all"], status: 0, "runs: 3 whole\n", "ledger: whole, 3 lines")
            try Self.expect(place, ["last"], status: 0, "  whole\n")
            let path = try place.transcripts()[2].path
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try text.replacing("ran", with: "sat").write(
                toFile: path, atomically: false, encoding: .utf8)
            try Self.expect(place, ["--all"], status: 1, "runs: 2 whole, 1 edited\n")
            try Self.expect(place, ["last"], status: 0)
            let run = try #require(path.split(separator: "/").last?.dropLast(5))
            try Self.expect(place, [String(run)], status: 1, "edited")
        }
    }

    @Test func `as JSON there is a line for each run, and the ledger's`() throws {
        try withServer { server in
            let place = try Self.place(server)
            for _ in 0..<2 { _ = try place.run(["shop", "true"]) }
            let result = try place.run(["verify", "--all", "--json"])
            let lines = try result.output.split(separator: "\n").map { line in
                try #require(
                    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
            #expect(lines.map { $0["verdict"] as? String } == ["whole", "whole", "whole"])
            #expect(lines[0]["signature"] as? String == "absent" && lines[2]["lines"] as? Int == 2)
            let head = try #require(lines[2]["head"] as? String)
            try Self.expect(place, ["--all", "--anchor", head], status: 0)
            let other = String(repeating: "0", count: 64)
            try Self.expect(place, ["--all", "--anchor", other], status: 1, "unanchored")
        }
    }

    @Test func `allowed signers that are not there are misuse, whatever the run`() throws {
        let place = try RecordedPlace()
        try place.record([(1, "o", "cut off")])
        let run = try place.run(["verify", "--all", "--allowed-signers", "/nonexistent"])
        #expect(run.status == .exited(125))
        #expect(
            run.errorOutput.contains("cannot read \"/nonexistent\": no such file or directory"),
            "\(run.errorOutput)")
    }

    @Test func `in a narrow window nothing wraps, and who did not sign is no news`() throws {
        try withServer { server in
            let place = try Self.place(server)
            _ = try place.run(["shop", "true"])
            let session = try place.terminal(["verify", "last"], columns: 60)
            defer { session.close() }
            #expect(try session.waitForExit() == .exited(0))
            let text = session.output
            let lines = text.split(whereSeparator: \.isNewline)
            #expect(lines.allSatisfy { $0.count <= 60 }, "\(text)")
            #expect(lines.first?.hasSuffix("  VERDICT") == true, "\(text)")
            #expect(!text.contains("SIGNED") && !text.contains("head:"))
            #expect(try place.run(["verify", "last"]).output.contains("\nhead: "))
        }
    }

    @Test func `what names no run is misuse`() throws {
        try withServer { server in
            let place = try Self.place(server)
            for arguments in [[], ["last", "--all"], ["last"], ["!"]] {
                try Self.expect(place, arguments, status: 125, "ccrun: error: ")
            }
            try Self.expect(place, ["--all"], status: 0, "runs: none")
        }
    }

    // MARK: - Signatures

    @Test(arguments: ["option", "inventory"])
    func `a run is signed by the key that is named`(by: String) throws {
        try withServer { server in
            let isOption = by == "option"
            let place = try Self.place(server, isOption ? [] : ["sign_key: ana"])
            // The inventory's paths are as seen from its folder, not from ours.
            try place.folder.makeFolder("elsewhere")
            let result = try place.shell(
                "cd elsewhere; \"$0\" \(isOption ? "--sign-key ../ana" : "") shop 'exit 3'")
            #expect(result.status == .exited(3))
            #expect(!result.errorOutput.contains("warning"), "\(result.errorOutput)")
            let signature = try place.transcript().path + ".sig"
            let mode = try FileManager.default.attributesOfItem(atPath: signature)
            #expect(mode[.posixPermissions] as? Int == 0o600)
            try Self.expect(place, ["last"], status: 0, "whole", "by SHA256:")
            try Self.expect(
                place, ["--all", "--allowed-signers", "signers"], status: 0, "runs: 1 whole")
            try Self.expect(
                place, ["last", "--allowed-signers", "signers"], status: 0, "ana@example.com")
        }
    }

    @Test func `a key that only an agent has signs too`() throws {
        try withServer { server in
            let place = try Self.place(server)
            let result = try place.shell(
                """
                ssh-keygen -q -p -N secret -f ana && eval "$(ssh-agent)" >/dev/null || exit 1
                trap 'kill $SSH_AGENT_PID' EXIT
                printf '#!/bin/sh\\necho secret\\n' >ask; chmod +x ask
                SSH_ASKPASS=./ask SSH_ASKPASS_REQUIRE=force ssh-add -q ana </dev/null || exit 1
                rm ana; "$0" --sign-key ana.pub shop true
                """)
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            try Self.expect(
                place, ["last", "--allowed-signers", "signers"], status: 0, "ana@example.com")
        }
    }

    /// What can be wrong with a key; the run is none the worse for it.
    @Test(arguments: ["missing", "locked", "no key"])
    func `a signature that fails is a warning`(kind: String) throws {
        try withServer { server in
            let place = try Self.place(server)
            try Self.makeKey("locked", passphrase: "never typed", in: place)
            try place.folder.write("no key\n", to: "no key")
            let result = try place.run(["--sign-key", kind, "shop", "exit 3"])
            #expect(result.status == .exited(3))
            #expect(result.errorOutput.contains(" is not signed: "), "\(result.errorOutput)")
            // Nobody is asked for a passphrase, and so nobody waited for.
            #expect(!result.errorOutput.contains("took too long"), "\(result.errorOutput)")
            try Self.expect(place, ["last"], status: 0, "whole")
            try Self.expect(
                place, ["last", "--allowed-signers", "signers"], status: 1, "unsigned")
        }
    }

    @Test func `a signature of the wrong key, of another run or of nothing is told`() throws {
        try withServer { server in
            let place = try Self.place(server)
            for key in ["ana", "ana", "eve"] {
                _ = try place.run(["--sign-key", key, "shop", "true"])
            }
            let paths = try place.transcripts().map(\.path)
            let wanted = ["--all", "--allowed-signers", "signers"]
            try Self.expect(
                place, wanted, status: 1, "runs: 2 whole, 1 bad-signature",
                "its key is not among the allowed signers")
            try FileManager.default.removeItem(atPath: paths[2] + ".sig")
            try FileManager.default.copyItem(atPath: paths[1] + ".sig", toPath: paths[2] + ".sig")
            try Self.expect(
                place, wanted, status: 1, "runs: 1 whole, 2 bad-signature",
                "it is not a signature over this run")
            // Without signers to compare with, that one is still over another run.
            try Self.expect(place, ["--all"], status: 1, "runs: 2 whole, 1 bad-signature")
            try Data("nothing\n".utf8).write(to: URL(filePath: paths[1] + ".sig"))
            try Self.expect(place, ["--all"], status: 1, "runs: 1 whole, 2 bad-signature")
        }
    }

    @Test func `without ssh-keygen signatures cannot be checked, and runs go on`() throws {
        try withServer { server in
            let place = try Self.place(server)
            _ = try place.run(["--sign-key", "ana", "shop", "true"])
            let bare = ["PATH": place.folder.path]
            let result = try place.run(["verify", "last"], environment: bare)
            #expect(result.status == .exited(125), "\(result.output)")
            #expect(result.errorOutput.contains("ssh-keygen is not installed"))
            let given = ["--host", "127.0.0.1:1", "--sign-key", "ana", "shop", "true"]
            let run = try place.run(given, environment: bare)
            #expect(run.status == .exited(255))
            #expect(run.errorOutput.contains("ssh-keygen is not installed"), "\(run.errorOutput)")
        }
    }
}
