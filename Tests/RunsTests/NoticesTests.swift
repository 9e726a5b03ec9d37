import Deployments
import SSH
import TestServer
import Testing

@testable import Runs

/// What ccrun says on stderr, line by line.
@Suite struct NoticesTests {
    /// What is said at a verbosity.
    private static func said(
        _ verbosity: RunOptions.Verbosity = .normal, _ body: (Notices) -> Void
    ) -> [String] {
        let written = Watched<[String]>([])
        body(Notices(verbosity) { text in written.withLock { $0.append(text) } })
        return written.withLock { $0 }
    }

    @Test func `an error is a line, its details follow, and a hint ends it`() {
        let said = Self.said { notices in
            notices.error("cannot", details: ["tried this", "tried that"], hint: "do so")
        }
        #expect(
            said == [
                "ccrun: error: cannot\n", "ccrun: tried this\n", "ccrun: tried that\n",
                "ccrun: hint: do so\n",
            ])
    }

    @Test func `the errors of the modules read the same`() {
        let ssh = SSHError(
            .connect, "cannot connect to \"h\" port 22", underlying: "connection refused",
            details: ["tried 192.0.2.7"], hint: "check the port")
        #expect(
            Self.said { $0.error(ssh) } == [
                "ccrun: error: cannot connect to \"h\" port 22: connection refused\n",
                "ccrun: tried 192.0.2.7\n", "ccrun: hint: check the port\n",
            ])
        let deployments = DeploymentsError(.unknownApp, "cannot find \"x\"", because: "no such app")
        #expect(
            Self.said { $0.error(deployments) }
                == [
                    "ccrun: error: cannot find \"x\": no such app\n",
                    "ccrun: hint: \(deployments.advice)\n",
                ])
    }

    @Test func `a warning of several lines has each with the name in front`() {
        #expect(
            Self.said { $0.warning("the disk is full\n\nhint: make room\n") }
                == ["ccrun: warning: the disk is full\n", "ccrun: hint: make room\n"])
    }

    @Test(
        arguments: [
            (.quiet, []),
            (.normal, ["ccrun: note\n", "ccrun: web1: a\n", "ccrun: web1: banner\n"]),
            (
                .verbose,
                [
                    "ccrun: note\n", "ccrun: detail\n", "ccrun: web1: a\n",
                    "ccrun: web1: banner\n",
                ]
            ),
        ] as [(RunOptions.Verbosity, [String])])
    func `verbosity decides on notes, details and banners`(
        verbosity: RunOptions.Verbosity, lines: [String]
    ) {
        let said = Self.said(verbosity) { notices in
            notices.note("note")
            notices.detail("detail")
            notices.quote("a\nbanner", of: "web1")
        }
        #expect(said == lines)
    }

    @Test func `errors, warnings and conclusions are never silenced`() {
        let said = Self.said(.quiet) { notices in
            notices.error("one")
            notices.warning("two")
            notices.conclusion("three")
        }
        #expect(said == ["ccrun: error: one\n", "ccrun: warning: two\n", "ccrun: three\n"])
    }

    @Test func `nothing that is said is a command of a CI system`() {
        let said = Self.said { notices in
            notices.quote("::error::x\n##[error]y\n::stop-commands::z", of: "web1")
            notices.error("why\n::error::x", details: ["##[add-mask]y"], hint: "::debug::z")
        }
        #expect(said.count == 7)
        for line in said {
            #expect(line.hasPrefix("ccrun: ") && !line.contains("##["), "\(line)")
            #expect(line.filter { $0 == "\n" }.count == 1 && line.hasSuffix("\n"))
        }
    }
}
