# shellcheck shell=bash
# shellcheck disable=SC2034  # what is set here is used by the others
# What the scripts share: messages, cleaning up, a scratch sshd, virtual environments.

set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"
export PATH="${PATH:-/usr/local/bin:/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin"
export HOME="${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}" LANG="${LANG:-C.UTF-8}"

say() { printf '%s: %s\n' "scripts/${0##*/}" "$*" >&2; }
die() { say "error: $*"; exit 1; }

# Put ahead of a command that only root may run.
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)

# MARK: - Cleaning up

cleanups=()

# Runs a command, given as one string, when the script ends in whatever way; the last one first.
on_exit() { cleanups+=("$1"); }

run_cleanups() {
    local status=$? index
    trap - EXIT
    trap '' INT TERM HUP
    for ((index = ${#cleanups[@]} - 1; index >= 0; index--)); do
        eval "${cleanups[index]}" || true
    done
    exit "$status"
}
trap run_cleanups EXIT
trap 'exit 130' INT
trap 'exit 129' HUP
trap 'exit 143' TERM

# Ends a process that we started and everything it started; a second argument runs kill as root.
end_process() {
    local pid=$1 kill=("${@:2}" kill) child
    for child in $(pgrep -P "$pid"); do end_process "$child" "${@:2}"; done
    "${kill[@]}" "$pid" 2>/dev/null || true
}

# Runs a command in the background and waits for it: bash answers a signal at once only then, and
# what the command started ends with the script. Not for the left of || or a condition: there a
# function would go on after an error.
attended=
attend() {
    local status=0
    "$@" <&0 &
    attended=$!
    wait "$attended" || status=$?
    attended=
    return "$status"
}
# shellcheck disable=SC2016  # expanded at the end
on_exit '[ -z "$attended" ] || end_process "$attended"'

# MARK: - A scratch sshd

free_port() {
    /usr/bin/python3 -c 'import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])'
}

# Waits until 127.0.0.1:PORT answers; gives up when process PID is gone, or after 30 seconds.
wait_for_port() {
    local port=$1 pid=$2 turn
    for ((turn = 0; turn < 300; turn++)); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
        kill -0 "$pid" 2>/dev/null || return 1
        sleep 0.1 # there is nothing to wait on but the port
    done
    return 1
}

# Makes the keys of a server and of its one user: SERVER/host_key, SERVER/authorized_keys, and
# id_ed25519 in the .ssh folder HOME, with a known_hosts that expects 127.0.0.1:PORT to be it.
make_keys() {
    local server=$1 ssh=$2 port=$3
    mkdir -p "$server" "$ssh"
    chmod 700 "$ssh"
    ssh-keygen -q -t ed25519 -N '' -C 'scratch host key' -f "$server/host_key"
    ssh-keygen -q -t ed25519 -N '' -C 'scratch identity' -f "$ssh/id_ed25519"
    cp "$ssh/id_ed25519.pub" "$server/authorized_keys"
    printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d' ' -f1,2 "$server/host_key.pub")" \
        >"$ssh/known_hosts"
}

# Makes the one user whom a scratch server knows: the caller, with a home in SERVER and SHELL.
make_account() {
    local server=$1 shell=$2 user
    user=$(id -un)
    mkdir -p "$server/home"
    printf '%s:*:%s:%s::%s:%s\n' "$user" "$(id -u)" "$(id -g)" "$server/home" "$shell" \
        >"$server/passwd"
    getent passwd sshd >>"$server/passwd" || true
    printf '%s:*:19000::::::\n' "$user" >"$server/shadow"
}

# Becomes a command that knows the user of SERVER and no other. libnss_wrapper tells it so; that needs
# no root, and no real account is touched. It gets a session of its own: ^C at our terminal is not for it.
# The shell has what is in the background ignore QUIT, nohup has it ignore HUP: dropbear would hand that on.
exec_server() {
    local server=$1
    exec env --default-signal LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_PASSWD="$server/passwd" \
        NSS_WRAPPER_SHADOW="$server/shadow" NSS_WRAPPER_GROUP=/etc/group setsid "${@:2}" \
        </dev/null >"$server/sshd.log" 2>&1
}

# Starts a private sshd on a free port of 127.0.0.1, all its files in DIR/server; the keys to get
# in are in DIR/home/.ssh. Its user's login shell is SHELL, and what follows are more lines of
# sshd_config. Sets sshd_port and sshd_pid.
start_sshd() {
    local dir=$1 shell=${2:-/bin/bash} server=$1/server
    sshd_port=$(free_port)
    make_keys "$server" "$dir/home/.ssh" "$sshd_port"
    make_account "$server" "$shell"
    cat >"$server/sshd_config" <<CONFIG
ListenAddress 127.0.0.1
Port $sshd_port
HostKey "$server/host_key"
AuthorizedKeysFile "$server/authorized_keys"
PidFile none
StrictModes no
UsePAM no
UseDNS no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
PrintMotd no
PrintLastLog no
MaxStartups 100
CONFIG
    [ $# -lt 3 ] || printf '%s\n' "${@:3}" >>"$server/sshd_config"
    [ "$(id -u)" != 0 ] || mkdir -p /run/sshd
    exec_server "$server" /usr/sbin/sshd -D -e -f "$server/sshd_config" &
    sshd_pid=$!
    echo "$sshd_pid" >"$server/sshd.pid"
    wait_for_port "$sshd_port" "$sshd_pid" \
        || die "cannot start sshd: $(tail -n 1 "$server/sshd.log")"
}

# Ends the sshd of DIR, if its pid file still names that sshd; says whether there was one.
stop_sshd() {
    local server=$1/server pid
    pid=$(cat "$server/sshd.pid" 2>/dev/null) || return 1
    rm -f "$server/sshd.pid"
    ps -o args= -p "$pid" 2>/dev/null | grep -qF -- "-f $server/sshd_config" || return 1
    end_process "$pid"
}

# MARK: - Python

# Makes the virtual environment DIR with what the pip arguments name, unless it has it already.
make_venv() {
    local dir=$1 wanted argument
    shift
    wanted=$(
        /usr/bin/python3 --version
        for argument in "$dir" "$@"; do
            echo "$argument"
            [ ! -f "$argument" ] || cat "${argument%/*}"/requirements*.txt
        done | sha256sum
    )
    [ "$(cat "$dir/.wanted" 2>/dev/null)" != "$wanted" ] || return 0
    rm -rf "$dir"
    /usr/bin/python3 -m venv "$dir"
    "$dir/bin/pip" install -qq --disable-pip-version-check "$@"
    echo "$wanted" >"$dir/.wanted"
}

# Copies the Django project to DIR, with nothing that a run of it leaves behind.
copy_django() {
    mkdir -p "$1"
    (cd Tests/Fixtures/django && tar -c --exclude=__pycache__ --exclude=./venv --exclude=./storage \
        --exclude=./staticfiles --exclude=./db.sqlite3 .) | tar -x -C "$1"
}

# MARK: - Swift

# Why a test may be skipped. A shell that is missing costs one row of a table; a missing sshd, ssh,
# asciinema or Django would make a green run that has proved nothing.
allowed_skips='"(fish|tcsh|zsh|busybox|ksh|mksh|yash|ruby|node|lua|php|tclsh|expect) is not (here|installed)"'

# Seconds after which suites count as hanging: thrice what all of them take on two busy cores.
suites_limit=${CCRUN_SUITES_LIMIT:-2700}

# Runs swift test with ARGUMENTS; where that takes too long says what it waits in, and ends it.
swift_test() {
    local status=0 tests watcher
    swift test --disable-xctest "$@" 2>&1 &
    tests=$!
    { sleep "$suites_limit"; describe_hang "$tests"; end_process "$tests"; } &
    watcher=$!
    wait "$tests" || status=$?
    end_process "$watcher"
    return "$status"
}

# The tests that have not ended, the processes below PID, and where its threads stand.
describe_hang() {
    local family pid
    echo "after $suites_limit s these tests have not ended:"
    awk '/^◇ Test .* started\.$/ && !/^◇ Test case / { sub(/^◇ /, ""); sub(/ started\.$/, ""); left[$0]++ }
        /^[✔✘] Test .* after [0-9.]+ seconds/ {
            sub(/^[✔✘] /, "")
            sub(/( with [0-9]+ test cases?)? (passed|failed) after .*/, "")
            left[$0]--
        }
        END { for (name in left) if (left[name] > 0) print "   ", name }' "$log" | head -n 200
    mapfile -t family < <(processes_below "$1")
    ps -o pid,ppid,stat,etimes,wchan:16,args -p "$(IFS=,; echo "${family[*]}")" | cut -c 1-200
    for pid in $(command -v gdb >/dev/null && pgrep -f 'PackageTests' -P "$(IFS=,; echo "${family[*]}")"); do
        timeout 300 gdb -batch -p "$pid" -ex 'thread apply all backtrace 60' 2>/dev/null \
            | grep -E '^Thread|/(Tests|Sources)/' | cut -c 1-300 || true
    done
}

# PID and all that it and its children started and that is below them still.
processes_below() {
    local child
    echo "$1"
    for child in $(pgrep -P "$1"); do processes_below "$child"; done
}

# The suites with tests that take the server they are given. The others look at a server's files and
# processes, or change it: they have one of their own wherever they run.
suites_of_a_given_server() {
    grep -lE 'withServer|withDjango' Tests/EndToEndTests/*Tests.swift \
        | xargs sed -n 's/.*struct \([A-Za-z]*Tests\) {.*/EndToEndTests.\1/p' | paste -s -d '|'
}

# Runs swift test with ARGUMENTS, shows what did not pass, and fails where a test failed or was
# skipped, or where there was none. The full log and the number of tests go to .build-test/NAME.*.
run_suites() {
    local name=$1 log=$top/.build-test/$1.log status=0 skipped
    shift
    mkdir -p "$top/.build-test"
    swift_test "$@" | tee "$log" \
        | sed -u '/^◇.*[^.]$/,/ started\.$/d; /^◇/d; /^✔ Test run/b; /^✔/d; /^\[[0-9]*\/[0-9]*\]/d' || status=$?
    skipped=$(grep -E '^➜ .* (skipped|was cancelled)' "$log" | grep -vE "$allowed_skips" || true)
    [ -z "$skipped" ] || { say "error: skipped, which counts as a failure"; return 1; }
    sed -n 's/.*Test run with \([1-9][0-9]*\) tests\{0,1\} .*passed.*/\1/p' "$log" \
        >"$top/.build-test/$name.count"
    [ "$status" != 0 ] || [ -s "$top/.build-test/$name.count" ] || { say "error: no test ran"; return 1; }
    return "$status"
}
