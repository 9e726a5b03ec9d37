import Foundation
import TestServer
import Testing

@testable import ccrun

/// The manual's pages: what they hold, and that manual readers take them without a word.
@Suite struct ManualPageTests {
    /// Where README and Sources are.
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../..").standardized

    private static func pages() throws -> [ManualPage] { ManualPage.all(try HelpSource()) }

    @Test func `there is a page for ccrun and for every subcommand`() throws {
        let names = try HelpSource().commands.map { "ccrun-\($0.commandName)" }
        #expect(try Self.pages().map(\.name) == ["ccrun"] + names)
        #expect(names.contains("ccrun-run"))
    }

    @Test func `readers have nothing to complain of`() throws {
        try withScratchFolder { folder in
            for page in try Self.pages() {
                let file = try folder.write(page.text, to: page.fileName)
                let lint = try ChildProcess.run(
                    Tool.path("mandoc"), ["-T", "lint", "-W", "style", file])
                // It also asks for every page that another one names to be installed.
                let problems = lint.output.split(separator: "\n").filter { line in
                    !line.contains("referenced manual not found")
                }
                #expect(problems.isEmpty, "\(lint.output)")
                let groff = try ChildProcess.run(
                    Tool.path("groff"), ["-ww", "-b", "-man", "-T", "utf8", file])
                #expect(groff.status == .exited(0))
                #expect(groff.errorOutput.isEmpty, "\(groff.errorOutput)")
            }
        }
    }

    @Test func `what a reader shows is what help says`() throws {
        let source = try HelpSource()
        try withScratchFolder { folder in
            for (page, command) in zip(try Self.pages().dropFirst(), source.commands) {
                let text = try Self.shown(page, in: folder)
                for option in command.options {
                    let names = option.spellings.reversed().joined(separator: ", ")
                    #expect(text.contains(names), "\(page.name)")
                    #expect(text.contains(Self.squeezed(option.abstract ?? "")), "\(page.name)")
                }
                for line in HelpDiscussion(command.discussion ?? "").examples {
                    #expect(text.contains(Self.squeezed(line)), "\(page.name)")
                }
                for line in HelpSource.usage(of: command.commandName) {
                    #expect(text.contains(Self.squeezed(line)), "\(page.name)")
                }
            }
        }
    }

    @Test func `ccrun's own page has the subcommands, variables, files and statuses`() throws {
        let page = try #require(try Self.pages().first)
        let text = try withScratchFolder { try Self.shown(page, in: $0) }
        let tables = [
            ManualPageTables.statuses, ManualPageTables.environment,
            ManualPageTables.remoteEnvironment, ManualPageTables.files,
        ]
        for row in tables.joined() {
            #expect(text.contains(Self.squeezed("\(row.name) \(row.meaning)")))
        }
        for command in try HelpSource().commands {
            #expect(text.contains("ccrun-\(command.commandName)(1) \(command.abstract ?? "")"))
        }
    }

    @Test func `every variable of ccrun's that the sources read is in the manual`() throws {
        let known = Set(
            (ManualPageTables.environment + ManualPageTables.remoteEnvironment).map(\.name))
        let sources = Self.folder.appending(path: "Sources")
        let files = try FileManager.default.subpathsOfDirectory(atPath: sources.path)
            .filter { $0.hasSuffix(".swift") }
        #expect(files.count > 50)
        var found: Set<String> = []
        for file in files {
            let text = try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
            found.formUnion(text.matches(of: /"(CCRUN_[A-Z_]+)"/).map { String($0.1) })
        }
        #expect(found.contains("CCRUN_CONFIG"))
        #expect(found.subtracting(known) == [])
    }

    @Test func `README has the same exit statuses`() throws {
        let readme = try String(
            contentsOf: Self.folder.appending(path: "README.md"), encoding: .utf8)
        let parts = readme.split(separator: "\n## Exit status\n")
        let table = try #require(parts.dropFirst().first).split(separator: "\n")
            .drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }.dropFirst(2)
        let statuses = table.compactMap { row in
            row.split(separator: "|").first.map { cell in
                cell.split(separator: " ").joined(separator: " ").replacing("–", with: "-")
            }
        }
        #expect(statuses == ManualPageTables.statuses.map(\.name))
    }

    @Test(arguments: [
        ("a-b", "a\\-b"), ("\\n", "\\en"), (".TH", "\\&.TH"), ("'x", "\\(aqx"),
        ("\"…\"", "\\(dq\\[u2026]\\(dq"), ("🚀", "\\[u1F680]"), ("", ""),
    ])
    func `troff reads no macro where a text has none`(text: String, escaped: String) {
        #expect(ManualPageText.escaped(text) == escaped)
    }

    // MARK: - As readers show it

    /// The page without line breaks, styles and the width's hyphens, each blank a single one.
    private static func shown(_ page: ManualPage, in folder: ScratchFolder) throws -> String {
        let file = try folder.write(page.text, to: page.fileName)
        let result = try ChildProcess.run(
            Tool.path("mandoc"), ["-T", "utf8", "-O", "width=200", file])
        // A letter in bold is that letter, a backspace, and that letter.
        let plain = result.output.replacing(/.\u{8}/, with: "")
        return squeezed(plain)
    }

    private static func squeezed(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
