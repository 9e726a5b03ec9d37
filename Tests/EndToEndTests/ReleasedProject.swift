import Foundation
import TestServer
import Testing

/// The Django project on two servers with one database, and a workplace that has its inventory.
///
/// Each server has a copy in `~/shop`, as ccrun.yml of the project expects it, and gunicorn on a port
/// of its own. What a release starts ends with `end`.
final class ReleasedProject {
    let place: Workplace
    let servers: [PrivateSSHD]
    private let projects: [DjangoProject]
    private let ports: [ReservedPort]

    init(_ source: DjangoSource, on servers: [PrivateSSHD]) throws {
        self.servers = servers
        place = try Workplace(release: servers[0], [], others: Array(servers.dropFirst()))
        ports = try servers.map { _ in try ReservedPort() }
        let database = place.folder.file("db.sqlite3")
        let credentials =
            #"{"DATABASE": {"DATABASE_ENGINE": "sqlite3", "DATABASE_NAME": "\#(database)"}}"#
        projects = try servers.map {
            try DjangoProject(source, on: $0, credentials: credentials)
        }
        for (project, port) in zip(projects, ports) {
            try project.check("mkdir -p venv/bin && ln -s ../../activate venv/bin/activate")
            try project.check("ln -s \"$PWD\" ~/shop")
            try project.write(Array("PORT=\(port.number)\n".utf8), to: ".env")
        }
        let fixture = DjangoSource.repositoryFolder
        var inventory = try String(contentsOfFile: "\(fixture)/ccrun.yml", encoding: .utf8)
        inventory.replace("user: deploy", with: "user: \(servers[0].user)")
        for (index, server) in servers.enumerated() {
            inventory.replace(
                "web\(index + 1).example.com", with: "\"127.0.0.1:\(server.port)\"")
        }
        try place.folder.write(inventory, to: "ccrun.yml")
        try retryHealth(10)
        try place.folder.write(
            String(contentsOfFile: "\(fixture)/Procfile", encoding: .utf8), to: "Procfile")
    }

    /// Has the health check tried so often again: a gunicorn that is started listens a bit later.
    func retryHealth(_ count: Int) throws {
        let inventory = String(decoding: try place.folder.read("ccrun.yml"), as: UTF8.self)
        try place.folder.write(
            inventory.replacing(/retry: [0-9]+/, with: "retry: \(count)"), to: "ccrun.yml")
    }

    /// Runs a line of shell in the project of a server, behind ccrun's back.
    @discardableResult
    func check(_ line: String, on server: Int) throws -> String {
        try projects[server].check(line)
    }

    func write(_ text: String, to name: String, on server: Int) throws {
        try projects[server].write(Array(text.utf8), to: name)
    }

    /// Names of the tables that the one database has.
    func tables() throws -> String {
        try projects[0].python(
            "from django.db import connection\nprint(connection.introspection.table_names())")
    }

    /// Ends the gunicorns, and waits until they are gone.
    func end() {
        for project in projects {
            _ = try? project.check(
                """
                test -e gunicorn.pid || exit 0; pid=$(cat gunicorn.pid); kill $pid
                while kill -0 $pid 2>/dev/null; do sleep 0.1; done
                """)
        }
        for port in ports { port.release() }
    }
}

/// Gives `body` the project on two servers of its own, all gone afterwards.
func withReleasedProject(_ body: (ReleasedProject) throws -> Void) throws {
    guard let source = DjangoSource.found else {
        throw TestServerError(.program, "cannot find Django", "the suite is to be skipped then")
    }
    try withSSHD { first in
        try withSSHD { second in
            let project = try ReleasedProject(source, on: [first, second])
            defer { project.end() }
            try body(project)
        }
    }
}
