import Foundation
import TestServer
import Testing

/// Full-screen programs on two screens, once through ccrun and once through `ssh -tt`.
@Suite(.enabled(if: Tool.find("tmux") != nil, "tmux is not here"))
struct ScreensTests {
    private static let fixtures = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures").path

    /// A line of 300 columns, wide characters among them.
    private static let longLine =
        String(repeating: "paste me, \u{E4}\u{20AC}\u{6F22}; ", count: 18) + "the end"

    @Test func `vim draws the same`() throws {
        try compare(
            "exec vim -u NONE -i NONE -n -N --cmd 'set shm+=I t_Co=256 encoding=utf-8'"
                + " -c 'syntax on' -c 'set ruler showmode hlsearch cursorline mouse=a wildmenu'"
                + " '\(Self.fixtures)/django/manage.py'",
            [
                .same(showing: "#!/usr/bin/env python"), .keys(["/import", "Enter", "n"]),
                .same(showing: "/import"), .keys(["C-v", "j", "j", "l", "l"]),
                .same(showing: "VISUAL BLOCK"), .keys(["Escape", ":split", "Enter"]),
                .keys([":vsplit", "Enter", "G", "o", "im", "C-n"]), .same(showing: "Keyword"),
                .keys(["C-e", "Escape"]), .resize(columns: 120, rows: 40),
                .same(showing: "manage.py"), .keys([":set pas", "Tab"]),
                .same(showing: ":set paste"),
                .keys(["Enter", "G", "o"]), .paste(Self.longLine),
                .keys(["Escape", ":only", "Enter"]),
                .same(showing: "the end"), .keys([":echo col('$')", "Enter"]),
                .same(showing: "\n\(Self.longLine.utf8.count + 1)"),
                .resize(columns: 61, rows: 17), .keys(["C-l", "g", "g"]),
                .same(showing: "#!/usr/bin/env python"), .keys([":q!", "Enter"]),
                .same(showing: "ended with 0"),
            ])
    }

    @Test func `less draws the same`() throws {
        let colours = #"printf '\033[3%dm%04d \033[1;4m漢字 €\033[0m\033[48;5;%dm%s\033[m\n'"#
        try compare(
            "for n in $(seq 100 300); do \(colours) $((n % 8)) $n $((n % 256)) "
                + "'and a line that is longer than the screen is wide, so that it is folded or cut'; "
                + "done | LESS= less -R",
            [
                .same(showing: "0111"), .keys(["Space", "d"]), .same(showing: "0128"),
                .keys(["-", "S", "Enter", "Right"]), .same(showing: "screen is wide"),
                .keys(["Left"]),
                .resize(columns: 130, rows: 40), .same(showing: "0150"),
                .keys(["/folded or", "Enter"]), .same(showing: "0124"),
                .keys(["Escape", "u", "200g", "-", "N", "Enter"]), .same(showing: "0299"),
                .resize(columns: 40, rows: 9), .keys(["h"]), .same(showing: "SUMMARY"),
                .keys(["q", "q"]), .same(showing: "ended with 0"),
            ])
    }

    @Test(.enabled(if: Tool.find("htop") != nil, "htop is not installed"))
    func `htop draws the same`() throws {
        // Without meters that move, and with the one process that both look at.
        let settings = """
            fields=0 48 17 18 38 2 1
            hide_userland_threads=1
            color_scheme=0
            enable_mouse=1
            delay=1000
            left_meters=Hostname
            left_meter_modes=2
            right_meters=Architecture
            right_meter_modes=2

            """
        try withSSHD(Self.options) { sshd in
            let sleeper = try ChildProcess(try Tool.path("sleep"), ["1040"])
            defer { sleeper.stop() }
            let file = try sshd.folder.write(settings, to: "htoprc")
            // htop writes its settings when it ends.
            let command =
                "f=$(mktemp) && cat '\(file)' >$f && HTOPRC=$f htop -p \(sleeper.process.pid)"
            try TwinScreens.compare(
                command, on: sshd,
                [
                    .same(showing: "sleep 1040"), .keys(["F6"]), .same(showing: "Sort by"),
                    .keys(["Escape", "F2"]), .same(showing: "Display options"),
                    .resize(columns: 110, rows: 33), .keys(["Down", "Right", "Down", "Down"]),
                    .same(showing: "3 columns - 25"), .keys(["F10", "F1"]),
                    .same(showing: "Press any key to return"), .keys(["x", "F4", "slee"]),
                    .same(showing: "Filter: slee"), .resize(columns: 66, rows: 12),
                    .keys(["Enter", "t"]), .same(showing: "sleep 1040"), .keys(["q"]),
                    .same(showing: "ended with 0"),
                ])
        }
    }

