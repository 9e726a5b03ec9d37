/// Where the value of a secret is taken from; the value itself is nowhere in an inventory.
package struct SecretSource: Sendable, Equatable {
    package enum Place: Sendable, Equatable {
        /// `@FILE`
        case file(String)
        /// `env:VARIABLE`, of ccrun's own environment.
        case variable(String)
        /// `cmd:COMMAND`, for `sh` on this machine.
        case command(String)
    }

    package let name: String
    package private(set) var place: Place

    /// Reads what stands behind `NAME=`; nil where it is none of the three.
    package init?(_ text: String, named name: String) {
        self.name = name
        let forms: [(prefix: String, place: (String) -> Place)] = [
            ("@", Place.file), ("env:", Place.variable), ("cmd:", Place.command),
        ]
        for form in forms where text.hasPrefix(form.prefix) {
            let rest = String(text.unicodeScalars.dropFirst(form.prefix.unicodeScalars.count))
            guard !rest.isEmpty else { return nil }
            place = form.place(rest)
            return
        }
        return nil
    }

    /// The same with the path of its file as it is seen from `folder`, unless it begins with `~`.
    func resolved(in folder: String) -> SecretSource {
        guard case .file(let path) = place, !path.hasPrefix("~") else { return self }
        var copy = self
        copy.place = .file(FilePath.absolute(path, in: folder))
        return copy
    }

    /// The same with a leading `~` of its file replaced.
    package func expandingTilde(homeFolder: String) -> SecretSource {
        guard case .file(let path) = place else { return self }
        var copy = self
        copy.place = .file(FilePath.expandingTilde(path, homeFolder: homeFolder))
        return copy
    }

    /// The sources of both, an `override` in the place of one of its name.
    static func merging(_ sources: [SecretSource], with overrides: [SecretSource]) -> [SecretSource]
    {
        sources.filter { source in !overrides.contains { $0.name == source.name } } + overrides
    }
}
