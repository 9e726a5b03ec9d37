import Foundation
import TestServer
import Testing
import Transcripts

@Suite(
    .enabled(if: DjangoSource.found != nil, "no Python here has Django, whitenoise and gunicorn"))
struct DjangoManageTests {
    static let migrate = ["shop/default", "python manage.py migrate"]

    @Test func `migrate without a terminal makes the tables`() throws {
        try withDjango { project in
            let result = try project.work.run(Self.migrate)
            #expect(result.status == .exited(0))
            #expect(result.output.contains("Applying catalog.0001_initial... OK\n"))
            #expect(result.errorOutput == "")
            #expect(
                try project.work.transcript().text == result.output.replacing("\n", with: "\r\n"))
            #expect(
                try project.check("python manage.py showmigrations catalog").contains(
                    "[X] 0001_initial"))
        }
    }

    @Test func `migrate in a terminal makes the tables, in colour`() throws {
        try withDjango { project in
            let session = try project.work.terminal(Self.migrate)
            defer { session.close() }
            #expect(try session.waitForExit() == .exited(0))
            #expect(
                session.output.contains("Applying catalog.0001_initial...\u{1b}[32;1m OK\u{1b}[0m"))
            #expect(try project.work.transcript().text == session.output)
            #expect(
                try project.python(
                    "from catalog.models import Product as p\nprint(p.objects.count())") == "0\n")
        }
    }

    @Test(arguments: [["syncdb"], ["manage", "migrate", "--run-syncdb"], ["manage migrate"]])
    func `a task and a process type stand for their command`(_ words: [String]) throws {
        try withDjango { project in
            let result = try project.work.run(["shop"] + words)
            #expect(result.status == .exited(0))
            #expect(result.output.contains("Applying catalog.0001_initial... OK\n"))
        }
    }

    @Test func `a failing migration ends with its status, the traceback on stderr`() throws {
        try withDjango { project in
            let result = try project.work.run(["-e", "BROKEN_MIGRATION=1"] + Self.migrate)
            #expect(result.status == .exited(1))
            #expect(result.output.contains("Applying catalog.0001_initial... OK\n"))
            #expect(result.output.contains("Applying broken.0001_initial..."))
            #expect(!result.output.contains("Traceback"))
            let lines = result.errorOutput.split(separator: "\n")
            #expect(lines.first == "Traceback (most recent call last):")
            #expect(lines.contains("RuntimeError: this migration always fails"))
            #expect(lines.last == "ccrun: the remote command exited with status 1")
            let transcript = try project.work.transcript()
            #expect(transcript.ending?.end == .exit)
            #expect(transcript.ending?.status == 1)
            #expect(try transcript.text.contains("RuntimeError: this migration always fails\r\n"))
        }
    }

    @Test(arguments: [false, true])
    func `a command's own exit status comes back`(_ inTerminal: Bool) throws {
        try withDjango { project in
            let arguments = ["shop/default", "manage", "fail", "44"]
            if inTerminal {
                let session = try project.work.terminal(arguments)
                defer { session.close() }
                #expect(try session.waitForExit() == .exited(44))
                #expect(session.output.contains("about to fail\r\n"))
                #expect(session.output.contains("failed with status 44, as asked"))
            } else {
                let result = try project.work.run(arguments)
                #expect(result.status == .exited(44))
                #expect(result.output == "about to fail\n")
                #expect(
                    result.errorOutput.hasPrefix("CommandError: failed with status 44, as asked\n"))
            }
        }
    }

    @Test func `loaddata from here and dumpdata to here carry every byte`() throws {
        try withDjango { project in
            try project.migrate()
            let load = ["shop", "python manage.py loaddata --format=json -"]
            let dump = ["shop", "python manage.py dumpdata catalog"]
            let fixture = "\(DjangoSource.repositoryFolder)/catalog/fixtures/products.json"
            let loaded = try project.work.run(load, input: .file(fixture))
            #expect(loaded.output == "Installed 3 object(s) from 1 fixture(s)\n")

            let first = try project.work.run(dump)
            #expect(first.status == .exited(0))
            let witness = try project.check("python manage.py dumpdata catalog")
            #expect(first.standardOutput == Array(witness.utf8))
            #expect(first.output.contains("Caf\\u00e9") || first.output.contains("Café"))

            try project.check("python manage.py flush --noinput -v 0")
            #expect(
                try project.work.run(load, input: .bytes(first.standardOutput)).status == .exited(0)
            )
            let second = try project.work.run(dump)
            #expect(second.standardOutput == first.standardOutput)
        }
    }

    @Test func `a fixture of a megabyte arrives whole`() throws {
        try withDjango { project in
            try project.migrate()
            let rows = (1...8000).map { number in
                #"{"model":"catalog.product","pk":\#(number),"#
                    + #""fields":{"name":"抹茶 \#(String(repeating: "é", count: 30)) \#(number)","price":"4.50"}}"#
            }
            let text = "[" + rows.joined(separator: ",\n") + "]"
            let result = try project.work.run(
                ["shop", "manage", "loaddata", "--format=json", "-"],
                input: .bytes(Array(text.utf8)))
            #expect(result.output == "Installed 8000 object(s) from 1 fixture(s)\n")
            #expect(
                try project.python(
                    "from catalog.models import Product as p\nprint(ascii(p.objects.get(pk=7999).name))"
                )
                    == "'\\u62b9\\u8336 \(String(repeating: "\\xe9", count: 30)) 7999'\n")
        }
    }

    @Test func `dbshell reads its statements from here`() throws {
        try withDjango { project in
            try project.migrate()
            let result = try project.work.run(
                ["shop", "python manage.py dbshell"],
                input: .bytes(Array("select count(*) from catalog_product;\nselect 6*7;\n".utf8)))
            #expect(result.status == .exited(0))
            #expect(result.output == "0\n42\n")
        }
    }
}
