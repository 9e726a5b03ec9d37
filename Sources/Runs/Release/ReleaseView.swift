package import SSH
package import Transcripts

/// Shows a release while it goes on.
package protocol ReleaseView: AnyObject {
    /// Whether output goes to our own stdout and stderr, untouched, before `show` hears of it.
    var passesOutput: Bool { get }
    /// What the view writes to, where that may have to wait for a reader; nil for stderr.
    var output: ViewOutput? { get }
    /// When the picture changes without an event, as a spinner does.
    var nextTurn: Deadline { get }

    /// Takes what happened.
    func show(_ event: ReleaseEvent)
    /// Takes output of the step that runs, as it was received.
    func show(_ bytes: UnsafeRawBufferPointer, from stream: OutputStream)
    func turn()
}

extension ReleaseView {
    package var output: ViewOutput? { nil }
}

/// Gives a view its turns while a command runs.
final class ViewAttendant: Attendant {
    private let view: any ReleaseView

    init(_ view: any ReleaseView) {
        self.view = view
    }

    var nextTurn: Deadline { view.nextTurn }
    func attend() { view.turn() }
}
