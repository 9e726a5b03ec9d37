/// The remote command's variables, as SetEnv and SendEnv have them (ssh_config(5)).
extension OpenSSHConfiguration {
    /// The variables to set; `local` is the environment that SendEnv takes its own from.
    ///
    /// SetEnv wins. `LANG` and `LC_*` stay here: every distribution's ssh_config sends them, and a
    /// server takes them only where it is told to, since it may not have the locale.
    func variables(from local: [String: String]) -> [EnvironmentVariable] {
        let sent = local.filter { name, _ in
            !Self.isLocale(name)
                && sendEnvironment.contains { Self.matches(name[...], pattern: $0[...]) }
        }
        let set = setEnvironment.compactMap { line in
            line.firstIndex(of: "=").map { mark in
                EnvironmentVariable(
                    name: String(line[..<mark]), value: String(line[line.index(after: mark)...]))
            }
        }
        return EnvironmentVariable.merging(
            sent.sorted { $0.key < $1.key }.map { EnvironmentVariable(name: $0, value: $1) },
            with: set
        ).filter { $0.problem == nil }
    }

    private static func isLocale(_ name: String) -> Bool {
        name == "LANG" || name == "LANGUAGE" || name.hasPrefix("LC_")
    }

    /// Whether a name fits a pattern of `*` and `?` (ssh_config(5), PATTERNS).
    static func matches(_ name: Substring, pattern: Substring) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        let rest = pattern.dropFirst()
        if first == "*" {
            // Several in a row are as one, so that this ends soon.
            let rest = rest.drop { $0 == "*" }
            return rest.isEmpty
                || name.indices.contains { matches(name[$0...], pattern: rest) }
        }
        guard let letter = name.first, first == "?" || first == letter else { return false }
        return matches(name.dropFirst(), pattern: rest)
    }
}
