import TestServer
import Testing

@testable import ccrun

/// What may stand at the cursor.
@Suite struct CompletionTests {
    /// A folder with an inventory of two apps, and another one that is reached by `--config` only.
    private static func withInventory<Result>(_ body: (ScratchFolder) throws -> Result) throws
        -> Result
    {
        try withScratchFolder { folder in
            try folder.write("web: gunicorn shop\nmigrate: hidden\n", to: "Procfile")
            try folder.write(
                """
                apps:
                  shop:
                    tasks:
                      migrate: {run: python manage.py migrate, description: Bring up the schema}
                      db:seed: "make\\tseed"
                    release: [migrate, {run: make static, name: static}]
                    deployments:
                      default: {hosts: [web1, "web2:2222"], protected: true}
                      staging: {host: stage}
                  blog:
                    deployments: {default: {host: blog.example.com}}
                """, to: "ccrun.yml")
            try folder.write(
                "apps: {other: {deployments: {default: {host: there}}}}", to: "other.yml")
            return try body(folder)
        }
    }

    /// The answer to a line that ends at the cursor: texts alone.
    private static func texts(
        _ line: String, shell: CompletionShell = .bash, environment: [String: String] = [:]
    ) throws -> [String] {
        try lines(line, shell: shell, environment: environment).map { line in
            String(line.prefix { $0 != "\t" })
        }
    }

    private static func lines(
        _ line: String, shell: CompletionShell = .bash, environment: [String: String] = [:]
    ) throws -> [String] {
        try withInventory { folder in
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            let answer = CompletionAnswer(
                shell.unquoted(words.map(String.init)), source: try HelpSource(),
                environment: ["HOME": folder.path].merging(environment) { $1 },
                currentFolder: folder.path)
            return try #require(answer).lines(for: shell)
        }
    }

    private static let firstWords = ["migrate", "db:seed", "web", "script"]

    private static let deployments = ["shop/default", "shop/staging", "blog/default"]

    @Test func `a line begins with a subcommand or a deployment`() throws {
        let names = try HelpSource().commands.map(\.commandName)
        #expect(try Self.texts("") == names + Self.deployments)
    }

    @Test(arguments: [
        ("hist", ["history"]),
        ("shop/", ["shop/default", "shop/staging"]),
        ("run ", deployments),
        ("-t bl", ["blog/default"]),
        ("-t hist", []),
        ("--config ccrun.yml t", ["targets", "tasks"]),
        ("--config other.yml o", ["other/default"]),
        ("--config=other.yml o", ["other/default"]),
        ("--config ~/other.yml o", ["other/default"]),
        ("-e A=b -tp 22 --port=22 b", ["blog/default"]),
        ("tasks s", ["shop/default", "shop/staging"]),
        ("tasks shop ", []),
        ("help ta", ["targets", "tasks"]),
        ("completion ", ["bash", "zsh", "fish"]),
        ("unknown ", ["script"]),
        ("targets ", []),
    ])
    func `words are completed by their place`(line: String, texts: [String]) throws {
        #expect(try Self.texts(line) == texts)
    }

    @Test(arguments: [
        ("shop ", firstWords),
        ("shop/staging m", ["migrate"]),
        ("-t shop -- w", ["web"]),
        ("run shop w", ["web"]),
        ("shop run w", ["web"]),
        ("shop run run w", []),
        ("shop -- run w", []),
        ("shop db:", ["db:seed"]),
        ("shop \"mig", ["migrate"]),
        ("blog w", ["web"]),
        ("shop migrate ", []),
        ("shop migrate -", []),
        ("shop ls sh", []),
        ("shop script ", ["files"]),
        ("shop run script ", ["files"]),
        ("shop script fix.sh ", []),
        ("shop -- script ", []),
        ("shop ls --config other.yml x", []),
    ])
    func `a command begins with a task and goes on as nothing we know`(
        line: String, texts: [String]
    ) throws {
        #expect(try Self.texts(line) == texts)
    }

