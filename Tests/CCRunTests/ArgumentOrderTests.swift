import ArgumentParser
import Foundation
import Testing

@testable import ccrun

/// Where ccrun's own arguments end and the remote command begins.
@Suite struct ArgumentOrderTests {
    private static let subcommands = CCRun.configuration.subcommands.compactMap { command in
        command.configuration.commandName
    }

    private static let order = ArgumentOrder(subcommands: subcommands)

    private static func arranged(_ line: String) -> String {
        let words = line.split(separator: " ").map(String.init)
        return order.arranged(words).joined(separator: " ")
    }

    @Test(arguments: [
        ("shop", "run shop"),
        ("shop/default", "run shop/default"),
        ("-t shop", "run -t shop"),
        ("shop ls", "run shop -- ls"),
        ("shop ls -la", "run shop -- ls -la"),
        ("shop ls --help", "run shop -- ls --help"),
        ("shop python manage.py migrate -v 3", "run shop -- python manage.py migrate -v 3"),
        ("shop -- -x", "run --exact-words shop -- -x"),
        ("shop -- ls", "run --exact-words shop -- ls"),
        ("shop ls -- x", "run shop -- ls -- x"),
        ("shop -v ls", "run shop -v -- ls"),
        ("-p 22 shop ls", "run -p 22 shop -- ls"),
        ("shop -p 22 ls -p 23", "run shop -p 22 -- ls -p 23"),
        ("--port=22 shop ls", "run --port=22 shop -- ls"),
        ("-p22 shop ls", "run -p 22 shop -- ls"),
        ("-tp 22 shop ls", "run -tp 22 shop -- ls"),
        ("-tp22 shop ls", "run -tp 22 shop -- ls"),
        ("-tqn shop ls", "run -tqn shop -- ls"),
        ("-lp shop ls", "run -l p shop -- ls"),
        ("-e A=b -e C shop env", "run -e A=b -e C shop -- env"),
        ("shop -T -- -x", "run --exact-words shop -T -- -x"),
    ])
    func `a target takes its options and leaves the command alone`(line: String, arranged: String) {
        #expect(Self.arranged(line) == arranged)
    }

    @Test(arguments: [
        (["--host=", "shop", "ls"], ["run", "--host", "", "shop", "--", "ls"]),
        (
            ["shop", "--user=", "--", "--x="],
            ["run", "--exact-words", "shop", "--user", "", "--", "--x="]
        ),
        (["-e", "--x=", "shop"], ["run", "-e", "--x=", "shop"]),
        (["shop", "grep", "--colour="], ["run", "shop", "--", "grep", "--colour="]),
        (["release", "--from=", "shop"], ["release", "--from", "", "shop"]),
        (["run", "--port=", "shop"], ["run", "--port", "", "shop"]),
    ])
    func `a value that is left out is empty, and not the next word`(
        words: [String], arranged: [String]
    ) {
        #expect(Self.order.arranged(words) == arranged)
    }

    @Test(arguments: [
        ("-eA=b shop env", "run -e A=b shop -- env"),
        ("shop -eA=b -iFILE env -eC", "run shop -e A=b -i FILE -- env -eC"),
        ("-TeA=b shop", "run -Te A=b shop"),
        ("-eA=b", "run -e A=b"),
        ("-e -p22 shop", "run -e -p22 shop"),
        ("--env -p22 shop -lp22", "run --env -p22 shop -l p22"),
        ("-p=22 shop", "run -p=22 shop"),
        ("-v shop -- -p22", "run --exact-words -v shop -- -p22"),
    ])
    func `a value may be joined to its letter`(line: String, arranged: String) {
        #expect(Self.arranged(line) == arranged)
    }

    @Test(arguments: [
        ("shop/default run ls", "run shop/default -- ls"),
        ("shop run python manage.py", "run shop -- python manage.py"),
        ("shop run", "run shop -- run"),
        ("shop run run", "run shop -- run"),
        ("shop run -- -x", "run --exact-words shop -- -x"),
        ("shop -- run ls", "run --exact-words shop -- run ls"),
        ("-t shop run ls", "run -t shop -- ls"),
    ])
    func `cctrl's spelling is accepted`(line: String, arranged: String) {
        #expect(Self.arranged(line) == arranged)
    }

    @Test(arguments: [
        ("run targets", "run targets"),
        ("run targets ls -l", "run targets -- ls -l"),
        ("-t run history/prod ls", "run -t history/prod -- ls"),
        ("run shop run ls", "run shop -- ls"),
        ("run", "run"),
        ("run --help", "run --help"),
    ])
    func `an app named like a subcommand is reached through run`(line: String, arranged: String) {
        #expect(Self.arranged(line) == arranged)
    }

    @Test(arguments: [
        ("targets", "targets"),
        ("tasks shop", "tasks shop"),
        ("history --limit 3", "history --limit 3"),
        ("replay --speed 2 last", "replay --speed 2 last"),
        ("--config f targets", "targets --config f"),
        ("--config f tasks shop", "tasks --config f shop"),
        ("help run", "help run"),
        ("help", "help"),
        ("", "--help"),
        ("--help", "--help"),
        ("-h", "-h"),
        ("--version", "--version"),
    ])
    func `subcommands and the root's options go as they are`(line: String, arranged: String) {
        #expect(Self.arranged(line) == arranged)
    }

