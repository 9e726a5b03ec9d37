import Testing

@testable import Deployments

/// What is made of a server's answers about detached jobs.
struct RemoteJobParsingTests {
    private static let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

    @Test(arguments: [
        ("ccrun-job\texited\t3\n", RemoteJob.Verdict.exited(3)),
        ("noise\nccrun-job\trunning\nccrun-job\texited\t255", .exited(255)),
        ("ccrun-job\tsignalled\t143 TERM\n", .signalled(status: 143, name: "TERM")),
        ("ccrun-job\tsignalled\t137 K\u{1b}[2JL\n", .signalled(status: 137, name: "K\u{fffd}[2JL")),
        ("ccrun-job\tlost\n", .lost), ("ccrun-job\tabsent\t\n", .absent),
    ])
    func `a verdict is found among other lines`(text: String, verdict: RemoteJob.Verdict) {
        #expect(RemoteJob.Verdict(parsing: text.utf8) == verdict)
    }

    @Test(arguments: [
        "", "\n", "ccrun-job", "ccrun-job\t", "ccrun-job\texited", "ccrun-job\texited\t",
        "ccrun-job\texited\t256", "ccrun-job\texited\t-1", "ccrun-job\texited\t3 ",
        "ccrun-job\texited\t99999999999999999999", "ccrun-job\tsignalled\t143",
        "x ccrun-job\texited\t3", "ccrun-job\tdone\t3",
    ])
    func `no other text is a verdict`(text: String) {
        #expect(RemoteJob.Verdict(parsing: text.utf8) == nil)
    }

    @Test func `only an end has an exit status`() {
        #expect(RemoteJob.Verdict.exited(3).exitStatus == 3)
        #expect(RemoteJob.Verdict.signalled(status: 143, name: "TERM").exitStatus == 143)
        #expect(RemoteJob.Verdict.lost.exitStatus == 255)
        #expect(RemoteJob.Verdict.running.exitStatus == nil)
        #expect(RemoteJob.Verdict.absent.exitStatus == nil)
    }

    @Test func `a listing that was cut off is none`() throws {
        let line = "job\t\(Self.id)\texited\t3\t10\t20\t30\tmigrate\n"
        #expect(RemoteJob.Listing(parsing: line.utf8) == nil)
        #expect(RemoteJob.Listing(parsing: "\(line)end\t".utf8) == nil)
        let listing = try #require(
            RemoteJob.Listing(parsing: "hello\n\(line)job\t1\nend\t40\n".utf8))
        #expect(listing.now == 40)
        let entry = try #require(listing.entries.first)
        #expect(listing.entries.count == 1)
        #expect(entry.run == Self.id)
        #expect(entry.verdict == .exited(3))
        #expect([entry.started, entry.ended, entry.pid] == [10, 20, 30])
        #expect(entry.title == "migrate")
    }

    @Test func `titles and names are cleaned and bounded`() throws {
        let title = "a\u{1b}]0;x\u{7}\tb\u{202e}c\r" + String(repeating: "é", count: 100_000)
        let text = "job\t\(Self.id)\trunning\t\t\tx\t-1\t\(title)\nend\t1\n"
        let entry = try #require(RemoteJob.Listing(parsing: text.utf8)?.entries.first)
        #expect(entry.title.hasPrefix("a\u{fffd}]0;x\u{fffd} b\u{fffd}c éé"))
        #expect(entry.title.count == 201)
        #expect(entry.title.hasSuffix("é…"))
        #expect([entry.started, entry.ended, entry.pid] == [nil, nil, nil])
    }

    @Test func `no more jobs are read than somebody can look at`() {
        let line = "job\t\(Self.id)\trunning\t\t1\t\t2\tx\n"
        let text = String(repeating: line, count: RemoteJob.Listing.limit + 5) + "end\t1\n"
        #expect(
            RemoteJob.Listing(parsing: text.utf8)?.entries.count == RemoteJob.Listing.limit)
    }

    @Test func `a start names the job and its runner`() {
        let text = "motd\nstarted\t\(Self.id)\t4711\n"
        #expect(RemoteJob.Started(parsing: text.utf8)?.run == Self.id)
        #expect(RemoteJob.Started(parsing: text.utf8)?.pid == 4711)
        for other in ["", "started\t\(Self.id)\t", "started\tx\t1\n", "started\t\(Self.id)\n"] {
            #expect(RemoteJob.Started(parsing: other.utf8) == nil)
        }
    }
}
