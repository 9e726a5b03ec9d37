import Foundation
import TestServer
import Testing
import Yams

/// A CI system as far as a shell can be one: a folder in which the script lines of docs/ci run.
final class Pipeline {
    let folder: ScratchFolder
    let place: Workplace
    private(set) var output = ""
    /// The status of the first command that failed, or 0.
    private(set) var status: Int32 = 0
    private var environment: [String: String]

    /// A checkout of a repository that has the inventory of `place`, and no key and no known host.
    init(_ place: Workplace, environment: [String: String]) throws {
        self.place = place
        folder = try ScratchFolder("pipeline")
        let inventory = try place.folder.read("ccrun.yml")
        try folder.write(inventory, to: "work/ccrun.yml")
        try folder.makeFolder("home")
        try folder.makeFolder("temp")
        let own = [
            "HOME": folder.file("home"), "PATH": "/usr/local/bin:/usr/bin:/bin", "CI": "true",
            "TMPDIR": folder.file("temp"),
        ]
        self.environment = own.merging(environment) { $1 }
    }

    deinit { folder.remove() }

    var workFolder: String { folder.file("work") }

    /// One of the files of docs/ci.
    static func workflow(_ name: String) throws -> [String: Any] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../docs/ci/\(name)")
        let text = try String(contentsOf: file, encoding: .utf8)
        return try #require(try Yams.load(yaml: text) as? [String: Any])
    }

    /// Puts a checkout of ccrun into the folder `name` of the workplace.
    ///
    /// Its scripts/install is that of this repository, with the program that was built for the tests.
    func putSources(in name: String) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../scripts/install").standardized.path
        let text = "#!/bin/sh\nexec '\(script)' --binary '\(CCRun.binary)' \"$@\"\n"
        try folder.writeExecutable(text, to: "\(name)/scripts/install")
    }

    /// Runs lines of bash in the checkout, stopping at the first that fails, unless one has before.
    ///
    /// `environment` is for these lines alone; `keepsEnvironment` is for what they export.
    func run(_ script: String, environment more: [String: String] = [:], always: Bool = false)
        throws
    {
        guard status == 0 || always else { return }
        let result = try ChildProcess.run(
            try Tool.path("bash"), ["-e", "-o", "pipefail", "-c", script],
            environment: environment.merging(more) { $1 }, workingFolder: workFolder,
            deadline: .seconds(900))
        output += result.output + result.errorOutput
        guard case .exited(let ended) = result.status else {
            throw TestServerError(
                .program, "cannot run the lines of a workflow", "\(result.status)")
        }
        if status == 0 { status = ended }
    }

    /// Takes the folders that lines have written to `file` into the PATH of those that follow.
    func extendPath(by file: String) throws {
        guard FileManager.default.fileExists(atPath: folder.file(file)) else { return }
        let folders = String(decoding: try folder.read(file), as: UTF8.self).split(separator: "\n")
        environment["PATH"] = (folders.map(String.init) + [environment["PATH"] ?? ""])
            .joined(separator: ":")
    }

    /// The transcripts below a folder.
    func transcripts(in path: String) -> [String] {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasSuffix(".cast") }
    }
}
