internal import Deployments

/// Tells at the pace of memory which lines may have a match of a pattern.
///
/// The sets of places that the pattern's program can be at are the states of a machine that takes one
/// step a byte (K. Thompson, *Regular Expression Search Algorithm*, CACM 11/6; R. Cox, *Regular
/// Expression Matching Can Be Simple And Fast*). They are made when a text first leads there. Assertions
/// but `^` are taken to hold, and characters beyond ASCII to be in every set: a line may pass that has no
/// match, none is lost that has one.
final class LineSieve {
    /// The states' memory is 1 KiB each; beyond this it starts over.
    private static let mostStates = 1000
    /// The state from which a line passes.
    private static let passed: Int32 = 0
    /// The state at the start of a line.
    private static let start: Int32 = 1
    private static let unknown: Int32 = -1

    private let program: [PromptPattern.Instruction]
    /// For each state and byte the next state.
    private var steps: [Int32] = []
    /// The places of each state.
    private var states: [[Int]] = []
    private var numbers: [[Int]: Int32] = [:]
    /// The places a match begins at, within a line.
    private let inner: [Int]
    /// The state within a line while no match has begun.
    private var idle = LineSieve.unknown
    /// For each byte, whether no match begins with it, which most texts are full of.
    private var beginsNothing: [Bool] = []

    init(_ program: [PromptPattern.Instruction]) {
        self.program = program
        inner = Self.reached(from: [0], in: program, isLineStart: false)
        clear()
        beginsNothing = (0...255).map { byte in
            byte != 0x0a && target(from: inner, over: byte) == idle
        }
    }

    /// The first line from a place on that may have a match; the place is that of a line.
    func nextLine(in lines: UnsafeRawBufferPointer, from first: Int) -> Range<Int>? {
        var place = first
        var state = Self.start
        while place < lines.count {
            (state, place) = run(lines, state, from: place)
            if state == Self.passed {
                let start = lines[..<place].lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
                return start..<(lines[place...].firstIndex(of: 0x0a) ?? lines.count)
            }
            if place < lines.count { state = makeStep(from: state, over: lines[place]) }
        }
        return nil
    }

    /// Follows known steps up to the end, a state that passes, or a step that is not known yet.
    private func run(
        _ lines: UnsafeRawBufferPointer, _ first: Int32, from start: Int
    ) -> (Int32, Int) {
        steps.withUnsafeBufferPointer { steps in
            beginsNothing.withUnsafeBufferPointer { beginsNothing in
                var state = first
                var place = start
                while place < lines.count {
                    if state == idle {
                        while place < lines.count, beginsNothing[Int(lines[place])] { place += 1 }
                        if place == lines.count { break }
                    }
                    let next = steps[Int(state) << 8 | Int(lines[place])]
                    if next <= Self.passed { return (next == Self.passed ? next : state, place) }
                    place += 1
                    state = next
                }
                return (state, place)
            }
        }
    }

    // MARK: - States

    private func clear() {
        steps = []
        states = []
        numbers = [:]
        add([program.count - 1])
        add(Self.reached(from: [0], in: program, isLineStart: true))
        idle = numbers[inner] ?? add(inner)
    }

    @discardableResult
    private func add(_ places: [Int]) -> Int32 {
        let number = Int32(states.count)
        states.append(places)
        numbers[places] = number
        steps += repeatElement(Self.unknown, count: 256)
        steps[Int(number) << 8 | 0x0a] = Self.start
        return number
    }

    /// Makes the step that is missing; returns the state from which it is to be taken.
    private func makeStep(from state: Int32, over byte: UInt8) -> Int32 {
        var state = state
        if states.count >= Self.mostStates {
            let places = states[Int(state)]
            clear()
            state = numbers[places] ?? add(places)
        }
        steps[Int(state) << 8 | Int(byte)] = target(from: states[Int(state)], over: byte)
        return state
    }

    private func target(from places: [Int], over byte: UInt8) -> Int32 {
        // What follows the first byte of a character is no character of its own.
        if 0x80..<0xc0 ~= byte { return numbers[places] ?? add(places) }
        let taken = places.filter { place in
            guard case .one(let scalars) = program[place] else { return false }
            return byte >= 0x80 || scalars.contains(Unicode.Scalar(byte))
        }
        let reached = Self.reached(
            from: taken.map { $0 + 1 }, in: program, isLineStart: false)
        if reached.contains(program.count - 1) { return Self.passed }
        let all = Set(reached + inner).sorted()
        return numbers[all] ?? add(all)
    }

    /// The places where the program waits for a character or accepts, sorted.
    private static func reached(
        from places: [Int], in program: [PromptPattern.Instruction], isLineStart: Bool
    ) -> [Int] {
        var waiting = places
        var seen = Set(places)
        var found: [Int] = []
        while let place = waiting.popLast() {
            let targets: [Int]
            switch program[place] {
            case .one, .accept:
                found.append(place)
                continue
            case .assertion(.lineStart): targets = isLineStart ? [place + 1] : []
            case .assertion: targets = [place + 1]
            case .split(let first, let second): targets = [first, second]
            case .jump(let target): targets = [target]
            }
            waiting += targets.filter { seen.insert($0).inserted }
        }
        return found.sorted()
    }
}
