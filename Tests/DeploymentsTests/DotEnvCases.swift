/// Files in dotenv syntax, and what python-dotenv reads in them.
enum DotEnvCases {
    enum Reading: Equatable, Sendable {
        case variables([String: String])
        /// The statement that begins in this line is none.
        case malformed(line: Int)

        /// Without what is as it was before.
        var changes: Reading {
            guard case .variables(let variables) = self else { return self }
            return .variables(variables.filter { DotEnvCases.environment[$0.key] != $0.value })
        }
    }

    /// What is in the environment when the files are read.
    static let environment = ["HOME": "/home/shop", "SET": "from outside", "NONE": ""]

    /// Every file, with what python-dotenv and we read in it.
    static let all: [(String, Reading)] =
        read.map { ($0.0, .variables($0.1)) }
        + (malformed + unusable).map { ($0.0, .malformed(line: $0.1)) }

    /// Files, and the variables that they set.
    private static let read: [(String, [String: String])] = [
        ("", [:]), ("\n\n", [:]), ("# A=1", [:]), ("  # it's a \"comment\n\n", [:]),
        ("A=1", ["A": "1"]), ("A=1\nB=2\n", ["A": "1", "B": "2"]), ("A=\nB=", ["A": "", "B": ""]),
        ("A=1\nA=2\n", ["A": "2"]), ("_a1=x", ["_a1": "x"]),
        // Blanks.
        (" \tA \t=\t b c \t", ["A": "b c"]), ("\u{c}\u{b}A\u{c}=\u{b}b\u{1c}\u{1f}", ["A": "b"]),
        ("A=a\tb", ["A": "a\tb"]), ("A= ", ["A": ""]), ("A =1", ["A": "1"]),
        // export.
        ("export A=1", ["A": "1"]), (" export\t \tA = 1", ["A": "1"]),
        ("export=1", ["export": "1"]),
        ("exportA=1", ["exportA": "1"]), ("export # comment", [:]), ("export A", [:]),
        ("export 'A'=1", ["A": "1"]), ("export", [:]),
        // Comments.
        ("A=a # b", ["A": "a"]), ("A=a#b", ["A": "a#b"]), ("A=a \t #b # c", ["A": "a"]),
        ("A=#b", ["A": "#b"]), ("A= # b", ["A": "# b"]), ("A='a' # b", ["A": "a"]),
        ("A=\"a\"#b", ["A": "a"]), ("A='a # b'", ["A": "a # b"]), ("A#=b", [:]),
        ("A # b", [:]),
        // Quotes.
        ("A='a b'\nB=\"c d\"", ["A": "a b", "B": "c d"]), ("A=''\nB=\"\"", ["A": "", "B": ""]),
        ("'A'='b'", ["A": "b"]), ("A=a'b'", ["A": "a'b'"]), ("A=a\"b", ["A": "a\"b"]),
        ("A='\"'\nB=\"'\"", ["A": "\"", "B": "'"]), ("A='  a  '  ", ["A": "  a  "]),
        ("A='it\\'s'", ["A": "it's"]), ("A=\"a \\\"b\\\"\"", ["A": "a \"b\""]),
        ("A='\\''", ["A": "'"]), ("A='a\\'' # b's", ["A": "a'"]),
        // Backslashes.
        ("A=a\\nb\\", ["A": "a\\nb\\"]), ("A='a\\nb\\\\c\\\"'", ["A": "a\\nb\\c\\\""]),
        (
            "A=\"\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"\"",
            ["A": "\u{7}\u{8}\u{c}\n\r\t\u{b}\\'\""]
        ),
        ("A=\"\\x41\\0101\\$x\\ \\é\"", ["A": "\\x41\\0101\\$x\\ \\é"]),
        ("A=\"a\\\\\\\\n\"", ["A": "a\\\\n"]), ("A=\"a\\\\ \"", ["A": "a\\ "]),
        ("A='C:\\dir\\'\nB=1", ["A": "C:\\dir\\", "B": "1"]),
        ("A=\"C:\\\\\"\nB=1\nC", ["A": "C:\\", "B": "1"]),
        ("A='\\'\nB=a\\' \nC=1", ["A": "'\nB=a\\", "C": "1"]),
        // Many lines.
        ("A='a\n b\n\nc'\nB=1", ["A": "a\n b\n\nc", "B": "1"]),
        (
            "A=\"-----BEGIN-----\nab=\n-----END-----\n\"",
            ["A": "-----BEGIN-----\nab=\n-----END-----\n"]
        ),
        ("A=\"a\n# no comment\nB=2\"\nC=3", ["A": "a\n# no comment\nB=2", "C": "3"]),
        // Ends of lines.
        ("A=1\r\nB='a\r\nb'\r\nC=3\r\n", ["A": "1", "B": "a\nb", "C": "3"]),
        ("A=1\rB=2\r\r\nC=\"a\rb\"", ["A": "1", "B": "2", "C": "a\nb"]), ("A=1\r", ["A": "1"]),
        // No value.
        ("A", [:]), ("A\nB=${A}", ["B": ""]), ("A=1\nA\nB=${A:-x}", ["B": ""]),
        ("SET\nA=${SET}", ["A": ""]), ("A=1\nA\nA=3", ["A": "3"]), ("line\nlines\nA=1", ["A": "1"]),
        // Other values.
        ("A=1\nB=${A}2", ["A": "1", "B": "12"]), ("A='${SET}'\nB=\"${SET}\"\nC=${SET}", outside),
        ("A=${SET} b # c", ["A": "from outside b"]),
        ("SET=in\nA=${SET}", ["SET": "in", "A": "in"]),
        ("SET=${SET}!\nA=${SET}", ["SET": "from outside!", "A": "from outside!"]),
        ("A=${NOPE}", ["A": ""]), ("A=${NOPE:-b c}", ["A": "b c"]), ("A=${NONE:-b}", ["A": ""]),
        ("A=${NOPE:-${SET}}", ["A": "${SET}"]), ("A=$SET $$ ${", ["A": "$SET $$ ${"]),
        ("A=$${SET}", ["A": "$from outside"]), ("A=\\${SET}", ["A": "\\from outside"]),
        ("A=${SET:x}${SET:=x} }", ["A": "${SET:x}${SET:=x} }"]), ("A=${}${:-a}", ["A": "a"]),
        ("A=${NOPE ${SET}", ["A": ""]), ("A=${x:${SET}", ["A": "${x:from outside"]),
        ("A=${NOPE-a}${A B}", ["A": ""]), ("A=\"${NOPE:-a\nb}\"", ["A": "a\nb"]),
        ("A=\"${NOPE:-\\n}\"", ["A": "\n"]), ("A=${B}\nB=1", ["A": "", "B": "1"]),
        ("A='${B}'\nB='${A}'", ["A": "", "B": ""]), ("A=${IFS}${PPID}${OPTIND}${UID}", ["A": ""]),
        ("A='${NOPE:-it\\'s}'", ["A": "it's"]), ("A=${NONE}${SET}${HOME}", ["A": joined]),
        // Nothing is executed, nothing matched, nothing split.
        ("A=$(touch ran) `touch ran`", ["A": "$(touch ran) `touch ran`"]),
        ("A=\"$(touch ran)\" # `touch ran`", ["A": "$(touch ran)"]),
        ("A=${NOPE:-$(touch ran)}", ["A": "$(touch ran)"]), ("A=;touch ran;", ["A": ";touch ran;"]),
        ("A=* ? [a] ~ {a,b} !x", ["A": "* ? [a] ~ {a,b} !x"]),
        ("A=\"\\* *  ?\"", ["A": "\\* *  ?"]),
        ("A=-n\nB=%s\\n%b", ["A": "-n", "B": "%s\\n%b"]), ("A=a=b==", ["A": "a=b=="]),
        ("A==", ["A": "="]), ("IFS=x\nPATH=y\nA=axb\nLC_ALL=C\nB=\"x\\\\y\"", hostile),
        ("_ctext=1\n_c_text=2\nPS1=3", ["_ctext": "1", "_c_text": "2", "PS1": "3"]),
        // Text.
        ("A=é 日本語 👩‍👩‍👧 # ü", ["A": "é 日本語 👩‍👩‍👧"]), ("A=\"e\u{301}\\n日\"", ["A": "e\u{301}\n日"]),
        ("\u{feff}A=1\nB=\u{feff}2", ["A": "1", "B": "\u{feff}2"]), ("\u{feff}", [:]),
    ]

