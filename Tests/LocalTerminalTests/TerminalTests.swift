import Glibc
import LocalTerminal
import Testing

@Suite struct TerminalTests {
    @Test func `the size is that of the window, pixels included`() throws {
        let pair = try PrivateTerminal()
        pair.resize(winsize(ws_row: 41, ws_col: 133, ws_xpixel: 1330, ws_ypixel: 820))
        #expect(
            pair.terminal.size
                == Terminal.Size(columns: 133, rows: 41, pixelWidth: 1330, pixelHeight: 820))
        pair.resize(winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0))
        #expect(pair.terminal.size == Terminal.Size(columns: 80, rows: 24))
    }

    @Test func `a window that does not know its size has none`() throws {
        #expect(try PrivateTerminal().terminal.size == nil)
        let pair = try PrivateTerminal()
        pair.resize(winsize(ws_row: 0, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0))
        #expect(pair.terminal.size == nil)
    }

    @Test func `modes that were read can be set again`() throws {
        let pair = try PrivateTerminal()
        let before = try pair.stty(["-g"])
        let modes = try #require(pair.terminal.modes)
        try pair.stty(["raw", "-echo"])
        #expect(pair.terminal.setModes(modes))
        #expect(try pair.stty(["-g"]) == before)
        #expect(!Terminal(descriptor: -1).setModes(modes))
    }

    @Test func `a terminal that is not the controlling one knows no background`() throws {
        #expect(try PrivateTerminal().terminal.isInForeground)
    }
}
