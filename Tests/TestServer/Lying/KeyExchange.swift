import Crypto
import Foundation

extension Conversation {
    private typealias Choice = (cipher: [String], mac: [String], extensionInfo: Bool)

    /// Exchanges keys by curve25519-sha256 (RFC 8731), the first time or anew (RFC 4253 §9).
    ///
    /// `clientInit` is the client's KEXINIT where that came first.
    func exchangeKeys(clientInit: [UInt8]?) throws {
        let isFirst = sessionID.isEmpty
        if isFirst { try reach(.kexInit) }
        let ourInit = kexInit()
        try send(ourInit)
        let theirInit = try clientInit ?? receiveKexInit()
        let choice = try choose(theirInit)

        var request = WireReader(try receive(Message.kexECDHInit).dropFirst())
        let clientKey = try request.string()
        let ephemeral = Curve25519.KeyAgreement.PrivateKey()
        let secret = try ephemeral.sharedSecretFromKeyAgreement(
            with: .init(rawRepresentation: clientKey))
        let serverKey = Array(ephemeral.publicKey.rawRepresentation)
        let hostKey = signingKey(isFirst: isFirst)
        let keyBlob = hostKeyBlob(hostKey)
        let shared = WireWriter().mpint(secret.withUnsafeBytes { Array($0) }).bytes
        let identification = script.identification.prefix { $0 != 13 && $0 != 10 }
        let transcript = WireWriter().string(clientIdentification).string(identification)
            .string(theirInit).string(ourInit).string(keyBlob).string(clientKey)
            .string(serverKey).raw(shared).bytes
        let hash = Array(SHA256.hash(data: transcript))
        if isFirst { sessionID = hash }

        let signature = WireWriter().string("ssh-ed25519")
            .string(Array(try hostKey.signature(for: hash))).bytes
        if isFirst { try reach(.kexReply) }
        try send(
            WireWriter(Message.kexECDHReply).string(keyBlob).string(serverKey).string(signature)
                .bytes)
        if isFirst { try reach(.newKeys) }
        try send([Message.newKeys])
        stream.sending = protection(choice.cipher[1], choice.mac[1], "BDF", shared, hash)
        if isFirst && choice.extensionInfo { try sendExtensionInfo() }
        _ = try receive(Message.newKeys)
        stream.receiving = protection(choice.cipher[0], choice.mac[0], "ACE", shared, hash)
        note(.keysExchanged(cipher: choice.cipher[0], mac: choice.mac[0]))
    }

    private func kexInit() -> [UInt8] {
        let offer = script.algorithms
        var writer = WireWriter(Message.kexInit).raw(random.bytes(16))
        for names in [
            offer.keyExchange, offer.hostKey, offer.ciphers, offer.ciphers, offer.macs,
            offer.macs, offer.compression, offer.compression, [], [],
        ] {
            writer = writer.nameList(names)
        }
        return writer.boolean(false).uint32(0).bytes
    }

    /// The next KEXINIT.
    ///
    /// When keys are renewed by us, the client may have said more before it.
    private func receiveKexInit() throws -> [UInt8] {
        while true {
            let payload = try stream.receive()
            if payload[0] == Message.kexInit { return payload }
            try handle(payload)
        }
    }

    private func receive(_ number: UInt8) throws -> [UInt8] {
        while true {
            let payload = try stream.receive()
            switch payload[0] {
            case number: return payload
            case Message.disconnect...Message.debug: try handle(payload)
            case let other:
                throw TestServerError(
                    .protocolViolation, "cannot exchange keys",
                    "message \(other) came where \(number) is due")
            }
        }
    }

    /// The first of the client's algorithms that the server offers too (RFC 4253 §7.1).
    private func choose(_ theirInit: [UInt8]) throws -> Choice {
        var reader = WireReader(theirInit.dropFirst(17))
        let theirs = try (0..<10).map { _ in try reader.nameList() }
        if sessionID.isEmpty {
            note(.algorithms(keyExchange: theirs[0], hostKeys: theirs[1], ciphers: theirs[2]))
        }
        let offer = script.algorithms
        let ours = [
            offer.keyExchange, offer.hostKey, offer.ciphers, offer.ciphers, offer.macs,
            offer.macs, offer.compression, offer.compression,
        ]
        let chosen = try zip(theirs, ours).map { theirs, ours in
            guard let common = theirs.first(where: ours.contains) else {
                throw TestServerError(
                    .protocolViolation, "cannot agree on an algorithm",
                    "the client has \(theirs), the server \(ours)")
            }
            return common
        }
        let honest = Algorithms()
        let all = honest.keyExchange + honest.hostKey + honest.ciphers + honest.macs + ["none"]
        guard chosen.allSatisfy(all.contains) else {
            throw TestServerError(
                .protocolViolation, "cannot use what was agreed on", "\(chosen)")
        }
        return (
            Array(chosen[2...3]), Array(chosen[4...5]), theirs[0].contains("ext-info-c")
        )
    }

    /// Keys of one direction: IV, cipher and MAC under three letters (RFC 4253 §7.2).
    private func protection(
        _ cipher: String, _ mac: String, _ letters: String, _ shared: [UInt8], _ hash: [UInt8]
    ) -> PacketStream.Protection {
        let keyLength = ["aes128-ctr": 16, "aes192-ctr": 24][cipher] ?? 32
        let lengths = [16, keyLength, mac == "hmac-sha2-512" ? 64 : 32]
        let keys = zip(letters.utf8, lengths).map { letter, length in
            var key = Array(SHA256.hash(data: shared + hash + [letter] + sessionID))
            while key.count < length { key += Array(SHA256.hash(data: shared + hash + key)) }
            return Array(key.prefix(length))
        }
        return .init(
            cipher: CounterMode(key: keys[1], counter: keys[0]),
            authentication: Authentication(key: keys[2]))
    }

    private func sendExtensionInfo() throws {
        try send(
            WireWriter(Message.extensionInfo).uint32(1).string("server-sig-algs")
                .nameList(script.algorithms.signatures).bytes)
    }
}

/// A host key as it travels (RFC 8709 §4).
func hostKeyBlob(_ key: Curve25519.Signing.PrivateKey) -> [UInt8] {
    WireWriter().string("ssh-ed25519").string(Array(key.publicKey.rawRepresentation)).bytes
}
