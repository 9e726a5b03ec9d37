import Foundation
import Testing
import TestServer

@Suite struct ScratchFolderTests {
    @Test func `a folder is gone with all that is in it`() throws {
        let path = try withScratchFolder { folder in
            try folder.write("text", to: "deep/er/file", mode: 0o640)
            #expect(try folder.read("deep/er/file") == Array("text".utf8))
            #expect(folder.exists("deep/er"))
            #expect(folder.path.utf8.count < 24)
            let attributes = try FileManager.default.attributesOfItem(
                atPath: folder.file("deep/er/file"))
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o640)
            return folder.path
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a folder is gone when its user throws`() throws {
        let path = Watched("")
        #expect(throws: TestServerError.self) {
            try withScratchFolder { folder in
                path.withLock { $0 = folder.path }
                throw TestServerError(.program, "a test", "it gives up")
            }
        }
        #expect(!FileManager.default.fileExists(atPath: path.withLock { $0 }))
    }

    @Test func `a reserved port refuses, and is nobody else's`() throws {
        let port = try ReservedPort()
        let error = #expect(throws: TestServerError.self) {
            try connectedSocket(port: port.number)
        }
        #expect(error?.underlying == "connection refused")
        let others = try (0..<50).map { _ in try ReservedPort() }
        #expect(!others.map(\.number).contains(port.number))
        #expect(Set(others.map(\.number)).count == 50)
    }
}
