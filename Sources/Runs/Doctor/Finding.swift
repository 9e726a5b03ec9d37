/// One step of the way from here to a command, and how far it goes.
package struct Finding: Sendable, Equatable {
    package enum Step: String, Sendable, CaseIterable {
        case inventory
        case lookup = "name lookup"
        case tcp = "TCP"
        case identification = "protocol"
        case algorithms
        case hostKey = "host key"
        case login
        case channel
        case terminal = "PTY"
        case through
        case directory = "remote folder"
        case envFile = "environment file"
        case before
        case clock = "clock"
        case roundTrip = "round trip"
    }

    package enum State: String, Sendable {
        case passed
        case failed
        /// A step before has failed.
        case untried = "not tried"
        /// The deployment has nothing of the kind.
        case unset = "not set"
    }

    package let step: Step
    package let state: State
    /// What was found, one line; empty where nothing was tried.
    package let text: String
    /// Further lines, of what was tried.
    package let details: [String]
    /// What to do about it.
    package let hint: String?
    /// What a run would have ended with here; 0 unless the step has failed.
    package let status: Int32

    package init(
        _ step: Step, _ state: State, _ text: String = "", details: [String] = [],
        hint: String? = nil, status: Int32 = 0
    ) {
        self.step = step
        self.state = state
        self.text = text
        self.details = details
        self.hint = hint
        self.status = status
    }
}
