internal import CLibSSH2
internal import CLibSSH2Shims

/// One key offered to the server: the query, the signature, and the channel open that rides on it.
final class PublicKeyExchange {
    enum Result {
        case accepted
        case refused
        /// The key is good, and the server wants another method after it.
        case partial
        /// The server would take the key, but it could not be used.
        case notSigned(SSHError)
    }

    typealias Signer =
        (_ data: [UInt8], _ algorithm: String) throws(SSHError) -> AgentClient.Signature

    private let session: Session
    private let user: String
    private let offer: KeyOffer
    private let sendingAhead: Bool
    private let signer: Signer
    private var hasSigned = false
    private var hasSentAhead = false
    private var signingError: SSHError?

    init(
        session: Session, user: String, offer: KeyOffer, sendingAhead: Bool,
        signer: @escaping Signer
    ) {
        self.session = session
        self.user = user
        self.offer = offer
        self.sendingAhead = sendingAhead
        self.signer = signer
    }

    func perform(until deadline: () -> Deadline) throws(SSHError) -> Result {
        let attempted = "cannot log in as \"\(user)\" at \(session.address)"
        let refusalCount = session.wire.refusalCount
        while true {
            let code = request()
            if code == 0 { return .accepted }
            if let signingError { return .notSigned(signingError) }
            if code == LIBSSH2_ERROR_EAGAIN {
                sendOpenAheadOnce()
                if hasSigned { session.useTheWait() }
                try session.turn(attempted, until: deadline())
                continue
            }
            if hasSentAhead {
                let reason =
                    session.wire.hasPartialSuccess
                    ? "the server wants more than a key"
                    : "the server does not take requests sent ahead"
                throw SSHError(.pipeliningRefused, attempted, underlying: reason)
            }
            if code == LIBSSH2_ERROR_METHOD_NONE { return .notSigned(unsupported(attempted)) }
            // libssh2 calls anything that goes wrong here a refusal; the server has said so, or not.
            if session.wire.refusalCount > refusalCount {
                return session.wire.hasPartialSuccess ? .partial : .refused
            }
            throw session.error(code, attempted)
        }
    }

    private func unsupported(_ attempted: String) -> SSHError {
        SSHError(
            .unsupported, attempted, underlying: "the server takes no signature this key can make")
    }

    private func request() -> CInt {
        withExtendedLifetime(self) {
            // libssh2 hands the last argument to the callback as it is.
            let context = Unmanaged.passUnretained(self).toOpaque()
            return ccr_public_key(
                session.wire.raw, session.raw, user, offer.blob, offer.blob.count, offer.announced,
                signWithExchange, context)
        }
    }

    /// Once the signed request is queued, the channel open may follow it: sshd reads both in order.
    private func sendOpenAheadOnce() {
        guard sendingAhead, hasSigned, !hasSentAhead else { return }
        hasSentAhead = true
        Channel.sendOpenAhead(on: session)
    }

    /// Signs what libssh2 composed; nil when that cannot be done, with the reason kept.
    private func signature(of data: [UInt8]) -> AgentClient.Signature? {
        guard let algorithm = Self.algorithm(in: data) else {
            signingError = SSHError(
                .protocolError, "cannot sign", underlying: "libssh2 sent no name")
            return nil
        }
        do {
            let signature = try signer(data, algorithm)
            hasSigned = true
            return signature
        } catch {
            signingError = error
            return nil
        }
    }

    /// What libssh2 is handed for the signature of what it composed; nil when there is none.
    fileprivate func material(for data: [UInt8]) -> (memory: UnsafeMutableRawPointer, count: Int)? {
        guard let signature = signature(of: data) else { return nil }
        switch offer.composition {
        case .inner: return Self.memory(holding: signature.signature)
        case .afterName: return Self.memory(holding: signature.afterName)
        case .whole(let nameLength):
            var reader = WireReader(data)
            guard let identifier = reader.readString() else { return nil }
            let blob = signature.blob
            var count = 0
            let standIn = ccr_stand_in(
                session.wire.raw, blob, blob.count, data.count - 4 - identifier.count, nameLength,
                &count)
            return standIn.map { ($0, count) }
        }
    }

    private static func memory(
        holding bytes: [UInt8]
    ) -> (memory: UnsafeMutableRawPointer, count: Int)? {
        guard let memory = ccr_allocate(bytes.count) else { return nil }
        UnsafeMutableRawBufferPointer(start: memory, count: bytes.count).copyBytes(from: bytes)
        return (memory, bytes.count)
    }

    /// The algorithm's name in the data to sign (RFC 4252, 7): session id, request, user, service,
    /// method, true, name, key.
    private static func algorithm(in data: [UInt8]) -> String? {
        var reader = WireReader(data)
        guard reader.readString() != nil, reader.readByte() == 50, reader.readString() != nil,
            reader.readString() != nil, reader.readString() != nil, reader.readByte() == 1
        else { return nil }
        return reader.readName()
    }
}

/// libssh2's callback; what it returns in `signature` is freed by libssh2 through our allocator.
private func signWithExchange(
    _ session: OpaquePointer?, _ signature: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?,
    _ length: UnsafeMutablePointer<Int>?, _ data: UnsafePointer<UInt8>?, _ count: Int,
    _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> CInt {
    guard let context, let data, let signature, let length else { return -1 }
    let exchange = Unmanaged<PublicKeyExchange>.fromOpaque(context).takeUnretainedValue()
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    guard let material = exchange.material(for: bytes) else { return -1 }
    signature.pointee = material.memory.assumingMemoryBound(to: UInt8.self)
    length.pointee = material.count
    return 0
}
