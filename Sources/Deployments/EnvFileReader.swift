/// The part of a script that exports the variables of a remote file in dotenv syntax.
///
/// The file is read as `DotEnv` reads one here, and never executed; sh cannot see a NUL byte in it.
/// What is no `KEY=VALUE` ends the run with status 125 and the number of the line, but not its text:
/// it could be part of a secret.
///
/// Nothing is exported before the last line has been read, so that no value can change how the rest
/// is read. Until then the value of `NAME` is in `_c_NAME`; what the script calls its own is `_cword`.
/// It takes text apart by parameter expansion alone, which sh does without starting a process, and
/// spells letters and digits out, because `[a-z]` depends on the locale.
enum EnvFileReader {
    /// Returns the script for the remote file at `path`; it leaves no variable of its own behind.
    static func script(path: String) -> String {
        let file = RemotePath.quoted(path)
        let shown = QuotedText.quoted(path)
        let unreadable = RemotePath.failure("cannot read env_file \(shown) on the server")
        let malformed = failure(
            "line %s of env_file %s on the server is not KEY=VALUE", "$_cstart", shown)
        let refused = failure("sh on the server cannot set %s of env_file %s", "$1", shown)
        let parts = [
            "{ [ -r \(file) ]&&[ ! -d \(file) ];}||\(unreadable)", characters,
            "_c_malformed(){ \(malformed);}", EnvFileFunctions.all, "while _c_line;do", statement,
            "done<\(file)", exports, "[ $# = 0 ]||{ \(refused);};",
        ]
        return parts.joined(separator: "\n")
    }

    /// Shell text that prints an error of ccrun's and ends the run with status 125.
    private static func failure(_ message: String, _ word: String, _ shownPath: String) -> String {
        let path = ShellQuoting.quoted(shownPath)
        return "printf \"ccrun: error: \(message)\\n\" \"\(word)\" \(path) >&2;exit 125"
    }

    /// Sets what the rest compares with.
    ///
    /// Blanks are those of ASCII but the ends of lines, as Python's `\s` has them.
    private static let characters = #"""
        eval "$(printf "_cblank=' \t\v\f\034\035\036\037' _cline='\n' _creturn='\r'")"
        eval "$(printf "_cmark='\357\273\277' _cbell='\a' _cback='\b' _cfeed='\f'")"
        eval "$(printf "_ctab='\t' _cupright='\v'")"
        _copen='${' _cdigit=0123456789 _cleft= _cnumber=0 _cnames=" " _cexported=
        _cword=${_cdigit}_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ
        """#

    /// Reads one statement, which begins in the line `_ctext` and may take more.
    private static let statement = #"""
        _c_trim
        _cstart=$_cnumber
        case $_ctext in
        export[$_cblank]*)_ctext=${_ctext#export};_c_trim;[ "$_ctext" ]||_c_malformed;;
        esac
        case $_ctext in
        ""|"#"*)continue;;
        \'*)_ctext=${_ctext#?};_cname=${_ctext%%\'*};_ctext=${_ctext#"$_cname"}
        case $_ctext in \'*)_ctext=${_ctext#?};;*)_c_malformed;;esac;;
        *)_cname=${_ctext%%[=#$_cblank]*};_ctext=${_ctext#"$_cname"};;
        esac
        case $_cname in ""|[$_cdigit]*|*[!$_cword]*)_c_malformed;;esac
        _c_trim
        case $_ctext in
        =*)_ctext=${_ctext#=}
        _c_trim
        case $_ctext in
        \'*)_c_quoted \';;
        \"*)_c_quoted \";;
        *)_cvalue=${_ctext%%[$_cblank]"#"*}
        case $_cvalue in *[$_cblank])_cvalue=${_cvalue%"${_cvalue##*[!$_cblank]}"};;esac;;
        esac
        case $_cvalue in *"$_copen"*)_c_expand;;esac
        eval "_c_$_cname=\$_cvalue";;
        ""|"#"*)unset -v "_c_$_cname";;
        *)_c_malformed;;
        esac
        case $_cnames in *" $_cname "*);;*)_cnames="$_cnames$_cname ";;esac
        """#

    /// Exports the values and forgets all else; names are left over where one cannot be set.
    ///
    /// bash has variables that are read-only, like UID; `command` keeps that from ending the shell.
    private static let exports = #"""
        set -- $_cnames
        unset _cback _cbell _cblank _cdefault _cdigit _cescaped _cexported _cfeed _cleft _cline
        unset _cmark _cname _cnames _cnumber _copen _cpart _cquote _creturn _cstart _ctab _ctext
        unset _cupright _cvalue _cwanted _cword
        unset -f _c_malformed _c_trim _c_line _c_quoted _c_unescape _c_expand
        while
        [ $# != 0 ]&&eval "case \${_c_$1+x} in x)command export $1=\"\$_c_$1\";;esac"
        do unset -v "_c_$1";shift;done 2>/dev/null
        """#
}
