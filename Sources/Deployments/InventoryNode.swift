internal import Yams

/// A value of the inventory's YAML that knows where it stands and by which keys it was reached.
///
/// Scalars keep their text: `3.10`, `08` and `yes` are what was written, never a number or a flag
/// unless one is asked for.
struct InventoryNode {
    /// A key of a mapping with its value.
    struct Entry {
        let name: String
        /// Where the key stands.
        let position: SourcePosition
        let value: InventoryNode
    }

    private let node: Node
    /// The keys that lead here, joined by dots; empty for the whole document.
    let path: String
    private let file: String

    init(_ node: Node, path: String = "", file: String) {
        self.node = node
        self.path = path
        self.file = file
    }

    var position: SourcePosition { Self.position(of: node, in: file) }

    var isMapping: Bool { node.mapping != nil }
    var isList: Bool { node.sequence != nil }

    /// Whether there is a key and no value, as in `user:` or `user: ~`.
    var isNothing: Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// An error about this value.
    func error(_ reason: String, hint: String? = nil) -> DeploymentsError {
        Self.error(reason, at: position, path: path, hint: hint)
    }

    /// An error about the key of `entry`, which stands in this mapping.
    func error(at entry: Entry, _ reason: String, hint: String? = nil) -> DeploymentsError {
        Self.error(reason, at: entry.position, path: entry.value.path, hint: hint)
    }

    // MARK: - Scalars

    /// The text of a scalar, exactly; an empty one is empty.
    func anyText() throws(DeploymentsError) -> String {
        guard case .scalar(let scalar) = node else { throw mismatch("text") }
        return scalar.string
    }

    /// The text of a scalar that has to say something.
    func text() throws(DeploymentsError) -> String {
        if isNothing { throw mismatch("text") }
        let text = try anyText()
        if text.isEmpty { throw error("the text is empty") }
        return text
    }

    /// A flag: `true` or `false`, or YAML 1.1's `yes`, `no`, `on` and `off`, without quotes.
    func flag() throws(DeploymentsError) -> Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else {
            throw mismatch("true or false")
        }
        switch scalar.string.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw mismatch("true or false")
        }
    }

    func number(in range: ClosedRange<Int>) throws(DeploymentsError) -> Int {
        guard case .scalar(let scalar) = node, let number = Int(scalar.string), range ~= number
        else { throw mismatch("a number from \(range.lowerBound) to \(range.upperBound)") }
        return number
    }

    func duration() throws(DeploymentsError) -> Duration {
        let text = try text()
        do {
            return try DurationText.parse(text)
        } catch {
            throw self.error("\(QuotedText.quoted(text)) is no duration", hint: error.hint)
        }
    }

    func host() throws(DeploymentsError) -> HostAddress {
        let text = try text()
        do {
            return try HostAddress(parsing: text)
        } catch {
            throw self.error("\(QuotedText.quoted(text)) is no host: \(error.underlying)")
        }
    }

    // MARK: - Collections

    /// The elements of a list; `hint` helps where there is something else.
    func list(hint: String? = nil) throws(DeploymentsError) -> [InventoryNode] {
        guard let sequence = node.sequence else { throw mismatch("a list", hint: hint) }
        return sequence.enumerated().map { index, element in
            InventoryNode(element, path: "\(path)[\(index)]", file: file)
        }
    }

    /// The entries of a mapping, in file order.
    ///
    /// Keys have to be plain text, each one there once, and, if `allowed` is given, among those.
    func entries(allowed: [String]? = nil) throws(DeploymentsError) -> [Entry] {
        guard let mapping = node.mapping else { throw mismatch("a mapping") }
        var entries: [Entry] = []
        for pair in mapping {
            let position = Self.position(of: pair.key, in: file)
            guard case .scalar(let key) = pair.key else {
                throw Self.error("a key has to be text", at: position, path: path)
            }
            let path = path.isEmpty ? key.string : "\(path).\(key.string)"
            let entry = Entry(
                name: key.string, position: position,
                value: InventoryNode(pair.value, path: path, file: file))
            if let allowed, !allowed.contains(entry.name) {
                throw error(
                    at: entry, "unknown key",
                    hint: EditDistance.hint(for: entry.name, among: allowed))
            }
            if entries.contains(where: { $0.name == entry.name }) {
                throw error(at: entry, "the key appears twice")
            }
            entries.append(entry)
        }
        return entries
    }

    // MARK: - Messages

    private func mismatch(_ expected: String, hint: String? = nil) -> DeploymentsError {
        let found =
            switch node {
            case _ where isNothing: "nothing"
            case .scalar(let scalar): QuotedText.quoted(scalar.string)
            case .mapping: "a mapping"
            case .sequence: "a list"
            case .alias: "an alias"
            }
        return error("expected \(expected), found \(found)", hint: hint)
    }

    private static func error(
        _ reason: String,
        at position: SourcePosition,
        path: String,
        hint: String? = nil
    ) -> DeploymentsError {
        DeploymentsError(
            .invalidInventory, at: position, because: path.isEmpty ? reason : "\(path): \(reason)",
            hint: hint)
    }

    private static func position(of node: Node, in file: String) -> SourcePosition {
        SourcePosition(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }
}
