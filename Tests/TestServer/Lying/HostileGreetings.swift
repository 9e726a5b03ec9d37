/// Identifications, offers of algorithms and key exchanges that go wrong (RFC 4253 §4.2, §7 and §8).
extension HostileServer {
    static let greetings: [HostileServer] = [
        .init(.identification, "silence", .fails, .faulty(.stall, in: .beforeBanner)),
        .init(.identification, "an end at once", .fails, .faulty(.end, in: .beforeBanner)),
        .init(.identification, "half, and silence", .fails, .faulty(.stall, in: .banner)),
        .init(.identification, "half, and the end", .fails, .faulty(.end, in: .banner)),
        .init(.identification, "half, and a reset", .fails, .faulty(.reset, in: .banner)),
        .init(.identification, "that of a web server", .fails, .garbageBanner),
        .init(
            .identification, "random bytes", .fails,
            .faulty(.garbage(bytes: 4096), in: .beforeBanner)),
        .init(
            .identification, "lines ahead of it without an end", .fails,
            .faulty(.chatterLine("one moment"), in: .beforeBanner)),
        // libssh2 1.10 gives up, 1.11 passes over it.
        .init(
            .identification, "a line of 1 MiB ahead of it", .mayEnd(7),
            .seven.with { $0.preBannerLines = [String(repeating: "x", count: 1 << 20)] }),
        .init(
            .identification, "100 KiB without a line end", .fails,
            .identifying("SSH-2.0-" + String(repeating: "x", count: 100 << 10))),
        .init(
            .identification, "escape sequences in it", .mayEnd(7),
            .identifying("SSH-2.0-\(Payload.escapes.filter { $0 != "\r\n" })\r\n")),
        .init(
            .identification, "a NUL byte in it", .mayEnd(7), .identifying("SSH-2.0-A\u{0}B\r\n")),
        .init(
            .identification, "a version of long ago", .mayEnd(7), .identifying("SSH-1.5-Old\r\n")),
        .init(
            .identification, "said twice", .fails,
            .identifying("SSH-2.0-Liar\r\nSSH-2.0-Liar\r\n")),
        .init(
            .algorithms, "no key exchange at all", .fails,
            .seven.with { $0.algorithms.keyExchange = [] }),
        .init(.algorithms, "no cipher at all", .fails, .seven.with { $0.algorithms.ciphers = [] }),
        .init(
            .algorithms, "names with escape sequences", .fails,
            .seven.with { $0.algorithms.keyExchange = [Payload.escapes] }),
        .init(
            .algorithms, "compression and nothing else", .fails,
            .seven.with { $0.algorithms.compression = ["zlib"] }),
        .init(
            .algorithms, "30 KB of names", .mayEnd(7),
            .seven.with { $0.algorithms.ciphers += (0..<2000).map { "cipher-\($0)@x" } }),
        .init(
            .algorithms, "300 KB of names", .fails,
            .seven.with { $0.algorithms.ciphers += (0..<20_000).map { "cipher-\($0)@x" } }),
        .init(
            .algorithms, "a list that claims 4 GiB", .fails,
            offer { Array($0[..<17]) + [0xFF, 0xFF, 0xFF, 0xFF] + $0[21...] }),
        .init(
            .algorithms, "a list that claims more than there is", .fails,
            offer { Array($0[..<17]) + [0, 0, 0x7F, 0xFF] + $0[21...] }),
        .init(.algorithms, "cut within the cookie", .fails, offer { Array($0[..<9]) }),
        .init(.algorithms, "lists without the last two", .fails, offer { $0.dropLast(13) }),
        .init(
            .algorithms, "a guess that never follows", .fails,
            offer { $0.dropLast(5) + [1, 0, 0, 0, 0] }),
        .init(
            .algorithms, "a login that succeeds before there are keys", .mayEnd(7),
            ahead([Message.userauthSuccess])),
        .init(
            .algorithms, "an exit status before there are keys", .mayEnd(7),
            ahead(Payload.exitStatus(0))),
        .init(
            .algorithms, "an end of keys before there are any", .fails, ahead([Message.newKeys])),
    ]

