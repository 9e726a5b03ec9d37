/// Which methods a login may use, in which order and how often (ssh_config(5)).
package struct LoginSettings: Sendable, Equatable {
    /// PreferredAuthentications: names in the order to try, those included that ccrun does not have.
    package var preferredMethods = ["publickey", "keyboard-interactive", "password"]
    /// PubkeyAuthentication.
    package var allowsKeys = true
    /// KbdInteractiveAuthentication.
    package var allowsKeyboardInteractive = true
    /// PasswordAuthentication.
    package var allowsPassword = true
    /// BatchMode: nobody is asked for anything.
    package var asksNobody = false
    /// NumberOfPasswordPrompts: how often a password or a passphrase may be wrong.
    package var passwordTries = 3
    /// CertificateFile: certificates in the order to try; `ssh -G` does not expand them.
    package var certificateFiles: [String] = []

    package init() {}

    /// The names of the methods that may be tried, in order.
    package var methods: [String] {
        preferredMethods.filter { name in
            switch name {
            case "publickey": allowsKeys
            case "keyboard-interactive": allowsKeyboardInteractive && reasonNotToAsk == nil
            case "password": allowsPassword && reasonNotToAsk == nil
            default: false
            }
        }
    }

    /// What keeps from asking for passwords, codes and passphrases; nil where nothing does.
    package var reasonNotToAsk: String? {
        if asksNobody { return "BatchMode" }
        return passwordTries == 0 ? "NumberOfPasswordPrompts 0" : nil
    }

    /// Takes over a line of `ssh -G`; keywords that are of no interest to a login are passed over.
    mutating func set(_ keyword: String, to value: String) {
        switch keyword {
        case "preferredauthentications":
            preferredMethods = value.split(separator: ",").map(String.init)
        // unbound and host-bound are ways to use a key (OpenSSH 8.9).
        case "pubkeyauthentication": allowsKeys = !["no", "false"].contains(value)
        case "kbdinteractiveauthentication": allowsKeyboardInteractive = value == "yes"
        case "passwordauthentication": allowsPassword = value == "yes"
        case "batchmode": asksNobody = value == "yes"
        case "numberofpasswordprompts": passwordTries = Int(value).map { max($0, 0) } ?? 3
        case "certificatefile": certificateFiles.append(value)
        default: break
        }
    }
}
