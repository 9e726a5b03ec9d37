import Foundation
import TestServer
import Testing

@Suite(
    .enabled(if: DjangoSource.found != nil, "no Python here has Django, whitenoise and gunicorn"))
struct DjangoServiceTests {
    /// The ways to serve static files, and the module that each takes; the container has the first.
    static let ways = [
        ("whitenoise", "whitenoise"), ("dj-static", "dj_static"), ("django-storages", "storages"),
    ].prefix(serverIsGiven ? 1 : 3)

    @Test(arguments: ways)
    func `files are collected for the process type web, which serves them where it is to`(
        way: String, module: String
    ) throws {
        let port = try ReservedPort()
        defer { port.release() }
        try withDjango { project in
            guard try project.has(module: module) else {
                try Test.cancel("the Python that has Django has no \(way)")
            }
            try project.migrate()
            let collected = try project.work.run([
                "-e", "STATICFILES=\(way)", "shop", "python manage.py collectstatic --noinput",
            ])
            #expect(collected.status == .exited(0), "\(collected.errorOutput)")
            let isServed = way != "django-storages"
            let text = " static files copied"
            #expect(
                collected.output.contains(
                    isServed ? "\(text) to '\(project.folder)/staticfiles'" : "\(text)."),
                "\(collected.output)")
            let folder = isServed ? "staticfiles" : "storage/static"
            let stored = try project.check("cat \(folder)/catalog/shop.css")

            let web = try project.work.start([
                "-e", "STATICFILES=\(way)", "-e", "PORT=\(port.number)", "-e",
                "GUNICORN_CMD_ARGS=--pid gunicorn.pid", "shop",
                "web",
            ])
            defer { web.stop() }
            try web.waitForError("Listening at: http://127.0.0.1:\(port.number)")
            let style = "\(DjangoSource.repositoryFolder)/catalog/static/catalog/shop.css"
            let original = [UInt8](try Data(contentsOf: URL(fileURLWithPath: style)))
            #expect(Array(stored.utf8) == original)
            let page = try get("/static/catalog/shop.css", port: port.number)
            #expect(page.head.hasPrefix("HTTP/1.1 \(isServed ? "200 OK" : "404 Not Found")\r\n"))
            // dj-static sends it as a chunk, with its size before it.
            if isServed { #expect(page.body.firstRange(of: original) != nil) }
            #expect(try get("/static/none.css", port: port.number).head.hasPrefix("HTTP/1.1 404 "))
            // Without a terminal no signal of ours reaches it, so it is ended on its own side.
            try project.check("kill $(cat gunicorn.pid)")
            #expect(try web.waitForExit().status == .exited(0))
        }
    }

    @Test func `a server in a terminal ends with Control-C`() throws {
        let port = try ReservedPort()
        defer { port.release() }
        try withDjango { project in
            try project.migrate()
            let session = try project.work.terminal([
                "shop", "gunicorn", "shop.wsgi", "--bind", "127.0.0.1:\(port.number)",
            ])
            defer { session.close() }
            try session.waitFor("Listening at: http://127.0.0.1:\(port.number)")
            try session.waitFor("Booting worker")
            #expect(try get("/", port: port.number).head.hasPrefix("HTTP/1.1 200 OK\r\n"))
            try session.write("\u{3}")
            try session.waitFor("Handling signal: int")
            #expect(try session.waitForExit() == .exited(0))
        }
    }

    @Test func `sendtestemail reaches the mail server of the credentials file`() throws {
        let mail = try DjangoMailServer()
        defer { mail.stop() }
        let credentials = #"{"MAIL": {"MAIL_HOST": "127.0.0.1", "MAIL_PORT": \#(mail.port)}}"#
        try withDjango(credentials: credentials) { project in
            let result = try project.work.run([
                "shop", "manage", "sendtestemail", "ana@example.com",
            ])
            #expect(result.status == .exited(0))
            #expect(result.errorOutput == "")
            let message = try mail.waitForMessage()
            #expect(message.recipients == ["ana@example.com"])
            #expect(message.text.contains("\r\nSubject: Test email from "))
            #expect(message.text.contains("\r\nTo: ana@example.com\r\n"))
        }
    }
}

/// What a web server answers.
private func get(_ path: String, port: Int) throws -> (head: String, body: [UInt8]) {
    let connection = try connectedSocket(port: port)
    defer { connection.close() }
    let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    try connection.write(Array(request.utf8))
    var answer: [UInt8] = []
    while case let part = try connection.read(), !part.isEmpty { answer += part }
    let border = answer.firstRange(of: Array("\r\n\r\n".utf8)) ?? answer.endIndex..<answer.endIndex
    return (
        String(decoding: answer[..<border.lowerBound], as: UTF8.self),
        Array(answer[border.upperBound...])
    )
}
