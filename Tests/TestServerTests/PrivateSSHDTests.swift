import Testing
import TestServer

@Suite struct PrivateSSHDTests {
    @Test(arguments: [0, 1, 44, 255] as [Int32])
    func `a session's exit status comes back`(status: Int32) throws {
        try withSSHD { sshd in
            let result = try sshd.ssh(["echo out; echo err >&2; exit \(status)"])
            #expect(result.status == .exited(status))
            #expect(result.output == "out\n")
            #expect(result.errorOutput == "err\n")
        }
    }

    @Test(arguments: KeyPair.Kind.allCases)
    func `every kind of key logs in and is a host key`(kind: KeyPair.Kind) throws {
        try withSSHD(SSHDOptions(hostKeys: [kind], userKeys: [kind])) { sshd in
            let result = try sshd.ssh(["true"])
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(sshd.log.contains(sshd.userKeys[0].fingerprint))
            #expect(sshd.hostKeyLine.hasPrefix(sshd.hostKeys[0].algorithm))
        }
    }

    @Test func `environment and home are the server's own`() throws {
        let options = SSHDOptions(
            configuration: ["AcceptEnv GIVEN"],
            environment: ["WORDS": "two \"quoted\" words", "TZ": "UTC"])
        try withSSHD(options) { sshd in
            let result = try sshd.ssh(
                ["echo $HOME; echo $WORDS; echo $GIVEN"], options: ["-o", "SetEnv=GIVEN=gift"])
            #expect(result.output == "\(sshd.home)\ntwo \"quoted\" words\ngift\n")
        }
    }

    @Test(arguments: ["dash", "bash", "fish", "csh"].compactMap { Tool.find($0) })
    func `sessions run as if the login shell were another`(shell: String) throws {
        try withSSHD(SSHDOptions(loginShell: shell)) { sshd in
            let parent = try sshd.ssh(["sh -c 'cat /proc/$PPID/comm; true'; true"])
            #expect(shell.hasSuffix("/" + parent.output.dropLast()), "\(parent.errorOutput)")
            let quoted = try sshd.ssh(["echo 'a  \"b\"'; exit 5"])
            #expect(quoted.output == "a  \"b\"\n")
            #expect(quoted.status == .exited(5))
            let typed = try sshd.ssh([], input: .bytes(Array("echo typed; exit 6\n".utf8)))
            #expect(typed.output.contains("typed"))
            #expect(typed.status == .exited(6))
        }
    }

    /// Waits for a process of a session: it may take its time to become what it is to be.
    private static func process(
        _ commandLine: [String], of server: PrivateSSHD
    ) throws -> ProcessEntry {
        let limit = ContinuousClock.now + .seconds(60)
        while true {
            let sessions = server.sessionProcesses()
            if let found = sessions.first(where: { $0.commandLine == commandLine }) { return found }
            try #require(ContinuousClock.now < limit, "\(sessions)")
        }
    }

    @Test func `stop leaves no process and no file behind`() throws {
        let server = try PrivateSSHD()
        let ssh = try ChildProcess(
            try Tool.path("ssh"),
            try server.sshArguments()
                + ["(setsid nohup sleep 1001 >/dev/null 2>&1 &); echo up; sleep 1002"])
        try ssh.waitForOutput("up")
        _ = try Self.process(["sleep", "1001"], of: server)
        let sessions = server.sessionProcesses()
        #expect(!server.connectionProcesses.isEmpty)
        server.remove()
        #expect(!sessions.contains(where: ProcessTable.isRunning))
        #expect(server.sessionProcesses().isEmpty)
        #expect(!server.folder.exists(""))
        #expect(try ssh.waitForExit().status == .exited(255))
    }

    @Test func `sessions can be killed while the listener goes on`() throws {
        try withSSHD { sshd in
            let ssh = try ChildProcess(
                try Tool.path("ssh"), try sshd.sshArguments() + ["echo up; sleep 1003"])
            try ssh.waitForOutput("up")
            try sshd.killSessions()
            let lost = try ssh.waitForExit()
            #expect(lost.status == .exited(255))
            let next = try sshd.ssh(["true"])
            #expect(next.status == .exited(0))
        }
    }

    @Test func `a stopped server refuses, and starts again on its port`() throws {
        try withSSHD { sshd in
            sshd.stop()
            let refused = try sshd.ssh(["true"])
            #expect(refused.status == .exited(255))
            #expect(refused.errorOutput.contains("refused"))
            try sshd.start()
            let result = try sshd.ssh(["true"])
            #expect(result.status == .exited(0), "\(result.errorOutput)")
        }
    }

    @Test func `a configuration it cannot read is an error with sshd's words`() {
        let error = #expect(throws: TestServerError.self) {
            try withSSHD(SSHDOptions(configuration: ["NoSuchOption yes"])) { _ in }
        }
        #expect(error?.description.contains("NoSuchOption") == true)
    }

    @Test func `the process table shows what a session's command line holds`() throws {
        try withSSHD { sshd in
            let ssh = try ChildProcess(
                try Tool.path("ssh"), try sshd.sshArguments() + ["echo up; exec sleep 1004"])
            try ssh.waitForOutput("up")
            let entry = try Self.process(["sleep", "1004"], of: sshd)
            #expect(entry.environment.contains("HOME=\(sshd.home)"))
            ssh.stop()
        }
    }
}
