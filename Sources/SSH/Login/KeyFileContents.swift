/// What stands in a key file, told apart by format; a private key in it may still be encrypted.
enum KeyFileContents: Sendable {
    case container(OpenSSHKeyContainer)
    case pem(PEMBlock)
    /// Only a public key, as in a `.pub` file; the private one may be in the agent.
    case publicKey(PublicKey)

    init(_ file: [UInt8]) throws(KeyFileProblem) {
        if let block = try PEMBlock.privateKey(in: file) {
            try self.init(block)
        } else if let key = PublicKey.parse(file: file) {
            self = .publicKey(key)
        } else {
            throw .malformed("there is no private key in it")
        }
    }

    init(_ block: PEMBlock) throws(KeyFileProblem) {
        self =
            block.label == "OPENSSH PRIVATE KEY"
            ? .container(try OpenSSHKeyContainer(block.contents)) : .pem(block)
    }

    var isEncrypted: Bool {
        switch self {
        case .container(let container): container.isEncrypted
        case .pem(let block):
            block.label == "ENCRYPTED PRIVATE KEY" || block.isTraditionallyEncrypted
        case .publicKey: false
        }
    }

    var holdsPrivateKey: Bool {
        if case .publicKey = self { return false }
        return true
    }

    /// Makes the private key; the passphrase matters only where it is encrypted.
    func open(passphrase: [UInt8]) throws(KeyFileProblem) -> PrivateKey {
        switch self {
        case .container(let container):
            return try container.open(passphrase: passphrase)
        case .pem(let block) where isEncrypted:
            return try Self.openEncrypted(block, passphrase: passphrase)
        case .pem(let block):
            return try Self.read(block.contents, label: block.label)
        case .publicKey:
            throw .malformed("it holds only the public half, and no agent has the other")
        }
    }

    private static func openEncrypted(
        _ block: PEMBlock, passphrase: [UInt8]
    ) throws(KeyFileProblem) -> PrivateKey {
        let isTraditional = block.isTraditionallyEncrypted
        let der =
            isTraditional
            ? try PEMEncryption.openTraditional(block, passphrase: passphrase)
            : try PEMEncryption.openPKCS8(block.contents, passphrase: passphrase)
        do throws(KeyFileProblem) {
            return try read(der, label: isTraditional ? block.label : "PRIVATE KEY")
        } catch {
            // One wrong passphrase in 256 leaves something that looks padded; it is no key then.
            if case .malformed = error { throw .wrongPassphrase }
            throw error
        }
    }

    private static func read(_ der: [UInt8], label: String) throws(KeyFileProblem) -> PrivateKey {
        switch label {
        case "RSA PRIVATE KEY": try DERPrivateKey.rsa(der)
        case "EC PRIVATE KEY": try DERPrivateKey.ec(der)
        case "PRIVATE KEY": try DERPrivateKey.pkcs8(der)
        default: throw .unsupported("\"\(cleaned(label.utf8))\" is not supported")
        }
    }
}

extension PEMBlock {
    /// Whether the headers say that OpenSSL encrypted the contents the old way (RFC 1421 §4.6.1.1).
    var isTraditionallyEncrypted: Bool {
        headers["Proc-Type"]?.hasSuffix("ENCRYPTED") ?? false
    }
}