    @Test(arguments: [("-t", "run -t"), ("-p 22", "run -p 22"), ("-p", "run -p")])
    func `options without a target are a run's`(line: String, arranged: String) {
        #expect(Self.arranged(line) == arranged)
    }

    @Test(arguments: subcommands)
    func `every subcommand is known`(name: String) {
        #expect(Self.order.arranged([name, "x"]).first == name)
    }

    // MARK: - Against the parser

    @Test func `every option of a run that takes a value is known to take one`() throws {
        let options = try ParserDump.options(of: "run")
        #expect(options.count > 15, "\(options)")
        let valued = options.filter(\.takesValue).flatMap(\.names)
        #expect(Set(valued) == ArgumentOrder.valued)
        let flags = options.filter { !$0.takesValue }.flatMap(\.names)
        #expect(ArgumentOrder.valued.isDisjoint(with: flags))
    }

    @Test(arguments: [
        ["-p22"], ["-p", "22"], ["-p=22"], ["--port", "22"], ["--port=22"], ["-lana", "-p22"],
        ["-tp", "22"], ["-Tq", "-p22", "-iid"], ["-e", "A=b", "-e", "C"], ["-eA=b", "-qeC"],
    ])
    func `options in any spelling leave target and command alone`(options: [String]) throws {
        for place in [options + ["shop"], ["shop"] + options] {
            let parsed = try ParsedRun(Self.order.arranged(place + ["ls", "-p", "x"]))
            let expected = ParsedRun(
                target: "shop", command: ["ls", "-p", "x"], hasExactWords: false)
            #expect(parsed == expected)
        }
    }

    @Test(arguments: [
        ["-e", "A=b=c", "-l", "ana", "-p", "22", "-i", "id.key"],
        ["-eA=b=c", "-lana", "-p22", "-iid.key"], ["-teA=b=c", "-qlana", "-np22", "-qiid.key"],
    ])
    func `joined or not, the values are the same`(options: [String]) throws {
        let arranged = Self.order.arranged(options + ["shop"])
        let run = try #require(try CCRun.parseAsRoot(arranged) as? RunCommand)
        #expect(run.shared.environment == ["A=b=c"])
        #expect(run.connection.user == "ana")
        #expect(run.connection.port == 22)
        #expect(run.connection.identities == ["id.key"])
    }

    @Test(arguments: [
        ["ls"], ["ls", "-la"], ["a b", "", "c'd", "$HOME", "ü\n"], ["--", "x"], ["ls", "--", "x"],
        ["ls", "--", "--"], ["-x", "--help", "--version"], ["--exact-words"], ["run", "run"],
        ["-e", "A=b"], ["--port", "x"], [""], ["-"], ["--generate-completion-script"],
    ])
    func `words behind the terminator arrive as typed`(words: [String]) throws {
        let arranged = Self.order.arranged(["-t", "shop", "--"] + words)
        let parsed = try ParsedRun(arranged)
        #expect(parsed == ParsedRun(target: "shop", command: words, hasExactWords: true))
    }

    @Test(arguments: [
        ["ls"], ["ls", "-la"], ["a b", "", "c'd"], ["ls", "--", "x"], ["ls", "--help"],
        ["x", "--exact-words"], ["x", "-p", "y"], ["", "x"], ["-", "x"],
    ])
    func `words without a terminator arrive as typed`(words: [String]) throws {
        let arranged = Self.order.arranged(["shop"] + words)
        let parsed = try ParsedRun(arranged)
        #expect(parsed == ParsedRun(target: "shop", command: words, hasExactWords: false))
    }
}

/// What the parser made of a run's arguments.
struct ParsedRun: Equatable {
    let target: String
    let command: [String]
    let hasExactWords: Bool

    init(target: String, command: [String], hasExactWords: Bool) {
        self.target = target
        self.command = command
        self.hasExactWords = hasExactWords
    }

    init(_ arguments: [String]) throws {
        let run = try #require(try CCRun.parseAsRoot(arguments) as? RunCommand)
        self.init(target: run.target, command: run.command, hasExactWords: run.hasExactWords)
    }
}

/// What the parser says of its own options.
enum ParserDump {
    struct Option {
        let names: [String]
        let takesValue: Bool
    }

    private struct Dump: Decodable {
        let command: Command
    }

    private struct Command: Decodable {
        let commandName: String
        let subcommands: [Command]?
        let arguments: [Argument]?
    }

    private struct Argument: Decodable {
        let kind: String
        let names: [Name]?
    }

    private struct Name: Decodable {
        let kind: String
        let name: String
    }

    /// The options and flags of a subcommand, with all their spellings.
    static func options(of subcommand: String) throws -> [Option] {
        let text = CCRun._dumpHelp()
        let dump = try JSONDecoder().decode(Dump.self, from: Data(text.utf8))
        let command = try #require(dump.command.subcommands?.first { $0.commandName == subcommand })
        return (command.arguments ?? []).filter { $0.kind != "positional" }.map { argument in
            Option(
                names: (argument.names ?? []).map {
                    $0.kind == "long" ? "--\($0.name)" : "-\($0.name)"
                },
                takesValue: argument.kind == "option")
        }
    }
}
