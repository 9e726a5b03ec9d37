/// One step of a release: a task or a command, and the settings that stand beside it.
package struct ReleaseStep: Sendable, Equatable {
    package enum Action: Sendable, Equatable {
        case task(String)
        case run(String)
    }

    /// A setting as the inventory has it; its type has been checked, its meaning has not.
    package enum Setting: Sendable, Equatable {
        case text(String)
        case words([String])
        case variables([EnvironmentVariable])
    }

    package let action: Action
    package let settings: [String: Setting]
    package let position: SourcePosition

    package init(_ action: Action, settings: [String: Setting] = [:], position: SourcePosition) {
        self.action = action
        self.settings = settings
        self.position = position
    }
}
