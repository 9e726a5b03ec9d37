internal import SSH

/// What needs a turn on the session's thread now and then while a command runs, as a lock does.
protocol Attendant: AnyObject {
    /// When it wants its next turn.
    var nextTurn: Deadline { get }
    /// Takes the turn; never waits.
    func attend()
}
