/// How characters look: what `SGR` (ECMA-48 8.3.117) can say of them and libvterm understands.
package struct TextStyle: Hashable, Sendable {
    /// A colour as the program named it.
    package enum Colour: Hashable, Sendable {
        /// One of the terminal's: 0 to 15 as the user has set them, 16 to 255 the same everywhere.
        case indexed(UInt8)
        case rgb(red: UInt8, green: UInt8, blue: UInt8)
    }

    package var foreground: Colour?
    package var background: Colour?
    package var isBold = false
    package var isItalic = false
    package var isUnderlined = false
    package var isBlinking = false
    package var isReversed = false
    package var isStruckThrough = false

    package init() {}

    /// Whether a space of this style looks like none.
    var isInvisibleOnSpaces: Bool {
        background == nil && !isReversed && !isUnderlined && !isStruckThrough
    }
}
