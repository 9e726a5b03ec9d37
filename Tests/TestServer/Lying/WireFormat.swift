import Foundation

/// Numbers of the messages that the server knows (RFC 4250 §4.1).
package enum Message {
    package static let disconnect: UInt8 = 1
    package static let ignore: UInt8 = 2
    package static let unimplemented: UInt8 = 3
    package static let debug: UInt8 = 4
    package static let serviceRequest: UInt8 = 5
    package static let serviceAccept: UInt8 = 6
    package static let extensionInfo: UInt8 = 7
    package static let kexInit: UInt8 = 20
    package static let newKeys: UInt8 = 21
    package static let kexECDHInit: UInt8 = 30
    package static let kexECDHReply: UInt8 = 31
    package static let userauthRequest: UInt8 = 50
    package static let userauthFailure: UInt8 = 51
    package static let userauthSuccess: UInt8 = 52
    package static let userauthBanner: UInt8 = 53
    /// SSH_MSG_USERAUTH_PK_OK and SSH_MSG_USERAUTH_INFO_REQUEST, by the method under way.
    package static let userauthContinue: UInt8 = 60
    package static let userauthInfoResponse: UInt8 = 61
    package static let globalRequest: UInt8 = 80
    package static let requestSuccess: UInt8 = 81
    package static let requestFailure: UInt8 = 82
    package static let channelOpen: UInt8 = 90
    package static let channelOpenConfirmation: UInt8 = 91
    package static let channelOpenFailure: UInt8 = 92
    package static let channelWindowAdjust: UInt8 = 93
    package static let channelData: UInt8 = 94
    package static let channelExtendedData: UInt8 = 95
    package static let channelEOF: UInt8 = 96
    package static let channelClose: UInt8 = 97
    package static let channelRequest: UInt8 = 98
    package static let channelSuccess: UInt8 = 99
    package static let channelFailure: UInt8 = 100
}

/// Puts a message together from the types of RFC 4251 §5.
package struct WireWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(_ message: UInt8? = nil) {
        if let message { bytes.append(message) }
    }

    package func byte(_ value: UInt8) -> WireWriter { raw([value]) }

    package func boolean(_ value: Bool) -> WireWriter { raw([value ? 1 : 0]) }

    package func uint32(_ value: UInt32) -> WireWriter {
        raw((0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) })
    }

    package func string(_ value: some Collection<UInt8>) -> WireWriter {
        uint32(UInt32(value.count)).raw(value)
    }

    package func string(_ value: String) -> WireWriter { string(Array(value.utf8)) }

    package func nameList(_ names: [String]) -> WireWriter {
        string(names.joined(separator: ","))
    }

    /// A non-negative number, given by its bytes, the highest first.
    package func mpint(_ value: some Collection<UInt8>) -> WireWriter {
        let digits = Array(value.drop { $0 == 0 })
        return string((digits.first ?? 0) >= 0x80 ? [0] + digits : digits)
    }

    package func raw(_ value: some Collection<UInt8>) -> WireWriter {
        var copy = self
        copy.bytes.append(contentsOf: value)
        return copy
    }
}

/// Takes a message apart; throws where it is too short.
struct WireReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: some Collection<UInt8>) { rest = Array(bytes)[...] }

    mutating func bytes(_ count: Int) throws -> [UInt8] {
        guard count <= rest.count else {
            throw TestServerError(
                .protocolViolation, "cannot read a message",
                "\(count) bytes are wanted where \(rest.count) are left")
        }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func byte() throws -> UInt8 { try bytes(1)[0] }

    mutating func boolean() throws -> Bool { try byte() != 0 }

    mutating func uint32() throws -> UInt32 {
        try bytes(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func string() throws -> [UInt8] { try bytes(Int(uint32())) }

    mutating func text() throws -> String { String(decoding: try string(), as: UTF8.self) }

    mutating func nameList() throws -> [String] {
        try text().split(separator: ",").map { String($0) }
    }
}
