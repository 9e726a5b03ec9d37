import Foundation
import TestServer

/// A target and the hosts on the way to it, each with a host key, a user key and files of its own.
///
/// `~/.ssh/config` names them `target`, `hop0`, `hop1`, …, and each is known under an alias of its own.
final class JumpHostScene {
    let target: PrivateSSHD
    let hops: [PrivateSSHD]
    let place: Workplace

    /// `configuration`: lines for the sshd_config of each hop; `target`: lines for the target's block of
    /// `~/.ssh/config`, the ProxyJump through all hops unless they are given; `server`: what the target
    /// itself is like.
    init(
        hops count: Int, configuration: [String] = [], target lines: [String]? = nil,
        server: SSHDOptions = SSHDOptions()
    ) throws {
        target = try PrivateSSHD(server)
        hops = try (0..<count).map { _ in
            try PrivateSSHD(SSHDOptions(configuration: configuration))
        }
        place = try Workplace(target)
        let names = (0..<count).map { $0 == count - 1 ? "hop\($0)" : "\(target.user)@hop\($0)" }
        var blocks: [String] = []
        for (index, hop) in hops.enumerated() {
            blocks += try block("hop\(index)", of: hop)
        }
        blocks += try block("target", of: target)
        blocks += lines ?? ["  ProxyJump \(names.joined(separator: ","))"]
        blocks += ["Host *", "  IdentitiesOnly yes", "  StrictHostKeyChecking yes"]
        try place.folder.write(blocks.joined(separator: "\n") + "\n", to: ".ssh/config")
        let user = target.user
        try place.folder.write(
            """
            apps:
              shop:
                user: \(user)
                deployments:
                  default: {host: target}

            """, to: "ccrun.yml")
    }

    deinit {
        target.remove()
        for hop in hops { hop.remove() }
    }

    private func block(_ name: String, of server: PrivateSSHD) throws -> [String] {
        let known = try place.folder.write(
            "key-of-\(name) \(server.hostKeyLine)\n", to: ".ssh/known_\(name)")
        return [
            "Host \(name)", "  HostName 127.0.0.1", "  Port \(server.port)",
            "  HostKeyAlias key-of-\(name)", "  UserKnownHostsFile \(known)",
        ] + server.userKeys.map { "  IdentityFile \($0.identityFile)" }
    }

    /// The witness: OpenSSH by the same configuration.
    func ssh(_ command: [String], input: ChildProcess.Input = .null) throws -> ChildResult {
        try ChildProcess.run(
            try Tool.path("ssh"),
            ["-F", place.folder.file(".ssh/config"), "-o", "BatchMode=yes", "target"] + command,
            environment: place.environment, input: input)
    }

    /// How often somebody has logged in to a server.
    static func logins(_ server: PrivateSSHD) -> Int {
        server.log.ranges(of: "Accepted publickey for").count
    }
}
