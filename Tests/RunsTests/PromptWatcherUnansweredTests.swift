import Testing

@testable import Runs

/// The prompt that nobody answers: what looks like one, since when it waits, and what ends that.
@Suite struct PromptWatcherUnansweredTests {
    private static func watcher(
        rules: [PromptWatcher.Rule] = [], timeout: Duration? = .seconds(30)
    ) -> PromptWatcher {
        PromptWatcher(rules: rules, promptTimeout: timeout, lineEnd: .lineFeed)
    }

    // MARK: - What looks like a prompt

    @Test(arguments: [
        // Django's own commands.
        "Username (leave blank to use 'root'): ", "Username: ", "Email address: ", "Password: ",
        "Password (again): ", "Group (Group.id): Name: ",
        "Bypass password validation and create user anyway? [y/N]: ",
        "    Type 'yes' to continue, or 'no' to cancel: ",
        "Type 'yes' if you would like to try deleting the test database 'x', or 'no' to cancel: ",
        "Type 'yes' to delete user x: ", "Select an option: ", "Please select a valid option: ",
        "Please answer yes or no: ", "Was extra.a renamed to extra.b (a CharField)? [y/N] ",
        "Was the model catalog.Extra renamed to More? [y/N] ",
        "Should these migration branches be merged? [y/N] ", "Do you wish to proceed? [y/N] ",
        "Are you sure you want to do this? ", ">>> ", "[default: timezone.now] >>> ", "(Pdb) ",
        "sqlite> ", "mysql> ", "MariaDB [(none)]> ", "shop=> ", "shop=# ", "ipdb> ",
        "irb(main):001:0> ", "In [1]: Enter: ",
        // Shells and other programs.
        "#? ", "$ ", "ana@web1:/srv$ ", "root@web1:~# ", "rm: remove regular file 'a'? ",
        "cp: overwrite 'b'? ", "rm: descend into directory 'd'? ", "New password: ",
        "Retype new password: ", "[sudo] password for ana: ", "ana@web1's password: ",
        "Enter passphrase (empty for no passphrase): ", "Enter same passphrase again: ",
        "Are you sure you want to continue connecting (yes/no/[fingerprint])? ",
        "Username for 'https://github.com': ", "Do you want to continue? [Y/n] ",
        "Proceed (Y/n)? ", "Ok to proceed? (y) ", "  Enter a value: ", "Password for user ana: ",
        "*** app.conf (Y/I/N/O/D/Z) [default=N] ? ", "Is the information correct? [Y/n] ",
        "        Full Name []: ", "Package name [shop]:  ", "Verification code: ",
        "Overwrite /srv/x? (enter \"h\" for help) [Ynaqdhm] ", "Continue? (yes or no) ",
        "Downloading is slow, go on? [y/n] ", "Username [ana] ", "Your choice> ",
        "? Which environment? ", "One-time password (OATH) for `ana': ",
        // Pagers, and keys.
        ":", "(END)", "lines 1-20/20 (END)", "--More--", "--More--(5%)",
        "Press any key to continue...", "Press ENTER to continue . . .", "Hit or press return",
        "\u{1b}[32;1mPassword: \u{1b}[0m", "12%\rPassword: ", "log line\r\nPassword: ",
    ])
    func `a question is noticed`(text: String) {
        var watcher = Self.watcher()
        let now = ContinuousClock.now
        #expect(Array(text.utf8).withUnsafeBytes { watcher.see($0, at: now) }.isEmpty)
        #expect(watcher.unansweredSince == now, "\(text)")
        #expect(watcher.deadline == now + .seconds(30))
    }

    @Test(arguments: [
        "", "  ", "  Applying auth.0001_initial...", "  Applying auth.0001_initial... OK",
        "Loading fixtures: 34%", "Collecting packages:", "Collecting name:", "Running migrations:",
        "Operations to perform:", "Checking password hashes: ", "Copying name (3/10)",
        "Delete old files (12 MB)", "Confirm order (ok)", "Fetched user names [done]",
        "Creating test database for alias 'default'...", ".....", "...", "....s..E.F", "E", "F",
        "[ 34%] Building user.o", "34/100 [00:12<00:20, 3.1it/s]", "Progress: [=====>    ]",
        "[======>", "====>", "==> ", "</html>", "<name>", "<p>Enter your name</p>", "{\"name\":",
        "Copied (12 files, no errors)", "checking for gcc (no)", "Waiting for host web1...",
        "Downloading https://example.com/?", "100%", "Starting name [OK]", "Step 3/9 : RUN x",
        "#1 [internal] load build definition", "ETA 00:12:", "C#", "#######", "12:34:56",
        "Installing collected packages: name, user", "Waiting for the database:",
        "Password: \n", "Are you sure? [y/N] n\r\n", "Password: secret typed",
        "128 static files copied to '/srv/x'.", "Username: \r\u{1b}[K10%",
        "\u{1b}]0;Password: \u{7}",
    ])
    func `progress is no question`(text: String) {
        var watcher = Self.watcher()
        _ = Array(text.utf8).withUnsafeBytes { watcher.see($0, at: .now) }
        #expect(watcher.unansweredSince == nil, "\(text)")
        #expect(watcher.deadline == nil)
        #expect(watcher.quotedPrompt.isEmpty)
    }

