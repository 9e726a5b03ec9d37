/// The text of the scripts of `RemoteLock`, for any POSIX `sh` and the utilities beside it.
struct RemoteLockScript {
    private let common: String
    /// How old a heartbeat has to be, and for how many looks it must not have changed.
    private let seconds: (stale: Int64, unchanged: Int64)

    /// Composes what all the scripts begin with.
    ///
    /// `+` is in no deployment's name, so the drafts beside the folder belong to no other lock.
    init(folder: String, run: String, staleAfter: Duration) {
        let stale = Self.wholeSeconds(staleAfter)
        seconds = (stale, (stale + 3) / 4)
        let run = String(run.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(64))
        common = Self.settings(folder: folder, run: run) + Self.functions(stale: stale)
    }

    /// Seconds as the shell counts them, rounded up, within what its arithmetic can hold.
    private static func wholeSeconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return min(max(seconds, 0) + (attoseconds > 0 ? 1 : 0), 1_000_000_000)
    }

    // MARK: - The scripts

    /// Prints who holds the lock, or that nobody does.
    var telling: String {
        common + """
            look
            if [ -d "$lock" ]; then tell busy; else say free; fi
            """
    }

    /// Takes a lock away: any where `isForced`, else one of `owner` that no keeper keeps alive.
    func releasing(owner: String, isForced: Bool) -> String {
        let own = #"[ -n "$holder" ] && [ "$owner" = "$me" ] && { [ "$age" = never ] || is_old; }"#
        return common + """
            me=\(Self.word(owner, limit: RemoteLine.ownerLimit))
            look
            [ -d "$lock" ] || { say free; exit; }
            \(isForced ? ":" : own) || { tell busy; exit 1; }
            if clear_away; then tell released; else say free; fi
            """
    }

    /// Goes on until the lock is ours; ends the script where that is not to be.
    func contending(owner: String, reason: String, wait: Duration?) -> Contending {
        Contending(
            text: common + """
                me=\(Self.word(owner, limit: RemoteLine.ownerLimit))
                why=\(Self.word(reason, limit: RemoteLine.reasonLimit))

                """ + Self.taking
                + Self.waiting(seconds: wait.map(Self.wholeSeconds) ?? 0, limits: seconds))
    }

    /// A script up to the point where the lock is ours.
    struct Contending {
        fileprivate let text: String

        /// Keeps the lock for the client at the other end of standard input.
        ///
        /// Where the client went away while the script waited, the lock is given back at once. A
        /// heartbeat is answered after another look, as the lock may be taken over just before it.
        var keeping: String {
            text + #"""
                check() { [ -f "$lock/holder.$run" ] || { say lost; exit 1; }; }
                say held || { rm -f "$lock/holder.$run"; drop; exit 1; }
                while IFS= read -r line; do
                  check
                  if [ "$line" = release ]; then
                    rm "$lock/holder.$run" 2>/dev/null </dev/null || check
                    drop
                    say released
                    exit
                  fi
                  error=$(beat 2>&1) || { check; say "error$tab${error%%"$newline"*}"; }
                  check
                  say .
                done
                """#
        }

        /// Leaves a lock behind that never goes stale.
        var takingByHand: String {
            text + #"""
                if error=$({ echo never >"$draft" && mv -f "$draft" "$lock/beat"; } 2>&1); then
                  say held
                else
                  rm -f "$draft" "$lock/holder.$run"
                  drop
                  fail
                fi
                """#
        }
    }

    /// Text of the user as a word of the shell.
    private static func word(_ text: String, limit: Int) -> String {
        ShellQuoting.quoted(RemoteLine.cleaned(text, limit: limit))
    }
}
