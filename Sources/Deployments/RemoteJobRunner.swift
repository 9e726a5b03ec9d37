/// The processes of a detached job: a runner, which outlives the connection, and the task below it.
///
/// Both lead sessions of their own where there is a `setsid`, as util-linux, busybox and toybox have
/// it. It starts a child where it would lead a process group already, and ends; twice in a row
/// it thus puts the runner into the background without `&`, for which a POSIX `sh` would ignore
/// SIGINT and SIGQUIT in all that the job starts (POSIX.1-2017, Shell Command Language 2.11).
///
/// Without `setsid` the runner stays in the session of sshd, in the background, and the task has a
/// process group of its own if the `sh` has job control without a terminal (bash, mksh and ksh have;
/// dash and busybox have not, and there SIGINT and SIGQUIT stay ignored in the task).
enum RemoteJobRunner {
    /// What starts its operands in the background where there is no `setsid`; for double quotes.
    static let background = #"command set -m 2>/dev/null;sh -c \"\$@\"&"#

    /// What waits for the task and records how it ended; the operands are `task` and the script.
    ///
    /// The signals are caught, not ignored, so that they are at their default in the task: a shell
    /// could not undo that they are ignored (the same, 2.14, *trap*). A shell delays a trap until the
    /// program in the foreground has ended. Shells that tell of a program's death by a signal do it on
    /// stderr, which must not be the job's output: dash redirects itself before it starts a program,
    /// hence the subshell. ksh counts deaths from 256 on.
    ///
    /// The run id in the first line shows in `ps` where there is no /proc. Closing stdout is what
    /// tells the starter that `pid` is there.
    static func runner(of run: String) -> String {
        #"""
        : \#(run)
        trap : HUP INT QUIT TERM
        _cj=$HOME/.ccrun/jobs/\#(run)
        (umask 077;echo $$ >"$_cj/pid.new")&&mv -f "$_cj/pid.new" "$_cj/pid"||exit 125
        exec >/dev/null 2>&1
        if command -v setsid
        then (exec setsid sh -c "$1" sh "$2" >>"$_cj/out" 2>&1)
        else command set -m;(exec sh -c "$1" sh "$2" >>"$_cj/out" 2>&1)
        fi
        _cs=$?
        [ "$_cs" -le 256 ]||_cs=$((_cs-128))
        umask 077
        _cl="exit $_cs"
        if [ "$_cs" -gt 128 ]&&[ "$_cs" -le 192 ]&&_cn=$(kill -l "$((_cs-128))")
        then case $_cn in [A-Z]*)_cl="signal $_cn $_cs";;esac
        fi
        date +%s >"$_cj/ended"
        until echo "$_cl" >"$_cj/status.new"&&mv -f "$_cj/status.new" "$_cj/status"||[ ! -d "$_cj" ]
        do sleep 1
        done
        """#
    }

    /// What leaves its process group for `stop`, and becomes the script, which is the operand.
    static let task =
        #"echo $$ >"$HOME/.ccrun/jobs/$CCRUN_RUN_ID/group";exec sh -c "$1""#
}
