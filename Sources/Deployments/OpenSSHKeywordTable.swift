/// The table itself, by what becomes of the keywords.
extension OpenSSHKeyword {
    /// Those that do here what they do for ssh.
    static let honoured = [
        yes("AddressFamily"),
        yes("BatchMode", "nobody is asked for passwords and passphrases, or about host keys"),
        yes("BindAddress"),
        yes("CanonicalDomains", "by `ssh -G` itself"),
        yes("CanonicalizeFallbackLocal", "by `ssh -G` itself"),
        yes("CanonicalizeHostname", "by `ssh -G` itself"),
        yes("CanonicalizeMaxDots", "by `ssh -G` itself"),
        yes("CanonicalizePermittedCNAMEs", "by `ssh -G` itself"),
        yes("CertificateFile"),
        yes("Ciphers", "as far as ccrun offers them"),
        yes("ConnectionAttempts", "the connection is tried again each second; a command never is"),
        yes("ConnectTimeout", "for each phase up to the login; `--connect-timeout` wins"),
        yes("EscapeChar"),
        yes(
            "ForwardAgent", "with libssh2 1.11 or newer; not to jobs, which outlive the connection"),
        yes("GlobalKnownHostsFile"),
        yes("HashKnownHosts"),
        yes("Host", "the block; `ssh -G` prints what it was asked about"),
        yes("HostKeyAlgorithms", "as far as ccrun offers them"),
        yes("HostKeyAlias"),
        yes("Hostname"),
        yes("IdentitiesOnly"),
        yes("IdentityAgent"),
        yes("IdentityFile", "`-i` goes ahead of it"),
        yes("KbdInteractiveAuthentication"),
        yes("KexAlgorithms", "as far as ccrun offers them"),
        yes("MACs", "as far as ccrun offers them"),
        yes("NumberOfPasswordPrompts"),
        yes("PasswordAuthentication"),
        yes("Port", "`-p` and the inventory win"),
        yes("PreferredAuthentications", "hostbased and gssapi-with-mic are passed over"),
        yes("ProxyCommand"),
        yes("ProxyJump", "chains included"),
        yes("PubkeyAuthentication"),
        yes("RequestTTY", "`-t` and `-T` win"),
        yes("RevokedHostKeys", "text files of keys"),
        yes(
            "SendEnv",
            "sent whatever the server accepts; but for `LANG` and `LC_*`, which the other "
                + "side may not have: `-e LANG` copies one"),
        yes("ServerAliveCountMax"),
        yes("ServerAliveInterval"),
        yes("SetEnv", "sent whatever the server accepts; the inventory and `-e` win"),
        yes(
            "StrictHostKeyChecking",
            "`no` is taken for `accept-new`: a key that changed is "
                + "refused"),
        yes("User", "`-l` and the inventory win"),
        yes("UserKnownHostsFile"),
    ]

    /// Those that nobody misses.
    static let ignored = [
        off("CASignatureAlgorithms", "certificates of hosts are not checked"),
        off("CheckHostIP", "a host is known by its name"),
        off("ClearAllForwardings", "nothing is forwarded"),
        off("Compression", "of no use to the commands that ccrun runs"),
        off("ControlMaster", "a run has a connection of its own"),
        off("ControlPath", "a run has a connection of its own"),
        off("ControlPersist", "a run has a connection of its own"),
        off("EnableSSHKeysign", "no logins by host"),
        off("ExitOnForwardFailure", "nothing is forwarded"),
        off("FingerprintHash", "always SHA256"),
        off("ForkAfterAuthentication", "`--detach` is ccrun's way"),
        off("ForwardX11Timeout", "nothing is forwarded"),
        off("ForwardX11Trusted", "nothing is forwarded"),
        off("GatewayPorts", "nothing is forwarded"),
        off("GSSAPIClientIdentity", "no GSSAPI"),
        off("GSSAPIDelegateCredentials", "no GSSAPI"),
        off("GSSAPIKexAlgorithms", "no GSSAPI"),
        off("GSSAPIRenewalForcesRekey", "no GSSAPI"),
        off("GSSAPIServerIdentity", "no GSSAPI"),
        off("GSSAPITrustDNS", "no GSSAPI"),
        off("HostbasedAcceptedAlgorithms", "no logins by host"),
        off("IPQoS", "the system's"),
        off("LogLevel", "`-v` and `-q`"),
        off("LogVerbose", "`-v` and `-q`"),
        off("NoHostAuthenticationForLocalhost", "every host is verified"),
        off("PermitRemoteOpen", "nothing is forwarded"),
        off("PubkeyAcceptedAlgorithms", "those that fit the key"),
        off("RemoteCommand", "the command is given to ccrun"),
        off("SecurityKeyProvider", "the agent's business"),
        off("StreamLocalBindMask", "nothing is forwarded"),
        off("StreamLocalBindUnlink", "nothing is forwarded"),
        off("SyslogFacility", "nothing is logged there"),
        off("TCPKeepAlive", "always on"),
        off("TunnelDevice", "nothing is forwarded"),
        off("UpdateHostKeys", "keys of hosts are recorded only when they are verified"),
        off("XAuthLocation", "nothing is forwarded"),
    ]

    /// Those that `-v` names where they are set.
    static let unsupported = [
        no("AddKeysToAgent", standard: "false"),
        no("BindInterface"),
        no("DynamicForward"),
        no("EnableEscapeCommandline", standard: "no"),
        no("ForwardX11", standard: "no"),
        no("GSSAPIAuthentication", standard: "no"),
        no("GSSAPIKeyExchange", standard: "no"),
        no("HostbasedAuthentication", standard: "no"),
        no("KnownHostsCommand"),
        no("LocalCommand"),
        no("LocalForward"),
        no("PermitLocalCommand", standard: "no"),
        no("PKCS11Provider"),
        no("ProxyUseFdpass", standard: "no"),
        no("RekeyLimit", standard: "0 0", "keys are renewed when the server asks"),
        no("RemoteForward"),
        no("RequiredRSASize", standard: "1024"),
        no("SessionType", standard: "default"),
        no("StdinNull", standard: "no", "`-n`"),
        no("Tunnel", standard: "false"),
        no("VerifyHostKeyDNS", standard: "false"),
        no("VisualHostKey", standard: "no"),
    ]
    private static func yes(_ name: String, _ remark: String = "") -> OpenSSHKeyword {
        OpenSSHKeyword(name: name, fate: .honoured, remark: remark, standard: nil)
    }

    private static func off(_ name: String, _ remark: String) -> OpenSSHKeyword {
        OpenSSHKeyword(name: name, fate: .ignored, remark: remark, standard: nil)
    }

    private static func no(
        _ name: String, standard: String? = nil, _ remark: String = ""
    ) -> OpenSSHKeyword {
        OpenSSHKeyword(name: name, fate: .unsupported, remark: remark, standard: standard)
    }
}
