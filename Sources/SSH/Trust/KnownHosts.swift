/// What the known_hosts files say about servers, read once (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).
///
/// libssh2's own reader is not used: it takes a key that is revoked on one line and listed on another for
/// good, a new key of another type for an unknown host, and stops at the first line it cannot read.
package struct KnownHosts: Sendable {
    /// Far above any real file; bounds the time that a stray file can cost.
    static let largestFile = 16 << 20

    /// The lines that could be read, in the order of the files.
    package let lines: [Line]
    /// One text for each line that was skipped, and for each file that is there but cannot be read.
    package let warnings: [String]
    /// Files that are there but cannot be read: what they say of a host is not known.
    package let unreadableFiles: [String]
    /// A file of revoked keys that cannot be used: then no key is known to be good.
    let unusableRevokedKeys: RevokedKeys.Unusable?

    /// Reads the files that are there; missing ones are no matter.
    ///
    /// `text`: lines that came as a text, and what messages call it; they stand ahead of the files'.
    /// `revokedKeys`: files of RevokedHostKeys, which have to be there.
    package init(
        files: [String], text: (name: String, text: String)? = nil, revokedKeys: [String] = []
    ) {
        var lines: [Line] = []
        var warnings: [String] = []
        var unreadableFiles: [String] = []
        var unusable: RevokedKeys.Unusable?
        if let text {
            Self.read(Array(text.text.utf8), of: text.name, into: &lines, warnings: &warnings)
        }
        for file in files {
            do throws(SmallFile.Problem) {
                let contents = try SmallFile(file, limit: Self.largestFile)
                Self.read(contents.bytes, of: file, into: &lines, warnings: &warnings)
            } catch {
                guard case .unreadable(let reason) = error else { continue }
                warnings.append("cannot read \"\(file)\": \(reason)")
                unreadableFiles.append(file)
            }
        }
        for file in revokedKeys {
            do throws(RevokedKeys.Unusable) {
                let keys = try RevokedKeys(file: file)
                lines += keys.lines
                warnings += keys.warnings
            } catch {
                unusable = error
            }
        }
        unusableRevokedKeys = unusable
        self.lines = lines
        self.warnings = warnings
        self.unreadableFiles = unreadableFiles
    }

    /// What is to be thought of a key that a server showed.
    package enum Verdict: Sendable, Equatable {
        case trusted(Line)
        /// No line names the host.
        case unknown
        /// The host is known by another key of the same type, on these lines.
        case changed([Line])
        /// The key must never be accepted, from any host.
        case revoked(Line)
        /// The host is known, by keys of other types only: to take a new key here is to trust an impostor.
        case onlyOtherTypes([Line])
    }

    /// Judges a key; a `@revoked` line with this key beats every other line, whatever hosts it names.
    ///
    /// On a port other than 22 the lines for `[name]:port` decide. Where there are none, the very
    /// key on a line for the bare name is trusted too, as ssh does ("found matching key w/out port"), but a
    /// different key there proves nothing: two ports of a machine may be two servers.
    package func verdict(on key: HostKey, name: String, port: UInt16) -> Verdict {
        if let line = lines.first(where: { $0.marker == .revoked && $0.key == key }) {
            return .revoked(line)
        }
        let known = plainLines(for: HostNames.name(of: name, port: port))
        if let line = known.first(where: { $0.key == key }) { return .trusted(line) }
        let sameType = known.filter { $0.keyType == key.type }
        if !sameType.isEmpty { return .changed(sameType) }
        if !known.isEmpty { return .onlyOtherTypes(known) }
        let bare = port == 22 ? [] : plainLines(for: HostNames.name(of: name, port: 22))
        if let line = bare.first(where: { $0.key == key }) { return .trusted(line) }
        return .unknown
    }

    /// The types of the keys held for a host, in file order: asked for first, they give a key to compare.
    package func keyTypes(forName name: String, port: UInt16) -> [String] {
        var known = plainLines(for: HostNames.name(of: name, port: port))
        if known.isEmpty { known = plainLines(for: HostNames.name(of: name, port: 22)) }
        return known.reduce(into: []) { types, line in
            if !types.contains(line.keyType) { types.append(line.keyType) }
        }
    }

    /// Whether a `@cert-authority` line names the host: it would have to be told that we cannot use it.
    package func holdsCertificateAuthority(forName name: String, port: UInt16) -> Bool {
        lines(for: HostNames.name(of: name, port: port)).contains { $0.marker == .certAuthority }
    }

    /// Every line that names a host, markers included: what `ssh-keygen -F` finds.
    func lines(for name: [UInt8]) -> [Line] {
        lines.filter { $0.names.match(name) }
    }

    private func plainLines(for name: [UInt8]) -> [Line] {
        lines.filter { $0.marker == .none && $0.names.match(name) }
    }

    private static func read(
        _ bytes: [UInt8], of file: String, into lines: inout [Line], warnings: inout [String]
    ) {
        let texts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, text) in texts.enumerated() {
            do throws(Line.Unusable) {
                lines.append(try Line(text, file: file, number: index + 1))
            } catch {
                guard case .malformed(let reason) = error else { continue }
                warnings.append("\(file):\(index + 1): skipped, \(reason)")
            }
        }
    }
}
