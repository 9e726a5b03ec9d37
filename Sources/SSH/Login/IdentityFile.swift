#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that holds a private key, read but not yet unlocked.
package struct IdentityFile: Sendable {
    /// OpenSSH's own bound (sshkey.c, MAX_KEY_FILE_SIZE).
    static let largestFile = 1 << 20

    package let path: String
    /// Known from the file itself, or from `PATH.pub`; nil for an encrypted PEM file without that.
    package let publicKey: PublicKey?
    private let contents: KeyFileContents

    /// Reads a private key of any of OpenSSH's formats, or a public key whose other half is in an agent.
    ///
    /// Throws `identity` where the file is missing, holds no key that can be read, or is open to others,
    /// and `unsupported` for a format or a type of key that we do not have.
    package static func load(path: String) throws(SSHError) -> IdentityFile {
        do throws(KeyFileProblem) {
            return try IdentityFile(path: path)
        } catch {
            throw error.explained(path)
        }
    }

    /// Reads a private key that came as a text, which messages call `name`.
    ///
    /// Throws as `load(path:)` does.
    package static func read(_ text: String, called name: String) throws(SSHError) -> IdentityFile {
        do throws(KeyFileProblem) {
            let contents = try KeyFileContents(Array(text.utf8))
            guard contents.holdsPrivateKey else {
                throw .malformed("there is no private key in it")
            }
            return try IdentityFile(contents, path: name, publicKeyBeside: nil)
        } catch {
            throw error.explained(name)
        }
    }

    /// Whether a passphrase is needed to unlock it.
    package var isEncrypted: Bool { contents.isEncrypted }

    /// Whether there is a private key in the file at all.
    package var holdsPrivateKey: Bool { contents.holdsPrivateKey }

    /// Makes the private key; the passphrase matters only for an encrypted file.
    ///
    /// Throws `wrongPassphrase` where another one may do, `unsupported` for a cipher or a type of key
    /// that we do not have, and `identity` for everything else.
    package func unlock(passphrase: [UInt8]?) throws(SSHError) -> PrivateKey {
        do throws(KeyFileProblem) {
            if isEncrypted, passphrase == nil { throw .passphraseMissing }
            let key = try contents.open(passphrase: passphrase ?? [])
            // The server was asked about the public key, which may come from a `.pub` file gone stale.
            guard publicKey == nil || publicKey?.blob == key.publicKey.blob else {
                throw .malformed("\"\(path).pub\" is the public half of another key")
            }
            return key
        } catch {
            throw error.explained(path)
        }
    }

    private init(path: String) throws(KeyFileProblem) {
        guard let file = try Self.read(path) else {
            guard let key = try Self.publicKey(beside: path) else {
                throw .unreadable(describe(errno: ENOENT))
            }
            try self.init(.publicKey(key), path: path, publicKeyBeside: nil)
            return
        }
        let contents = try KeyFileContents(file.bytes)
        if contents.holdsPrivateKey { try Self.checkPermissions(of: file) }
        try self.init(contents, path: path, publicKeyBeside: path)
    }

    /// `beside`: the file whose `.pub` tells the public half where the contents do not.
    private init(
        _ contents: KeyFileContents, path: String, publicKeyBeside beside: String?
    ) throws(KeyFileProblem) {
        self.path = path
        self.contents = contents
        switch contents {
        case .publicKey(let key): publicKey = key
        case .container(let container): publicKey = container.publicKey
        case .pem where contents.isEncrypted:
            publicKey = try beside.map(Self.publicKey(beside:)) ?? nil
        case .pem: publicKey = try contents.open(passphrase: []).publicKey
        }
    }

    private static func publicKey(beside path: String) throws(KeyFileProblem) -> PublicKey? {
        try read(path + ".pub").flatMap { PublicKey.parse(file: $0.bytes) }
    }

    private static func read(_ path: String) throws(KeyFileProblem) -> SmallFile? {
        do throws(SmallFile.Problem) {
            return try SmallFile(path, limit: largestFile)
        } catch {
            guard case .unreadable(let reason) = error else { return nil }
            throw .unreadable(reason)
        }
    }

    /// The rule of ssh (authfile.c, sshkey_perm_ok): a file of one's own has to be closed to others.
    private static func checkPermissions(of file: SmallFile) throws(KeyFileProblem) {
        guard file.owner == getuid(), file.permissions & 0o077 != 0 else { return }
        throw .openToOthers(permissions: file.permissions)
    }
}

// MARK: - Descriptions

extension IdentityFile: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "identity file \"\(path)\"" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["path": path]) }
}
