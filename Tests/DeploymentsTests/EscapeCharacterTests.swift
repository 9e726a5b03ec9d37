import Testing

@testable import Deployments

/// The escape character as ssh_config(5) and ssh(1) write it.
@Suite struct EscapeCharacterTests {
    @Test(
        arguments: [
            ("~", .byte(0x7e)), ("%", .byte(0x25)), ("^", .byte(0x5e)), ("\\", .byte(0x5c)),
            ("^]", .byte(0x1d)), ("^A", .byte(1)), ("^a", .byte(1)), ("\\^]", .byte(0x1d)),
            ("^@", .byte(0)), ("none", .none),
        ] as [(String, EscapeCharacter)])
    func `what it may be`(text: String, character: EscapeCharacter) throws {
        #expect(try EscapeCharacter(parsing: text) == character)
    }

    @Test(arguments: ["", "~~", "None", "ä", "^1", "^AB", " ", "\u{1}", "\u{7f}"])
    func `anything else is an error that quotes it`(text: String) throws {
        let error = #expect(throws: DeploymentsError.self) { try EscapeCharacter(parsing: text) }
        #expect(error?.message.hasPrefix("cannot use \(QuotedText.quoted(text)) as") == true)
    }
}
