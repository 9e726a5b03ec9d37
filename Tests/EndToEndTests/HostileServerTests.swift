import TestServer
import Testing

/// The table of misbehaviours: whatever a server does, ccrun neither crashes nor hangs nor claims a
/// success that there was not, leaves the terminal as it was, and leaves a transcript that is whole.
@Suite struct HostileServerTests {
    /// Most of them wait most of the time.
    private static let turnstile = Turnstile(8)

    @Test(arguments: HostileServer.all)
    func `a hostile server gets the better of nobody`(row: HostileServer) async throws {
        let complaints = try await Self.turnstile.pass {
            let scene = try HostileScene(row)
            defer { scene.stop() }
            try scene.play()
            return scene.complaints
        }
        #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
    }

    @Test func `an honest server passes the same examination with 0`() async throws {
        let honest = HostileServer(honestly: 0)
        let complaints = try await Self.turnstile.pass {
            let scene = try HostileScene(honest)
            defer { scene.stop() }
            try scene.play()
            return scene.complaints
        }
        #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
    }

    @Test func `the table is as large as it has to be, and each row has a name of its own`() {
        #expect(HostileServer.all.count >= 60)
        #expect(Set(HostileServer.all.map(\.description)).count == HostileServer.all.count)
        #expect(Set(HostileServer.all.map(\.stage)) == Set(HostileServer.Stage.allCases))
    }
}
