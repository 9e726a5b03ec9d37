import Foundation
import TestServer
import Testing

/// Add-on credentials as cloudControl handed them out: CRED_FILE names a JSON file on the server.
@Suite(
    .enabled(if: DjangoSource.found != nil, "no Python here has Django, whitenoise and gunicorn"))
struct DjangoCredentialsTests {
    private static let secretKey = "key-7c1 $(id) 'é' #1\nsecond line"
    private static let password = "password-3e9 \" \\ ü"
    private static func credentials() throws -> Data {
        let mail: [String: Any] = [
            "MAIL_HOST": "mail.example.com", "MAIL_PORT": 2525, "MAIL_PASSWORD": password,
        ]
        let database = ["DATABASE_ENGINE": "sqlite3", "DATABASE_NAME": "of-the-addon.sqlite3"]
        return try JSONSerialization.data(withJSONObject: ["MAIL": mail, "DATABASE": database])
    }

    /// The paths are relative: to the app's folder, where its commands run.
    private static let file = """
        # what the server knows of production
        export CRED_FILE = 'config/creds.json'  # not in the repository
        NAME=shop
        SECRET_KEY="key-7c1 $(id) 'é' #1
        second line"
        ALLOWED_HOSTS=${NAME}.example.com,${WWW:-www}.example.com

        """

    private static func with(_ body: (DjangoProject, Workplace) throws -> Void) throws {
        try withDjango { project in
            let place = try Workplace(
                project.host,
                app: [
                    "directory: \(project.folder)", "before: . ./activate",
                    "env_file: config/prod.env",
                ])
            try project.check("mkdir config")
            try project.write(Array(file.utf8), to: "config/prod.env")
            try project.write([UInt8](credentials()), to: "config/creds.json")
            try body(project, place)
        }
    }

    private static let settings = """
        import json
        from django.conf import settings as s
        values = [s.SECRET_KEY, s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_PASSWORD, s.ALLOWED_HOSTS]
        print(json.dumps(values))
        """

    @Test(arguments: ["-T", "-t"])
    func `manage.py sees what env_file and the file of CRED_FILE hold`(terminal: String) throws {
        try Self.with { _, place in
            let result = try place.run([
                terminal, "shop", "python", "manage.py", "shell", "-v", "0", "-c", Self.settings,
            ])
            #expect(result.status == .exited(0), "\(result.output) \(result.errorOutput)")
            let values = try JSONSerialization.jsonObject(with: Data(result.standardOutput))
            let list = try #require(values as? [Any])
            #expect(list.first as? String == Self.secretKey)
            #expect(list[1] as? String == "mail.example.com")
            #expect(list[2] as? Int == 2525)
            #expect(list[3] as? String == Self.password)
            #expect(list.last as? [String] == ["shop.example.com", "www.example.com"])
        }
    }

    @Test func `migrate makes the tables in the database of the add-on`() throws {
        try Self.with { project, place in
            let result = try place.run(["shop", "python manage.py migrate"])
            #expect(result.status == .exited(0), "\(result.errorOutput)")
            let files = try project.check("ls *.sqlite3")
            #expect(files == "of-the-addon.sqlite3\n")
            let tables = try project.check(
                "export CRED_FILE=config/creds.json; python manage.py inspectdb | grep -c Catalog")
            #expect(tables != "0\n")
        }
    }

    @Test(arguments: ["-T", "-t"])
    func `no value of theirs is in any process's arguments while a command runs`(
        terminal: String
    ) throws {
        try Self.with { project, place in
            let values = ["key-7c1", "password-3e9"]
            let watch = try project.watchProcesses(["cmdline"], for: ["manage.py"] + values)
            let result = try place.run([terminal, "shop", "python manage.py check"])
            #expect(result.status == .exited(0), "\(result.output) \(result.errorOutput)")
            // It has seen what ran, and no value.
            #expect(try watch.end() == ["manage.py"])
        }
    }
}
