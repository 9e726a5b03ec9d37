import Foundation
import TestServer
import Testing

/// Completion in the shells themselves: TAB is typed, and the line that it makes is entered.
@Suite struct CompletionShellTests {
    /// Nothing listens on port 1.
    private static let inventory = """
        apps:
          shop:
            deployments:
              default: {host: "127.0.0.1:1"}
              staging: {host: "127.0.0.1:1"}
            tasks:
              migrate: python manage.py migrate
              db:seed: make seed
              db:drop: make drop

        """

    private static let shells = ["bash", "zsh", "fish"]

    /// What is typed ahead of TAB, a part of what TAB adds, and what the line then prints.
    private static let lines: [(String, String, String)] = [
        ("ccrun tasks shop/st", "aging", "python manage.py migrate"),
        ("ccrun targ", "ets", "shop/staging  127.0.0.1:1"),
        ("ccrun history --lim", "it", "missing value"),
        ("ccrun --dry-run shop mig", "rate", "python manage.py migrate"),
        ("ccrun --dry-run shop db:s", "eed", "make seed"),
        ("ccrun --record=str", "ict", "missing expected argument"),
        ("ccrun targets --config some", "other.yml", "other/staging"),
        ("ccrun targets --config=some", "other.yml", "other/staging"),
        ("ccrun replay --instant 0", "1", "replayed"),
        ("ccrun replay --instant la", "st", "replayed"),
        ("true; ccrun tasks shop/st", "aging", "python manage.py migrate"),
        ("./bin/ccrun tasks shop/st", "aging", "python manage.py migrate"),
        ("ccrun --dry-run shop \"mig", "rate", "python manage.py migrate"),
        // The cursor stands in the middle of the line.
        (" --config ccrun.yml\u{1}ccrun tasks shop/st", "aging", "python manage.py migrate"),
        ("~/bin/ccrun tasks shop/st", "aging", "python manage.py migrate"),
    ]

    @Test(arguments: shells)
    func `TAB completes what there is one of`(name: String) throws {
        guard let shell = try CompletionShell(name, inventory: Self.inventory) else {
            try Test.cancel("\(name) is not installed")
        }
        for (typed, completed, output) in Self.lines {
            try shell.complete(typed, to: completed, output: output)
        }
    }

    /// What TAB lists where there are several, in the inventory's order.
    @Test(arguments: [
        ("bash", "\t\t", "migrate  db:seed  db:drop"),
        ("zsh", "\t", "migrate  -- python manage.py migrate"),
        ("fish", "\t", "migrate  ("),
    ])
    func `TAB lists what there are several of`(name: String, keys: String, shown: String) throws {
        guard let shell = try CompletionShell(name, inventory: Self.inventory) else {
            try Test.cancel("\(name) is not installed")
        }
        try shell.session.write("ccrun shop " + keys)
        try shell.session.waitFor(shown)
    }

    @Test func `fish is told what each is`() throws {
        guard let shell = try CompletionShell("fish", inventory: Self.inventory) else {
            try Test.cancel("fish is not installed")
        }
        try shell.session.write("complete -C 'ccrun replay ' | cat -A\r")
        try shell.session.waitFor("last^Ithe newest run$")
        try shell.session.waitFor("^Ishop/default: echo 'a: b'$")
    }
}
