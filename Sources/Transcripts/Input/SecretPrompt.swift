/// The unfinished line of a terminal, and whether it asks for a secret.
struct SecretPrompt {
    /// A longer line is none that asks for anything.
    private static let longest = 512

    private var line: [UInt8] = []

    /// Takes what stands on the screen: text and line ends, no escape sequences.
    mutating func take(_ byte: UInt8) {
        if byte == 0x0a {
            line.removeAll(keepingCapacity: true)
        } else if byte >= 0x20, byte != 0x7f {
            if line.count == Self.longest { line.removeFirst(Self.longest / 2) }
            line.append(byte)
        }
    }

    /// Whether the line holds one of the words, and ends as a question does.
    ///
    /// Rather too many lines than too few look like that: what is typed there is then not recorded.
    var asksForSecret: Bool {
        let text = String(decoding: line, as: UTF8.self).lowercased()
            .trimmingSuffix(while: \.isWhitespace)
        guard let last = text.last else { return false }
        if Self.words.contains(where: { text.hasSuffix($0) }) { return true }
        guard ":?>)]\u{ff1a}".contains(last) else { return false }
        if Self.words.contains(where: { text.contains($0) }) { return true }
        return text.split { !$0.isLetter }.contains { Self.shortWords.contains(String($0)) }
    }

    private static let words = [
        "password", "passphrase", "passcode", "passwd", "pass phrase", "secret", "token",
        "credential", "verification code", "one-time", "api key", "apikey", "api_key",
        "access key", "private key", "security code", "passwort", "kennwort", "mot de passe",
        "contrase", "senha", "wachtwoord", "parola",
    ]

    /// What is too short to be looked for within other words.
    private static let shortWords: Set<String> = ["pin", "otp", "totp", "mfa", "pwd", "pw", "cvc"]
}

extension StringProtocol {
    fileprivate func trimmingSuffix(while isUnwanted: (Character) -> Bool) -> String {
        var text = Substring(self)
        while let last = text.last, isUnwanted(last) { text.removeLast() }
        return String(text)
    }
}
