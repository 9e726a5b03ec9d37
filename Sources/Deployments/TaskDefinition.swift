/// A named command of the inventory.
package struct TaskDefinition: Sendable, Equatable {
    package let name: String
    /// The shell text to run.
    package let run: String
    /// Whether only one run of the task may be under way at a time.
    package let exclusive: Bool
    package let timeout: Duration?
    /// One line for lists of tasks.
    package let description: String?
    /// The questions it asks, and their answers; the first that matches is given.
    package let expect: [ExpectRule]
    /// How long a question may stay without an answer; nil leaves it to the caller.
    package let promptTimeout: Duration?
    /// Values that only its runs need, beside those of the deployment.
    package var secrets: [SecretSource]

    package init(
        name: String,
        run: String,
        exclusive: Bool = false,
        timeout: Duration? = nil,
        description: String? = nil,
        expect: [ExpectRule] = [],
        promptTimeout: Duration? = nil,
        secrets: [SecretSource] = []
    ) {
        self.name = name
        self.run = run
        self.exclusive = exclusive
        self.timeout = timeout
        self.description = description
        self.expect = expect
        self.promptTimeout = promptTimeout
        self.secrets = secrets
    }

    /// What is wrong with a task's name, or nil.
    ///
    /// The name is looked up as the first word of a command, so it has to be one plain word.
    static func problem(withName name: String) -> String? {
        guard !name.isEmpty, name.utf8.first != UInt8(ascii: "-"),
            name.utf8.allSatisfy(isNameByte)
        else {
            return "the name of a task consists of letters, digits, \"_\", \"-\", \".\" and \":\""
        }
        return nil
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_-.:".utf8.contains(byte)
        }
    }
}
