import TestServer

/// A look at the server's processes, over and over, from before a run to after it.
struct DjangoProcessWatch {
    fileprivate let project: DjangoProject
    fileprivate let process: ChildProcess

    /// Ends it; the texts that it has seen.
    func end() throws -> [String] {
        try project.check("touch done")
        let result = try process.waitForExit()
        guard result.status == .exited(0) else {
            throw TestServerError(.program, "cannot watch processes", result.errorOutput)
        }
        return result.output.split(separator: "\n").dropFirst().map(String.init)
    }
}

extension DjangoProject {
    /// Watches for texts in these files of every process in /proc, through OpenSSH's `ssh`.
    func watchProcesses(_ files: [String], for texts: [String]) throws -> DjangoProcessWatch {
        // The texts are in a file: on a command line they would be seen themselves.
        try write(Array(texts.map { "\($0)\n" }.joined().utf8), to: "texts")
        let names = files.map { "/proc/[0-9]*/\($0)" }.joined(separator: " ")
        let line = """
            cd '\(folder)'; : >seen; echo watching
            while [ ! -e done ]; do cat \(names) >>seen 2>/dev/null; done
            while IFS= read -r text; do
                printf '%s\\n' "$text" >text; if grep -aqFf text seen; then cat text; fi
            done <texts
            """
        let process = try ChildProcess(
            try Tool.path("ssh"), try host.sshArguments() + [line])
        try process.waitForOutput("watching")
        return DjangoProcessWatch(project: self, process: process)
    }
}
