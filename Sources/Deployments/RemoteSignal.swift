/// The scripts that find what a run left running on a host, and end it.
///
/// OpenSSH's server passes a signal on only where the channel's program is its own child, libssh2
/// before 1.11 cannot ask for one, and nothing of it reaches into a container. So a second channel
/// looks for the processes by their environment: each has `CCRUN_RUN_ID`, and in a release
/// `CCRUN_STEP`, as they were when it was started (proc(5), */proc/pid/environ*). That can be read
/// for processes of the same user only, so what `sudo` started is not found, nor what has
/// overwritten its environment to show a title (nginx, PostgreSQL).
package enum RemoteSignal {
    package enum Signal: String, Sendable, CaseIterable {
        case term = "TERM"
        case kill = "KILL"
        case int = "INT"
        case hup = "HUP"
    }

    /// Composes the script that signals a run, or one step of a release, and prints an `Answer`.
    ///
    /// The session that began first is the run itself. The signal goes to every process group in it
    /// in which something carries the id (`timeout` makes a group of its own); what the run started
    /// as a daemon has a session of its own, and is spared. `session` is what an earlier answer
    /// named: without it, a daemon would pass for the run once that is gone.
    ///
    /// Dropbear has all channels of a connection that have no terminal in one session and process
    /// group, its own. There the script's own group is not signalled as a whole, but what carries the
    /// id in it and what that came from, up to what this script came from, too: parents first, or a
    /// shell would go on to its next command.
    ///
    /// The script must run without the id in its own environment.
    package static func script(
        run: String, step: Int? = nil, signal: Signal, session: Int? = nil
    ) -> String {
        searching(run: run, step: step, session: session) + #"""
            [ -n "$first" ] || { echo gone; exit; }
            own=$(cat "/proc/$$/stat")
            set -- ${own##*\)}
            own=$3 pid=$2 kin=" $$ " targets='' tried=' ' sent='' refused=''
            while [ "$pid" -gt 1 ]; do
              kin="$kin$pid "
              text=$(cat "/proc/$pid/stat" 2>/dev/null)
              set -- ${text##*\)}
              pid=${2:-0}
            done
            for entry in $found; do
              pid=${entry%%:*} group=${entry#*:} session=${entry##*:}
              group=${group%:*}
              [ "$session" = "$first" ] || continue
              if [ "$group" -le 1 ]; then
                targets="$targets $pid:$pid:$group"
              elif [ "$group" != "$own" ]; then
                targets="$targets -$group:$pid:$group"
              else
                while [ "$pid" -gt 1 ]; do
                  case $kin in *" $pid "*) break ;; esac
                  text=$(cat "/proc/$pid/stat" 2>/dev/null)
                  set -- ${text##*\)}
                  [ "${3:-}" = "$own" ] || break
                  targets="$pid:$pid:$group $targets"
                  pid=$2
                done
              fi
            done
            for entry in $targets; do
              target=${entry%%:*} group=${entry##*:} pid=${entry#*:}
              pid=${pid%:*}
              case $tried in *" $target "*) continue ;; esac
              tried="$tried$target "
              if kill -\#(signal.rawValue) "$target" 2>/dev/null; then
                sent="$sent $group"
              elif [ -d "/proc/$pid" ]; then
                refused="$refused $group"
              fi
            done
            if [ -n "$sent" ]; then
              printf 'signalled\t%s\t%s\n' "$first" "${sent# }"
            elif [ -n "$refused" ]; then
              printf 'refused\t%s\n' "${refused# }"
            else
              echo gone
            fi
            """#
    }

    /// Composes the script that prints what still carries the id of a run, each as a `Remaining`.
    ///
    /// Daemons in sessions of their own are among that. Without `/proc` it prints `unknown`.
    package static func listing(run: String, step: Int? = nil) -> String {
        searching(run: run, step: step, session: nil) + #"""
            for entry in $found; do
              pid=${entry%%:*} name=''
              { read -r name <"/proc/$pid/comm"; } 2>/dev/null
              printf '%s\t%s\n' "$pid" "$name"
            done
            """#
    }

    /// A command for a person who wants to see what of a run is still there.
    ///
    /// `options` are those of ccrun that lead to the host.
    ///
    /// It does without `grep` on the files themselves, as busybox's stops at the first NUL byte, and
    /// without `ps`, which small containers lack.
    package static func hint(target: String, options: [String] = [], run: String) -> String {
        let look =
            "cd /proc; for p in [0-9]*; do tr \"\\0\" \"\\n\" <$p/environ | "
            + "grep -qx CCRUN_RUN_ID=\(identifier(run)) && "
            + "echo $p $(tr \"\\0\" \" \" <$p/cmdline); done 2>/dev/null"
        let words = ["ccrun"] + options + [target]
        return "\(ShellQuoting.joined(words)) '\(look)'"
    }

    // MARK: - The search

    /// Finds every process that carries the id.
    ///
    /// `found` gets `pid:group:session` of each, and `first` the session that began first.
    ///
    /// A session begins with its leader, which may lack the id: a shell that read it from the
    /// preamble has it in its memory only. busybox's `grep` does not look behind a NUL byte; where
    /// that is the one, every readable file is looked at by itself. Of the fields behind the name in
    /// `stat`, 3 is the group, 4 the session and 20 the start, in ticks since the boot (proc(5)); in
    /// the same tick the lower number came first.
    private static func searching(run: String, step: Int?, session: Int?) -> String {
        #"""
        LC_ALL=C
        export LC_ALL
        id=CCRUN_RUN_ID=\#(identifier(run))
        step=\#(step.map { "CCRUN_STEP=\($0)" } ?? "")
        only=\#(session.map { "\($0)" } ?? "")
        newline='
        '
        [ -r "/proc/$$/environ" ] || { echo unknown; exit; }
        if printf 'a\0b' | grep -qF b; then
          files=$(grep -lsF "$id" /proc/[0-9]*/environ)
        else
          files=$(for file in /proc/[0-9]*/environ; do [ -r "$file" ] && echo "$file"; done)
        fi
        found='' first='' earliest=''
        for file in $files; do
          pid=${file#/proc/}
          pid=${pid%/environ}
          [ "$pid" != $$ ] || continue
          text=$newline$({ tr '\n\000' '\001\n' <"$file"; } 2>/dev/null)$newline
          case $text in *"$newline$id$newline"*) ;; *) continue ;; esac
          case $text in *"$newline${step:-$id}$newline"*) ;; *) continue ;; esac
          text=$(cat "/proc/$pid/stat" 2>/dev/null)
          set -- ${text##*\)}
          [ $# -ge 20 ] && [ "${only:-$4}" = "$4" ] || continue
          found="$found $pid:$3:$4" session=$4 start=${20}
          text=$(cat "/proc/$session/stat" 2>/dev/null)
          set -- ${text##*\)}
          [ $# -lt 20 ] || start=${20}
          [ -z "$earliest" ] || [ "$start" -lt "$earliest" ] ||
            { [ "$start" -eq "$earliest" ] && [ "$session" -lt "$first" ]; } || continue
          earliest=$start first=$session
        done

        """#
    }

    /// The characters of a run id; nothing of a text that is none can reach the shell.
    private static func identifier(_ run: String) -> String {
        String(run.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(64))
    }
}
