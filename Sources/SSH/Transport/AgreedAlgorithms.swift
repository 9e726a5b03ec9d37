internal import CLibSSH2

extension Session {
    /// What both sides have agreed on, in the order of RFC 4253, 7.1: key exchange, host key, cipher, MAC
    /// of what we send; empty before the handshake.
    package var agreedAlgorithms: [String] {
        [
            LIBSSH2_METHOD_KEX, LIBSSH2_METHOD_HOSTKEY, LIBSSH2_METHOD_CRYPT_CS,
            LIBSSH2_METHOD_MAC_CS,
        ]
        .compactMap { method in
            libssh2_session_methods(raw, method).map { name in
                cleaned(UnsafeRawBufferPointer(start: name, count: Self.length(of: name)))
            }
        }
    }

    private static func length(of name: UnsafePointer<CChar>) -> Int {
        var length = 0
        while length < 255, name[length] != 0 { length += 1 }
        return length
    }
}
