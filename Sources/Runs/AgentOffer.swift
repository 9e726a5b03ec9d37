internal import Deployments
internal import SSH

/// What the commands of a run may use of an agent here, and the words about it.
struct AgentOffer {
    private let agent: Endpoint.ForwardedAgent
    private let alias: String
    private let notices: Notices

    init(to endpoint: Endpoint, _ notices: Notices) {
        agent = endpoint.forwardedAgent
        alias = "\"\(endpoint.alias)\""
        self.notices = notices
    }

    /// The forwarding, where it is wanted and can be; a run without one is a run all the same.
    func forwarding(on session: Session) -> AgentForwarding? {
        switch agent {
        case .none: return nil
        case .missing:
            notices.detail("ForwardAgent is set for \(alias), and there is no agent")
            return nil
        case .socket(let path): return forwarding(of: path, on: session)
        }
    }

    private func forwarding(of path: String, on session: Session) -> AgentForwarding? {
        let place = "the agent at \"\(path)\""
        do {
            let forwarding = try AgentForwarding(of: path, on: session)
            notices.detail("forwarding \(place) to \(alias)")
            return forwarding
        } catch {
            let obstacle =
                switch error {
                case .library:
                    "libssh2 \(Session.libraryVersion) cannot forward an agent; 1.11 can"
                case .agent(let reason): "\(place) is not there: \(reason)"
                }
            notices.detail("ForwardAgent is set for \(alias), and \(obstacle)")
            return nil
        }
    }
}
