import TestServer
import Testing

/// The table of misbehaviours: whatever a server does, ccrun neither crashes nor hangs nor claims a
/// success that there was not, leaves the terminal as it was, and leaves a transcript that is whole.
@Suite struct HostileServerTests {
    /// Most of them wait most of the time.
    private static let turnstile = Turnstile(8)

    /// Plays a row; once more with all the time it wants, where that may be what was missing.
    private static func complaints(about row: HostileServer, patience: Int = 1) throws -> [String] {
        let scene = try HostileScene(row, patience: patience)
        defer { scene.stop() }
        try scene.play()
        guard scene.wasShortOfTime, patience == 1 else { return scene.complaints }
        return try complaints(about: row, patience: 10)
    }

    @Test(arguments: HostileServer.all)
    func `a hostile server gets the better of nobody`(row: HostileServer) async throws {
        let complaints = try await Self.turnstile.pass { try Self.complaints(about: row) }
        #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
    }

    @Test func `an honest server passes the same examination with 0`() async throws {
        let honest = HostileServer(honestly: 0)
        let complaints = try await Self.turnstile.pass { try Self.complaints(about: honest) }
        #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
    }

    @Test func `the table is as large as it has to be, and each row has a name of its own`() {
        #expect(HostileServer.all.count >= 60)
        #expect(Set(HostileServer.all.map(\.description)).count == HostileServer.all.count)
        #expect(Set(HostileServer.all.map(\.stage)) == Set(HostileServer.Stage.allCases))
    }
}
