import TestServer
import Testing
import Transcripts

@Suite(
    .enabled(if: DjangoSource.found != nil, "no Python here has Django, whitenoise and gunicorn"))
struct DjangoTerminalTests {
    @Test func `createsuperuser asks for a password that is seen nowhere`() throws {
        let password = "correct horse 7 battery"
        try withDjango { project in
            try project.migrate()
            let session = try project.work.terminal(["shop", "python manage.py createsuperuser"])
            defer { session.close() }
            try session.waitFor("Username")
            try session.waitFor(": ")
            try session.write("ana\r")
            try session.waitFor("Email address: ")
            try session.write("ana@example.com\r")
            try session.waitFor("Password: ")
            try session.write(password + "\r")
            try session.waitFor("Password (again): ")
            try session.write("something else\r")
            try session.waitFor("Your passwords didn't match.")
            for prompt in ["Password: ", "Password (again): "] {
                try session.waitFor(prompt)
                try session.write(password + "\r")
            }
            try session.waitFor("Superuser created successfully.")
            #expect(try session.waitForExit() == .exited(0))

            #expect(session.output.contains(": ana\r\n"), "what is no secret echoes")
            #expect(!session.output.contains("horse"))
            #expect(!session.output.contains("something"))
            let transcript = try project.work.transcript()
            #expect(try transcript.text == session.output)
            #expect(try transcript.bytes.firstRange(of: Array("horse".utf8)) == nil)
            let login = """
                from django.contrib.auth import authenticate
                user = authenticate(username="ana", password="\(password)")
                print(user.is_superuser, user.email, user.check_password("\(password)"))
                """
            #expect(try project.python(login) == "True ana@example.com True\n")
        }
    }

    @Test func `shell is interactive, and a traceback is no end`() throws {
        try withDjango { project in
            try project.migrate()
            let session = try project.work.terminal(["shop", "python", "manage.py", "shell"])
            defer { session.close() }
            try session.waitFor(">>> ")
            try session.write("from catalog.models import Product as P\r")
            try session.waitFor(">>> ")
            try session.write("P.objects.get(pk=4711)\r")
            #expect(try session.waitFor(">>> ").contains("Traceback (most recent call last):"))
            try session.write("P.objects.create(name='Tee ☕', price=2).name[::-1]\r")
            try session.waitFor("'☕ eeT'")
            try session.waitFor(">>> ")
            // A signal that comes between two lines of input, Python would answer only with the next.
            try session.write("print('spin' 'ning'); any(iter(lambda: 0, 1))\r")
            try session.waitFor("spinning")
            try session.write("\u{3}")
            try session.waitFor("KeyboardInterrupt")
            try session.waitFor(">>> ")
            try session.write("\u{4}")
            let status = try session.waitForExit()
            #expect(status == .exited(0), "\(session.output)")
            let transcript = try project.work.transcript()
            #expect(try transcript.text.contains("catalog.models.Product.DoesNotExist: "))
            #expect(try transcript.text == session.output)
            #expect(
                try project.python(
                    "from catalog.models import Product as p\nprint(p.objects.count())") == "1\n")
        }
    }

    @Test func `dbshell is the database's own shell`() throws {
        try withDjango { project in
            try project.migrate()
            let session = try project.work.terminal(["shop", "manage", "dbshell"])
            defer { session.close() }
            try session.waitFor("sqlite> ")
            try session.write(
                "select 'tables', count(*) from sqlite_master where name like 'catalog%';\r")
            try session.waitFor("tables|1\r\n")
            try session.waitFor("sqlite> ")
            try session.write(".exit\r")
            #expect(try session.waitForExit() == .exited(0))
        }
    }
}
