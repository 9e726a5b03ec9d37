/// The 256 colours of xterm; those of 24 bits become the nearest of them.
///
/// A page with a fixed set of colours needs no style of its own for any text, and so allows none.
enum Palette {
    static func number(of colour: TextStyle.Colour) -> Int {
        switch colour {
        case .indexed(let index): Int(index)
        case .rgb(let red, let green, let blue): nearest(Int(red), Int(green), Int(blue))
        }
    }

    /// A colour from 16 on, as CSS has it.
    static func css(_ number: Int) -> String {
        let parts =
            number >= 232
            ? Array(repeating: 8 + (number - 232) * 10, count: 3)
            : [(number - 16) / 36, (number - 16) / 6 % 6, (number - 16) % 6].map { levels[$0] }
        return "#" + parts.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static let levels = [0, 95, 135, 175, 215, 255]

    private static func nearest(_ red: Int, _ green: Int, _ blue: Int) -> Int {
        let steps = [red, green, blue].map { part in
            levels.indices.min { abs(levels[$0] - part) < abs(levels[$1] - part) } ?? 0
        }
        let cube = 16 + 36 * steps[0] + 6 * steps[1] + steps[2]
        let grey = min(23, max(0, ((red + green + blue) / 3 - 3) / 10))
        let level = 8 + grey * 10
        let cubeError = zip(steps, [red, green, blue]).reduce(0) { sum, pair in
            sum + (levels[pair.0] - pair.1) * (levels[pair.0] - pair.1)
        }
        let greyError = [red, green, blue].reduce(0) { $0 + ($1 - level) * ($1 - level) }
        return greyError < cubeError ? 232 + grey : cube
    }
}