    // MARK: - Since when, and what ends it

    /// Shows texts to a watcher a second apart.
    private struct Story {
        var watcher: PromptWatcher
        let start = ContinuousClock.now
        var seconds = 0

        init(_ watcher: PromptWatcher) {
            self.watcher = watcher
        }

        mutating func see(_ text: String) {
            seconds += 1
            let now = start + .seconds(seconds)
            _ = Array(text.utf8).withUnsafeBytes { watcher.see($0, at: now) }
        }

        /// In seconds; nil while no prompt waits.
        var waitsSince: Int? {
            watcher.unansweredSince.map { Int((start.duration(to: $0)) / .seconds(1)) }
        }
    }

    @Test func `a prompt waits from its last visible character on`() {
        var story = Story(Self.watcher())
        story.see("Pass")
        #expect(story.waitsSince == nil)
        story.see("word:")
        #expect(story.waitsSince == 2)
        story.see(" ")
        story.see("\u{1b}[0m\u{1b}]0;title\u{7}")
        story.see("\rPassword: ")
        #expect(story.waitsSince == 2)
        #expect(story.watcher.quotedPrompt == "Password:")
        story.see("\r\n")
        #expect(story.waitsSince == nil)
        story.see("Password: ")
        #expect(story.waitsSince == 7)
    }

    @Test func `without a time limit there is no deadline`() {
        var story = Story(Self.watcher(timeout: nil))
        story.see("Password: ")
        #expect(story.waitsSince == 1)
        #expect(story.watcher.deadline == nil)
    }

    @Test func `input is the answer to the prompt that waits`() {
        var story = Story(Self.watcher())
        story.see("Username: ")
        story.watcher.noteInputSent(lines: 0)
        #expect(story.waitsSince == nil)
        story.see("a")
        story.watcher.noteInputSent(lines: 1)
        story.see("\r\n")
        #expect(story.waitsSince == nil)
        story.see("Password: ")
        #expect(story.waitsSince == 4)
        story.watcher.noteInputSent(lines: 1)
        story.see("Password (again): ")
        #expect(story.waitsSince == 5)
    }

    @Test func `lines that went ahead are the answers to as many prompts`() {
        var story = Story(Self.watcher())
        story.watcher.noteInputSent(lines: 2)
        story.see("Username: ")
        story.see("Password: ")
        #expect(story.waitsSince == nil)
        story.see("\r\nPassword: ")
        #expect(story.waitsSince == 3)
    }

    @Test func `a prompt that a rule answers does not wait, nor does its rest`() throws {
        let rule = try PromptWatcher.Rule(pattern: "Type 'yes'", answer: .text("yes"))
        var story = Story(Self.watcher(rules: [rule]))
        story.see("Type 'yes' to continue, or 'no' to cancel: ")
        #expect(story.waitsSince == nil)
        story.see("Type 'maybe' to continue: ")
        #expect(story.waitsSince == 2)
        #expect(story.watcher.quotedPrompt == "Type 'maybe' to continue:")
    }

    @Test func `after the last reply of its rule a prompt waits, whatever it looks like`() throws {
        let rule = try PromptWatcher.Rule(pattern: "^go!", answer: .text("ok"), limit: 1)
        var story = Story(Self.watcher(rules: [rule]))
        story.see("go!")
        #expect(story.waitsSince == nil)
        story.see("\ngo!")
        #expect(story.waitsSince == 2)
        #expect(story.watcher.quotedPrompt == "go!")
        story.see("\n")
        #expect(story.waitsSince == nil)
    }

    @Test func `a prompt drawn again after its answer does not wait`() {
        var story = Story(Self.watcher())
        story.see("Sure? [y/N] ")
        story.watcher.noteInputSent(lines: 0)
        story.see("\r\u{1b}[KSure? [y/N] ")
        #expect(story.waitsSince == nil)
    }

    // MARK: - The quote

    @Test func `a quoted prompt is one short line without control characters`() {
        var story = Story(Self.watcher())
        story.see("\u{1b}[1m\tPass\u{202e}word\u{85}of\u{1b}[0m ana: ")
        #expect(story.watcher.quotedPrompt == "Password of ana:")
        story.see("\r\n" + String(repeating: "é", count: 1500) + " password: ")
        #expect(story.watcher.quotedPrompt.count == 200)
        #expect(story.watcher.quotedPrompt.hasPrefix("…é"))
        #expect(story.watcher.quotedPrompt.hasSuffix("é password:"))
    }

    @Test func `the end of a large piece is read as the end of a small one`() {
        var story = Story(Self.watcher())
        story.see(String(repeating: "a line of output\r\n", count: 10_000) + "Password: ")
        #expect(story.watcher.quotedPrompt == "Password:")
        story.see("\n" + String(repeating: ".", count: 50_000) + " password: ")
        #expect(story.watcher.quotedPrompt.hasSuffix(". password:"))
    }
}
