import Foundation
import Testing

@testable import Deployments

/// The real python-dotenv, asked what it reads in files.
struct DotEnvWitness {
    private let python: String

    /// Finds a Python that has the module; without one the test is cancelled with that reason.
    init() throws {
        let variables = ProcessInfo.processInfo.environment
        let names = [
            variables["CCRUN_TEST_PYTHON"], CapturedProgram.find("python3", environment: variables),
            "/usr/bin/python3",
        ]
        guard let python = names.compactMap(\.self).first(where: Self.hasModule) else {
            try Test.cancel("no Python here has python-dotenv (Debian: python3-dotenv)")
        }
        self.python = python
    }

    private static func hasModule(_ python: String) -> Bool {
        let program = try? CapturedProgram.run(
            python, arguments: ["-c", "import dotenv"], environment: [:],
            terms: .within(.seconds(60)))
        return program?.status == 0
    }

    /// Returns what it reads in each file; keys that sh cannot export count as malformed.
    func readings(
        of texts: [String], environment: [String: String]
    ) throws -> [DotEnvCases.Reading] {
        let scratch = try Scratch()
        let path = try scratch.write("files", texts.joined(separator: "\0"))
        let program = try CapturedProgram.run(
            python, arguments: ["-I", "-c", Self.script, path],
            environment: environment, terms: .within(.seconds(120)))
        try #require(program.status == 0, "\(program.errorText)")
        let answers = try JSONDecoder().decode([Answer].self, from: Data(program.output))
        return answers.map { answer in
            answer.line.map { .malformed(line: $0) } ?? .variables(answer.variables ?? [:])
        }
    }

    private struct Answer: Decodable {
        let line: Int?
        let variables: [String: String]?
    }

    /// `utf-8-sig` takes a byte order mark off, as we do.
    private static let script = #"""
        import io, json, logging, re, sys
        from dotenv import dotenv_values
        from dotenv.parser import parse_stream
        logging.disable()

        def line_of_error(stream):
            for binding in parse_stream(stream):
                key, text = binding.key, binding.original.string
                if binding.error or key and not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", key):
                    blanks = text[:len(text) - len(text.lstrip())]
                    return binding.original.line + blanks.count("\n")

        def answer(file):
            open = lambda: io.TextIOWrapper(io.BytesIO(file), encoding="utf-8-sig")
            line = line_of_error(open())
            if line:
                return {"line": line}
            values = dotenv_values(stream=open()).items()
            return {"variables": {name: value for name, value in values if value is not None}}

        files = io.open(sys.argv[1], "rb").read().split(b"\0")
        json.dump([answer(file) for file in files], sys.stdout)
        """#
}
