/// What the scripts of `RemoteLock` are put together from.
extension RemoteLockScript {
    /// Where everything is.
    ///
    /// SIGPIPE is ignored since a vanished client is to be noticed, not to be died of.
    static func settings(folder: String, run: String) -> String {
        #"""
        umask 077
        trap '' PIPE
        LC_ALL=C
        export LC_ALL
        tab=$(printf '\t')
        newline='
        '
        locks=$HOME/.ccrun/locks
        lock=$locks/\#(folder)
        run=\#(run)
        draft=$lock+$run

        """#
    }

    /// What the scripts share, by name.
    ///
    /// `look` finds who holds the lock, `tell` prints that, `drop` removes a folder without a holder,
    /// `clear_away` takes the lock from the one whom `look` found, unless somebody else just did.
    ///
    /// `say` leaves the writing to `cat`: ksh93 does not tell when what it prints itself is not
    /// taken. A number that the shell's arithmetic could stumble over counts as none. A contender
    /// may write a `beat` into a folder that has none, hence the few tries of `drop`.
    static func functions(stale: Int64) -> String {
        #"""
        say() { printf '%s\n' "$1" | cat 2>/dev/null; }
        fail() { say "error$tab${error%%"$newline"*}"; exit 1; }
        is_number() {
          case $1 in ''|0*|*[!0-9]*|????????????????*) return 1 ;; esac
        }
        is_old() { case $age in ''|never) return 1 ;; *) [ "$age" -gt \#(stale) ] ;; esac; }
        look() {
          holder='' owner='' reason='' since='' beat='' age='' time='' now=$(date +%s)
          for file in "$lock"/holder.*; do
            [ -f "$file" ] || continue
            holder=${file##*/holder.}
            while IFS= read -r line; do
              case $line in
                since=*) since=${line#since=} ;;
                owner=*) owner=${line#owner=} ;;
                reason=*) reason=${line#reason=} ;;
              esac
            done <"$file"
            break
          done
          [ ! -f "$lock/beat" ] || read -r beat <"$lock/beat"
          if is_number "$beat"; then
            age=$((now - beat))
          elif [ "$beat" = never ] && [ -n "$holder" ]; then
            age=never
          fi
          if is_number "$since"; then time=$((now - since)); else since=''; fi
        } 2>/dev/null
        tell() { say "$1$tab$since$tab$holder$tab$owner$tab$reason$tab$age$tab$time"; }
        drop() {
          for try in 1 2 3 4 5; do
            rm -f "$lock/beat"
            rmdir "$lock" && return
            [ -d "$lock" ] || return 0
          done
          return 1
        } 2>/dev/null
        has_holder() {
          for file in "$lock"/holder.*; do
            [ ! -f "$file" ] || return 0
          done
          return 1
        }
        clear_away() {
          if [ -n "$holder" ] && ! error=$(rm "$lock/holder.$holder" 2>&1 </dev/null); then
            [ ! -f "$lock/holder.$holder" ] || fail
            return 1
          fi
          drop || has_holder || error=$(rmdir "$lock" 2>&1) || fail
        }
        [ -n "$HOME" ] || { error='HOME is not set'; fail; }

        """#
    }

    /// `take` tries to get the lock, once.
    ///
    /// Both files are moved into place whole. Who stood still between `mkdir` and that, and found
    /// the lock taken over meanwhile, may come to put its file beside another's: then it withdraws.
    static let taking = #"""
        beat() { date +%s >"$draft" && mv -f "$draft" "$lock/beat"; }
        sign() {
          printf 'since=%s\nowner=%s\nreason=%s\n' "$now" "$me" "$why" >"$draft" &&
            mv -f "$draft" "$lock/holder.$run"
        }
        is_alone() {
          for file in "$lock"/holder.*; do
            [ "$file" = "$lock/holder.$run" ] && [ -f "$file" ] || return 1
          done
        }
        take() {
          [ ! -d "$lock" ] || return 1
          error=$(mkdir "$lock" 2>&1) || return 1
          for file in "$lock"+*; do
            [ ! -f "$file" ] || rm -f "$file"
          done
          now=$(date +%s)
          if error=$({ beat && sign; } 2>&1) && is_alone; then return 0; fi
          rm -f "$draft" "$lock/holder.$run"
          drop
          return 1
        }
        error=$(mkdir -p "$locks" 2>&1) || fail

        """#

    /// Takes the lock, or waits for it, or ends the script.
    ///
    /// `same` counts the looks that found nothing new, one a second: a clock that nobody can set. A
    /// folder without a holder is somebody's who is just coming or going, or dead: that is told, and
    /// a first beat written for it, only when it has stayed like that.
    static func waiting(seconds: Int64, limits: (stale: Int64, unchanged: Int64)) -> String {
        #"""
        tries=0 looks=0 same=0 seen='' told=/ end=$(($(date +%s) + \#(seconds)))
        until take; do
          tries=$((tries + 1))
          if [ ! -d "$lock" ]; then
            [ "$tries" -lt 20 ] || fail
            continue
          fi
          look
          if [ "$holder" = "$run" ] && beat 2>/dev/null && is_alone; then break; fi
          [ -d "$lock" ] || continue
          tries=0
          if [ "$seen" = "$holder $beat" ]; then same=$((same + 1)); else same=0; fi
          seen="$holder $beat"
          if [ "$age" != never ] && { [ "$same" -ge \#(limits.stale) ] ||
            { is_old && [ "$same" -ge \#(limits.unchanged) ]; }; }
          then
            clear_away
            seen=''
            continue
          fi
          if [ "$holder" != "$told" ] && { [ -n "$holder" ] || [ "$same" -ge 2 ]; }; then
            tell busy || exit 1
            told=$holder
          fi
          if [ -z "$beat" ] && [ "$same" -ge 2 ]; then
            (set -C; echo "$now" >"$lock/beat") 2>/dev/null
          fi
          if [ "$now" -ge "$end" ] && [ "$holder" = "$told" ] && ! is_old; then
            say timeout
            exit 1
          fi
          looks=$((looks + 1))
          [ $((looks % 5)) -ne 0 ] || say . || exit 1
          sleep 1
        done

        """#
    }
}
