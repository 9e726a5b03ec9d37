#if canImport(Glibc)
    import Glibc
#endif

/// What a program left when it ended.
package struct ChildResult: Sendable {
    package let status: ProcessStatus
    /// Empty unless captured.
    package let standardOutput: [UInt8]
    /// Empty unless captured.
    package let standardError: [UInt8]
    /// How many bytes of output came, whatever was done with them.
    package let outputCount: Int
    /// The SHA-256 of the output in hexadecimal digits, where it was hashed.
    package let outputDigest: String?
    /// The most memory the program itself had at once, in KiB, looked at every 10 ms.
    package let peakMemory: Int?
    package let duration: Duration

    package var output: String { String(decoding: standardOutput, as: UTF8.self) }
    package var errorOutput: String { String(decoding: standardError, as: UTF8.self) }
}

extension ChildProcess {
    /// The descriptor the child reads, and the one we write.
    static func source(of input: Input) throws -> (theirs: Descriptor, ours: Descriptor?) {
        switch input {
        case .null: return (try .open("/dev/null", O_RDONLY), nil)
        case .file(let path): return (try .open(path, O_RDONLY), nil)
        case .bytes, .pipe, .generated:
            let ends = try Descriptor.pipe()
            return (ends.read, ends.write)
        }
    }

    /// The descriptor the child writes, and the one we read.
    static func target(of output: Output) throws -> (theirs: Descriptor, ours: Descriptor?) {
        switch output {
        case .discarded: return (try .open("/dev/null", O_WRONLY), nil)
        case .file(let path): return (try .open(path, O_WRONLY | O_CREAT | O_TRUNC), nil)
        case .captured, .hashed, .fed:
            let ends = try Descriptor.pipe()
            return (ends.write, ends.read)
        }
    }

    /// Where the bytes for the child's input come from.
    static func chunks(
        of input: Input, _ typed: Watched<(chunks: [[UInt8]], isClosed: Bool)>
    ) -> @Sendable () -> [UInt8]? {
        switch input {
        case .generated(let next):
            return next
        case .bytes(let bytes):
            typed.withLock { $0 = (bytes.isEmpty ? [] : [bytes], true) }
        case .pipe, .null, .file:
            break
        }
        return {
            let next: [UInt8]?? = typed.wait { typed in
                if !typed.chunks.isEmpty { return .some(typed.chunks.removeFirst()) }
                return typed.isClosed ? .some(nil) : nil
            }
            return next ?? nil
        }
    }
}
