import Foundation
import TestServer
import Testing

@testable import SSH

/// A folder of a test's own that goes when the test ends.
final class KeyScratch: Sendable {
    let path: String

    init() throws {
        let template = NSTemporaryDirectory() + "ccrun-keys-XXXXXX"
        var name = Array(template.utf8CString)
        guard mkdtemp(&name) != nil else { throw KeyTool.Problem(text: "no scratch folder") }
        path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    @discardableResult
    func write(_ text: String, to name: String, permissions: Int = 0o600) throws -> String {
        try write(Array(text.utf8), to: name, permissions: permissions)
    }

    @discardableResult
    func write(_ bytes: [UInt8], to name: String, permissions: Int = 0o600) throws -> String {
        let path = file(name)
        try Data(bytes).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
        return path
    }

    func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: file(name))))
    }

    func permissions(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: file(name))[.posixPermissions] as? Int
    }

    /// Makes a key with ssh-keygen; returns the private file's path.
    @discardableResult
    func makeKey(
        _ name: String, _ type: [String], format: String? = nil, passphrase: String = "",
        comment: String = "a comment", rounds: Int = 16
    ) throws -> String {
        var arguments = ["-q", "-t"] + type + ["-N", passphrase, "-C", comment, "-f", file(name)]
        if let format { arguments += ["-m", format] }
        if !passphrase.isEmpty, format == nil { arguments += ["-a", "\(rounds)"] }
        try KeyTool.run("ssh-keygen", arguments)
        return file(name)
    }
}

/// Runs the programs that the tests take as witnesses.
enum KeyTool {
    struct Problem: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }

    static let isSSHKeygenHere = path("ssh-keygen") != nil
    static let isAgentHere = path("ssh-agent") != nil && path("ssh-add") != nil
    static let isOpenSSLHere = path("openssl") != nil

    static func path(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return (folders.map(String.init) + ["/usr/bin", "/usr/sbin"]).map { "\($0)/\(name)" }
            .first { access($0, X_OK) == 0 }
    }

    /// Runs a program to its end; throws where its status is not 0.
    @discardableResult
    static func run(
        _ name: String, _ arguments: [String], input: [UInt8] = [],
        environment: [String: String] = [:]
    ) throws -> String {
        let result = try attempt(name, arguments, input: input, environment: environment)
        guard result.status == .exited(0) else {
            throw Problem(text: "\(name) \(arguments): \(result.status) \(result.errorOutput)")
        }
        return result.output
    }

    static func attempt(
        _ name: String, _ arguments: [String], input: [UInt8] = [],
        environment: [String: String] = [:]
    ) throws -> ChildResult {
        guard let path = path(name) else { throw Problem(text: "\(name) is not here") }
        // Nothing of the user's: no agent, no configuration, no language.
        let plain = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C"]
        return try ChildProcess.run(
            path, arguments, environment: plain.merging(environment) { $1 }, input: .bytes(input))
    }
}

/// SplitMix64: the same numbers from the same seed, everywhere.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
