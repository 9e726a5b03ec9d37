/// What the manual tells beside the commands: exit statuses, variables, files.
enum ManualPageTables {
    struct Row {
        let name: String
        let meaning: String

        init(_ name: String, _ meaning: String) {
            self.name = name
            self.meaning = meaning
        }
    }

    static let statuses = [
        Row("0-255", "The remote command's own, unchanged."),
        Row("128+n", "The remote command died of signal n."),
        Row(
            "255",
            """
            No connection, host key refused, login refused, connection lost, or no status ever \
            received.
            """),
        Row(
            "125",
            "ccrun itself: usage, inventory, unknown deployment, lock held, confirmation refused."),
        Row("124", "--timeout ran out."),
        Row(
            "130, 129, 143, 131",
            "ccrun was interrupted by INT, HUP, TERM or QUIT before a remote status came."),
        Row("141", "Nobody reads ccrun's output any more."),
    ]

    /// What ccrun itself heeds.
    static let environment = [
        Row("CCRUN_CONFIG", "The inventory to read where --config names none."),
        Row(
            "CCRUN_KNOWN_HOSTS",
            "Host keys, as lines of known_hosts or the path of such a file, instead of the user's."),
        Row(
            "CCRUN_LEGACY_ALGORITHMS",
            "\"1\" also offers algorithms that only old servers need."),
        Row("CCRUN_LOCK_STALE", "How long a lock that shows no life is respected, 1m by default."),
        Row("CCRUN_PAGER", "What shows long texts, ahead of PAGER; empty for nothing."),
        Row(
            "CCRUN_SSH_KEY",
            "A private key, as text or the path of its file, to log in with ahead of all others."),
        Row("HOME", "Where .ssh, .config and .local/state are, unless others are named."),
        Row("NO_COLOR", "Not empty, it turns colours off."),
        Row("PAGER", "What shows long texts; less -FRX by default."),
        Row(
            "SSH_ASKPASS",
            "The program that asks for passphrases and passwords where there is no terminal."),
        Row(
            "SSH_ASKPASS_REQUIRE",
            "\"force\" or \"prefer\" asks by that program, \"never\" does not (see ssh(1))."),
        Row(
            "SSH_AUTH_SOCK",
            "The socket of the agent that logs in, where ~/.ssh/config names no other."),
        Row("TERM", "The terminal's type, which the remote side is told."),
        Row("XDG_CONFIG_HOME", "Where ccrun/config.yml is, ~/.config by default."),
        Row("XDG_STATE_HOME", "Where ccrun/runs is, ~/.local/state by default."),
    ]

    static let remoteEnvironment = [
        Row("CCRUN_RUN_ID", "The run's id, which names its transcript."),
        Row("CCRUN_STEP", "The number of the release's step, from 1 on; only in a release."),
        Row("DEP_NAME", "The deployment, as in shop/default."),
    ]

    static let files = [
        Row(
            "ccrun.yml",
            """
            The inventory, looked for from the current folder upwards to the root of the \
            repository.
            """),
        Row("$XDG_CONFIG_HOME/ccrun/config.yml", "The inventory where no ccrun.yml is found."),
        Row(
            "$XDG_STATE_HOME/ccrun/runs/YYYY/MM/RUN.cast",
            "The transcript of a run, of mode 0600, in asciicast version 2."),
        Row(
            "$XDG_STATE_HOME/ccrun/runs/YYYY/MM/RUN.pin",
            "Keeps the run from being pruned."),
        Row(
            "$XDG_STATE_HOME/ccrun/history.sqlite",
            "The index of history and search, of mode 0600, made anew where it is missing."),
        Row(
            "$XDG_STATE_HOME/ccrun/runs/YYYY/MM/RUN.cast.sig",
            "Its SSH signature, where --sign-key or the inventory names a key."),
        Row("$XDG_STATE_HOME/ccrun/ledger", "A line for each transcript, chained by SHA-256."),
        Row("~/.ssh/config", "Read by asking ssh(1): addresses, users, identity files."),
        Row("~/.ssh/known_hosts", "The keys that hosts are expected to have."),
    ]
}
