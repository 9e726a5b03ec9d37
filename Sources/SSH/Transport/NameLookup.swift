internal import CLibSSH2Shims

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import Dispatch

/// One address to try, in the form connect(2) takes.
struct SocketAddress: Sendable {
    let family: CInt
    let bytes: [UInt8]
    /// The numeric form: `192.0.2.7`, `2001:db8::7`.
    let text: String

    /// Lends the address to a system call; -1 where there is none.
    func withSocketAddress(_ call: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return -1 }
            return call(base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
    }
}

/// Name lookup with a deadline, which getaddrinfo(3) has not: it runs on a thread of its own.
enum NameLookup {
    /// All addresses of a host, in the order of RFC 6724, families alternating (RFC 8305, 4).
    static func addresses(
        of host: String, port: UInt16, until deadline: Deadline, interrupt: Interrupt?
    ) throws(SSHError) -> [SocketAddress] {
        // A numeric address needs no lookup and no thread.
        if case .success(let found) = resolve(host, port, flags: AI_NUMERICHOST) { return found }
        let answer = try lookUpOnThread(host, port, until: deadline, interrupt: interrupt)
        switch answer {
        case .success(let addresses): return alternating(addresses)
        case .failure(let failure):
            throw SSHError(
                .nameLookup, "cannot find the address of \"\(cleaned(host.utf8))\"",
                underlying: failure.text,
                hint: "check the name in the inventory, or pass --host")
        }
    }

    private struct Failure: Error {
        let text: String
    }

    /// The thread's result; written before the pipe is, read after, so no lock is needed.
    private final class Answer: @unchecked Sendable {
        var result: Result<[SocketAddress], Failure> = .failure(Failure(text: "no answer"))
    }

    private static func lookUpOnThread(
        _ host: String, _ port: UInt16, until deadline: Deadline, interrupt: Interrupt?
    ) throws(SSHError) -> Result<[SocketAddress], Failure> {
        var ends: [CInt] = [-1, -1]
        guard ccr_pipe(&ends) == 0 else {
            throw SSHError(.nameLookup, "cannot look up a name", underlying: describe(errno: errno))
        }
        let (readEnd, writeEnd) = (ends[0], ends[1])
        defer { close(readEnd) }
        let answer = Answer()
        DispatchQueue.global().async {
            answer.result = resolve(host, port, flags: AI_ADDRCONFIG)
            close(writeEnd)  // the reader sees the end of the pipe
        }
        var entries = [pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)]
        if let interrupt {
            entries.append(pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0))
        }
        while true {
            let ready = wait(for: &entries, until: deadline)
            if entries[0].revents != 0 { return answer.result }
            if entries.count > 1, entries[1].revents != 0 {
                throw SSHError(.interrupted, "interrupted while looking up \"\(host)\"")
            }
            if !ready {
                throw SSHError(
                    .timeout, "cannot find the address of \"\(host)\"",
                    underlying: "no answer in time", hint: "check the network and its name servers")
            }
        }
    }

    private static func resolve(
        _ host: String, _ port: UInt16, flags: CInt
    ) -> Result<[SocketAddress], Failure> {
        var hints = addrinfo()
        hints.ai_flags = flags | AI_NUMERICSERV
        hints.ai_family = AF_UNSPEC
        #if os(Linux)
            hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            let text =
                code == EAI_SYSTEM ? describe(errno: errno) : String(cString: gai_strerror(code))
            return .failure(Failure(text: text.prefix(1).lowercased() + text.dropFirst()))
        }
        defer { freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let address = entry.ai_addr else { continue }
            found.append(
                SocketAddress(
                    family: entry.ai_family,
                    bytes: Array(
                        UnsafeRawBufferPointer(start: address, count: Int(entry.ai_addrlen))),
                    text: numericText(address, entry.ai_addrlen)))
        }
        return .success(found)
    }

    private static func numericText(
        _ address: UnsafePointer<sockaddr>, _ length: socklen_t
    ) -> String {
        var buffer = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = getnameinfo(
            address, length, &buffer, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST)
        guard code == 0 else { return "?" }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func alternating(_ addresses: [SocketAddress]) -> [SocketAddress] {
        guard let first = addresses.first else { return [] }
        var preferred = addresses.filter { $0.family == first.family }[...]
        var others = addresses.filter { $0.family != first.family }[...]
        var ordered: [SocketAddress] = []
        while !preferred.isEmpty || !others.isEmpty {
            if let address = preferred.popFirst() { ordered.append(address) }
            if let address = others.popFirst() { ordered.append(address) }
        }
        return ordered
    }
}