    @Test(.enabled(if: Tool.find("ipython3") != nil, "ipython3 is not installed"))
    func `ipython draws the same`() throws {
        try compare(
            "export IPYTHONDIR=$(mktemp -d); exec /usr/bin/ipython3 --no-banner --no-confirm-exit"
                + " --Completer.use_jedi=False",
            [
                .same(showing: "In [1]:"), .keys(["import os, shutil", "Enter"]),
                .same(showing: "In [2]:"), .keys(["for i in range(3):", "Enter"]),
                .same(showing: "...:"), .keys(["print('line', i)", "Enter", "Enter"]),
                .same(showing: "In [3]:"), .keys(["os.path.is"]), .same(showing: "os.path.is"),
                .keys(["Tab"]), .same(showing: "ismount"),
                .keys(["C-u"]), .resize(columns: 110, rows: 30),
                .keys(["while shutil.get_terminal_size() != (110, 30): pass", "Enter", "Enter"]),
                .same(showing: "In [4]:"), .keys(["tuple(shutil.get_terminal_size())", "Enter"]),
                .same(showing: "(110, 30)"), .paste("text = '\(Self.longLine)'"),
                .keys(["Enter"]), .same(showing: "In [6]:"), .keys(["len(text)", "Enter"]),
                .same(showing: "Out[6]: \(Self.longLine.count)"), .keys(["1/0", "Enter"]),
                .same(showing: "ZeroDivisionError: division by zero"), .keys(["C-r", "shut"]),
                .same(showing: "I-search backward"), .keys(["C-g", "C-u", "7", "Enter"]),
                .same(showing: "Out[8]: 7"), .keys(["C-d"]), .same(showing: "ended with 0"),
            ])
    }

    @Test(.enabled(if: ScratchPostgres.isPossible, "postgresql is not installed"))
    func `psql draws the same`() throws {
        let postgres = try ScratchPostgres()
        defer { postgres.remove() }
        try compare(
            "export PAGER=less LESS=; exec psql -X -h '\(postgres.folder.path)' -U postgres postgres",
            [
                .same(showing: "postgres=#"),
                .keys(["select n, repeat('ä€漢', n) from generate_series(1, 9) n;", "Enter"]),
                .same(showing: "(9 rows)"), .resize(columns: 100, rows: 20),
                .keys(["select * from generate_series(1, 200) as numbers;", "Enter"]),
                .same(showing: "numbers"), .keys(["G"]), .same(showing: "(200 rows)"),
                .keys(["q"]), .keys(["C-l"]), .keys(["\\x", "Enter"]),
                .same(showing: "Expanded display is on"), .keys(["sel", "Tab"]),
                .same(showing: "postgres=# select"), .keys(["1/0 as never;", "Enter"]),
                .same(showing: "division by zero"), .keys(["create ta", "Tab"]),
                .same(showing: "create table"), .keys(["long (t text);", "Enter"]),
                .keys(["C-c"]), .keys(["C-l"]),
                .paste("select length('\(Self.longLine)') as sum;"), .keys(["Enter"]),
                .same(showing: "sum | \(Self.longLine.count)"),
                .keys([
                    "do $$ begin raise notice 'falls asleep'; perform pg_sleep(1000); end $$;",
                    "Enter",
                ]), .same(showing: "NOTICE:  falls asleep"), .keys(["C-c"]),
                .same(showing: "canceling statement"), .keys(["C-d"]),
                .same(showing: "ended with 0"),
            ])
    }

