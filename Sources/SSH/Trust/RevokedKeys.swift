extension KnownHosts {
    /// A file of keys that no host may have, one public key a line (ssh_config(5), RevokedHostKeys).
    struct RevokedKeys {
        /// Why a file says nothing: a key that it revokes could be taken for a good one.
        struct Unusable: Error, Equatable {
            let reason: String
            let hint: String
        }

        /// What a key revocation list begins with (OpenSSH's PROTOCOL.krl, KRL_MAGIC).
        private static let listMagic = Array("SSHKRL\n\0".utf8)

        let lines: [Line]
        let warnings: [String]

        /// Reads the keys as if each were on a `@revoked *` line of known_hosts.
        init(file: String) throws(Unusable) {
            let bytes = try Self.contents(of: file)
            var lines: [Line] = []
            var warnings: [String] = []
            let texts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            for (index, text) in texts.enumerated() {
                let field = text.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
                if field.first == UInt8(ascii: "#") { continue }
                if field.isEmpty || field.elementsEqual("\r".utf8) { continue }
                let marked = Array("@revoked * ".utf8) + field
                do throws(Line.Unusable) {
                    lines.append(try Line(marked[...], file: file, number: index + 1))
                } catch {
                    guard case .malformed(let reason) = error else { continue }
                    warnings.append("\(file):\(index + 1): skipped, \(reason)")
                }
            }
            self.lines = lines
            self.warnings = warnings
        }

        private static func contents(of file: String) throws(Unusable) -> [UInt8] {
            do throws(SmallFile.Problem) {
                let bytes = try SmallFile(file, limit: KnownHosts.largestFile).bytes
                guard !bytes.starts(with: listMagic) else {
                    throw .unreadable(reason: "a binary key revocation list is not supported")
                }
                return bytes
            } catch {
                guard case .unreadable(let reason) = error else {
                    throw Unusable(
                        reason: "cannot read \"\(file)\": no such file or directory",
                        hint: "put the file of RevokedHostKeys there, or take the setting away")
                }
                throw Unusable(
                    reason: "cannot read \"\(file)\": \(reason)",
                    hint: "write the keys of RevokedHostKeys as text, one public key a line, "
                        + "and make the file readable")
            }
        }
    }
}
