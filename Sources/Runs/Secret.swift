/// A value that is not shown: its bytes come out by `withBytes` alone.
///
/// Interpolation, `print`, `dump`, a debugger's summary and a test's failure message all say
/// `[redacted]`, so that a message that names too much still gives nothing away.
package struct Secret: Sendable, Hashable {
    private let bytes: [UInt8]

    package init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    package init(_ text: String) {
        self.init(text.utf8)
    }

    /// In bytes.
    package var count: Int { bytes.count }

    /// Lends the bytes to whoever sends them or looks for them.
    package func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let lend = { (elements: UnsafeBufferPointer<UInt8>) throws(Failure) -> Result in
            try body(UnsafeRawBufferPointer(elements))
        }
        return try bytes.withUnsafeBufferPointer(lend)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[redacted]" }

    package var debugDescription: String { description }

    /// Without children: `dump` and reflection look past a description.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
