/// Detached jobs: tasks that go on at the remote side without a connection, as text for its `sh`.
///
/// A job has the folder `$HOME/.ccrun/jobs/RUNID/`, mode 0700, with these files:
///
///     command   the title, one line
///     started   when, in seconds since 1970 by the remote clock; so is `ended`
///     boot      what tells this start of the machine from others
///     ttl       how many seconds after its end the folder may go
///     out       what the task wrote to stdout and stderr, in that order
///     pid       the runner, which waits for the task
///     group     the process group of the task
///     status    `exit 3` or `signal TERM 143`; its appearance is the end of the job
///     ended     when
///
/// Nothing but POSIX `sh` and its utilities is needed. The texts run in dash, bash, mksh, ksh and
/// busybox.
///
/// A job survives its connection, as sshd signals nothing that has left the session. It does not
/// survive systemd-logind where that has `KillUserProcesses=yes` and the account does not linger
/// (logind.conf(5), loginctl(1)).
package enum RemoteJob {
    /// Text that starts `script`, a text for `sh -c`, and prints what `Started` reads.
    ///
    /// The job inherits the environment, the folder and the umask of the `sh` that evaluates this;
    /// its input is empty. The text ends at once, with nothing of its descriptors left open.
    package static func start(
        run: String, title: String, script: String, ttl: Duration
    ) throws(DeploymentsError) -> String {
        try check(run)
        let operands = [RemoteJobRunner.runner(of: run), "sh", RemoteJobRunner.task, script]
            .map { ShellQuoting.quoted($0) }.joined(separator: " ")
        let title = ShellQuoting.quoted(RemoteText.cleaned(title, limit: titleLimit))
        let cannotStart = RemotePath.failure("cannot start the job on the server")
        return #"""
            _cj=${HOME:?}/.ccrun/jobs
            (umask 077;mkdir -p "$_cj")||\#(cannotStart)
            _cj=$_cj/\#(run)
            [ ! -e "$_cj" ]||\#(RemotePath.failure("the job \(run) exists already on the server"))
            (umask 077;mkdir "$_cj")||\#(cannotStart)
            (umask 077;cd "$_cj"&&: >out&&date +%s >started&&echo \#(seconds(ttl)) >ttl&&
            printf "%s\n" "\#(RemoteJobState.boot)" >boot&&printf "%s\n" \#(title) >command
            )||{ rm -rf "$_cj";\#(cannotStart)}
            set -- \#(operands)
            if command -v setsid >/dev/null 2>&1
            then _cx=$(CCRUN_RUN_ID=\#(run) setsid setsid sh -c "$@" </dev/null)
            else _cx=$(CCRUN_RUN_ID=\#(run) sh -c "\#(RemoteJobRunner.background)" sh "$@" </dev/null)
            fi
            _cn=0
            until [ -s "$_cj/pid" ]||[ "$_cn" -ge 20 ]
            do _cn=$((_cn+1));sleep 0.1 2>/dev/null||sleep 1
            done
            [ -s "$_cj/pid" ]||{ rm -rf "$_cj";\#(cannotStart)}
            IFS= read -r _cx <"$_cj/pid"
            printf "started\t\#(run)\t%s\n" "$_cx"

            """#
    }

    /// Text that prints all jobs of the account, as `Listing` reads them.
    ///
    /// Jobs whose time after the end is over are removed first. As nobody sees the end of a lost job,
    /// its time counts from the first listing that found it lost.
    package static let list = #"""
        LC_ALL=C;export LC_ALL
        \#(RemoteJobState.functions)
        _ct=$(date +%s)
        rm -rf "$_cr"/.old.*
        for _cj in "$_cr"/*
        do _ci=${_cj##*/}
        [ "${#_ci}" -eq \#(idLength) ]||continue
        case $_ci in *[!0-9A-HJKMNP-TV-Z]*)continue;;esac
        _cstate
        _ce=
        case $_cx in
        absent)continue;;
        ended)_cint ended "";_ce=$_cv;;
        lost)_cint lost "";_ce=$_cv
        if [ -z "$_ce" ];then _ce=$_ct;echo "$_ct" >"$_cj/lost";fi;;
        esac
        if [ -n "$_ce" ];then _cint ttl ""
        if [ -n "$_cv" ]&&[ "$((_ct-_ce))" -ge "$_cv" ]&&_cremove;then continue;fi;fi
        _cs=
        case $_cx in
        lost)_ce=;;
        ended)_cstatus;[ "$_cx" = absent ]&&continue;;
        esac
        _cint started "";_ca=$_cv;_cint pid "";_cp=$_cv;_cfile command
        printf "job\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n" "$_ci" "$_cx" "$_cs" "$_ca" "$_ce" "$_cp" "$_cv"
        done
        printf "end\t%s\n" "$_ct"

        """#

    /// Text that prints the job's output from a byte on, and its `Verdict` on stderr.
    ///
    /// Following, it goes on until the job has ended, or until its standard input has: that is how a
    /// client which is gone shows, so the client keeps the input open.
    package static func output(
        run: String, from offset: Int = 0, follows: Bool
    ) throws(DeploymentsError) -> String {
        try check(run)
        let offset = max(0, offset)
        let tooFar = RemotePath.failure(
            "the output of the job \(run) has fewer than \(offset) bytes")
        let isThere =
            offset == 0
            ? "" : "[ \"$(($(wc -c <\"$_cj/out\")))\" -ge \(offset) ]||\(tooFar)\n"
        let step = "cat <&3||exit\n"
        return #"""
            \#(RemoteJobState.functions(for: run))
            [ -f "$_cj/out" ]||{ _cstate;_cverdict >&2;exit;}
            \#(isThere)exec 3<"$_cj/out" 5>&2 2>/dev/null
            \#(skip(offset))\#(follows ? RemoteJobState.following(step) : "_cstate\n" + step)
            _cverdict >&5

            """#
    }

    /// Text that waits for the end of the job, and prints its `Verdict`.
    ///
    /// It ends too when its standard input does, as `output` does.
    package static func wait(run: String) throws(DeploymentsError) -> String {
        try check(run)
        return #"""
            \#(RemoteJobState.functions(for: run))
            exec 2>/dev/null
            \#(RemoteJobState.following(""))
            _cverdict

            """#
    }

    /// Text that removes a job which does not run, and prints its last `Verdict`.
    package static func remove(run: String) throws(DeploymentsError) -> String {
        try check(run)
        return #"""
            \#(RemoteJobState.functions(for: run))
            _cstate
            _cl=$(_cverdict)
            if [ "$_cx" = ended ]||[ "$_cx" = lost ]
            then _cremove||\#(RemotePath.failure("cannot remove the job \(run)"))
            fi
            printf "%s\n" "$_cl"

            """#
    }

    // MARK: - Parts

    /// The characters of a run id.
    private static let idLength = 26

    /// The longest title, in characters.
    static let titleLimit = 200

    /// Throws `invalidCommand` unless `run` is a run id, which no shell reads anything into.
    static func check(_ run: String) throws(DeploymentsError) {
        guard isID(run) else {
            throw DeploymentsError(
                .invalidCommand, "cannot name the job \(QuotedText.quoted(run))",
                because: "a run id is \(idLength) digits and capitals without I, L, O and U")
        }
    }

    static func isID(_ text: some StringProtocol) -> Bool {
        text.utf8.count == idLength
            && text.utf8.allSatisfy("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8.contains)
    }

    /// Whole seconds, rounded up; ten years are the longest.
    private static func seconds(_ duration: Duration) -> Int64 {
        let (seconds, rest) = duration.components
        return min(max(0, seconds + (rest > 0 ? 1 : 0)), 10 * 366 * 86_400)
    }

    /// Moves descriptor 3 on by `offset` bytes, which the file has.
    ///
    /// `tail -c` would do, but some open the file anew, which leaves the descriptor where it was. A
    /// `dd` with `count=0` copies all of the file on some systems, so the last block is read.
    private static func skip(_ offset: Int) -> String {
        let size = 65_536
        let (blocks, rest) = offset.quotientAndRemainder(dividingBy: size)
        let whole = "dd bs=\(size) skip=\(blocks - 1) count=1 <&3 >/dev/null||exit\n"
        return (blocks > 0 ? whole : "")
            + (rest > 0 ? "dd bs=\(rest) count=1 <&3 >/dev/null||exit\n" : "")
    }
}
