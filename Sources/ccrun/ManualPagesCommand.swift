internal import ArgumentParser
internal import Foundation
internal import Runs

/// `ccrun __manual FOLDER`: writes the manual's pages, for scripts/install.
struct ManualPagesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "__manual", abstract: "Write the manual's pages to a folder.",
        shouldDisplay: false)

    @Argument(help: ArgumentHelp("An existing folder.", valueName: "folder"))
    var folder: String

    func run() throws {
        let folder = URL(fileURLWithPath: self.folder, isDirectory: true)
        do {
            for page in ManualPage.all(try HelpSource()) {
                try Data(page.text.utf8).write(to: folder.appendingPathComponent(page.fileName))
            }
        } catch {
            Notices(.normal).error("cannot write the manual: \(error.localizedDescription)")
            throw ExitStatus(value: CCRun.misuse)
        }
    }
}
