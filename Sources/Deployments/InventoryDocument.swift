internal import Yams

/// Turns the text of an inventory into its root node, or into an error with a position.
enum InventoryDocument {
    /// Parses `text` as one YAML document.
    ///
    /// Throws `invalidInventory` for anything libyaml refuses, for an empty file, and for a key that
    /// appears twice in a mapping (YAML 1.2.2, 3.2.1.1: keys are unique).
    static func parse(_ text: String, file: String) throws(DeploymentsError) -> InventoryNode {
        let root: Node?
        do {
            // The basic resolver leaves scalars alone; the encoding is given because Yams would
            // otherwise ask the environment for it, and print to stdout that it did.
            root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw translate(error, text: text, file: file)
        } catch {
            throw DeploymentsError(
                .invalidInventory, "cannot read \(QuotedText.quoted(file))", because: "\(error)")
        }
        guard let root else {
            throw DeploymentsError(
                .invalidInventory, at: SourcePosition(file: file, line: 1, column: 1),
                because: "the file is empty", hint: "an inventory begins with \"apps:\"")
        }
        return InventoryNode(root, file: file)
    }

    private static func translate(
        _ error: YamlError,
        text: String,
        file: String
    ) -> DeploymentsError {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let position = SourcePosition(file: file, line: mark.line, column: mark.column)
            return DeploymentsError(
                .invalidInventory, at: position,
                because: "not valid YAML: \(problem)\(describe(context))",
                hint: tabHint(text: text, line: mark.line))
        case .duplicatedKeysInMapping(let keys, let context):
            let mark = context.mark
            return DeploymentsError(
                .invalidInventory,
                at: SourcePosition(file: file, line: mark.line, column: mark.column),
                because:
                    "the key \(QuotedText.quoted(keys.first ?? "")) appears twice in its mapping")
        case .reader(let problem, let offset, _, _):
            return DeploymentsError(
                .invalidInventory, at: position(ofCharacter: offset ?? 0, in: text, file: file),
                because: "not valid YAML: \(problem)")
        default:
            return DeploymentsError(
                .invalidInventory, "cannot read \(QuotedText.quoted(file))", because: "\(error)")
        }
    }

    private static func describe(_ context: YamlError.Context?) -> String {
        context.map { " \($0.text) (line \($0.mark.line))" } ?? ""
    }

    /// A tab in the indentation is what YAML refuses most often and what nobody sees.
    private static func tabHint(text: String, line: Int) -> String? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return nil }
        let indentation = lines[line - 1].prefix { $0 == " " || $0 == "\t" }
        return indentation.contains("\t") ? "indent with spaces, not with tabs" : nil
    }

    private static func position(
        ofCharacter offset: Int,
        in text: String,
        file: String
    ) -> SourcePosition {
        let before = text.prefix(offset).unicodeScalars
        let lastLine = before.split(separator: "\n", omittingEmptySubsequences: false).last
        return SourcePosition(
            file: file, line: before.count { $0 == "\n" } + 1, column: (lastLine?.count ?? 0) + 1)
    }
}
