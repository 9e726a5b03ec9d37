import Foundation
import Testing

@testable import SSH

@Suite struct TrustBase64Tests {
    @Test(arguments: 0...100)
    func `what is encoded reads back, and is what Foundation writes`(count: Int) {
        var numbers = SeededNumbers(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &numbers) }
        let text = Base64.encode(bytes)
        #expect(text == Data(bytes).base64EncodedString())
        #expect(Base64.decode(text.utf8) == bytes)
        #expect(Base64.encode(bytes, padded: false) == text.filter { $0 != "=" })
    }

    @Test(arguments: [
        "A", "AA", "AAA", "A===", "====", "AA=A", "AB==", "AAB=", "AA A", "AA\nA", "AAA-",
    ])
    func `what is not whole is refused`(text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }
}
