/// How a login may go on besides with keys, and who answers what a server asks.
package struct LoginMethods {
    /// The methods that ccrun has, by their names of RFC 4252 and RFC 4256.
    package enum Method: String, Sendable, CaseIterable {
        case publicKey = "publickey"
        case keyboardInteractive = "keyboard-interactive"
        case password
    }

    /// Those that may be tried, in this order (ssh_config(5), PreferredAuthentications).
    package var order: [Method]
    /// How often a password, a passphrase or a set of answers may be wrong (NumberOfPasswordPrompts).
    package var tries: Int
    /// What a server that asks may take at the least: somebody may have to find and touch a phone.
    package var patience = Duration.seconds(120)
    /// Who is asked; nil where nobody can be.
    package var person: LoginPerson?
    /// What to do where nobody can be asked, or the configuration forbids it.
    package var advice: String

    package init(
        order: [Method], tries: Int = 3, person: LoginPerson? = nil,
        advice: String = "run it where there is a terminal to ask on"
    ) {
        self.order = order
        self.tries = tries
        self.person = person
        self.advice = advice
    }

    /// Keys, and nothing that somebody would have to be asked for.
    package static var keysOnly: LoginMethods { LoginMethods(order: [.publicKey]) }
}

/// Somebody who knows the answers to a server's questions.
package struct LoginPerson {
    /// What stands ahead of a server's words, so that it shows who asks: `deploy@web1.example.com`.
    package var label: String
    /// Asks for a line; nil when none is given, which ends the login.
    package var ask: (_ prompt: String, _ echoes: Bool) -> [UInt8]?
    /// Shows what the server says around its questions, cleaned.
    package var show: (_ text: String) -> Void
    /// Says that an answer was wrong and may be given again.
    package var remark: (_ text: String) -> Void
    /// Called before each question, and where the login ends without one; for the server's banner.
    package var prepare: () -> Void

    package init(
        label: String,
        ask: @escaping (_ prompt: String, _ echoes: Bool) -> [UInt8]?,
        show: @escaping (_ text: String) -> Void = { _ in },
        remark: @escaping (_ text: String) -> Void = { _ in },
        prepare: @escaping () -> Void = {}
    ) {
        self.label = label
        self.ask = ask
        self.show = show
        self.remark = remark
        self.prepare = prepare
    }
}
