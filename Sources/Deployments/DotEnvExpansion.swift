/// Replaces `${NAME}` and `${NAME:-DEFAULT}` in a value (python-dotenv: `variables.py`).
///
/// Whatever quotes the value was in; there is no way to escape it. A name that is set to nothing
/// counts as set, other than in a shell, and a default is taken as it stands. `$NAME`, `$(…)` and
/// backquotes are text.
enum DotEnvExpansion {
    /// Returns the text with each variable replaced by what `lookup` says, or else by its default;
    /// nil where that has more than `limit` bytes.
    static func expanded(
        _ text: String, limit: Int, lookup: (String) -> String?
    ) -> String? {
        var expanded = ""
        var rest = Substring(text).unicodeScalars
        let opening = "${".unicodeScalars
        while let dollar = rest.indices.first(where: { rest[$0...].starts(with: opening) }) {
            expanded.unicodeScalars += rest[..<dollar]
            rest = rest[dollar...].dropFirst(2)
            guard let reference = Reference(rest) else {
                expanded += "${"
                continue
            }
            expanded += lookup(reference.name) ?? reference.fallback
            if expanded.utf8.count > limit { return nil }
            rest = reference.rest
        }
        expanded.unicodeScalars += rest
        return expanded.utf8.count > limit ? nil : expanded
    }

    /// What stands behind `${`.
    private struct Reference {
        let name: String
        let fallback: String
        let rest: Substring.UnicodeScalarView

        init?(_ text: Substring.UnicodeScalarView) {
            guard let nameEnd = text.firstIndex(where: { $0 == "}" || $0 == ":" }) else {
                return nil
            }
            name = String(text[..<nameEnd])
            var tail = text[nameEnd...]
            if tail.first == ":" {
                guard tail.starts(with: ":-".unicodeScalars) else { return nil }
                tail = tail.dropFirst(2)
            }
            guard let end = tail.firstIndex(of: "}") else { return nil }
            fallback = String(tail[..<end])
            rest = tail[tail.index(after: end)...]
        }
    }
}
