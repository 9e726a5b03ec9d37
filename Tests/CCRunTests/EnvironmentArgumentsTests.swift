import Deployments
import Foundation
import Testing

@testable import ccrun

/// The variables of `-e` and `--env-file`.
@Suite struct EnvironmentArgumentsTests {
    /// The variables of `-e` arguments.
    private static func variables(
        _ assignments: [String], files: [String] = [], environment: [String: String] = [:]
    ) throws -> [EnvironmentVariable] {
        try EnvironmentArguments.variables(
            files: files, assignments: assignments, environment: environment)
    }

    /// The variables of a file with this text.
    private static func variables(inFile text: String) throws -> [EnvironmentVariable] {
        try withScratchFile(text) { try variables([], files: [$0]) }
    }

    private static func withScratchFile<Result>(
        _ text: String, _ body: (String) throws -> Result
    ) throws -> Result {
        try withScratchFile(Array(text.utf8), body)
    }

    private static func withScratchFile<Result>(
        _ bytes: [UInt8], _ body: (String) throws -> Result
    ) throws -> Result {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("ccrun-env-\(UUID().uuidString)").path
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    @Test(arguments: [
        ("A=b", "A", "b"), ("A=", "A", ""), ("A=b=c", "A", "b=c"), ("_a1=x y", "_a1", "x y"),
        ("A='b'", "A", "'b'"), ("A=\nb\n", "A", "\nb\n"), ("A=\u{301}b", "A", "\u{301}b"),
        ("A=\u{200d}", "A", "\u{200d}"), ("A=\r\n", "A", "\r\n"),
    ])
    func `an assignment keeps every byte of its value`(
        text: String, name: String, value: String
    ) throws {
        let variables = try Self.variables([text])
        #expect(variables.map(\.name) == [name])
        #expect(variables.map { Array($0.value.utf8) } == [Array(value.utf8)])
    }

    @Test func `a name alone copies what is set here`() throws {
        let variables = try Self.variables(["A"], environment: ["A": "mine", "B": "other"])
        #expect(variables == [EnvironmentVariable(name: "A", value: "mine")])
    }

    @Test func `a name alone that is not set is an error`() {
        let error = #expect(throws: DeploymentsError.self) { try Self.variables(["NOPE"]) }
        #expect(error?.code == .invalidEnvironment)
        #expect(error?.message == "cannot copy \"NOPE\" with -e: it is not set here")
    }

    @Test(arguments: ["", "=x", "1A=x", "A B=x", "A-B=x", "Ä=x", "A\u{301}=x"])
    func `what cannot be a name is an error that does not show the value`(text: String) {
        let error = #expect(throws: DeploymentsError.self) { try Self.variables([text]) }
        #expect(error?.code == .invalidEnvironment)
        #expect(error?.message.contains("=x") == false)
    }

    @Test func `a file is read in dotenv syntax`() throws {
        let variables = try Self.variables(
            inFile: """
                # comment
                A=1
                  B=two words # comment
                export C="3\\t4
                5"
                D='x\\'s'
                E=a#b
                F=
                G
                """)
        #expect(
            variables == [
                EnvironmentVariable(name: "A", value: "1"),
                EnvironmentVariable(name: "B", value: "two words"),
                EnvironmentVariable(name: "C", value: "3\t4\n5"),
                EnvironmentVariable(name: "D", value: "x's"),
                EnvironmentVariable(name: "E", value: "a#b"),
                EnvironmentVariable(name: "F", value: ""),
            ])
    }

    @Test func `a file sees its own values, then those of files before it, then what is here`()
        throws
    {
        let here = ["A": "here", "B": "here", "C": "here"]
        let text = "C=file\nD=${A} ${B} ${C} ${NOPE:-default}\n"
        let variables = try Self.withScratchFile("A=a\nB=first\n") { first in
            try Self.withScratchFile(text) { second in
                try Self.variables(["A=option"], files: [first, second], environment: here)
            }
        }
        #expect(variables.map(\.name) == ["A", "B", "C", "D", "A"])
        #expect(variables.map(\.value) == ["a", "first", "file", "a first file default", "option"])
    }

    @Test func `a file with the line ends of DOS is read as any other`() throws {
        let variables = try Self.variables(inFile: "A=1\r\n\r\n# c\r\nB=\"2\"\r\n")
        #expect(
            variables == [
                EnvironmentVariable(name: "A", value: "1"),
                EnvironmentVariable(name: "B", value: "2"),
            ])
    }

    @Test func `later ones come later, and -e after files`() throws {
        let variables = try Self.withScratchFile("A=file\nA=again\n") {
            try Self.variables(["A=option"], files: [$0, $0])
        }
        #expect(variables.map(\.value) == ["again", "again", "option"])
    }

    @Test(arguments: ["A=1\nnon sense\n", "A=1\n=x\n", "A=1\nB C=2\n", "A=1\nB='\n\n"])
    func `a line that is no assignment is named by its number, not its text`(text: String) throws {
        let error = #expect(throws: DeploymentsError.self) { try Self.variables(inFile: text) }
        #expect(error?.code == .invalidEnvironment)
        #expect(error?.message.hasSuffix(":2: not a line of KEY=VALUE") == true)
    }

    @Test(arguments: [
        ("/nonexistent/env", "no such file or directory"), ("/tmp", "is a directory"),
    ])
    func `a file that cannot be read is an error with the reason`(path: String, reason: String) {
        let error = #expect(throws: DeploymentsError.self) {
            try Self.variables([], files: [path])
        }
        #expect(
            error?.message == "cannot read the environment file \"\(path)\": \(reason)")
    }

    @Test func `a file that is too large is refused, not cut`() throws {
        let line = "A=" + String(repeating: "x", count: 1 << 20) + "\n"
        let error = #expect(throws: DeploymentsError.self) { try Self.variables(inFile: line) }
        #expect(error?.code == .invalidEnvironment)
    }

    @Test func `a file that is not UTF-8 is refused, not changed`() throws {
        let error = try Self.withScratchFile([0x41, 0x3d, 0xe9, 0x0a]) { path in
            #expect(throws: DeploymentsError.self) { try Self.variables([], files: [path]) }
        }
        #expect(error?.message.hasSuffix(": it is not UTF-8 text") == true)
    }
}
