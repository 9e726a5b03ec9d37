import Foundation
import TestServer
import Testing

/// The player of an exported page, used by clicks and keys in a real browser.
@Suite struct ExportedPageTests {
    /// Three steps at 1, 10 and 20 s, and an end at 30 s.
    private static let events: [(seconds: Double, code: String, data: String)] =
        [
            (1, "m", "first"), (2, "o", "one\r\n"), (10, "m", "second"), (12, "o", "two\r\n"),
            (20, "m", "third"), (25, "o", "\u{1b}[32mgreen\u{1b}[0m\r\n"),
        ] + ended(at: 30, status: 3)

    /// Exports a run, and has a script of the test's run in a copy of the page.
    private struct Page {
        let place: RecordedPlace
        let path: String

        init() throws {
            place = try RecordedPlace()
            try place.record(ExportedPageTests.events, command: "release")
            path = place.folder.file("run.html")
            #expect(try place.run(["export", "-o", path, "last"]).status == .exited(0))
        }

        /// What the script logs, a line each; it may await.
        ///
        /// The page's policy allows no script but its
        /// own, so the copy has another one.
        func log(_ script: String, arguments: [String] = []) throws -> [String] {
            let driver = """
                <pre id="log"></pre><script>
                const lines = [];
                const get = (id) => document.getElementById(id);
                const log = (...words) => lines.push(words.join(' '));
                const time = () => get('clock').textContent.split(' / ')[0];
                const shown = () => get('screen').innerText.trim().split(/\\s+/).join(',');
                const type = (key, target) => (target || document.body).dispatchEvent(
                  new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
                // The browser's time here is a virtual one, in which it has no frames.
                window.requestAnimationFrame = (turn) =>
                  setTimeout(() => turn(performance.now()), 16);
                window.cancelAnimationFrame = clearTimeout;
                const until = async (done) => {
                  while (!done()) await new Promise((next) => setTimeout(next, 10));
                };
                (async () => { \(script) })().catch((error) => log('error', error)).then(() => {
                  get('log').textContent = lines.join('\\n') + '\\nover';
                });
                </script></body>
                """
            let text = String(decoding: try place.folder.read("run.html"), as: UTF8.self)
            let page = text.replacing(
                /script-src 'sha256-[^']+'/, with: "script-src 'unsafe-inline'"
            ).replacing("</body>", with: driver)
            try place.folder.write(page, to: "driven.html")
            let dom = try browse(
                arguments + ["--virtual-time-budget=60000", "--dump-dom"], "driven.html")
            let log = try #require(dom.firstMatch(of: /<pre id="log">([^<]*)<\/pre>/)).output.1
            let lines = log.split(separator: "\n").map {
                String($0).replacing("&gt;", with: ">").replacing("&lt;", with: "<")
            }
            #expect(lines.last == "over", "\(log)")
            return Array(lines.dropLast())
        }

