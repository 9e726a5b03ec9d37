import Foundation
import TestServer
import Testing
import Transcripts

extension PrivateSSHD {
    /// A file in the home of its sessions.
    func read(home name: String) throws -> String {
        String(decoding: try folder.read("home/\(name)"), as: UTF8.self)
    }

    /// What ccrun has left under `~/.ccrun`, folders that are empty apart.
    func leftovers() throws -> [String] {
        let root = "\(home)/.ccrun"
        guard FileManager.default.fileExists(atPath: root) else { return [] }
        return try FileManager.default.subpathsOfDirectory(atPath: root).filter { path in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder)
            // The parents of locks and jobs stay.
            return !isFolder.boolValue || path.contains("/")
        }
    }
}

extension Workplace {
    /// A workplace whose commands run in the home of the server's sessions, with `others` beside it.
    convenience init(
        release sshd: PrivateSSHD, _ app: [String], others: [PrivateSSHD] = [],
        deployment: [String] = [], environment: [String: String] = [:]
    ) throws {
        try self.init(
            sshd, app: ["directory: \"~\""] + app, deployment: deployment, environment: environment)
        for (other, name) in zip(others, ["id_ecdsa", "id_rsa"]) {
            try addHost("127.0.0.1:\(other.port)")
            let known = "[127.0.0.1]:\(other.port) \(other.hostKeyLine)\n"
            let before = String(decoding: try folder.read(".ssh/known_hosts"), as: UTF8.self)
            try folder.write(before + known, to: ".ssh/known_hosts")
            for suffix in ["", ".pub"] {
                let bytes = FileManager.default.contents(atPath: other.identityFile + suffix)
                try folder.write([UInt8](try #require(bytes)), to: ".ssh/\(name)\(suffix)")
            }
        }
    }

    /// Adds a host behind those that the deployment has.
    func addHost(_ address: String) throws {
        var text = String(decoding: try folder.read("ccrun.yml"), as: UTF8.self)
        if let range = text.range(of: "        host: ") {
            text.replaceSubrange(range, with: "        hosts:\n          - ")
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let last = try #require(lines.lastIndex { $0.hasPrefix("          - ") })
        let more = lines[...last] + ["          - \(address)"] + lines[(last + 1)...]
        try folder.write(more.joined(separator: "\n"), to: "ccrun.yml")
    }

    /// The transcripts, none where nothing was recorded yet.
    func transcriptsOrNone() throws -> [Transcript] {
        FileManager.default.fileExists(atPath: StateFolder.runs(in: stateFolder))
            ? try transcripts() : []
    }
}