    @Test func `tmux in tmux draws the same`() throws {
        let settings = """
            set -g status-right ''
            set -g status-left-length 20
            set -g default-command "exec env PS1='> ' sh"
            set -g automatic-rename off
            set -g allow-rename off
            set -g mouse on
            set -g prefix C-a
            set -g display-time 0
            set -s escape-time 0
            set -g assume-paste-time 0
            set -g default-terminal screen-256color

            """
        try withSSHD(Self.options) { sshd in
            let file = try sshd.folder.write(settings, to: "tmux.conf")
            try TwinScreens.compare(
                "unset TMUX; d=$(mktemp -d); tmux -u -S $d/s -f '\(file)' new-session -n first",
                on: sshd,
                [
                    .same(showing: "first"),
                    .keys(["echo one; printf '\\033[41mred\\033[m'", "Enter"]),
                    .same(showing: "red>"), .keys(["C-a", "%"]),
                    .same(showing: "\u{2502}>"),
                    .keys(["echo 漢字 €; seq 50", "Enter"]),
                    .same(showing: "50"), .keys(["C-a", "\""]),
                    .same(showing: "\u{2500}\n\(String(repeating: " ", count: 40))\u{2502}>"),
                    .resize(columns: 120, rows: 36),
                    .keys(["until stty size | grep '17 59'; do sleep 0.1; done", "Enter"]),
                    .same(showing: "\u{2502}17 59"),
                    .paste("echo '\(Self.longLine)' | wc -m\n"),
                    .same(showing: "\u{2502}\(Self.longLine.count + 1)"),
                    .keys(["C-a", "z"]), .same(showing: "\(Self.longLine.count + 1)"),
                    .keys(["C-a", "z", "C-a", "["]), .keys(["k", "k", "k"]), .keys(["Space", "k"]),
                    .same(showing: "[0/3]"), .keys(["q", "C-a", "?"]), .same(showing: "C-a C-o"),
                    .keys(["q", "C-a", "c"]), .same(showing: "1:"), .resize(columns: 50, rows: 14),
                    .keys(["C-a", "p"]), .same(showing: "first"), .keys(["C-a", ":"]),
                    .same(showing: "\n:"),
                    .keys(["kill-server", "Enter"]),
                    .same(showing: "ended with 1"),
                ])
        }
    }

    @Test func `what is hard on a terminal draws the same`() throws {
        let pages =
            "addressing regions colours characters tabs saved left_on put_back answers sizes "
            + "paste keys storm"
        var steps: [TwinScreens.Step] = []
        for page in pages.split(separator: " ").map(String.init) {
            switch page {
            case "sizes":
                steps += [
                    .same(showing: "80 columns, 24 rows, 1280x768 pixels"),
                    .resize(columns: 132, rows: 43),
                    .same(showing: "132 columns, 43 rows, 2112x1376 pixels"),
                    .resize(columns: 80, rows: 24), .same(showing: "80 columns, 24 rows"),
                    .keys(["x"]),
                ]
            case "paste":
                steps += [
                    .same(showing: "paste now"), .paste(Self.longLine),
                    .same(showing: "\(Self.longLine.utf8.count + 12) bytes"),
                ]
            case "keys":
                let typed =
                    "\u{1B}[<0;10;5M\u{1B}[<0;10;5m\u{1B}OA\u{1}\u{3}\u{11}\u{13}\u{1A}\u{1C}\u{7F}"
                steps += [.same(showing: "type now"), .text(typed), .text("~?~.é漢!")]
                steps += [.same(showing: #"\xa2!'"#)]
            case "left_on": steps += [.same(showing: "drawn")]
            default: break
            }
            steps += [.same(showing: "page \(page) is drawn"), .keys(["n"])]
        }
        steps += [.same(showing: "that was all\nended with 0")]
        try compare("LC_ALL=C.UTF-8 python3 '\(Self.fixtures)/terminal/checks.py' \(pages)", steps)
    }

    // MARK: - Private

    /// As a login there has it.
    private static let options = SSHDOptions(environment: ["LANG": "C.UTF-8"])

    private func compare(_ command: String, _ steps: [TwinScreens.Step]) throws {
        try withSSHD(Self.options) { try TwinScreens.compare(command, on: $0, steps) }
    }
}
