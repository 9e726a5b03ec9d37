import Foundation
import Transcripts

/// Transcripts, the ledger, and what a remote program writes to a terminal.
func transcriptSubjects(_ scratch: Scratch) throws -> [Subject] {
    let cast = "\(scratch.path)/fuzz.cast"
    let ledgerFolder = "\(scratch.path)/state"
    let ledger = Ledger.path(in: ledgerFolder)
    try FileManager.default.createDirectory(
        atPath: (ledger as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    return [
        Subject(
            name: "cast", samples: [transcript].map { Array($0.utf8) },
            words: [
                "[0.1, \"o\", \"", "\"]\n", "\\u001b[", "\\ud800", "\"width\":", "\"ccrun\":{",
                "[1e9, \"r\", \"9999x9999\"]\n", "\"b\"",
            ]
        ) { bytes in
            try Data(bytes).write(to: URL(filePath: cast))
            guard let transcript = try? Transcript.open(cast) else { return }
            _ = try? transcript.steps(named: "migrate")
            _ = try? TranscriptSeal.read(cast)
            guard var renderer = try? TranscriptRenderer(transcript.header),
                let events = try? transcript.events()
            else { return }
            var player = TerminalFilter(.colouredLines)
            for event in events {
                try renderer.take(event) { _ in }
                var shown: [UInt8] = []
                player.filter(event.data, into: &shown)
            }
            try renderer.finish { _ in }
        },
        Subject(
            name: "terminal", samples: screens.map { Array($0.utf8) },
            words: [
                "\u{1b}[", "\u{1b}]0;", "\u{1b}P", "\u{1b}\\", "\u{7}", "\u{1b}[?1049h",
                "\u{1b}[?69h", "\u{1b}[2;5r", "\u{1b}[9b", "\u{9b}", ";", "999999999", "\u{301}",
                "漢", "\u{1b}c", "\u{1b}[6n",
            ]
        ) { bytes in
            let header = TranscriptHeader(
                run: RunID(), started: .now, width: 1 + Int(bytes.first ?? 79),
                height: 1 + Int(bytes.last ?? 23),
                title: "", command: "", app: "a", dep: "b", actorUser: "", actorHost: "",
                targetHost: "",
                pseudoTerminal: true)
            var renderer = try TranscriptRenderer(header)
            var rest = bytes[...]
            // As it comes: in pieces, and with a window that changes.
            while !rest.isEmpty {
                let piece = rest.prefix(1 + Int(rest.first ?? 0) * 3)
                rest = rest.dropFirst(piece.count)
                try renderer.take(Event(time: .zero, code: .output, data: Array(piece))) { _ in }
                if let last = piece.last, last % 17 == 0 {
                    let size = "\(1 + Int(last))x\(1 + piece.count % 60)"
                    try renderer.take(Event(time: .zero, code: .resize, data: Array(size.utf8))) {
                        _ in
                    }
                }
            }
            _ = renderer.screen(columns: 40)
            try renderer.finish { _ in }
        },
        Subject(
            name: "ledger", samples: [Array(lines.utf8)],
            words: ["recorded", "scrubbed", "pruned", " - "]
        ) { bytes in
            try Data(bytes).write(to: URL(filePath: ledger))
            _ = try? Ledger(in: ledgerFolder).entriesByRun
            try? Ledger.append(.pruned, of: [RunID()], in: ledgerFolder)
        },
    ]
}

private let transcript = """
    {"version":2,"width":80,"height":24,"timestamp":1795334400,"title":"shop/prod: migrate","command":"python manage.py migrate","env":{"TERM":"xterm"},"ccrun":{"schema":1,"run":"01KAMX6T0Z3Q5M8V9N2C4R7B1D","started":"2026-11-22T08:00:00.412Z","app":"shop","dep":"prod","actor":{"user":"ana","host":"laptop"},"target":{"host":"web1","port":22},"pty":false,"onlcr":true,"input":"off","redacted":["PW"]}}
    [0.1, "m", "1/1 migrate"]
    [0.844, "o", "Operations to perform:\\r\\n"]
    [1.02, "s", "2"]
    [1.02, "o", "warning: \\u001b[31mred\\u001b[0m \\ud83d\\ude00\\r\\n"]
    [1.4, "b", "Y2Fm6Qo="]
    [1.4, "o", "caf\\ufffd\\r\\n"]
    [1.5, "r", "100x30"]
    [1.6, "g", "{\\"bytes\\":10,\\"reason\\":\\"no space\\"}"]
    [2.2, "x", "3"]
    [2.2, "z", "{\\"end\\":\\"exit\\",\\"status\\":3,\\"signal\\":null,\\"bytes\\":{\\"1\\":49,\\"2\\":39},\\"lost\\":0,\\"sha256\\":\\"00\\",\\"prev\\":null}"]

    """

private let screens = [
    "10%\r20%\r100%\r\n\u{1b}[1;31mred\u{1b}[0m \u{1b}[38;2;1;2;3mtrue\u{1b}[m\r\nplain line\r\n",
    "\u{1b}[?1049h\u{1b}[2J\u{1b}[1;1Hfull\u{1b}[5;10Hscreen\u{1b}[?1049l$ \u{1b}[K\u{8}\u{8}x\u{1b}[3P\u{1b}[2@",
    "\u{1b}[3;8r\u{1b}[?6h\u{1b}[4hinsert\u{1b}[4l\u{1b}[L\u{1b}[M\u{1b}[S\u{1b}[T\u{1b}M\u{1b}D\u{1b}E\u{1b}7\u{1b}8",
    "\u{1b}(0lqqk\u{1b}(B wide 漢字 e\u{301} \u{1b}]0;title\u{7}\u{1b}P1$r0m\u{1b}\\\u{1b}[?2004h",
]

private let lines = """
    1 01M82JVP0RKR2PQWG68631NHEN dcb85c4e0d1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f80910203 recorded 31e71754aabbccddeeff00112233445566778899aabbccddeeff001122334455
    2 01M82JVP0RKR2PQWG68631NHEN - pruned 41e71754aabbccddeeff00112233445566778899aabbccddeeff001122334455

    """
