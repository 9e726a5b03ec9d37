import Testing

@testable import Deployments

struct ProcfileTests {
    @Test func `process types come in file order`() throws {
        let text =
            "\u{feff}# cloudControl\r\nweb: gunicorn shop.wsgi --bind 0.0.0.0:$PORT\r\n\r\n"
            + "  # indented\n manage:python manage.py  \nworker_1-a:\tcelery -A shop: x # y\n"
        #expect(
            try Procfile.parse(text, path: "/x/Procfile") == [
                ProcessType(name: "web", command: "gunicorn shop.wsgi --bind 0.0.0.0:$PORT"),
                ProcessType(name: "manage", command: "python manage.py"),
                ProcessType(name: "worker_1-a", command: "celery -A shop: x # y"),
            ])
        #expect(try Procfile.parse("", path: "Procfile") == [])
    }

    @Test(
        arguments: [
            ("web: x\ngarbage\n", "Procfile:2: a line is \"name: command\", a comment, or empty"),
            ("web:\n", "Procfile:1: a line is \"name: command\", a comment, or empty"),
            (": x", "Procfile:1: a line is \"name: command\", a comment, or empty"),
            ("my web: x", "Procfile:1: a line is \"name: command\", a comment, or empty"),
            ("a.b: x", "Procfile:1: a line is \"name: command\", a comment, or empty"),
            ("web: x\r\n\r\nweb: y\r\n", "Procfile:3: \"web\" is defined in line 1 already"),
        ])
    func `garbage and duplicates are errors with their line`(text: String, message: String) {
        let error = #expect(throws: DeploymentsError.self) {
            try Procfile.parse(text, path: "/srv/project/Procfile")
        }
        #expect(error?.code == .invalidProcfile)
        #expect(error?.message == message)
    }
}
