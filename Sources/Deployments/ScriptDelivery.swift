/// Brings a local script to the `sh` that starts it, on the input ahead of the program's own.
///
/// The text stands behind the preamble. It becomes a file that has lost its name before its first
/// byte has come, and the interpreter opens that as `/dev/fd/9`: nothing can be left behind, not even
/// by SIGKILL, no argument vector shows the text, and the input is free. As the operand of `sh -c` a
/// text may have no more than 128 KiB, is shown by `ps`, and is no file to the script: in bash
/// `"$0"` and `"${BASH_SOURCE[0]}"` are equal only where it is one.
///
/// Where that cannot be (see `ScriptInterpreter.Footing`; no `/proc`), the file keeps its name until
/// its interpreter has ended, and only SIGKILL for the `sh` leaves it.
///
/// `_cf` is the file's path, `_ce` is `exec` unless the `sh` has to stay to remove it. Descriptor 8
/// writes, 7 sees what has been written, 9 is for the interpreter.
struct ScriptDelivery {
    let script: LocalScript
    /// A line discipline would act on control characters: the text comes in lines of `printf %b`.
    let onTerminal: Bool

    /// What stands behind the preamble.
    var bytes: [UInt8] { onTerminal ? Preamble.lines(of: script.bytes) : script.bytes }

    /// The part of a script that takes `bytes` from the input, and not one more.
    var receiver: String { create + place + Self.guarding + transfer + "exec 7<&- 8>&-;" }

    /// The part that runs the interpreter.
    func command(_ arguments: [String]) -> String {
        let words = ShellQuoting.joined(script.interpreter.words)
        let operands = arguments.map { " " + ShellQuoting.quoted($0) }.joined()
        // ksh and mksh close what `exec` alone has opened, unless it is named again.
        return "$_ce \(words) \"$_cf\"\(operands) 9<&9;" + Self.end
    }

    /// ksh counts deaths by a signal from 256 on, of which `exit` keeps the lower bits.
    private static let end = "_cl=$?;[ $_cl -le 256 ]||_cl=$((_cl-128));exit $_cl"

    /// What hands the file over to a job, whose start is in a `sh` of its own: in mksh and ksh, all
    /// that this one has opened stays its own otherwise.
    ///
    /// Where the start does not succeed, this shell removes the file, else the job does.
    static func handingOver(_ start: String) -> String {
        "export _cf;sh -c \(ShellQuoting.quoted(start)) 9<&9||exit;trap - EXIT HUP INT QUIT TERM;"
    }

    /// How the job takes it; the variable does not go on to the interpreter.
    static let takingOver = "_cl=$_cf;unset _cf;_cf=$_cl;" + guarding

    // MARK: - Parts

    /// Makes a folder that only the user may enter, and the file in it.
    private var create: String {
        let name = ShellQuoting.quoted(script.fileName)
        return "_cf=;for _cd in \"${HOME-}\" \"${TMPDIR-}\" /tmp;do case $_cd in /*)"
            + "_cd=$_cd/.ccrun-script.${CCRUN_RUN_ID-}.$$;"
            + "(umask 077;mkdir -m 700 \"$_cd\"&&{ : >\"$_cd\"/\(name)||{ rmdir \"$_cd\";false;};})"
            + " 2>/dev/null&&{ _cf=$_cd/\(name);break;};;esac;done;[ \"$_cf\" ]||"
            + RemotePath.failure("cannot create a file for the script on the server") + Self.open
    }

    private static let open = "exec 7<\"$_cf\" 8>\"$_cf\" 9<\"$_cf\";"

    /// Takes the file's name away, if its interpreter can do without.
    private var place: String {
        let unlink =
            "rm -f \"$_cf\";if cat /dev/fd/9 9<&9 >/dev/null 2>&1;then rmdir \"$_cd\";_cf=/dev/fd/9;"
            + "else \(Self.open)fi;"
        return switch script.interpreter.footing {
        case .descriptor: unlink
        // Neither the group nor others may write; a mask of an access control list shows there too.
        case .privateFolder: "case $(ls -ld \"${_cd%/*}/.\") in ?????-??-*)\(unlink);esac;"
        case .file: ""
        }
    }

    /// Removes a file that has a name at the end of the shell, which must not die of a signal first.
    private static let guarding =
        "case $_cf in /dev/fd/9)_ce=exec;;*)_ce=;_ccrun_end(){ rm -rf \"${_cf%/*}\";};"
        + "trap _ccrun_end EXIT;trap : HUP INT QUIT TERM;;esac;"

    private var transfer: String { onTerminal ? transferOfLines : transferOfBytes }

    /// `dd` reads once a call, at most what it is told, and not always as much (POSIX.1-2017, *dd*).
    private var transferOfBytes: String {
        "_cn=\(script.bytes.count);while [ $_cn -gt 0 ];do dd bs=$_cn count=1 >&8 2>/dev/null||"
            + Self.cannotWrite + "_cl=$(($(cat <&7|wc -c)));[ $_cl -gt 0 ]||exit 125;"
            + "_cn=$((_cn-_cl));done;"
    }

    private var transferOfLines: String {
        "while IFS= read -r _cl;do case $_cl in .)break;;esac;printf %b \"${_cl#?}\" >&8||"
            + Self.cannotWrite + "done;[ \"$_cl\" = . ]||exit 125;"
            + "[ $(($(cat <&7|wc -c))) = \(script.bytes.count) ]||" + Self.cannotWrite
    }

    private static let cannotWrite = RemotePath.failure(
        "cannot write the script to a file on the server")
}
