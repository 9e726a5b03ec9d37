/// The name of one deployment of one app, `app/deployment`.
package struct DeploymentName: Hashable, Sendable, CustomStringConvertible {
    /// The deployment that `app` alone stands for.
    package static let defaultDeployment = "default"

    package let app: String
    package let deployment: String

    /// Reads `APP/DEP`, or `APP` for `APP/default`.
    ///
    /// The grammar is `[a-z][a-z0-9_-]*` `/` `[a-z0-9][a-z0-9._-]*`, a superset of cctrl's. Anything
    /// else, a trailing newline included, throws `invalidName` with what a name may contain.
    package init(parsing text: String) throws(DeploymentsError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let problem: String? =
            switch parts.count {
            case 1: Self.problem(withApp: parts[0])
            case 2: Self.problem(withApp: parts[0]) ?? Self.problem(withDeployment: parts[1])
            default: "a name is APP or APP/DEP, with one slash"
            }
        if let problem {
            throw DeploymentsError(
                .invalidName, "cannot use \(QuotedText.quoted(text)) as the name of a deployment",
                because: problem, hint: Self.correction(of: text))
        }
        app = parts[0]
        deployment = parts.count == 2 ? parts[1] : Self.defaultDeployment
    }

    /// Joins an app and a deployment of an inventory, whose names have been checked there.
    init(app: String, deployment: String) {
        self.app = app
        self.deployment = deployment
    }

    package var description: String { "\(app)/\(deployment)" }

    /// The name where no slash can stand: the user of a gateway, a `Host` of `~/.ssh/config`.
    package var dashed: String { "\(app)-\(deployment)" }

    static func problem(withApp name: String) -> String? {
        guard let first = name.utf8.first, isLowercase(first),
            name.utf8.allSatisfy({ isLowercase($0) || isDigit($0) || "_-".utf8.contains($0) })
        else {
            return "the name of an app begins with a-z and goes on with a-z, 0-9, \"_\" and \"-\""
        }
        return nil
    }

    static func problem(withDeployment name: String) -> String? {
        guard let first = name.utf8.first, isLowercase(first) || isDigit(first),
            name.utf8.allSatisfy({ isLowercase($0) || isDigit($0) || "._-".utf8.contains($0) })
        else {
            return "the name of a deployment begins with a-z or 0-9 and goes on with a-z, 0-9, "
                + "\".\", \"_\" and \"-\""
        }
        return nil
    }

    /// Proposes the name that `text` becomes in lower case and without blanks and outer slashes.
    private static func correction(of text: String) -> String? {
        var parts = text.lowercased().split { $0 == "/" || $0.isWhitespace }.map(String.init)
        if parts.count == 1 { parts.append(defaultDeployment) }
        guard !text.hasPrefix("/"), parts.count == 2, problem(withApp: parts[0]) == nil,
            problem(withDeployment: parts[1]) == nil
        else { return nil }
        return "did you mean \"\(parts[0])/\(parts[1])\"?"
    }

    private static func isLowercase(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}
