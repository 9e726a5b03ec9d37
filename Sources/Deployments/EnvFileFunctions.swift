/// The functions of the script that `EnvFileReader` composes.
///
/// They share its variables: `_ctext` is what is left of the current line, `_cleft` are lines to
/// be read ahead of the file's, `_cnumber` is the number of the current one.
enum EnvFileFunctions {
    static let all = [trim, line, quoted, unescape, expand].joined(separator: "\n")

    /// Takes blanks off the start of `_ctext`.
    private static let trim = #"""
        _c_trim(){
        case $_ctext in [$_cblank]*)_ctext=${_ctext#"${_ctext%%[!$_cblank]*}"};;esac
        }
        """#

    /// Puts the next line into `_ctext`, or returns 1 where there is none.
    ///
    /// A carriage return ends a line, with a newline behind it or without, as Python reads text.
    private static let line = #"""
        _c_line(){
        case $_cleft in
        "")IFS= read -r _ctext||[ "$_ctext" ]||return 1
        case $_cnumber in 0)_ctext=${_ctext#"$_cmark"};;esac
        case $_ctext in *"$_creturn")_ctext=${_ctext%?};;esac
        case $_ctext in *"$_creturn"*)
        while case $_ctext in *"$_creturn"*);;*)false;;esac
        do _cleft=$_cleft${_ctext%%"$_creturn"*}$_cline;_ctext=${_ctext#*"$_creturn"};done
        _cleft=$_cleft$_ctext$_cline
        _ctext=${_cleft%%"$_cline"*};_cleft=${_cleft#*"$_cline"};;
        esac;;
        *)_ctext=${_cleft%%"$_cline"*};_cleft=${_cleft#*"$_cline"};;
        esac
        _cnumber=$((_cnumber+1))
        }
        """#

    /// Reads the value in quotes `$1` that `_ctext` begins with, and what may stand behind it.
    ///
    /// It ends at the first quote that no backslash precedes, on whatever line; in a file that has
    /// none, at the last that a backslash does precede. To cut a text at its last quote takes time
    /// in proportion to its length in every sh; to cut it at the first, the square of that.
    private static let quoted = #"""
        _c_quoted(){
        _cquote=$1 _ctext=${_ctext#?} _cvalue= _cescaped=
        while :;do
        case $_ctext in
        *"$_cquote"*)_cpart=${_ctext%"$_cquote"*}
        case $_cpart in
        *"$_cquote"*)_cpart=${_ctext%%"$_cquote"*};_ctext=${_ctext#"$_cpart"?};;
        *)_ctext=${_ctext##*"$_cquote"};;
        esac
        _cvalue=$_cvalue$_cpart
        case $_cpart in *\\)_cvalue=$_cvalue$_cquote _cescaped=$_cnumber;;*)break;;esac;;
        *)_cvalue=$_cvalue$_ctext$_cline
        _c_line&&continue
        [ "$_cescaped" ]||_c_malformed
        _ctext=${_cvalue##*"$_cquote"};_cvalue=${_cvalue%"$_cquote"*}
        _cleft=${_ctext#*"$_cline"};_ctext=${_ctext%%"$_cline"*};_cnumber=$_cescaped
        break;;
        esac
        done
        _c_trim
        case $_ctext in ""|"#"*);;*)_c_malformed;;esac
        case $_cvalue in *\\*)_c_unescape;;esac
        }
        """#

    /// Replaces what the backslashes of `_cvalue` stand for between quotes `_cquote`.
    ///
    /// The text is parted at its backslashes by IFS: an empty part between two is one of a pair.
    /// The full stop keeps sh from dropping an empty part at the end.
    private static let unescape = #"""
        _c_unescape(){
        _cpart=$IFS IFS=\\
        set -f
        set -- $_cvalue.
        set +f
        IFS=$_cpart _cvalue=$1
        shift
        while [ $# -gt 0 ];do
        case $_cquote$1 in
        ?)_cpart=\\$2;shift;;
        ?\'*|\"\"*)_cpart=$1;;
        \"a*)_cpart=$_cbell${1#?};;
        \"b*)_cpart=$_cback${1#?};;
        \"f*)_cpart=$_cfeed${1#?};;
        \"n*)_cpart=$_cline${1#?};;
        \"r*)_cpart=$_creturn${1#?};;
        \"t*)_cpart=$_ctab${1#?};;
        \"v*)_cpart=$_cupright${1#?};;
        *)_cpart=\\$1;;
        esac
        _cvalue=$_cvalue$_cpart
        shift
        done
        _cvalue=${_cvalue%.}
        }
        """#

    /// Replaces each `${NAME}` and `${NAME:-DEFAULT}` in `_cvalue`.
    ///
    /// A variable of the shell's that is not in its environment, like bash's UID, does not count,
    /// which only `export -p` tells; that is asked once, and only where a name is not the file's.
    private static let expand = #"""
        _c_expand(){
        _cpart=
        while case $_cvalue in *"$_copen"*\}*);;*)false;;esac;do
        _ctext=${_cvalue%%"$_copen"*};_cpart=$_cpart$_ctext;_cvalue=${_cvalue#"$_ctext$_copen"}
        _cwanted=${_cvalue%%[:\}]*};_ctext=${_cvalue#"$_cwanted"} _cdefault=
        case $_ctext in
        \}*)_cvalue=${_ctext#?};;
        :-*\}*)_ctext=${_ctext#??};_cdefault=${_ctext%%\}*};_cvalue=${_ctext#"$_cdefault"?};;
        *)_cpart=$_cpart$_copen;continue;;
        esac
        case $_cwanted in
        ""|[$_cdigit]*|*[!$_cword]*);;
        *)case $_cnames in
        *" $_cwanted "*)eval "_cdefault=\${_c_$_cwanted-}";;
        *)[ "$_cexported" ]||_cexported=$_cline$(export -p)
        case $_cexported in
        *"${_cline}export $_cwanted="*)eval "_cdefault=\$$_cwanted";;
        esac;;
        esac;;
        esac
        _cpart=$_cpart$_cdefault
        done
        _cvalue=$_cpart$_cvalue
        }
        """#
}
