/// A variable for the remote command's environment.
package struct EnvironmentVariable: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// What is wrong with the variable, or nil.
    ///
    /// A name is `[A-Za-z_][A-Za-z0-9_]*` (POSIX.1-2017, 3.235 *Name*), because a shell exports no
    /// other; a value holds anything but NUL, which ends it in every environment. The answer never
    /// shows the value.
    var problem: String? {
        guard Self.isValidName(name) else {
            return "a name begins with a letter or \"_\" and goes on with letters, digits and \"_\""
        }
        return value.utf8.contains(0) ? "the value contains a NUL byte" : nil
    }

    package static func isValidName(_ name: String) -> Bool {
        let isLetter = { (byte: UInt8) in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte || byte == UInt8(ascii: "_")
        }
        guard let first = name.utf8.first, isLetter(first) else { return false }
        return name.utf8.allSatisfy { isLetter($0) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }

    /// Puts `overrides` over `variables`: a name keeps its first place and takes its last value.
    package static func merging(_ variables: [Self], with overrides: [Self]) -> [Self] {
        var places: [String: Int] = [:]
        var merged: [Self] = []
        for variable in variables + overrides {
            if let place = places[variable.name] {
                merged[place] = variable
            } else {
                places[variable.name] = merged.count
                merged.append(variable)
            }
        }
        return merged
    }
}
