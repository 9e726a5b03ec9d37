import Testing
import TestServer

@Test func `sshd runs`() throws {
    try withSSHD { sshd in
        let r = try sshd.ssh(["echo hi; echo $HOME; exit 3"])
        #expect(r.status == .exited(3))
        #expect(r.output == "hi\n\(sshd.home)\n", "\(r.errorOutput)")
        _ = try sshd.ssh(["nohup setsid sleep 1000 >/dev/null 2>&1 & exit 0"])
        #expect(sshd.sessionProcesses().count == 1)
        sshd.stop()
        #expect(sshd.sessionProcesses().count == 0)
        #expect(1 == 2)
    }
}
@Test func `sshd fails`() async throws {
    try await withSSHD { sshd in
        await Task.yield()
        throw TestServerError(.program, "x", "y")
    }
}
@Test func `terminal`() throws {
    let t = try TerminalSession(executable: "/bin/sh")
    defer { t.close() }
    try t.write("stty size; tty\n")
    try t.waitFor("24 80")
    try t.waitFor("/dev/pts")
    try t.resize(columns: 100, rows: 30)
    try t.write("stty size; ps -o tty,sid,pid; exit 4\n")
    try t.waitFor("30 100")
    #expect(try t.waitForExit() == .exited(4))
    print(t.output, try t.terminalModes)
}
