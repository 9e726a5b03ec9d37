import Foundation
import Testing

@testable import Deployments

/// The file that is read here.
struct DotEnvTests {
    static func reading(_ text: String) -> DotEnvCases.Reading {
        do {
            let variables = try DotEnv.variables(in: text, environment: DotEnvCases.environment)
            return .variables(
                Dictionary(
                    variables.map { ($0.name, $0.value) }, uniquingKeysWith: { "\($0)\($1)" }))
        } catch {
            return .malformed(line: error.line)
        }
    }

    @Test func `a file is read as the table has it`() {
        for (text, expected) in DotEnvCases.all {
            #expect(Self.reading(text) == expected, "\(text.debugDescription)")
        }
    }

    @Test func `python-dotenv reads what the table has`() throws {
        let readings = try DotEnvWitness().readings(
            of: DotEnvCases.all.map(\.0), environment: DotEnvCases.environment)
        for (row, reading) in zip(DotEnvCases.all, readings) {
            #expect(reading == row.1, "\(row.0.debugDescription)")
        }
    }

    @Test func `made-up files are read as python-dotenv reads them`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed of the dotenv files: \(seed)")
        var samples = DotEnvSamples(seed: seed)
        let texts = (0..<2000).map { _ in samples.file() }
        let readings = try DotEnvWitness().readings(
            of: texts, environment: DotEnvCases.environment)
        for (text, reading) in zip(texts, readings) {
            #expect(Self.reading(text) == reading, "seed \(seed): \(text.debugDescription)")
        }
    }

    @Test func `variables come in the order of their first lines, each once`() throws {
        let variables = try DotEnv.variables(in: "B=1\nA=2\nC\nB=3\nC=4", environment: [:])
        #expect(variables.map(\.name) == ["B", "A", "C"])
        #expect(variables.map(\.value) == ["3", "2", "4"])
    }

    @Test func `values that double each other end where no program could have them`() {
        // All values up to line n have 2^n - 1 bytes together.
        let text = "A=x\n" + String(repeating: "A=${A}${A}\n", count: 1000)
        #expect(throws: DotEnv.Problem(kind: .tooLarge, line: 22)) {
            try DotEnv.variables(in: text, environment: [:])
        }
    }

    @Test func `a large file takes time in proportion to its size`() throws {
        let lines = (0..<20_000).map { "KEY_\($0)=\"value \($0)\" # '${KEY_0}'\n" }.joined()
        let long = "LONG=\"" + String(repeating: "\\\"x${KEY_1}", count: 20_000) + "\"\n"
        let variables = try DotEnv.variables(in: lines + long, environment: [:])
        #expect(variables.count == 20_001)
        #expect(variables.last?.value == String(repeating: "\"xvalue 1", count: 20_000))
    }
}
