internal import CVTerm

/// A terminal without a window: libvterm understands the output, `Screen` keeps what it shows.
///
/// libvterm's own screen is not used: it knows neither when a row was written nor which rows are one
/// line. What it is fed has passed a `TerminalFilter` and `EmulatorInput`.
struct TerminalEmulator: ~Copyable {
    /// The address stays the same, since libvterm's callbacks are given it.
    private let room: UnsafeMutablePointer<Screen>
    private let terminal: OpaquePointer

    /// Makes a terminal of a size that is within the limits; nil where there is no memory.
    init?(columns: Int, rows: Int) {
        guard let terminal = vterm_new(CInt(rows), CInt(columns)) else { return nil }
        self.terminal = terminal
        room = .allocate(capacity: 1)
        room.initialize(to: Screen(columns: columns, rows: rows))
        vterm_set_utf8(terminal, 1)
        let state = vterm_obtain_state(terminal)
        // It keeps the address of the callbacks; they are constants and never freed.
        vterm_state_set_callbacks(state, stateCallbacks, room)
        vterm_state_reset(state, 1)
    }

    deinit {
        vterm_free(terminal)
        room.deinitialize(count: 1)
        room.deallocate()
    }

    var screen: Screen {
        _read { yield room.pointee }
        nonmutating _modify { yield &room.pointee }
    }

    /// Takes whole code points, a few KiB at a time: libvterm puts them on its stack.
    func feed(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        _ = vterm_input_write(terminal, base.assumingMemoryBound(to: CChar.self), bytes.count)
    }

    /// Tells libvterm where the cursor is.
    func moveCursor(row: Int, column: Int) {
        feed("\u{1b}[\(row + 1);\(column + 1)H")
    }

    /// Changes the size of the window, both numbers within the limits.
    ///
    /// Margins are reset, as xterm does: libvterm 0.1.4 would go on with some that are outside.
    func resize(columns: Int, rows: Int) {
        vterm_set_size(terminal, CInt(rows), CInt(columns))
        let (row, column) = screen.cursor
        feed("\u{1b}[?69l\u{1b}[r")
        moveCursor(row: row, column: column)
    }

    private func feed(_ text: String) {
        Array(text.utf8).withUnsafeBytes { feed($0) }
    }
}

// MARK: - Callbacks

/// Made once and never changed, so that any thread may read them.
nonisolated(unsafe) private let stateCallbacks: UnsafePointer<VTermStateCallbacks> = {
    let callbacks = UnsafeMutablePointer<VTermStateCallbacks>.allocate(capacity: 1)
    callbacks.initialize(
        to: VTermStateCallbacks(
            putglyph: put, movecursor: moveCursor, scrollrect: scroll, moverect: nil, erase: erase,
            initpen: { _ in 1 }, setpenattr: setPen, settermprop: setProperty, bell: { _ in 1 },
            resize: resize, setlineinfo: { _, _, _, _ in 0 }))
    return UnsafePointer(callbacks)
}()

/// The screen that a callback is about; its emulator lives, or it would not be called.
private func screen(_ user: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<Screen>? {
    user?.assumingMemoryBound(to: Screen.self)
}

private func put(
    _ glyph: UnsafeMutablePointer<VTermGlyphInfo>?, _ place: VTermPos,
    _ user: UnsafeMutableRawPointer?
) -> CInt {
    guard let glyph, let scalars = glyph.pointee.chars, let screen = screen(user) else { return 0 }
    let width = Int(glyph.pointee.width)
    let (row, column) = (Int(place.row), Int(place.col))
    if scalars[0] == 0 || scalars[1] == 0 {
        screen.pointee.put(scalars[0], width: width, row: row, column: column)
    } else {
        var all: [UInt32] = []
        while scalars[all.count] != 0, all.count <= EmulatorInput.mostCombined {
            all.append(scalars[all.count])
        }
        screen.pointee.put(all, width: width, row: row, column: column)
    }
    return 1
}

private func moveCursor(
    _ place: VTermPos, _ old: VTermPos, _ isVisible: CInt, _ user: UnsafeMutableRawPointer?
) -> CInt {
    screen(user)?.pointee.moveCursor(
        row: Int(place.row), column: Int(place.col), isVisible: isVisible != 0)
    return 1
}

private func scroll(
    _ rect: VTermRect, _ downward: CInt, _ rightward: CInt, _ user: UnsafeMutableRawPointer?
) -> CInt {
    screen(user)?.pointee.scroll(
        rows: rect.rows, columns: rect.columns, downward: Int(downward), rightward: Int(rightward))
    return 1
}

private func erase(
    _ rect: VTermRect, _ isSelective: CInt, _ user: UnsafeMutableRawPointer?
) -> CInt {
    screen(user)?.pointee.erase(rows: rect.rows, columns: rect.columns)
    return 1
}

private func resize(
    _ rows: CInt, _ columns: CInt, _ delta: UnsafeMutablePointer<VTermPos>?,
    _ user: UnsafeMutableRawPointer?
) -> CInt {
    let moved = screen(user)?.pointee.resize(columns: Int(columns), rows: Int(rows)) ?? 0
    delta?.pointee.row -= CInt(moved)
    return 1
}

private func setProperty(
    _ property: VTermProp, _ value: UnsafeMutablePointer<VTermValue>?,
    _ user: UnsafeMutableRawPointer?
) -> CInt {
    guard let value else { return 0 }
    // libvterm keeps only what is agreed to here.
    if property == VTERM_PROP_ALTSCREEN {
        screen(user)?.pointee.setAlternate(value.pointee.boolean != 0)
    }
    return 1
}

private func setPen(
    _ attribute: VTermAttr, _ value: UnsafeMutablePointer<VTermValue>?,
    _ user: UnsafeMutableRawPointer?
) -> CInt {
    guard let value = value?.pointee else { return 0 }
    let isOn = value.boolean != 0
    screen(user)?.pointee.setPen { pen in
        switch attribute {
        case VTERM_ATTR_BOLD: pen.isBold = isOn
        case VTERM_ATTR_UNDERLINE: pen.isUnderlined = value.number != 0
        case VTERM_ATTR_ITALIC: pen.isItalic = isOn
        case VTERM_ATTR_BLINK: pen.isBlinking = isOn
        case VTERM_ATTR_REVERSE: pen.isReversed = isOn
        case VTERM_ATTR_STRIKE: pen.isStruckThrough = isOn
        case VTERM_ATTR_FOREGROUND: pen.foreground = TextStyle.Colour(value.color)
        case VTERM_ATTR_BACKGROUND: pen.background = TextStyle.Colour(value.color)
        default: break
        }
    }
    return 1
}

extension VTermRect {
    fileprivate var rows: Range<Int> { Int(start_row)..<max(Int(start_row), Int(end_row)) }
    fileprivate var columns: Range<Int> { Int(start_col)..<max(Int(start_col), Int(end_col)) }
}

extension TextStyle.Colour {
    /// Nil for the terminal's default colour.
    fileprivate init?(_ colour: VTermColor) {
        let type = Int(colour.type)
        let defaults = Int(VTERM_COLOR_DEFAULT_FG.rawValue | VTERM_COLOR_DEFAULT_BG.rawValue)
        if type & defaults != 0 { return nil }
        if type & Int(VTERM_COLOR_INDEXED.rawValue) != 0 {
            self = .indexed(colour.indexed.idx)
        } else {
            self = .rgb(red: colour.rgb.red, green: colour.rgb.green, blue: colour.rgb.blue)
        }
    }
}
