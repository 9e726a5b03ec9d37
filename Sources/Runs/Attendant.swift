internal import SSH

/// What needs a turn on the session's thread now and then while a command runs, as a lock does.
protocol Attendant: AnyObject {
    /// When it wants its next turn.
    var nextTurn: Deadline { get }
    /// Takes the turn; never waits.
    func attend()
}

extension [any Attendant] {
    /// When the first of them wants its next turn.
    var nextTurn: Deadline { reduce(.never) { $0.earlier($1.nextTurn) } }

    /// Gives those their turn whose time has come.
    func attend() {
        for one in self where one.nextTurn.hasPassed { one.attend() }
    }
}
