extension KnownHosts {
    /// One line of a known_hosts file that could be read.
    package struct Line: Sendable, Equatable {
        package enum Marker: Sendable, Equatable {
            case none
            /// `@revoked`: the key must never be accepted.
            case revoked
            /// `@cert-authority`: the key signs host certificates, which are not supported here.
            case certAuthority
        }

        package let file: String
        /// Counted from 1.
        package let number: Int
        package let marker: Marker
        package let key: HostKey
        let names: HostNames

        package var keyType: String { key.type }
        package var blob: [UInt8] { key.blob }
        package var fingerprint: String { key.fingerprint }
        /// `FILE:NUMBER`, as messages name the line.
        package var place: String { "\(file):\(number)" }
    }
}

extension KnownHosts.Line {
    /// Why a line says nothing: `blank` for comments too.
    enum Unusable: Error, Equatable {
        case blank
        case malformed(reason: String)
    }

    /// Reads `[MARKER] NAMES KEYTYPE BASE64 [COMMENT]`, fields parted by blanks and tabs.
    init(_ text: ArraySlice<UInt8>, file: String, number: Int) throws(Unusable) {
        var rest = text.last == UInt8(ascii: "\r") ? text.dropLast() : text
        guard var field = Self.nextField(&rest), field.first != UInt8(ascii: "#") else {
            throw .blank
        }
        var marker = Marker.none
        if field.first == UInt8(ascii: "@") {
            marker = try Self.marker(field)
            guard let names = Self.nextField(&rest) else { throw .malformed(reason: "no host") }
            field = names
        }
        guard let names = HostNames(field: field) else {
            throw .malformed(reason: "a hashed name that cannot be read")
        }
        guard let type = Self.nextField(&rest), let encoded = Self.nextField(&rest) else {
            throw .malformed(reason: "no key")
        }
        guard let blob = Base64.decode(encoded), let key = HostKey(blob: blob) else {
            throw .malformed(reason: "a key that cannot be read")
        }
        guard type.elementsEqual(key.type.utf8) else {
            throw .malformed(reason: "a key of another type than the line says")
        }
        self.init(file: file, number: number, marker: marker, key: key, names: names)
    }

    private static func marker(_ field: ArraySlice<UInt8>) throws(Unusable) -> Marker {
        if field.elementsEqual("@revoked".utf8) { return .revoked }
        if field.elementsEqual("@cert-authority".utf8) { return .certAuthority }
        throw .malformed(reason: "an unknown marker")
    }

    private static func nextField(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let start = rest.drop(while: isBlank)
        guard !start.isEmpty else { return nil }
        let field = start.prefix { !isBlank($0) }
        rest = start[field.endIndex...]
        return field
    }
}