    private static let outside = [
        "A": "from outside", "B": "from outside", "C": "from outside",
    ]
    private static let joined = "from outside/home/shop"
    private static let hostile = [
        "IFS": "x", "PATH": "y", "A": "axb", "LC_ALL": "C", "B": "x\\y",
    ]

    /// Files with something that is not dotenv, and the line where that begins.
    private static let malformed: [(String, Int)] = [
        ("no equals sign", 1), ("A=1\n\n B C=2", 3), ("=x", 1), ("A=1\n  =x", 2), ("export =x", 1),
        ("export \nA=1", 1), ("export A B=1", 1), ("A='b' c", 1), ("A=\"b\"c", 1), ("A=''b", 1),
        ("A=1\nB='open\nC=2\n", 2), ("A=\"", 1), ("A='\nb\n' c\nB=1", 1), ("''=x", 1),
        ("'A=x", 1), ("'A'B=x", 1), ("A='a\\' b\n", 1), ("A=1\r\nB C\r\n", 2),
        ("A=1\r\r\nB C", 3), ("A='x\\'\n'\nB C", 3), ("A=\"a\nb\"\nB C", 3),
        ("A=\"a\\\"\n\nB C\n", 3), ("$(touch ran)", 1),
    ]

    /// Files whose keys python-dotenv takes, but no sh can export.
    private static let unusable: [(String, Int)] = [
        ("1A=x", 1), ("A-B=x", 1), ("A=1\nÄ=x", 2), ("A.B", 1), ("\"A\"=x", 1), ("-n=x", 1),
        ("'A B'=x", 1), ("A'='=x", 1), ("$x=1", 1), ("*=1", 1), ("A\u{301}=x", 1),
    ]
}
