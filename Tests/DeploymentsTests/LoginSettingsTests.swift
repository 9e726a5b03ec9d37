import Testing

@testable import Deployments

/// What `ssh -G` says about logging in.
@Suite struct LoginSettingsTests {
    private static func settings(_ lines: String...) -> LoginSettings {
        OpenSSHConfiguration.parse(lines.joined(separator: "\n")).login
    }

    @Test(
        arguments: [
            ([], ["publickey", "keyboard-interactive", "password"]),
            (["batchmode yes"], ["publickey"]), (["numberofpasswordprompts 0"], ["publickey"]),
            (["pubkeyauthentication false"], ["keyboard-interactive", "password"]),
            (["pubkeyauthentication unbound"], ["publickey", "keyboard-interactive", "password"]),
            (["kbdinteractiveauthentication no"], ["publickey", "password"]),
            (["passwordauthentication no"], ["publickey", "keyboard-interactive"]),
            (
                ["preferredauthentications gssapi-with-mic,password,publickey"],
                ["password", "publickey"]
            ),
            (["preferredauthentications password", "passwordauthentication no"], []),
        ] as [([String], [String])])
    func `the methods are those that are allowed, in the order that is wished`(
        lines: [String], methods: [String]
    ) {
        let configuration = OpenSSHConfiguration.parse(lines.joined(separator: "\n"))
        #expect(configuration.login.methods == methods)
    }

    @Test(arguments: [("5", 5), ("0", 0), ("-1", 0), ("x", 3)])
    func `answers may be wrong as often as is said`(
        value: String, tries: Int
    ) {
        #expect(Self.settings("numberofpasswordprompts \(value)").passwordTries == tries)
        #expect(Self.settings().passwordTries == 3)
    }

    @Test func `certificates are kept in their order`() {
        let settings = Self.settings(
            "certificatefile ~/.ssh/a-cert.pub", "certificatefile /etc/b c-cert.pub")
        #expect(settings.certificateFiles == ["~/.ssh/a-cert.pub", "/etc/b c-cert.pub"])
    }
}
