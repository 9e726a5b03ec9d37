#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
internal import LocalTerminal
internal import SSH

/// Our standard output as a view of a release writes to it: in order, and without ever waiting.
///
/// It is the release that waits for a slow reader, and keeps its lock meanwhile.
package final class ViewOutput {
    let sink: OutputSink

    package convenience init() {
        self.init(STDOUT_FILENO)
    }

    init(_ descriptor: CInt) {
        sink = OutputSink(descriptor)
    }

    package func write(_ bytes: UnsafeRawBufferPointer) {
        sink.write(bytes)
    }
}

extension OutputSink {
    /// Waits until all is written; an interrupt, which is left to be seen, gives up on the rest.
    func drain(_ signals: SignalPipe, _ attendants: [any Attendant] = []) {
        while true {
            flush()
            guard let entry = pollEntry else { return }
            var entries = [
                entry, pollfd(fd: signals.interruptDescriptor, events: Int16(POLLIN), revents: 0),
            ]
            wait(for: &entries, until: attendants.nextTurn)
            if entries[1].revents != 0 { return }
            attendants.attend()
        }
    }
}