        func browse(_ arguments: [String], _ name: String) throws -> String {
            let common = [
                "--headless", "--no-sandbox", "--disable-gpu",
                "--user-data-dir=\(place.folder.file("chromium"))",
            ]
            return try ChildProcess.run(
                try Tool.path("chromium"),
                common + arguments + ["file://\(place.folder.file(name))"],
                environment: place.environment, workingFolder: place.folder.path,
                deadline: .seconds(900)
            ).output
        }
    }

    @Test func `keys move by seconds and by steps, and never past the ends`() throws {
        let log = try Page().log(
            """
            const step = () => get('step').value;
            log(time(), step());
            for (const key of ['[', '[', '[', '[', '[', ']', ']', ']', ']', ']']) {
              type(key); log(key, time(), step());
            }
            for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowRight']) { type(key); log(time()); }
            for (let i = 0; i < 9; i++) type('ArrowLeft');
            log(time(), shown());
            """)
        #expect(
            log == [
                "0:30.0 3", "[ 0:20.0 3", "[ 0:10.0 2", "[ 0:01.0 1", "[ 0:00.0 0", "[ 0:00.0 0",
                "] 0:01.0 1", "] 0:10.0 2", "] 0:20.0 3", "] 0:30.0 3", "] 0:30.0 3", "0:25.0",
                "0:20.0", "0:25.0", "0:00.0 ",
            ])
    }

    @Test func `slider and step chooser show the screen of their moment`() throws {
        let log = try Page().log(
            """
            for (const moment of [1500, 2500, 26000, 12000]) {
              get('seek').value = moment;
              get('seek').dispatchEvent(new Event('input'));
              log(time(), get('step').value, shown(), get('seek').getAttribute('aria-valuetext'));
            }
            log([...get('step').options].map((option) => option.textContent).join('|'));
            for (const step of [3, 0, 2]) {
              get('step').value = step;
              get('step').dispatchEvent(new Event('change'));
              log(time(), shown());
            }
            """)
        #expect(
            log == [
                "0:01.5 1  0:01.5", "0:02.5 1 one 0:02.5", "0:26.0 3 one,two,green 0:26.0",
                "0:12.0 2 one,two 0:12.0", "beginning|1 first|2 second|3 third", "0:20.0 one,two",
                "0:00.0 ", "0:10.0 one",
            ])
    }

    @Test func `it plays to the end by button and by key, at the speed that was chosen`() throws {
        let log = try Page().log(
            """
            const play = get('play'), speed = get('speed');
            for (let i = 0; i < 9; i++) type('<');
            log(speed.value);
            for (let i = 0; i < 9; i++) type('>');
            log(speed.value);
            speed.value = '16';
            play.click();
            log(play.textContent);
            await until(() => shown() === 'one');
            type(' ');
            log(play.textContent);
            const moment = time();
            await new Promise((next) => setTimeout(next, 500));
            log(time() === moment);
            type(' ');
            await until(() => play.textContent === 'Play');
            log(time(), shown());
            type(' ', play);
            log(play.textContent);
            """)
        #expect(
            log == [
                "0.5", "64", "Pause", "Play", "true", "0:30.0 one,two,green", "Play",
            ])
    }

    @Test func `all that can be used is reached by tab, and has a name`() throws {
        let log = try Page().log(
            """
            for (const element of document.querySelectorAll(
                'a[href],button,input,select,[tabindex]')) {
              element.focus();
              log(element.id || element.getAttribute('href'), document.activeElement === element,
                element.tabIndex >= 0,
                Boolean(element.getAttribute('aria-label') || element.textContent.trim()));
            }
            """)
        let names = log.map { $0.split(separator: " ")[0] }
        #expect(names.starts(with: ["screen", "play", "seek", "step", "speed"]), "\(log)")
        #expect(log.allSatisfy { $0.hasSuffix(" true true true") }, "\(log)")
    }

    @Test func `it is dark where the reader wants that, with text that can be read`() throws {
        // How bright text and background are, from 0 to 255.
        let script = """
            const bright = (colour) => {
              const parts = colour.match(/[0-9.]+/g).slice(0, 3).map(Number);
              return Math.round((parts[0] * 299 + parts[1] * 587 + parts[2] * 114) / 1000);
            };
            log(matchMedia('(prefers-color-scheme: dark)').matches);
            for (const name of ['body', '.badge', '#L1 span', '.f2']) {
              log(bright(getComputedStyle(document.querySelector(name)).color));
            }
            log(bright(getComputedStyle(document.body).backgroundColor));
            """
        for (scheme, isDark) in [("0", true), ("1", false)] {
            let log = try Page().log(
                script, arguments: ["--blink-settings=preferredColorScheme=\(scheme)"])
            #expect(log.first == "\(isDark)")
            let levels = log.dropFirst().compactMap { Int($0) }
            let background = try #require(levels.last)
            #expect(levels.count == 5 && (background < 60) == isDark, "\(log)")
            #expect(levels.dropLast().allSatisfy { abs($0 - background) > 80 }, "\(log)")
        }
    }

    @Test func `printed, it is the lines with their times, and no player`() throws {
        let page = try Page()
        _ = try page.browse(
            ["--print-to-pdf=\(page.place.folder.file("run.pdf"))", "--no-pdf-header-footer"],
            "run.html")
        let text = try ChildProcess.run(
            try Tool.path("pdftotext"), ["-layout", page.place.folder.file("run.pdf"), "-"],
            environment: page.place.environment
        ).output
        for part in ["release", "exit status 3", "first", "third", "one", "two", "green", "0:25.0"]
        {
            #expect(text.contains(part), "\(part) in \(text)")
        }
        #expect(!text.contains("Play") && !text.contains("5 seconds"), "\(text)")
    }
}