    @Test(arguments: [
        ("--rec", ["--record-input", "--record"]), ("shop --dry", ["--dry-run"]),
        ("replay --ins", ["--instant"]),
        ("-t -t", []), ("-e A -e", ["-e"]), ("--tty --tt", ["--ttl"]), ("--dry-run --dry", []),
        ("targets --dry", []), ("targets --conf", ["--config"]), ("shop -- --dry", []),
        ("--exact", []),
    ])
    func `options are completed where ccrun's own stand`(line: String, texts: [String]) throws {
        #expect(try Self.texts(line) == texts)
    }

    @Test func `every option of a subcommand is known, in every spelling`() throws {
        for command in try HelpSource().commands {
            let all = command.options.flatMap(\.spellings)
            #expect(Set(try Self.texts("\(command.commandName) -")) == Set(all))
            #expect(all.contains("--help"))
        }
    }

    @Test(arguments: [
        ("--record ", ["normal", "strict"]),
        ("--record=st", ["--record=strict"]),
        ("shop --host w", ["web1", "web2"]),
        ("--host w", []),
        ("-e CCRUN_", ["CCRUN_MINE"]),
        ("-te CCRUN_", ["CCRUN_MINE"]),
        ("release shop --from m", ["migrate"]),
        ("release shop --skip=s", ["--skip=static"]),
        ("lock shop a", ["acquire"]),
        ("--config ", ["files"]), ("--config=", ["files"]), ("-i ", ["files"]),
        ("--env-file x", ["files"]), ("--status-file x", ["files"]),
        ("--port ", []), ("--timeout 1", []), ("--dry-run=", []), ("--nothing=", []),
    ])
    func `values are completed by what they are called`(line: String, texts: [String]) throws {
        #expect(try Self.texts(line, environment: ["CCRUN_MINE": "secret"]) == texts)
    }

    @Test func `descriptions say more, on one line and never a value of the environment`() throws {
        #expect(
            try Self.lines("shop ") == [
                "migrate\tBring up the schema", "db:seed\tmake seed", "web\tgunicorn shop",
                "script\tSend a local script and run it there.",
            ])
        #expect(
            try Self.lines("shop/") == [
                "shop/default\tweb1, web2:2222 (protected)", "shop/staging\tstage",
            ])
        #expect(try Self.lines("hist") == ["history\tList the runs, newest first."])
        #expect(try Self.lines("-e CCRUN_", environment: ["CCRUN_A": "b"]) == ["CCRUN_A\t"])
    }

    @Test func `zsh and fish match by themselves`() throws {
        #expect(try Self.texts("shop x", shell: .zsh) == Self.firstWords)
        #expect(try Self.texts("shop x", shell: .fish) == Self.firstWords)
    }

    @Test(arguments: [
        ("apps: [", "shop "), ("apps: {shop: {deployments: {default: {host: a}}}}", "Shop/x "),
        ("apps: {shop: {procfile: none, deployments: {default: {host: a}}}}", "shop "),
    ])
    func `a wrong inventory or name has no tasks`(inventory: String, line: String) throws {
        try withScratchFolder { folder in
            try folder.write(inventory, to: "ccrun.yml")
            let answer = CompletionAnswer(
                line.split(separator: " ", omittingEmptySubsequences: false).map(String.init),
                source: try HelpSource(), environment: [:], currentFolder: folder.path)
            let lines = try #require(answer).lines(for: .zsh)
            #expect(lines == ["script\tSend a local script and run it there."])
        }
    }

    @Test(arguments: [
        ("a b", CompletionShell.bash, ["a", "b"]),
        ("'a\\ \"x\"", .bash, ["a\\", "x"]),
        ("\"a\\\"b\" c\\'d", .bash, ["a\"b", "c'd"]),
        ("a\\b \"c", .fish, ["a\\b", "c"]),
        ("'a \"c", .zsh, ["'a", "\"c"]),
    ])
    func `quotes go where the shell leaves them`(
        line: String, shell: CompletionShell, words: [String]
    ) {
        let typed = line.split(separator: " ").map(String.init)
        #expect(shell.unquoted(typed) == words)
    }
}
