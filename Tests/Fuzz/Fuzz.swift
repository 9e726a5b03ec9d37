import Foundation

/// Feeds random texts to everything that reads foreign bytes: `fuzz [--seconds N] [--seed N] [NAME…]`.
///
/// The same seed gives the same inputs, as far as the time goes. Each input is in `fuzz.input` of the current
/// folder while it is tried, so that one that ends the program can be tried again: `fuzz --input FILE NAME`.
@main
struct Fuzz {
    /// What a single input may take, on a loaded machine too.
    private static let patience = Duration.seconds(100)
    /// Seconds after which an input is taken for one that never ends.
    private static let hopeless: UInt32 = 300

    private var seconds = 10.0
    private var seed = UInt64.random(in: 0 ... .max)
    private var input: String?
    private var names: [String] = []

    static func main() throws {
        var fuzz = Fuzz()
        fuzz.readArguments()
        let scratch = try Scratch()
        defer { scratch.remove() }
        let subjects = try subjects(in: scratch).filter {
            fuzz.names.isEmpty || fuzz.names.contains($0.name)
        }
        guard !subjects.isEmpty else { usage() }
        if let path = fuzz.input {
            let bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
            for subject in subjects { try subject.read(bytes) }
            return
        }
        print("seed \(fuzz.seed)")
        for subject in subjects {
            // What is known is said also where a signal ends the program.
            fflush(nil)
            try fuzz.run(subject, for: .seconds(fuzz.seconds / Double(subjects.count)))
        }
    }

    private mutating func readArguments() {
        var rest = CommandLine.arguments.dropFirst()
        while let argument = rest.popFirst() {
            switch argument {
            case "--seconds": seconds = rest.popFirst().flatMap(Double.init) ?? seconds
            case "--seed": seed = rest.popFirst().flatMap { UInt64($0) } ?? seed
            case "--input": input = rest.popFirst()
            default:
                if argument.hasPrefix("-") { Self.usage() }
                names.append(argument)
            }
        }
    }

    private static func usage() -> Never {
        let names = (try? Scratch()).flatMap { scratch in
            defer { scratch.remove() }
            return try? subjects(in: scratch).map(\.name).joined(separator: " ")
        }
        print("usage: fuzz [--seconds N] [--seed N] [--input FILE] [NAME…]\nnames: \(names ?? "?")")
        exit(2)
    }

    private static func subjects(in scratch: Scratch) throws -> [Subject] {
        try sshSubjects(scratch) + deploymentSubjects() + transcriptSubjects(scratch)
    }

    // MARK: - One subject

    private func run(_ subject: Subject, for time: Duration) throws {
        // Each subject has inputs of its own, whichever others are tried.
        var mutator = Mutator(
            subject,
            seed: seed
                ^ UInt64(bitPattern: Int64(subject.name.utf8.reduce(7) { $0 &* 31 &+ Int($1) })))
        let note = try InputNote("fuzz.input")
        let end = ContinuousClock.now + time
        var count = 0
        var slowest = Duration.zero
        while ContinuousClock.now < end {
            let bytes = mutator.next()
            note.write(bytes)
            let start = ContinuousClock.now
            // One that never ends ends the program, by SIGALRM.
            alarm(Self.hopeless)
            try subject.read(bytes)
            slowest = max(slowest, start.duration(to: .now))
            count += 1
            guard slowest < Self.patience else {
                print("\(subject.name): fuzz.input takes \(slowest)")
                exit(1)
            }
        }
        alarm(0)
        note.remove()
        print("\(subject.name): \(count) inputs, the slowest \(Int(slowest / .milliseconds(1))) ms")
    }
}

/// Something that reads foreign bytes.
struct Subject {
    let name: String
    /// What it reads when nothing is wrong: the inputs are made of these.
    let samples: [[UInt8]]
    /// Words that mean something to it.
    var words: [String] = []
    /// Reads an input, and throws only for what should not be.
    let read: ([UInt8]) throws -> Void
}

/// The input that is being tried, in a file that is whole even if the program is ended by it.
final class InputNote {
    private static let room = 1 << 20
    private let path: String
    private let memory: UnsafeMutableRawPointer

    init(_ path: String) throws {
        self.path = path
        let file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0, ftruncate(file, off_t(Self.room)) == 0,
            let memory = mmap(nil, Self.room, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0),
            memory != MAP_FAILED
        else { throw CocoaError(.fileWriteUnknown) }
        close(file)
        self.memory = memory
    }

    /// Behind the input there is its size, in the last eight bytes.
    func write(_ bytes: [UInt8]) {
        let count = min(bytes.count, Self.room - 8)
        memory.copyMemory(from: bytes, byteCount: count)
        memory.storeBytes(of: UInt64(count), toByteOffset: Self.room - 8, as: UInt64.self)
    }

    func remove() {
        munmap(memory, Self.room)
        unlink(path)
    }
}

/// A folder that goes again.
final class Scratch {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "fuzz-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
