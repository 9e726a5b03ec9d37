import Foundation
import Testing
import Transcripts

@testable import History

@Suite struct HistoryTableTests {
    @Test func `the table has a heading and a line for each run`() throws {
        let state = try StateFolderFixture()
        state.leave(.at(0), command: "python manage.py migrate", ending: Ending(.exit, status: 3))
        state.leave(.at(60_000), command: "", ending: Ending(.signal, signal: "TERM"))
        let entries = state.store.newest()
        let lines = HistoryTable(entries, width: nil).lines
        #expect(lines.count == 3)
        #expect(
            lines[0].split(separator: " ") == [
                "RUN", "WHEN", "TARGET", "COMMAND", "STATUS", "TIME",
            ])
        let wide = HistoryTable(entries, width: 100).lines[0].split(separator: " ")
        #expect(wide == ["RUN", "WHEN", "WHO", "TARGET", "COMMAND", "STATUS", "TIME"])
        #expect(lines[1].hasPrefix(entries[0].run.description))
        #expect(lines[1].contains("  shop/default  (login shell)"))
        #expect(lines[1].contains("  143 signal  "))
        #expect(lines[2].contains("  python manage.py migrate  3 "))
    }

    @Test(arguments: [60, 70, 80, 100, 120, 200])
    func `no line is wider than the terminal`(width: Int) throws {
        let state = try StateFolderFixture()
        state.leave(.at(0), command: String(repeating: "漢字 wide ", count: 40))
        state.leave(.at(1), command: "short", ending: Ending(.disconnect))
        try state.leave(.at(2), contents: Data())
        for line in HistoryTable(state.store.newest(), width: width).lines {
            #expect(CleanText.columns(of: line) <= width, "\(line)")
        }
    }

    @Test func `a narrow table shortens run ids only as far as they stay unambiguous`() throws {
        let state = try StateFolderFixture()
        let runs = [RunID.at(0), RunID.at(0), RunID.at(1)]
        for run in runs { state.leave(run) }
        let lines = HistoryTable(state.store.newest(), width: 80).lines
        let shown = lines.dropFirst().compactMap { $0.split(separator: " ").first }
        #expect(Set(shown).count == 3)
        // Thirteen, so that an id of a filtered list names the run among all of them as well.
        #expect(shown.allSatisfy { (13..<26).contains($0.count) })
        let filtered = HistoryTable(Array(state.store.newest().prefix(1)), width: 80).lines
        #expect(filtered.last?.split(separator: " ").first?.count == 13)
        for text in shown { #expect(try runs.contains(state.store.find(String(text)).run)) }
    }

    @Test(arguments: [
        ("a\nb\tc", "a b c"), ("\u{1b}[2Jx", "\u{fffd}[2Jx"), ("\u{202e}exe", "\u{fffd}exe"),
        ("\u{9b}31m\u{7f}", "\u{fffd}31m\u{fffd}"), ("é漢🦀", "é漢🦀"), ("\u{2028}", " "),
    ])
    func `controls in a command cannot reach the terminal`(command: String, shown: String) throws {
        #expect(CleanText.line(command) == shown)
        let state = try StateFolderFixture()
        state.leave(.at(0), command: command)
        let lines = HistoryTable(state.store.newest(), width: nil).lines
        #expect(lines.last?.contains("  \(shown)") == true)
    }

    @Test(arguments: [
        ("plain", 5, "plain"), ("plain", 4, "pla…"), ("漢字", 4, "漢字"), ("漢字", 3, "漢…"),
        ("漢字", 2, "…"), ("x", 0, ""),
    ])
    func `text is cut by columns, not by characters`(text: String, width: Int, fitted: String) {
        #expect(CleanText.fitted(text, to: width) == fitted)
    }

    @Test func `times are those of the local clock`() throws {
        let moment = Timestamp(milliseconds: 1_795_334_400_412)
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
        let date = Date(timeIntervalSince1970: 1_795_334_400)
        #expect(LocalTime.text(moment) == formatter.string(from: date))
    }

    @Test(arguments: [
        (40, "0.0s"), (449, "0.4s"), (12_000, "12.0s"), (59_970, "1m00s"), (185_000, "3m05s"),
        (7_380_000, "2h03m"), (360_000_000, "100h00m"),
    ])
    func `durations are short`(milliseconds: Int, text: String) {
        #expect(Duration.milliseconds(milliseconds).short == text)
    }
}
