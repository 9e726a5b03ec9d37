import Crypto
import CryptoExtras
import Foundation

/// What can be wrong with a packet that is sent.
package enum PacketFlaw: Sendable, Equatable {
    /// The MAC does not fit. Before there are keys, the padding is longer than the packet.
    case badMAC
    /// The length says this.
    case length(UInt32)
    /// The length of the padding says this.
    case padding(UInt8)
}

/// The binary packet protocol over a socket, for one thread (RFC 4253 §6).
final class PacketStream {
    /// The keys of one direction; none of them before the first NEWKEYS.
    struct Protection {
        var cipher: CounterMode?
        var authentication: Authentication?
    }

    var sending = Protection()
    var receiving = Protection()
    private let socket: Descriptor
    private var sendSequence: UInt32 = 0
    private var receiveSequence: UInt32 = 0
    private var incoming: [UInt8] = []
    private var consumed = 0

    init(_ socket: Descriptor) { self.socket = socket }

    // MARK: - Bytes

    func sendRaw(_ bytes: [UInt8]) throws { try socket.write(bytes) }

    /// A line of the identification exchange, without its end (RFC 4253 §4.2).
    func receiveLine() throws -> [UInt8] {
        var line: [UInt8] = []
        while true {
            let byte = try take(1)[0]
            if byte == UInt8(ascii: "\n") { break }
            line.append(byte)
            guard line.count < 1024 else {
                throw TestServerError(
                    .protocolViolation, "cannot read the client's banner", "it is too long")
            }
        }
        return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }

    /// Reads and forgets until the other side ends the connection.
    func discardRest() {
        while let bytes = try? socket.read(), !bytes.isEmpty {}
    }

    // MARK: - Packets

    func send(_ payload: [UInt8], flaw: PacketFlaw? = nil) throws {
        try socket.write(try packet(payload, flaw: flaw))
    }

    /// The first half of the packet that `payload` would travel in.
    func sendHalf(of payload: [UInt8]) throws {
        let whole = try packet(payload, flaw: nil)
        try socket.write(Array(whole.prefix(whole.count / 2)))
    }

    private func packet(_ payload: [UInt8], flaw: PacketFlaw?) throws -> [UInt8] {
        let block = sending.cipher == nil ? 8 : 16
        var padding = block - (5 + payload.count) % block
        if padding < 4 { padding += block }
        var length = UInt32(1 + payload.count + padding)
        var stated = UInt8(padding)
        switch flaw {
        case .length(let wrong): length = wrong
        case .padding(let wrong): stated = wrong
        case .badMAC where sending.cipher == nil: stated = 255
        case .badMAC, nil: break
        }
        let packet = WireWriter().uint32(length).byte(stated).raw(payload)
            .raw(repeatElement(0, count: padding)).bytes
        let tag = sending.authentication?.tag(packet, sequence: sendSequence) ?? []
        let damaged = flaw == .badMAC ? tag.map { ~$0 } : tag
        let body = try sending.cipher?.apply(packet) ?? packet
        sendSequence &+= 1
        return body + damaged
    }

    /// The next packet's payload, which is never empty.
    func receive() throws -> [UInt8] {
        let block = receiving.cipher == nil ? 8 : 16
        let sealedHead = try take(block)
        let head = try receiving.cipher?.apply(sealedHead) ?? sealedHead
        var reader = WireReader(head)
        let length = Int(try reader.uint32())
        guard length <= 262_144, length >= block - 4, (length + 4) % block == 0 else {
            throw TestServerError(
                .protocolViolation, "cannot read a packet", "its length is \(length)")
        }
        let sealedTail = try take(length + 4 - block)
        let tail = try receiving.cipher?.apply(sealedTail) ?? sealedTail
        let packet = head + tail
        if let authentication = receiving.authentication {
            let tag = try take(authentication.length)
            guard tag == authentication.tag(packet, sequence: receiveSequence) else {
                throw TestServerError(
                    .protocolViolation, "cannot read a packet", "its MAC is wrong")
            }
        }
        receiveSequence &+= 1
        let padding = Int(packet[4])
        guard length > padding + 1 else {
            throw TestServerError(.protocolViolation, "cannot read a packet", "it is empty")
        }
        return Array(packet[5..<(4 + length - padding)])
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while incoming.count - consumed < count {
            if consumed > 0 {
                incoming.removeFirst(consumed)
                consumed = 0
            }
            let chunk = try socket.read()
            guard !chunk.isEmpty else {
                throw TestServerError(
                    .connectionEnded, "cannot read on", "the client ended the connection")
            }
            incoming += chunk
        }
        defer { consumed += count }
        return Array(incoming[consumed..<(consumed + count)])
    }
}

/// AES in counter mode, its counter carried from packet to packet (RFC 4344 §4).
struct CounterMode {
    private let key: SymmetricKey
    private var counter: [UInt8]

    init(key: [UInt8], counter: [UInt8]) {
        self.key = SymmetricKey(data: key)
        self.counter = counter
    }

    /// Encrypts or decrypts whole blocks.
    mutating func apply(_ bytes: [UInt8]) throws -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        let nonce = try AES._CTR.Nonce(nonceBytes: counter)
        let result = try AES._CTR.encrypt(bytes, using: key, nonce: nonce)
        advance(by: bytes.count / 16)
        return Array(result)
    }

    private mutating func advance(by blocks: Int) {
        var carry = blocks
        for index in counter.indices.reversed() where carry > 0 {
            carry += Int(counter[index])
            counter[index] = UInt8(truncatingIfNeeded: carry)
            carry >>= 8
        }
    }
}

/// An HMAC over the sequence number and the plain packet (RFC 4253 §6.4, RFC 6668).
struct Authentication {
    private let key: SymmetricKey
    private let isLong: Bool

    init(key: [UInt8]) {
        self.key = SymmetricKey(data: key)
        isLong = key.count == 64
    }

    var length: Int { isLong ? 64 : 32 }

    func tag(_ packet: [UInt8], sequence: UInt32) -> [UInt8] {
        let message = WireWriter().uint32(sequence).raw(packet).bytes
        return isLong
            ? Array(HMAC<SHA512>.authenticationCode(for: message, using: key))
            : Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
    }
}
