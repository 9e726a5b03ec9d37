import Foundation
import TestServer
import Testing

/// `expect:` answers what a task asks; a question that nobody answers ends the run.
@Suite struct PromptTests {
    private static let asking = [
        "tasks:", "  login:",
        "    run: 'stty -echo; printf \"Password: \"; read p; stty echo; echo; echo \"got ${#p}\"; \(untilGo)'",
        "    expect: [{match: 'Password: $', secret: PW, max: 1}]",
    ]

    @Test func `a secret is sent when it is asked for, and stands nowhere`() throws {
        let secret = "hush-41c hush-41c"
        try withSSHD { sshd in
            let place = try Workplace(release: sshd, Self.asking, environment: ["MY_PW": secret])
            let run = try place.start(["--secret", "PW=env:MY_PW", "shop", "login"])
            try run.waitForOutput("got \(secret.count)")
            for process in ProcessTable.all() {
                let words = process.commandLine.joined(separator: " ")
                #expect(!words.contains(secret), "\(process.pid)")
            }
            let remote = sshd.sessionProcesses()
            #expect(remote.contains { $0.commandLine.joined(separator: " ").contains(untilGo) })
            for process in remote {
                #expect(!process.environment.contains { $0.contains(secret) }, "\(process.pid)")
            }
            try sshd.letGo()
            let result = try run.waitForExit()
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(!result.output.contains(secret))
            let transcript = String(decoding: try place.transcript().bytes, as: UTF8.self)
            #expect(!transcript.contains(secret))
        }
    }

    @Test func `a secret that nobody gave is an error before anything is connected to`() throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd, app: Self.asking)
            let result = try place.run(["shop", "login"])
            #expect(result.status == .exited(125))
            #expect(
                result.errorOutput.hasPrefix(
                    "ccrun: error: cannot run the task \"login\": it needs the secret \"PW\""))
            #expect(!sshd.log.contains("Connection from"))
        }
    }

    @Test(arguments: ["-T", "-t"])
    func `a question that nobody answers ends the run, and is quoted`(terminal: String) throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd)
            let input = ChildProcess.Input.pipe
            let run = try place.start(
                [
                    terminal, "--prompt-timeout", "1s", "shop",
                    "printf 'Are you sure? [y/N] '; read answer; echo $answer",
                ], input: input)
            let result = try run.waitForExit()
            #expect(result.status == .exited(124))
            #expect(
                result.errorOutput.contains(
                    "nobody answered the prompt \"Are you sure? [y/N]\"; the command was ended by TERM"
                ),
                "\(result.errorOutput)")
            try place.expectTranscript(.timeout)
        }
    }

    @Test func `a release answers its steps' questions`() throws {
        try withSSHD { sshd in
            let place = try Workplace(
                release: sshd,
                [
                    "tasks:",
                    "  confirm: {run: 'printf \"continue? \"; read a; echo \"said $a\"', expect: [{match: 'continue\\? $', send: 'yes'}]}",
                    "release: [confirm]",
                ])
            let result = try place.run(["release", "shop"])
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            #expect(result.output.contains("said yes"))
        }
    }
}

@Suite(
    .enabled(if: DjangoSource.found != nil, "no Python here has Django, whitenoise and gunicorn"))
struct DjangoPromptTests {
    @Test func `createsuperuser is answered, with a password that stands nowhere`() throws {
        let password = "correct horse 8 battery"
        try withDjango { project in
            try project.migrate()
            let task = [
                "tasks:", "  admin:", "    run: python manage.py createsuperuser", "    expect:",
                "      - {match: 'Username.*: $', send: ana}",
                "      - {match: 'Email address: $', send: ana@example.com}",
                "      - {match: 'Password.*: $', secret: ADMIN, max: 2}",
            ]
            var text = String(decoding: try project.work.folder.read("ccrun.yml"), as: UTF8.self)
            text += task.map { "        \($0)\n" }.joined()
            try project.work.folder.write(text, to: "ccrun.yml")
            // Not in this side's environment, which is on the same machine where the server is.
            try project.work.folder.write("\(password)\n", to: "password", mode: 0o600)
            let watch = try project.watchProcesses(
                ["cmdline", "environ"], for: ["createsuperuser", password])
            let result = try project.work.run(
                ["--secret", "ADMIN=@password", "shop", "admin"])
            #expect(try watch.end() == ["createsuperuser"])
            #expect(result.status == .exited(0), "\(result.output) \(result.errorOutput)")
            #expect(result.output.contains("Superuser created successfully."))
            #expect(!result.output.contains("horse"))
            let transcript = try project.work.transcript()
            #expect(try transcript.bytes.firstRange(of: Array("horse".utf8)) == nil)
            let login = """
                from django.contrib.auth import authenticate
                print(authenticate(username="ana", password="\(password)").email)
                """
            #expect(try project.python(login) == "ana@example.com\n")
        }
    }
}
