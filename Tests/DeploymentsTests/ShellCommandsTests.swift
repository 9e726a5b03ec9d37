import Testing

@testable import Deployments

struct ShellCommandsTests {
    @Test(
        arguments: [
            ("", []), (" \n;;&& # x", []),
            ("a b  c\td", [["a", "b", "c", "d"]]),
            ("a;b&c|d&&e||f\ng", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"], ["g"]]),
            (#"a 'b c'"d e"\ f ''"#, [["a", "b cd e f", ""]]),
            (#"a "\$\"\\\x" '\'"#, [["a", #"$"\\x"#, #"\"#]]),
            ("a\\\nb \"c\\\nd\"", [["ab", "cd"]]),
            ("a $'b' $\"c\" $d", [["a", "b", "c", "$d"]]),
            ("a#b #c\nd", [["a#b"], ["d"]]),
            ("a $(b c) d", [["b", "c"], ["a", "", "d"]]),
            ("a \"x$(b \"c d\")y\"", [["b", "c d"], ["a", "xy"]]),
            ("a `b \\`c\\` d`", [["c"], ["b", "", "d"], ["a", ""]]),
            ("(a; (b)) && { c; }", [["a"], ["b"], ["{", "c"], ["}"]]),
            ("a >b 2>&1 3>>c <d >|e <>f &>g h", [["a", "h"]]),
            ("a 2 >b 2b>c", [["a", "2", "2b"]]),
            ("a <(b) >(c)", [["b"], ["c"], ["a", "", ""]]),
            ("a <<E b\n'x\nE\nc", [["a", "b"], ["x\n"], ["c"]]),
            ("a <<-'E F'\n\tx\n\tE F\nc", [["a"], ["x"], ["c"]]),
            ("a <<<b c", [["a", "c"]]), ("a <<E", [["a"]]), ("a <<E\nb", [["a"], ["b"]]),
            (") a )) b", [["a"], ["b"]]), ("a 'b", [["a", "b"]]), ("a \\", [["a"]]),
            ("a $(b 'c", [["b", "c"], ["a", ""]]), ("a `b", [["b"], ["a", ""]]),
            ("a \"b\\", [["a", "b"]]), ("a >", [["a"]]),
            ("a é 'ü\u{301}'", [["a", "é", "ü\u{301}"]]),
        ] as [(String, [[String]])])
    func `a text is taken apart`(text: String, commands: [[String]]) {
        #expect(ShellCommands.of(text) == commands)
    }

    @Test func `words that were quoted are found again`() {
        var generator = SeededGenerator(seed: 20)
        let alphabet = Array("ab '\"\\$`()<>|&;#*?~{}=\n\té".unicodeScalars)
        for _ in 0..<2000 {
            let words = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                let scalars = (0..<Int.random(in: 0...8, using: &generator)).compactMap { _ in
                    alphabet.randomElement(using: &generator)
                }
                return String(String.UnicodeScalarView(scalars))
            }
            #expect(
                ShellCommands.of(ShellQuoting.joined(words)) == [words], "seed \(generator.seed)")
        }
    }

    private static func readings(_ text: String) -> [[String]] {
        CommandReadings.of(.shell(text), resolved: .shell(text))
    }

    @Test func `no text is too much`() {
        var generator = SeededGenerator(seed: 21)
        let pieces = [
            "a", " ", "'", "\"", "\\", "$(", "`", "(", ")", "<<E\n", "E\n", "#", ">", "&",
        ]
        for _ in 0..<2000 {
            let text = (0..<40).compactMap { _ in pieces.randomElement(using: &generator) }
            _ = Self.readings(text.joined())
        }
        for piece in ["(", "$(", "\"$(", "`\\", "sh -c '", "<<E\n", "{ "] {
            _ = Self.readings(String(repeating: piece, count: 2000))
        }
    }
}
