import Foundation
import TestServer

/// Where the Django project is on the server, and how its Python is made `python`.
struct DjangoSource {
    /// The folder of the project; it is copied, never changed.
    let folder: String
    /// A line of shell.
    let activation: String

    /// The project of CCRUN_TEST_DJANGO with the virtual environment in it, or that of this
    /// repository with the Python of CCRUN_TEST_PYTHON or any that has Django; nil where none has.
    static let found: DjangoSource? = {
        let variables = ProcessInfo.processInfo.environment
        if let folder = variables["CCRUN_TEST_DJANGO"], !folder.isEmpty {
            return DjangoSource(folder: folder, activation: ". '\(folder)/venv/bin/activate'")
        }
        let candidates = [variables["CCRUN_TEST_PYTHON"], Tool.find("python3")]
        guard !serverIsGiven, let python = candidates.compactMap(\.self).first(where: hasDjango)
        else { return nil }
        return DjangoSource(
            folder: repositoryFolder,
            activation: "mkdir -p bin;printf '#!/bin/sh\\nexec \(python) \"$@\"\\n' >bin/python;"
                + "printf '#!/bin/sh\\nexec \(python) -m gunicorn \"$@\"\\n' >bin/gunicorn;"
                + "chmod +x bin/*;PATH=$PWD/bin:$PATH")
    }()

    /// The project in this repository, of which the local side needs the Procfile.
    static let repositoryFolder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/django").path

    private static func hasDjango(_ python: String) -> Bool {
        let result = try? ChildProcess.run(python, ["-c", "import django, whitenoise, gunicorn"])
        return result?.status == .exited(0)
    }
}

/// A copy of the Django project on a server, and a workplace whose `shop/default` it is.
///
/// What prepares and checks goes through OpenSSH's `ssh`, so that only what is tested is ccrun's.
final class DjangoProject: Sendable {
    let host: any TestHost
    /// The folder on the server.
    let folder: String
    let work: Workplace

    /// Makes the copy; `credentials` is the JSON text that CRED_FILE names.
    init(_ source: DjangoSource, on host: any TestHost, credentials: String = "{}") throws {
        let folder = try Self.copy(source, on: host)
        self.host = host
        self.folder = folder
        work = try Workplace(
            host,
            app: [
                "directory: \(folder)", "before: . ./activate", "procfile: Procfile",
                "environment: {CRED_FILE: creds.json}", "tasks:",
                "  syncdb: python manage.py migrate --run-syncdb",
            ])
        let procfile = "\(DjangoSource.repositoryFolder)/Procfile"
        try work.folder.write(String(contentsOfFile: procfile, encoding: .utf8), to: "Procfile")
        try write(Array(credentials.utf8), to: "creds.json")
    }

    deinit { _ = try? host.ssh(["rm -rf '\(folder)'"]) }

    private static func copy(_ source: DjangoSource, on host: any TestHost) throws -> String {
        let text = try succeeding(
            host.ssh(
                [
                    """
                    set -e; cd '\(source.folder)'; new=$(mktemp -d /tmp/shop.XXXXXX)
                    tar -c --exclude=./venv --exclude=./db.sqlite3 --exclude=./staticfiles \
                    --exclude=./storage --exclude=__pycache__ . | tar -x -C "$new"
                    cat >"$new/activate"; echo "$new"
                    """
                ], input: .bytes(Array(source.activation.utf8))))
        return text.trimmingCharacters(in: .newlines)
    }

    // MARK: - Behind ccrun's back

    /// Runs a line of shell in the project through `ssh`; its output.
    @discardableResult
    func check(_ line: String, input: ChildProcess.Input = .null) throws -> String {
        try succeeding(
            host.ssh(
                ["cd '\(folder)' && . ./activate && export CRED_FILE=creds.json && \(line)"],
                input: input))
    }

    /// What Python prints that knows the project's models.
    func python(_ text: String) throws -> String {
        let setup = "import os, django\nos.environ['DJANGO_SETTINGS_MODULE'] = 'shop.settings'\n"
        return try check(
            "python -", input: .bytes(Array((setup + "django.setup()\n" + text + "\n").utf8)))
    }

    /// Whether the project's Python can import a module.
    func has(module: String) throws -> Bool {
        let search = "importlib.util.find_spec('\(module)') is not None"
        return try check("python -c \"import importlib.util; print(\(search))\"") == "True\n"
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try check("cat >'\(name)'", input: .bytes(bytes))
    }

    // MARK: - A database

    /// Gives the project a database with all tables; made once, as it takes seconds.
    func migrate() throws {
        let database = try Self.migrated.withLock { made in
            if let made { return made }
            try check("python manage.py migrate -v 0")
            let text = try check("base64 -w 0 db.sqlite3")
            let bytes = [UInt8](Data(base64Encoded: text) ?? Data())
            made = bytes
            return bytes
        }
        try write(database, to: "db.sqlite3")
    }

    private static let migrated = Watched<[UInt8]?>(nil)
}

/// The output of a program that ended with status 0.
private func succeeding(_ result: ChildResult) throws -> String {
    guard result.status == .exited(0) else {
        throw TestServerError(
            .program, "cannot prepare the Django project", "\(result.status)",
            hint: result.output + result.errorOutput)
    }
    return result.output
}

/// Gives `body` a copy of the project on a server, both gone afterwards.
func withDjango(
    credentials: String = "{}", _ body: (DjangoProject) throws -> Void
) throws {
    guard let source = DjangoSource.found else {
        throw TestServerError(.program, "cannot find Django", "the suite is to be skipped then")
    }
    try withServer { host in
        try body(DjangoProject(source, on: host, credentials: credentials))
    }
}
