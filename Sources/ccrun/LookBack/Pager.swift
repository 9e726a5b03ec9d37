#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The user's pager, fed through a pipe.
struct Pager {
    /// Where to write what it shows.
    let descriptor: CInt
    private let process: pid_t

    /// The line that starts it: CCRUN_PAGER, PAGER, or less; nil where the user wants none.
    ///
    /// `cat` is what people name to have none.
    static func command(_ environment: [String: String]) -> String? {
        let named = environment["CCRUN_PAGER"] ?? environment["PAGER"] ?? "less -FRX"
        let isNone = named.allSatisfy(\.isWhitespace) || named == "cat"
        return isNone || environment["TERM"] == "dumb" ? nil : named
    }

    /// Starts it; nil where that fails.
    ///
    /// From now on it is the pager that ^C is for, and one that is left early is no error.
    init?(_ command: String, environment: [String: String]) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        for number in [SIGINT, SIGQUIT, SIGPIPE] { signal(number, SIG_IGN) }
        #if os(Linux)
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #else
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
            close(ends[0])
        }
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGQUIT, SIGPIPE] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        // less shows colours only if told to, and other sequences never.
        let variables = ["LESS": "FRX"].merging(environment) { $1 }.map { "\($0)=\($1)" }
        let line: [String] = ["/bin/sh", "-c", command]
        var words: [UnsafeMutablePointer<CChar>?] = line.map { (word: String) in strdup(word) }
        var entries: [UnsafeMutablePointer<CChar>?] = variables.map { (entry: String) in
            strdup(entry)
        }
        words.append(nil)
        entries.append(nil)
        defer { for text in words + entries { free(text) } }
        var process: pid_t = 0
        guard posix_spawn(&process, "/bin/sh", &actions, &attributes, &words, &entries) == 0 else {
            close(ends[1])
            return nil
        }
        self.process = process
        descriptor = ends[1]
    }

    /// Ends what it is given, and waits until the user has left it.
    func finish() {
        close(descriptor)
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    }
}
