import Deployments
import Foundation
import Runs
import Testing

@testable import ccrun

/// The values of `--secret`.
@Suite struct SecretArgumentsTests {
    private static func read(
        _ arguments: [String], environment: [String: String] = ["PATH": "/usr/bin:/bin"]
    ) throws -> SecretArguments {
        try SecretArguments(arguments, environment: environment)
    }

    private static func value(_ argument: String, in environment: [String: String] = [:]) throws
        -> String?
    {
        let secret = try read([argument], environment: environment).secrets["K"]
        return secret?.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    private static func withFile<Result>(
        _ text: String, mode: Int = 0o600, _ body: (String) throws -> Result
    ) throws -> Result {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("ccrun-secret-\(UUID().uuidString)").path
        #expect(FileManager.default.createFile(atPath: path, contents: Data(text.utf8)))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    private static func message(_ arguments: [String]) -> (message: String?, hint: String?) {
        let error = #expect(throws: DeploymentsError.self) { try read(arguments) }
        #expect(error?.code == .invalidEnvironment)
        return (error?.message, error?.hint)
    }

    @Test(arguments: [
        ("s3cr3t", "s3cr3t"), ("s3cr3t\n", "s3cr3t"), ("s3cr3t\r\n", "s3cr3t"),
        ("s3cr3t\n\n", "s3cr3t\n"), (" a b\nc ", " a b\nc "), ("a\r", "a\r"), ("=x", "=x"),
    ])
    func `a file gives its content without one final line end`(text: String, value: String) throws {
        try Self.withFile(text) { path in
            let secret = try Self.value("K=@\(path)")
            #expect(secret == value)
            let arguments = try Self.read(["K=@\(path)"])
            #expect(arguments.warnings.isEmpty)
        }
    }

    @Test(arguments: [0o644, 0o640, 0o604])
    func `a file that others can read brings a warning`(mode: Int) throws {
        try Self.withFile("s3cr3t", mode: mode) { path in
            let arguments = try Self.read(["K=@\(path)"])
            #expect(
                arguments.warnings == [
                    "the secret file \"\(path)\" can be read by others "
                        + "(mode 0\(String(mode, radix: 8))); chmod 600 ends that"
                ])
            #expect(arguments.secrets == ["K": Secret("s3cr3t")])
        }
    }

    @Test func `a variable is copied as it is`() throws {
        #expect(try Self.value("K=env:X", in: ["X": "s3cr3t\n"]) == "s3cr3t\n")
        #expect(
            Self.message(["K=env:NOPE"]).message
                == "cannot copy the secret \"K\" from the variable \"NOPE\": it is not set here")
    }

    @Test func `a command gives what it prints without one final line end`() throws {
        let environment = ["PATH": "/usr/bin:/bin", "X": "s3cr3t"]
        #expect(try Self.value("K=cmd:echo $X; cat", in: environment) == "s3cr3t")
        #expect(try Self.value("K=cmd:printf 'a=%s\\n\\n' $X", in: environment) == "a=s3cr3t\n")
    }

    @Test func `later ones win`() throws {
        let secrets = try Self.read(
            ["K=env:A", "L=env:A", "K=env:B"], environment: ["A": "1", "B": "2"]
        ).secrets
        #expect(secrets == ["K": Secret("2"), "L": Secret("1")])
    }

    @Test(arguments: ["K=s3cr3t", "K=@", "K=env:", "K=cmd:", "K=file:s3cr3t", "K==s3cr3t"])
    func `a value on the command line is refused with the ways that are not`(argument: String) {
        let (message, hint) = Self.message([argument])
        #expect(
            message == "cannot take the value of \"K\" from the command line: "
                + "everybody on this machine could read it there")
        #expect(hint == "pass --secret K=@FILE, K=env:VARIABLE or K=cmd:COMMAND")
    }

    @Test(arguments: ["s3cr3t", "", "s3cr3t=", "czNjcjN0==", "1s3cr3t=x", "s3 cr3t=x", "=@s3cr3t"])
    func `what may be a secret as a whole is not shown`(argument: String) {
        let (message, hint) = Self.message([argument])
        #expect(message == "cannot use an argument of --secret: it is not of the form NAME=SOURCE")
        #expect(hint == "pass --secret NAME=@FILE, NAME=env:VARIABLE or NAME=cmd:COMMAND")
    }

    @Test(arguments: [
        ("exit 3", "it ended with status 3"), ("echo s3cr3t; exit 1", "it ended with status 1"),
        ("true", "it is empty"), ("echo", "it is empty"),
        ("printf 'a\\0b'", "it contains a NUL byte"),
        ("yes s3cr3t", "it is larger than 64 KiB"),
    ])
    func `a command that gives no value is an error with the reason`(
        command: String, reason: String
    ) {
        #expect(
            Self.message(["K=cmd:\(command)"]).message
                == "cannot get the secret \"K\" from its command: \(reason)")
    }

    @Test(arguments: [
        ("/nonexistent/secret", "no such file or directory"), ("/tmp", "is a directory"),
        ("/dev/null", "it is empty"),
    ])
    func `a file that gives no value is an error with the reason`(path: String, reason: String) {
        #expect(
            Self.message(["K=@\(path)"]).message
                == "cannot read the secret \"K\" from \"\(path)\": \(reason)")
    }

    @Test func `a value of 64 KiB is taken, a larger one refused`() throws {
        let largest = String(repeating: "x", count: SecretArguments.largestValue)
        try Self.withFile(largest + "\r\n") { path in
            let value = try Self.value("K=@\(path)")
            #expect(value == largest)
        }
        try Self.withFile(largest + "y") { path in
            #expect(
                Self.message(["K=@\(path)"]).message
                    == "cannot read the secret \"K\" from \"\(path)\": it is larger than 64 KiB")
        }
    }
}
