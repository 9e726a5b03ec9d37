import ArgumentParser
import Foundation
import Testing

@testable import ccrun

/// What `--help` shows, and what each subcommand says of itself.
@Suite struct HelpScreenTests {
    private static let lines = HelpScreen.text.split(
        separator: "\n", omittingEmptySubsequences: false)

    static let shown = HelpSource.configurations

    @Test func `the screen has room for the prompt below it`() {
        #expect(Self.lines.count <= 23, "\(HelpScreen.text)")
        #expect(Self.lines.allSatisfy { $0.count <= 80 }, "\(HelpScreen.text)")
    }

    @Test func `it begins with the uses`() throws {
        let uses = Self.lines.dropFirst(2).prefix(HelpScreen.uses.count)
        for (line, use) in zip(uses, HelpScreen.uses) {
            #expect(line.hasPrefix("  \(use.line) ") && line.hasSuffix(" \(use.purpose)"))
        }
        #expect(HelpScreen.uses.first?.purpose.hasPrefix("one command") == true)
        #expect(HelpScreen.uses.last?.purpose == "an interactive shell")
    }

    @Test func `every subcommand is on it`() throws {
        let heading = try #require(Self.lines.firstIndex(of: "Commands:"))
        let words = Set(Self.lines[heading...].joined(separator: " ").split { " ,".contains($0) })
        for command in Self.shown {
            #expect(words.contains(Substring(try #require(command.commandName))))
        }
        #expect(!HelpScreen.text.contains("__"))
    }

    @Test(arguments: [["--help"], ["-h"], ["help"], ["help", "-h"]])
    func `all who ask for it get it`(arguments: [String]) throws {
        #expect(try HelpScreen.answer(to: arguments) == HelpScreen.text)
    }

    @Test(arguments: [
        ["help", "run"], ["help", "help"], ["run", "--help"], ["run", "shop", "help"],
    ])
    func `the rest is the parser's`(arguments: [String]) throws {
        #expect(try HelpScreen.answer(to: arguments) == nil)
    }

    @Test func `help about nothing says what is near`() throws {
        let error = #expect(throws: HelpScreen.UnknownSubject.self) {
            try HelpScreen.answer(to: ["help", "hsitory"])
        }
        #expect(error?.hint == "did you mean \"ccrun help history\"?")
    }

    // MARK: - Subcommands

    @Test(arguments: shown.compactMap(\.commandName))
    func `every subcommand has a summary, a usage and examples`(name: String) throws {
        let command = try #require(Self.shown.first { $0.commandName == name })
        #expect(command.abstract.hasSuffix(".") && command.abstract.count <= 72)
        #expect(command.usage?.contains("ccrun") == true)
        #expect(!HelpDiscussion(command.discussion).examples.isEmpty)
        #expect(
            command.discussion.split(separator: "\n").allSatisfy { line in
                !line.hasPrefix("  ") || line.count <= 80
            })
    }

    @Test(arguments: shown.map { $0.commandName ?? "" } + [""])
    func `every example is understood, and one is of the subcommand`(name: String) throws {
        let configuration = Self.shown.first { $0.commandName == name } ?? CCRun.configuration
        let order = ArgumentOrder(
            subcommands: CCRun.configuration.subcommands.compactMap { $0.configuration.commandName }
        )
        var names: Set<String> = []
        for example in HelpDiscussion(configuration.discussion).examples {
            let words = try #require(Self.arguments(of: example), "\(example)")
            let command = try CCRun.parseAsRoot(order.arranged(words))
            names.insert(type(of: command).configuration.commandName ?? "")
        }
        #expect(name.isEmpty || names.contains(name))
    }

    /// The words behind `ccrun` in a line of shell, up to a comment, a pipe or a redirection.
    private static func arguments(of line: String) -> [String]? {
        guard let start = line.range(of: "ccrun ") else { return nil }
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in line[start.upperBound...] + " " {
            if character == quote {
                quote = nil
            } else if quote == nil, "'\"".contains(character) {
                quote = character
                word = word ?? ""
            } else if quote == nil, character == " " {
                if let word { words.append(word) }
                word = nil
            } else if quote == nil, "#<>|)".contains(character) {
                if let word { words.append(word) }
                return words
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return words
    }
}