    private static func offer(_ edit: @escaping @Sendable ([UInt8]) -> [UInt8]) -> Script {
        .tampering(Message.kexInit, .edited(edit))
    }

    private static func ahead(_ message: [UInt8]) -> Script {
        .tampering(Message.kexInit, .preceded([message]))
    }

    /// The reply of a key exchange: host key, ephemeral key, signature (RFC 5656 §4).
    static let keyExchanges: [HostileServer] = [
        .init(
            .keyExchange, "a signature that does not fit", .fails, reply { $2[$2.count - 1] ^= 1 }),
        .init(.keyExchange, "a signature of nothing", .fails, reply { $2 = [] }),
        .init(.keyExchange, "a signature of another kind", .mayEnd(7), reply { $2[10] ^= 1 }),
        .init(
            .keyExchange, "a signature that is cut", .fails, reply { $2 = Array($2.dropLast(20)) }),
        .init(
            .keyExchange, "a signature of 30 KB", .fails,
            reply { $2 = [UInt8](repeating: 0x55, count: 30_000) }),
        .init(
            .keyExchange, "a signature that claims 4 GiB", .mayEnd(7),
            reply { $2.replaceSubrange(15..<19, with: [0xFF, 0xFF, 0xFF, 0xFF]) }),
        .init(.keyExchange, "a host key of nothing", .fails, reply { host, _, _ in host = [] }),
        .init(
            .keyExchange, "a host key that is cut", .fails,
            reply { host, _, _ in host.removeLast(9) }),
        .init(
            .keyExchange, "a host key that claims 4 GiB", .fails,
            reply { host, _, _ in host.replaceSubrange(15..<19, with: [0xFF, 0xFF, 0xFF, 0xFF]) }),
        .init(
            .keyExchange, "a host key of another kind", .fails,
            reply { host, _, _ in host = WireWriter().string("ssh-rsa").string([]).string([]).bytes
            }),
        .init(.keyExchange, "another's host key", .fails, reply { host, _, _ in host[30] ^= 1 }),
        .init(
            .keyExchange, "a point of zeros", .fails,
            reply { _, point, _ in point = [UInt8](repeating: 0, count: 32) }),
        .init(.keyExchange, "a point of nothing", .fails, reply { _, point, _ in point = [] }),
        .init(
            .keyExchange, "a point that is short", .fails,
            reply { _, point, _ in point.removeLast() }),
        .init(.keyExchange, "a point that is long", .fails, reply { _, point, _ in point += [1] }),
        .init(
            .keyExchange, "a point of 30 KB", .fails,
            reply { _, point, _ in point = [UInt8](repeating: 9, count: 30_000) }),
        .init(
            .keyExchange, "a reply that claims 4 GiB", .fails,
            .tampering(
                Message.kexECDHReply, .edited { [$0[0], 0xFF, 0xFF, 0xFF, 0xFF] + $0[5...] })),
        .init(
            .keyExchange, "a reply of another exchange", .fails,
            .tampering(Message.kexECDHReply, .edited { [33] + $0.dropFirst() })),
        .init(
            .keyExchange, "an exit status behind the new keys", .mayEnd(7),
            .tampering(Message.newKeys, .followed([Payload.exitStatus(0)]))),
    ]

    private static func reply(
        _ edit:
            @escaping @Sendable (
                _ host: inout [UInt8], _ point: inout [UInt8], _ seal: inout [UInt8]
            )
            -> Void
    ) -> Script {
        .tampering(
            Message.kexECDHReply,
            .edited { payload in
                var reader = WireReader(payload.dropFirst())
                guard var host = try? reader.string(), var point = try? reader.string(),
                    var seal = try? reader.string()
                else { return payload }
                edit(&host, &point, &seal)
                return WireWriter(payload[0]).string(host).string(point).string(seal).bytes
            })
    }
}
