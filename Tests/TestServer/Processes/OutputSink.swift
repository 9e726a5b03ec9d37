internal import Crypto
import Foundation

/// Reads one output of a child to its end, on a thread of its own.
final class OutputSink: Sendable {
    struct Contents {
        var bytes: [UInt8] = []
        var count = 0
        var hash = SHA256()
        var hasEnded = false
    }

    let contents = Watched(Contents())
    private let handling: ChildProcess.Output
    private let worker: Worker

    /// Begins to read; `cancel` ends that when it becomes readable, whoever holds the other end.
    init(_ source: Descriptor, _ handling: ChildProcess.Output, cancel: Descriptor) {
        self.handling = handling
        worker = Worker("output") { [contents] in
            while let chunk = Self.next(from: source, cancel: cancel) {
                if case .fed(let consume) = handling { consume(chunk) }
                contents.withLock { contents in
                    contents.count += chunk.count
                    if case .captured = handling { contents.bytes += chunk }
                    if case .hashed = handling { contents.hash.update(data: chunk) }
                }
            }
            source.close()
            contents.withLock { $0.hasEnded = true }
        }
    }

    var bytes: [UInt8] { contents.withLock { $0.bytes } }
    var count: Int { contents.withLock { $0.count } }

    /// The SHA-256 of all that came, in hexadecimal digits; nil unless the output is hashed.
    var digest: String? {
        guard case .hashed = handling else { return nil }
        return contents.withLock { $0.hash.finalize() }.map { String(format: "%02x", $0) }.joined()
    }

    func join(_ timeout: Duration) -> Bool { worker.join(timeout) }

    private static func next(from source: Descriptor, cancel: Descriptor) -> [UInt8]? {
        let (file, stop) = (source.rawValue, cancel.rawValue)
        guard let files = try? ready(reading: [file, stop]), !files.contains(stop) else {
            return nil
        }
        guard let chunk = try? source.read(), !chunk.isEmpty else { return nil }
        return chunk
    }
}

/// Writes what `next` gives to a child's input, on a thread of its own, and then closes it.
func feed(
    _ target: Descriptor, cancel: Descriptor, from next: @escaping @Sendable () -> [UInt8]?
) throws -> Worker {
    try target.setNonBlocking()
    return Worker("input") {
        defer { target.close() }
        while let chunk = next() {
            var rest = chunk[...]
            while !rest.isEmpty {
                let (file, stop) = (target.rawValue, cancel.rawValue)
                guard let files = try? ready(reading: [stop], writing: [file]),
                    !files.contains(stop),
                    let sent = try? target.writeSome(rest)
                else { return }
                rest = rest.dropFirst(sent)
            }
        }
    }
}
