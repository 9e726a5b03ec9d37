/// What a person says to the question of a step.
package enum StepAnswer: Sendable, Equatable {
    case yes
    case no
    /// A signal came instead, by its number.
    case interrupted(CInt)
}

/// Asks the question of a step.
///
/// `turn` is to be called before each wait, and returns how long that may be: in milliseconds, -1 for
/// as long as it takes.
package typealias StepQuestion = (_ question: String, _ turn: @escaping () -> CInt) -> StepAnswer
