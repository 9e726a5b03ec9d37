/// The part of a script that exports the variables of a file of `KEY=VALUE` lines.
///
/// The file is read, never executed. Blank lines and lines that begin with `#` are skipped; blanks
/// around a line, a carriage return at its end, an `export` ahead of it and one pair of quotes
/// around the value are taken off. Anything else ends the run with status 125 and the number of the
/// line, but not its text: it could be part of a secret.
enum EnvFileReader {
    /// Returns the script for the remote file at `path`; it leaves no variable of its own behind.
    static func script(path: String) -> String {
        let file = RemotePath.quoted(path)
        let shown = QuotedText.quoted(path)
        let unreadable = RemotePath.failure("cannot read env_file \(shown) on the server")
        return "{ [ -r \(file) ]&&[ ! -d \(file) ];}||\(unreadable)"
            + "_cn=0;while read -r _cl||[ -n \"$_cl\" ];do _cn=$((_cn+1));_cl=${_cl%[[:cntrl:]]};"
            + "case $_cl in \"\"|\"#\"*)continue;;"
            + "export[[:blank:]]*)_cl=${_cl#export};_cl=${_cl#\"${_cl%%[![:blank:]]*}\"};;esac;"
            + "case ${_cl%%=*} in \"$_cl\"|\"\"|[0-9]*|*[!A-Za-z0-9_]*)"
            + "\(malformed(shown))exit 125;;esac;_cv=${_cl#*=};"
            + "case $_cv in \\\"*\\\"|\\'*\\')_cv=${_cv#?};_cv=${_cv%?};;esac;"
            + "export \"${_cl%%=*}=$_cv\";done<\(file);unset _cl _cv _cn;"
    }

    private static func malformed(_ shownPath: String) -> String {
        "printf \"ccrun: error: line %s of env_file %s on the server is not KEY=VALUE\\n\" "
            + "\"$_cn\" \(ShellQuoting.quoted(shownPath)) >&2;"
    }
}
