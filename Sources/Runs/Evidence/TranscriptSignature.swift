package import Transcripts

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import Deployments
internal import SSH

/// An SSH signature over a run's line in the ledger, in a file beside its transcript.
///
/// OpenSSH's ssh-keygen makes and checks it (PROTOCOL.sshsig), so that its keys, agents and files of
/// allowed signers are what they are elsewhere. What is signed is the line with its line feed: its
/// head stands for every transcript up to this one.
package struct TranscriptSignature: Sendable {
    /// What keeps a signature from being taken for one over something else.
    package static let namespace = "ccrun-transcript"

    /// How long ssh-keygen may take: a person may have to touch a key.
    private static let limit = Duration.seconds(20)

    /// What was found out about a signature.
    package enum Finding: Sendable, Equatable {
        case absent
        /// `signer` as the file of allowed signers has it; nil where none was given.
        case good(key: String, signer: String?)
        case bad(String)
    }

    /// Why there is none, or nothing can be said of it, in one line.
    package struct Failure: Error {
        package let reason: String
    }

    private let line: LedgerLine
    private let path: String
    private let environment: [String: String]

    /// The signature over `line`, which is about the transcript at `transcript`.
    package init(of line: LedgerLine, beside transcript: String, environment: [String: String]) {
        self.line = line
        path = TranscriptSignature.path(beside: transcript)
        self.environment = environment
    }

    /// The path of a transcript's signature.
    package static func path(beside transcript: String) -> String { transcript + ".sig" }

    // MARK: - Signing

    /// Signs with the key in a file: a private one, or a public one whose other half an agent has.
    package func sign(with key: String) throws(Failure) {
        // Nobody is there to be asked for a passphrase: the agent has the key, or it has none.
        let quiet = ["SSH_ASKPASS": "/bin/false", "SSH_ASKPASS_REQUIRE": "force"]
        let program = try keygen(
            ["sign", "-f", key, "-n", Self.namespace], environment.merging(quiet) { $1 })
        guard program.status == 0, !program.output.isEmpty else {
            throw Failure(reason: Self.reason(program))
        }
        try write(program.output)
    }

    /// The file appears as a whole, or not at all.
    private func write(_ signature: [UInt8]) throws(Failure) {
        let temporary = "\(path).\(getpid())"
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = open(temporary, flags, 0o600)
        guard descriptor >= 0 else { throw Self.failure("cannot create \"\(temporary)\"") }
        let problem = signature.withUnsafeBytes { DescriptorOutput.write($0, to: descriptor) }
        close(descriptor)
        if let problem { errno = problem }
        guard problem == nil, rename(temporary, path) == 0 else {
            let failure = Self.failure("cannot write \"\(path)\"")
            unlink(temporary)
            throw failure
        }
    }

    /// Removes the signature; whether there was one.
    package func remove() -> Bool { unlink(path) == 0 }

    // MARK: - Checking

    /// Checks the signature, if there is one; by a file of allowed signers where that is given.
    ///
    /// Throws where ssh-keygen cannot be asked.
    package func check(allowedSigners: String?) throws(Failure) -> Finding {
        guard access(path, F_OK) == 0 else { return .absent }
        guard let allowedSigners else {
            let program = try keygen(["check-novalidate", "-n", Self.namespace, "-s", path])
            return finding(program, signer: nil)
        }
        let search = try keygen(["find-principals", "-f", allowedSigners, "-s", path])
        let signer = Self.text(search.output).split(separator: "\n").first.map(String.init)
        guard search.status == 0, let signer else {
            return .bad("its key is not among the allowed signers")
        }
        let program = try keygen([
            "verify", "-f", allowedSigners, "-I", signer, "-n", Self.namespace, "-s", path,
        ])
        return finding(program, signer: signer)
    }

    private func finding(_ program: CapturedProgram, signer: String?) -> Finding {
        guard program.status == 0 else { return .bad("it is not a signature over this run") }
        let words = Self.text(program.output).split(whereSeparator: \.isWhitespace)
        let key = words.last { $0.hasPrefix("SHA256:") }.map(String.init) ?? ""
        return .good(key: key, signer: signer)
    }

    // MARK: - ssh-keygen

    private func keygen(
        _ arguments: [String], _ environment: [String: String]? = nil
    ) throws(Failure) -> CapturedProgram {
        let environment = environment ?? self.environment
        guard let path = CapturedProgram.find("ssh-keygen", environment: environment) else {
            throw Failure(reason: "ssh-keygen is not installed")
        }
        var terms = CapturedProgram.Terms(limit: Self.limit, outputLimit: 64 << 10)
        terms.input = Array("\(line.text)\n".utf8)
        do {
            return try CapturedProgram.run(
                path, arguments: ["-Y"] + arguments, environment: environment, terms: terms)
        } catch {
            switch error {
            case .notStarted(let reason): throw Failure(reason: "ssh-keygen: \(reason)")
            case .timedOut: throw Failure(reason: "ssh-keygen took too long")
            case .tooLong: throw Failure(reason: "ssh-keygen printed too much")
            }
        }
    }

    private static func reason(_ program: CapturedProgram) -> String {
        let line = text(program.errors).split(separator: "\n").last.map(String.init)
        return line ?? "ssh-keygen ended with status \(program.status)"
    }

    private static func text(_ bytes: [UInt8]) -> String {
        cleaned(bytes, limit: 4096, keepingLines: true)
    }

    private static func failure(_ attempted: String) -> Failure {
        let text = String(cString: strerror(errno))
        return Failure(reason: "\(attempted): \(text.prefix(1).lowercased() + text.dropFirst())")
    }
}
