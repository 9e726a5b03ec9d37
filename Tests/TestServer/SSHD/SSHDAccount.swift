import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A password that exists for one `PrivateSSHD` only, and the PAM modules that ask for it and more.
///
/// sshd looks them up in /etc/shadow and /etc/pam.d. It gets files of its own there, in a mount
/// namespace that no other process sees; making one takes root.
package struct SSHDAccount: Sendable {
    /// What the user logs in with; `hash` belongs to it.
    package static let password = "corr\u{E9}ct horse"
    private static let hash =
        "$6$ccruntest$08N/U36cMcsFBTbUcU6MaGSOyNCvMSPJachcoE255onzMDh"
        + "eUWnwa1lePU/ZnbDV9KIluGe6/GibXqE6zeQh2."

    /// One-time codes that are good once each, as pam_google_authenticator(8) has for emergencies.
    package static let codes = ["11111111", "22222222", "33333333", "44444444", "55555555"]

    /// What is asked; lines of pam.d(5) without their first word, which is `auth`.
    package var modules: [String]

    /// `modules`: none for the password alone, without PAM.
    package init(modules: [String] = []) { self.modules = modules }

    /// The password, and after it a code that may be seen.
    package static let passwordAndCode = SSHDAccount(modules: [
        "required pam_unix.so",
        "required pam_google_authenticator.so secret=@CODES@ user=root echo_verification_code",
    ])

    /// Whether the machine lets us have one.
    package static let isPossible =
        getuid() == 0 && FileManager.default.fileExists(atPath: "/etc/shadow")
        && (try? ChildProcess.run("/usr/bin/unshare", ["-m", "true"]).status) == .exited(0)

    /// Writes its files, and returns the program and arguments that run `command` among them.
    func prepare(
        in folder: ScratchFolder, user: String, command: [String]
    ) throws -> (program: String, arguments: [String]) {
        let codes = try folder.write(
            "JBSWY3DPEHPK3PXPJBSWY3DPEH\n\" TOTP_AUTH\n"
                + Self.codes.joined(separator: "\n") + "\n", to: "codes")
        let shadow = try folder.write("\(user):\(Self.hash):19000:0:99999:7:::\n", to: "shadow")
        for path in [codes, shadow] { chmod(path, 0o600) }
        var rules = modules.map { "auth \($0.replacing("@CODES@", with: codes))\n" }.joined()
        rules += "account required pam_permit.so\nsession required pam_permit.so\n"
        for name in ["sshd", "other"] { try folder.write(rules, to: "pam.d/\(name)") }
        let script = """
            mount --make-rprivate / && mount --bind "$0/pam.d" /etc/pam.d \
                && mount --bind "$0/shadow" /etc/shadow && exec "$@"
            """
        return ("/usr/bin/unshare", ["-m", "sh", "-c", script, folder.path] + command)
    }
}
