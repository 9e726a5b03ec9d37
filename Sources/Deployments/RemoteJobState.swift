/// What the scripts about a detached job share: how it stands.
///
/// The functions keep to variables that begin with `_c`: `_cr` is the folder of the jobs, `_cj` that
/// of one, `_ci` its id, `_cx` its state: running, ended, lost or absent.
enum RemoteJobState {
    /// Tells one start of the machine from others, for double quotes; empty where nothing does.
    ///
    /// Linux has an id for it (random(4)); elsewhere the start of the first process serves.
    static let boot =
        "$(cat /proc/sys/kernel/random/boot_id 2>/dev/null||"
        + "ps -p 1 -o lstart= 2>/dev/null||who -b 2>/dev/null)"

    /// The functions, for one job.
    static func functions(for run: String) -> String {
        "_ci=\(run)\n\(functions)\n_cj=$_cr/$_ci"
    }

    /// Functions that read a job's files.
    ///
    /// `_calive` asks whether the runner is there: a process with its id in the environment it was
    /// started with (a zombie shows none), or in its arguments where there is no /proc. For a minute a
    /// job without a `pid` counts as one that is being started. A job that seems lost is looked at
    /// again, since its runner may have ended in between. The `grep` of busybox sees nothing behind a
    /// NUL byte.
    static let functions = #"""
        _cr=${HOME:?}/.ccrun/jobs
        _cb=\#(boot)
        _cp=
        _cfile(){
        _cv=;if [ -r "$_cj/$1" ];then IFS= read -r _cv <"$_cj/$1";fi
        }
        _cint(){
        _cfile "$1";case $_cv in ""|*[!0-9]*|????????????????*)_cv=$2;;esac
        }
        _cown(){
        { tr "\000" "\n" <"/proc/$1/environ";} 2>/dev/null|grep -qxF "CCRUN_RUN_ID=$_ci"
        }
        _calive(){
        _cint pid "";_cp=$_cv
        if [ -z "$_cp" ];then _cint started 0;[ "$(($(date +%s)-_cv))" -lt 60 ];return;fi
        kill -0 "$_cp" 2>/dev/null||return
        if [ -r "/proc/$_cp/environ" ]
        then _cown "$_cp"
        else case $(ps -p "$_cp" -o args= 2>/dev/null) in ""|*"$_ci"*);;*)return 1;;esac
        fi
        }
        _cstate(){
        _cx=ended;[ ! -f "$_cj/status" ]||return 0
        _cx=absent;[ -d "$_cj" ]||return 0
        _cx=lost;_cfile boot
        if [ -z "$_cv" ]||[ -z "$_cb" ]||[ "$_cv" = "$_cb" ];then if _calive;then _cx=running;fi;fi
        if [ "$_cx" = lost ]&&[ -f "$_cj/status" ];then _cx=ended;fi
        }
        _cstatus(){
        _cfile status
        case $_cv in
        "exit "*)_cx=exited;_cs=${_cv#exit };;
        "signal "*)_cx=signalled;_cs=${_cv##* };_cv=${_cv#signal };_cs="$_cs ${_cv%% *}";;
        *)_cx=absent;_cs=;;
        esac
        }
        _cverdict(){
        case $_cx in
        ended)(_cstatus;printf "ccrun-job\t%s\t%s\n" "$_cx" "$_cs");;
        *)printf "ccrun-job\t%s\n" "$_cx";;
        esac
        }
        _cremove(){
        rm -rf "$_cr/.old.$_ci"&&mv "$_cj" "$_cr/.old.$_ci"&&rm -rf "$_cr/.old.$_ci"
        }
        """#

    /// Repeats `step` until it has been done after the job's end.
    ///
    /// A process of its own reads the standard input, and ends the script when that ends; it must
    /// not keep a descriptor of the channel open. One look in 25 is made with all care; the others see
    /// only that there is a process with the runner's number.
    static func following(_ step: String) -> String {
        #"""
        exec 4<&0 </dev/null
        (while read -r _cq <&4;do :;done;kill -TERM $$) >/dev/null 2>&1 3<&- 5>&-&
        _cq=$!
        trap "kill -TERM $_cq" EXIT;trap "trap - EXIT;kill -TERM $_cq;exit 143" TERM
        \#(interval)
        while :
        do _cn=$((_cn+1))
        if [ "$((_cn%25))" -ne 1 ]&&[ ! -f "$_cj/status" ]&&kill -0 "$_cp" 2>/dev/null
        then _cx=running
        else _cstate
        fi
        \#(step)[ "$_cx" = running ]||break
        \#(pause)
        done
        """#
    }

    /// Sets what `pause` needs: the seconds to sleep, 0.2 where `sleep` reads fractions.
    static let interval = "_cn=0;_cw=0.2"

    /// Sleeps for `$_cw` seconds, which becomes a whole one where it has to.
    static let pause = "sleep \"$_cw\" 2>/dev/null||{ _cw=1;sleep 1;}"
}
