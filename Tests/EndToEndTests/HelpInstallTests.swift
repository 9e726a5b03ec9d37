import Foundation
import TestServer
import Testing

/// scripts/install: what it puts where, and that it takes back just that.
@Suite struct HelpInstallTests {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../scripts/install").standardized.path

    private static let files = [
        "bin/ccrun", "share/bash-completion/completions/ccrun",
        "share/fish/vendor_completions.d/ccrun.fish", "share/man/man1/ccrun-run.1",
        "share/man/man1/ccrun.1", "share/zsh/site-functions/_ccrun",
    ]

    private static func install(
        _ arguments: [String], in folder: ScratchFolder, environment: [String: String] = [:]
    ) throws -> ChildResult {
        let own = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder.path, "TMPDIR": folder.path,
        ]
        return try ChildProcess.run(
            Tool.path("bash"), [script] + arguments,
            environment: own.merging(environment) { $1 }, workingFolder: folder.path,
            deadline: .seconds(900))
    }

    /// All below a folder, those of its folders with a slash.
    private static func contents(of path: String) throws -> Set<String> {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        var found: Set<String> = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
            found.insert(isFolder.boolValue ? name + "/" : name)
        }
        return found
    }

    @Test func `what was installed works, and goes again without a trace`() throws {
        try withScratchFolder { folder in
            try folder.write("kept", to: "p/share/man/man1/other.1")
            let before = try Self.contents(of: folder.file("p"))
            let install = ["--prefix", "p", "--binary", CCRun.binary]
            let result = try Self.install(install, in: folder)
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(try Self.contents(of: folder.file("p")).isSuperset(of: Self.files))
            #expect(try Self.contents(of: folder.path).isDisjoint(with: ["stage"]))

            let version = try ChildProcess.run(folder.file("p/bin/ccrun"), ["--version"])
            #expect(version.output.hasPrefix("ccrun "))
            let page = try ChildProcess.run(
                Tool.path("mandoc"), [folder.file("p/share/man/man1/ccrun-run.1")])
            #expect(page.output.contains("--dry-run"))

            let removal = try Self.install(["--prefix=p", "--uninstall"], in: folder)
            #expect(removal.status == .exited(0), "\(removal.errorOutput)")
            #expect(try Self.contents(of: folder.file("p")) == before)
        }
    }

    /// A line for each shell that loads the completion from where it was installed, and what it prints.
    private static let loaders = [
        ("bash", "source share/bash-completion/completions/ccrun; complete -p ccrun", "-F _ccrun"),
        (
            "zsh",
            "fpath=($PWD/share/zsh/site-functions $fpath); autoload -Uz compinit; compinit -D -u; "
                + "print $_comps[ccrun]", "_ccrun"
        ),
        (
            "fish", "source share/fish/vendor_completions.d/ccrun.fish; complete -C 'ccrun hist'",
            "history\tList the runs"
        ),
    ]

    @Test(arguments: loaders)
    func `a shell finds the completion`(shell: String, line: String, shown: String) throws {
        guard let path = Tool.find(shell) else { try Test.cancel("\(shell) is not installed") }
        try withScratchFolder { folder in
            let prefix = folder.file("p")
            let install = try Self.install(
                ["--prefix", prefix, "--binary", CCRun.binary], in: folder)
            #expect(install.status == .exited(0), "\(install.errorOutput)")
            let environment = ["HOME": folder.path, "PATH": "\(prefix)/bin:/usr/bin:/bin"]
            let result = try ChildProcess.run(
                path, ["-c", line], environment: environment, workingFolder: prefix)
            #expect(result.output.contains(shown), "\(result.errorOutput)")
        }
    }

    @Test func `a prefix that was not there is gone again`() throws {
        try withScratchFolder { folder in
            let prefix = folder.file("new")
            for arguments in [["--binary", CCRun.binary], ["--uninstall"]] {
                let result = try Self.install(["--prefix", prefix] + arguments, in: folder)
                #expect(result.status == .exited(0), "\(result.errorOutput)")
            }
            #expect(!folder.exists("new"))
        }
    }

    @Test func `a second installation replaces the first, and removes what is outdated`() throws {
        try withScratchFolder { folder in
            let install = ["--prefix", "p", "--binary", CCRun.binary]
            #expect(try Self.install(install, in: folder).status == .exited(0))
            let first = try Self.contents(of: folder.file("p"))
            let manifest = String(
                decoding: try folder.read("p/share/ccrun/manifest"), as: UTF8.self)
            try folder.write("old", to: "p/share/man/man1/ccrun-old.1")
            try folder.write(
                "\(manifest)share/man/man1/ccrun-old.1\n", to: "p/share/ccrun/manifest")

            #expect(try Self.install(install, in: folder).status == .exited(0))
            #expect(try Self.contents(of: folder.file("p")) == first)
            #expect(
                String(decoding: try folder.read("p/share/ccrun/manifest"), as: UTF8.self)
                    == manifest)
            #expect(
                try Self.install(["--prefix", "p", "--uninstall"], in: folder).status == .exited(0))
            #expect(try Self.contents(of: folder.file("p")).isEmpty)
        }
    }

    @Test func `DESTDIR stands in front of the prefix`() throws {
        try withScratchFolder { folder in
            let destination = ["DESTDIR": folder.file("root")]
            let result = try Self.install(
                ["--prefix", "/usr", "--binary", CCRun.binary], in: folder, environment: destination
            )
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(folder.exists("root/usr/bin/ccrun"))
            let removal = try Self.install(
                ["--prefix", "/usr", "--uninstall"], in: folder, environment: destination)
            #expect(removal.status == .exited(0), "\(removal.errorOutput)")
            #expect(!folder.exists("root/usr"))
        }
    }

    @Test(arguments: [
        (["--uninstall"], "nothing of ccrun is installed"), (["--nonsense"], "\"--nonsense\""),
        (["--prefix"], "--prefix needs a value"), (["--binary", "none"], "there is no program"),
    ])
    func `what cannot be done is said, and nothing is`(arguments: [String], error: String) throws {
        try withScratchFolder { folder in
            let result = try Self.install(
                ["--prefix", folder.file("p")] + arguments, in: folder)
            #expect(result.status == .exited(1))
            #expect(result.errorOutput.contains(error), "\(result.errorOutput)")
            #expect(!folder.exists("p"))
        }
    }

    @Test(arguments: ["../kept", "/kept", "share/../../kept"])
    func `a manifest names nothing outside the prefix`(path: String) throws {
        try withScratchFolder { folder in
            try folder.write("x", to: "kept")
            try folder.write("\(path)\n", to: "p/share/ccrun/manifest")
            let result = try Self.install(["--prefix", "p", "--uninstall"], in: folder)
            #expect(result.status == .exited(1))
            #expect(folder.exists("kept"))
        }
    }
}
