/// The algorithms that a server offers: the lists of its SSH_MSG_KEXINIT (RFC 4253, 7.1).
struct ServerOffer: Sendable, Equatable {
    private static let messageNumber: UInt8 = 20
    /// Every implementation takes so much (RFC 4253, 6.1); OpenSSH's own limit is 256 KiB.
    private static let largestPacket = 256 << 10

    var keyExchange: [String]
    var hostKeys: [String]
    /// Those of each direction, from the client and from the server.
    var ciphers: [[String]]
    var codes: [[String]]

    /// Finds the lists in what a server has sent first, which is not encrypted; nil where they are not.
    init?(opening: [UInt8]) {
        guard let packets = Self.skippingIdentification(opening) else { return nil }
        var reader = WireReader(Array(packets))
        while let payload = Self.nextPayload(&reader) {
            guard payload.first == Self.messageNumber else { continue }
            self.init(payload: payload)
            return
        }
        return nil
    }

    private init?(payload: [UInt8]) {
        var reader = WireReader(payload)
        // The message's number and a cookie.
        guard reader.readBytes(1 + 16) != nil else { return nil }
        var lists: [[String]] = []
        while lists.count < 6 {
            guard let text = reader.readString() else { return nil }
            lists.append(text.split(separator: UInt8(ascii: ",")).map { cleaned($0, limit: 64) })
        }
        keyExchange = lists[0]
        hostKeys = lists[1]
        ciphers = [lists[2], lists[3]]
        codes = [lists[4], lists[5]]
    }

    /// What follows the line that begins with `SSH-`; a server may send other lines before it.
    private static func skippingIdentification(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            if line.starts(with: "SSH-".utf8) { return rest }
        }
        return nil
    }

    private static func nextPayload(_ reader: inout WireReader) -> [UInt8]? {
        guard let length = reader.readUInt32(), length <= largestPacket,
            let packet = reader.readBytes(Int(length)), let padding = packet.first,
            Int(padding) < packet.count
        else { return nil }
        return Array(packet.dropFirst().dropLast(Int(padding)))
    }
}
