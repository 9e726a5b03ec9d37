import TestServer
import Testing
import Transcripts

/// `protected:` and `deny:`: what stands between a slip and a deployment.
@Suite struct GuardTests {
    @Test(arguments: [
        ["shop", "python manage.py flush"], ["shop", "true && ./manage.py flush --noinput"],
        ["shop", "flush"], ["shop", "--", "django-admin", "flush"], ["release", "shop"],
    ])
    func `a denied command is not run, unless that is overridden, which is recorded`(
        arguments: [String]
    ) throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                ["deny: [flush]", "release: [{run: python manage.py flush, name: flush}]"])
            let refused = try place.run(arguments)
            #expect(refused.status == .exited(125))
            #expect(refused.errorOutput.contains("by its rule \"flush\"; nothing was run"))
            #expect(refused.errorOutput.contains("hint: if it has to be, pass --override-deny"))
            #expect(!sshd.log.contains("Connection from"))
            let option = arguments[0] == "release" ? 1 : 0
            var overridden = arguments
            overridden.insert("--override-deny", at: option)
            let result = try place.run(overridden)
            // There is no manage.py here: the remote shell says so.
            #expect(result.status != .exited(125), "\(result.errorOutput)")
            #expect(result.errorOutput.contains("and overridden"))
            #expect(try place.transcript().header.overriddenRules == ["flush"])
        }
    }

    @Test func `a protected deployment is not released unasked`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd, ["release: [{run: echo run, name: one}]"],
                deployment: ["protected: true"])
            let refused = try place.run(["release", "shop"])
            #expect(refused.status == .exited(125))
            #expect(refused.errorOutput.contains("hint: pass --yes where nobody can be asked"))
            #expect(try place.run(["release", "shop", "--yes"]).output == "run\n")
            let session = try place.terminal(["release", "shop"])
            defer { session.close() }
            try session.waitFor("Type its name to go on: ")
            try session.write("shop/default\r")
            #expect(try session.waitForExit() == .exited(0))
            #expect(session.output.contains("1/1 one"))
        }
    }

    @Test(arguments: [("yes", Int32(0)), ("no", 125), ("", 125)])
    func `a step's question is asked before it runs`(answer: String, status: Int32) throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                ["release: [{run: echo run >>log, name: one, confirm: really now?}]"])
            let unasked = try place.run(["release", "shop"])
            #expect(unasked.status == .exited(125))
            #expect(unasked.errorOutput.contains("there is no terminal to ask on"))
            let session = try place.terminal(["release", "shop"])
            defer { session.close() }
            try session.waitFor("really now? (yes/no) ")
            try session.write("\(answer)\r")
            #expect(try session.waitForExit() == .exited(status))
            #expect(((try? sshd.read(home: "log")) == "run\n") == (status == 0))
        }
    }
}
