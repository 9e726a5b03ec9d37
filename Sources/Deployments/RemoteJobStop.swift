extension RemoteJob {
    /// Text that ends the job: TERM for its process group, KILL for what is left after `grace`.
    ///
    /// It prints what `Stopped` reads. A stopped process sees TERM only once it goes on, hence CONT.
    /// While the runner waits for the task, no other process can have that number; without a runner
    /// the leader of the group must show the run id in its environment. The number of the group is
    /// written right after the start, which is waited for. Needs no standard input, and goes on to the
    /// end without its client. After KILL, 10 s are left for the end to show.
    ///
    /// Zombies do not count as left: a container's first process may never look after them. Behind
    /// a process's name stand its state, its parent and its group (proc(5), *stat*).
    package static func stop(run: String, grace: Duration) throws(DeploymentsError) -> String {
        try check(run)
        let (seconds, rest) = max(.zero, min(grace, .seconds(86_400))).components
        let fine = seconds * 5 + rest / 200_000_000_000_000_000 + 1
        return #"""
            \#(RemoteJobState.functions(for: run))
            _cm=none
            _csay(){
            printf "ccrun-stop\t%s\n" "$_cm";_cverdict;exit
            }
            _csend(){
            kill -"$1" -"$_cg" 2>/dev/null||kill -"$1" "$_cg" 2>/dev/null
            }
            _crest(){
            [ "$_cx" = running ]&&return
            kill -0 -"$_cg" 2>/dev/null||return
            [ -r /proc/self/stat ]||return 0
            cat /proc/[0-9]*/stat 2>/dev/null|sed "s/.*) //"|grep -q "^[^XZ] [0-9]* $_cg "
            }
            _cuntil(){
            _cn=0
            while _crest
            do if [ "$_cw" = 1 ];then _cn=$((_cn+5));else _cn=$((_cn+1));fi
            [ "$_cn" -lt "$1" ]||return 1
            \#(RemoteJobState.pause)
            _cstate
            done
            }
            \#(RemoteJobState.interval)
            _cstate
            case $_cx in
            absent)_csay;;
            ended)_cm=already;_csay;;
            esac
            _cint group ""
            while [ -z "$_cv" ]&&[ "$_cx" = running ]&&[ "$_cn" -lt 25 ]
            do _cn=$((_cn+1));\#(RemoteJobState.pause)
            _cstate;_cint group ""
            done
            _cg=$_cv
            [ -n "$_cg" ]||_csay
            if [ "$_cx" != running ]
            then _cown "$_cg"||{ _cm=already;_csay;}
            fi
            if _csend TERM
            then _cm=TERM;_csend CONT
            if ! _cuntil \#(fine)
            then _csend KILL&&_cm=KILL
            _cuntil 50
            fi
            fi
            _cstate
            _csay

            """#
    }
}
