import Foundation
import Testing

@testable import Deployments

/// Reads files by the script of `EnvFileReader`, all in one sh that forks for each.
struct EnvFileScene {
    private let scratch: Scratch
    private let shell: String

    /// A shell that is not installed cancels the test with that reason.
    init(sh: RemoteSide.Shell) throws {
        scratch = try Scratch()
        // By this name, busybox and zsh are a POSIX sh.
        shell = "\(scratch.path)/sh"
        try FileManager.default.createSymbolicLink(
            atPath: shell, withDestinationPath: try RemoteSide.find(sh))
    }

    /// Returns what is in the environment after each file, without what was there before.
    func readings(of texts: [String]) throws -> [DotEnvCases.Reading] {
        for (number, text) in texts.enumerated() { try scratch.write("\(number)/env", text) }
        let program = try CapturedProgram.run(
            shell, arguments: ["-c", Self.script, "sh", scratch.path, "\(texts.count)"],
            environment: DotEnvCases.environment.merging(["PATH": "/usr/bin:/bin"]) { $1 },
            terms: .within(.seconds(120)))
        try #require(program.status == 0, "\(program.errorText)")
        return try texts.indices.map(reading)
    }

    private static let script = """
        cd "$1"
        folder=$1 count=$2 number=0
        shift 2
        while [ "$number" -lt "$count" ];do
        (
        cd "./$number"
        unset folder count number
        exec >output 2>errors
        \(EnvFileReader.script(path: "env"))
        exec /usr/bin/env -0
        )
        echo $? >"$number/status"
        number=$((number+1))
        done
        """

    private func reading(_ number: Int) throws -> DotEnvCases.Reading {
        let folder = "\(scratch.path)/\(number)"
        try #require(!FileText.exists("\(folder)/ran"), "something of the file was executed")
        let errors = try FileText.read("\(folder)/errors")
        if try FileText.read("\(folder)/status") == "0\n", errors.isEmpty {
            return .variables(try variables(in: "\(folder)/output"))
        }
        let line = errors.firstMatch(
            of: /^ccrun: error: line (\d+) of env_file "env" on the server is not KEY=VALUE\n$/)
        let number = try #require(line.flatMap { Int($0.1) }, "\(errors)")
        #expect(try FileText.read("\(folder)/status") == "125\n")
        #expect(try FileText.read("\(folder)/output") == "")
        return .malformed(line: number)
    }

    private func variables(in path: String) throws -> [String: String] {
        let output = try Data(contentsOf: URL(fileURLWithPath: path))
        let program = CapturedProgram(status: 0, output: Array(output), errors: [])
        return program.environment.filter { name, value in
            DotEnvCases.environment[name] != value && !Self.isShells(name, value)
        }
    }

    /// Whether a shell sets this on its own account.
    private static func isShells(_ name: String, _ value: String) -> Bool {
        switch name {
        case "PATH": value == "/usr/bin:/bin"
        case "PWD", "OLDPWD", "SHLVL", "_", "LOGNAME", "_AST_FEATURES": true
        default: false
        }
    }
}
