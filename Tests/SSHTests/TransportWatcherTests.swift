import CLibSSH2Shims
import Glibc
import TestServer
import Testing

@testable import SSH

private typealias Packet = TestServer.WireWriter

/// The packet watcher on packets made by hand, as libssh2 frees them.
@Suite struct TransportWatcherTests {
    private static func request(
        _ type: String, channel: UInt32 = 0, _ rest: TestServer.WireWriter = Packet()
    ) -> [UInt8] {
        Packet(98).uint32(channel).string(type).boolean(false).raw(rest.bytes).bytes
    }

    private static func exitStatus(_ status: UInt32, channel: UInt32 = 0) -> [UInt8] {
        request("exit-status", channel: channel, Packet().uint32(status))
    }

    private static func exitSignal(_ name: String, channel: UInt32 = 0) -> [UInt8] {
        let rest = Packet().string(name).boolean(false).string("a message").string("en")
        return request("exit-signal", channel: channel, rest)
    }

    // MARK: - Exit status

    @Test(arguments: [0, 1, 3, 255, 256, .max] as [UInt32])
    func `an exit status is seen`(status: UInt32) {
        let wire = Wire.watching()
        wire.free(Self.exitStatus(status))
        #expect(wire.facts(ofChannel: 0).exitStatus == status)
        #expect(wire.facts(ofChannel: 0).exitSignal == nil)
        #expect(!wire.facts(ofChannel: 0).isClosed)
    }

    @Test(arguments: [([7, 0, 9], 7), ([0, 4, 5], 4), ([0, 0], 0)] as [([UInt32], UInt32)])
    func `the first exit status counts, and a failure takes a success back`(
        statuses: [UInt32], expected: UInt32
    ) {
        let wire = Wire.watching()
        for status in statuses { wire.free(Self.exitStatus(status)) }
        #expect(wire.facts(ofChannel: 0).exitStatus == expected)
    }

    @Test func `what comes behind the close of a channel is nobody's word`() {
        let wire = Wire.watching()
        wire.free(Packet(97).uint32(0).bytes)
        wire.free(Self.exitStatus(0))
        wire.free(Self.exitSignal("TERM"))
        #expect(wire.facts(ofChannel: 0).isClosed)
        #expect(!wire.facts(ofChannel: 0).hasVerdict)
    }

    @Test func `an exit status that is cut off anywhere is none`() {
        let packet = Self.exitStatus(0x0102_0304)
        for count in 0..<packet.count {
            let wire = Wire.watching()
            wire.free(Array(packet.prefix(count)))
            #expect(wire.facts(ofChannel: 0) == ChannelFacts(), "\(count) bytes")
        }
    }

    @Test(arguments: ["exit-statu", "exit-statusx", "exit-STATUS", "", "keepalive@openssh.com"])
    func `other requests are no exit status`(type: String) {
        let wire = Wire.watching()
        wire.free(Self.request(type, Packet().uint32(0)))
        #expect(wire.facts(ofChannel: 0) == ChannelFacts())
    }

    // MARK: - Exit signal

    @Test(arguments: ["TERM", "KILL", "BUS@openssh.com", String(repeating: "x", count: 31)])
    func `an exit signal is seen by its name`(name: String) {
        let wire = Wire.watching()
        wire.free(Self.exitSignal(name))
        #expect(wire.facts(ofChannel: 0).exitSignal == name)
        #expect(wire.facts(ofChannel: 0).exitStatus == nil)
    }

    @Test(arguments: [32, 33, 4096, 200_000])
    func `a signal's name that is too long is known to have come, and not kept`(count: Int) {
        let wire = Wire.watching()
        wire.free(Self.exitSignal(String(repeating: "K", count: count)))
        #expect(wire.facts(ofChannel: 0).exitSignal == "")
    }

    @Test(arguments: [5, 1 << 31, .max] as [UInt32])
    func `a signal's name that claims to be longer than its packet is not read`(count: UInt32) {
        let wire = Wire.watching()
        wire.free(Self.request("exit-signal", Packet().uint32(count).raw("KILL".utf8)))
        #expect(wire.facts(ofChannel: 0).exitSignal == "")
    }

    @Test func `a signal that is cut off anywhere has its name or none`() {
        let packet = Self.exitSignal("TERM")
        // Message, channel, type, want-reply; then the name with its length.
        let header = 1 + 4 + 4 + 11 + 1
        for count in 0...packet.count {
            let wire = Wire.watching()
            wire.free(Array(packet.prefix(count)))
            let name: String? = count < header ? nil : count < header + 8 ? "" : "TERM"
            #expect(wire.facts(ofChannel: 0).exitSignal == name, "\(count) bytes")
        }
    }

    @Test func `a signal's name has no control characters`() {
        let wire = Wire.watching()
        wire.free(Self.exitSignal("TE\u{1b}[2JRM\n"))
        #expect(wire.facts(ofChannel: 0).exitSignal == "TE[2JRM")
    }

    @Test func `the first exit signal counts`() {
        let wire = Wire.watching()
        wire.free(Self.exitSignal("TERM"))
        wire.free(Self.exitSignal("KILL"))
        #expect(wire.facts(ofChannel: 0).exitSignal == "TERM")
    }

    // MARK: - Channels

    @Test func `each channel has its own facts`() {
        let wire = Wire.watching()
        wire.free(Self.exitStatus(3, channel: 1))
        wire.free(Self.exitSignal("HUP", channel: 15))
        wire.free(Packet(97).uint32(2).bytes)
        #expect(wire.facts(ofChannel: 0) == ChannelFacts())
        #expect(wire.facts(ofChannel: 1).exitStatus == 3)
        #expect(wire.facts(ofChannel: 15).exitSignal == "HUP")
        #expect(wire.facts(ofChannel: 2).isClosed)
    }

    @Test(arguments: [16, 17, 1 << 16, .max] as [UInt32])
    func `a channel that is not watched is passed over`(channel: UInt32) {
        let wire = Wire.watching()
        wire.free(Self.exitStatus(3, channel: channel))
        wire.free(Self.exitSignal("HUP", channel: channel))
        wire.free(Packet(97).uint32(channel).bytes)
        for number in 0..<16 { #expect(wire.facts(ofChannel: number) == ChannelFacts()) }
        #expect(wire.facts(ofChannel: Int(channel)) == ChannelFacts())
        #expect(wire.facts(ofChannel: -1) == ChannelFacts())
    }

    @Test func `any number can be watched, as many at once as there is room for`() {
        let wire = Wire()
        let room = UInt32(CCR_CHANNELS)
        for number in 0..<1000 as Range<UInt32> {
            #expect(ccr_watch_channel(wire.raw, number))
            wire.free(Self.exitStatus(number, channel: number))
            #expect(wire.facts(ofChannel: Int(number)).exitStatus == number)
            if number >= room - 1 { ccr_forget_channel(wire.raw, number - (room - 1)) }
        }
        let first = 1000 - (room - 1)
        #expect(wire.facts(ofChannel: Int(first) - 1) == ChannelFacts())
        #expect(wire.facts(ofChannel: Int(first)).exitStatus == first)
        #expect(ccr_watch_channel(wire.raw, 2000))
        #expect(!ccr_watch_channel(wire.raw, 2001))
    }

    @Test func `what was said of a channel before it is watched counts for nothing`() {
        let wire = Wire()
        wire.free(Self.exitStatus(0))
        #expect(ccr_watch_channel(wire.raw, 0))
        #expect(wire.facts(ofChannel: 0) == ChannelFacts())
    }

    // MARK: - The login and the end

    @Test func `banners are joined, cleaned, and bounded`() throws {
        let wire = Wire.watching()
        #expect(wire.banner == nil)
        wire.free(Packet(53).string("one\r\n\u{1b}[31mtwo\n").string("").bytes)
        wire.free(Packet(53).string("three\n\n").string("").bytes)
        #expect(wire.banner == "one\n[31mtwo\nthree")
        for _ in 0..<20 {
            wire.free(Packet(53).string(String(repeating: "x", count: 1_000)).string("").bytes)
        }
        #expect(try #require(wire.banner).utf8.count <= 4096)
        #expect(wire.raw.pointee.banner.length == 4096)
    }

    @Test func `the last failure says what may go on`() {
        let wire = Wire.watching()
        #expect(wire.acceptedMethods.isEmpty)
        wire.free(Packet(51).nameList(["publickey", "password"]).boolean(true).bytes)
        #expect(wire.acceptedMethods == ["publickey", "password"])
        #expect(wire.hasPartialSuccess)
        wire.free(Packet(51).nameList(["publickey"]).boolean(false).bytes)
        #expect(wire.acceptedMethods == ["publickey"])
        #expect(!wire.hasPartialSuccess)
    }

    @Test func `a failure that is cut off changes nothing`() {
        let whole = Packet(51).nameList(["publickey", "password"]).boolean(true).bytes
        for count in 0..<whole.count {
            let wire = Wire.watching()
            wire.free(Array(whole.prefix(count)))
            #expect(wire.acceptedMethods.isEmpty, "\(count) bytes")
            #expect(!wire.hasPartialSuccess)
        }
    }

    @Test func `the first disconnect counts, cleaned`() {
        let wire = Wire.watching()
        #expect(wire.disconnectReason == nil)
        wire.free(Packet(1).uint32(2).string("\u{1b}]0;x\u{7}too\r\nmany").string("").bytes)
        wire.free(Packet(1).uint32(11).string("again").string("").bytes)
        #expect(wire.disconnectReason == "]0;xtoo many")
    }

    @Test(arguments: ["", "\u{1b}\u{7}", "\r\n"])
    func `a disconnect without words has its reason's number`(text: String) {
        let wire = Wire.watching()
        wire.free(Packet(1).uint32(11).string(text).string("").bytes)
        #expect(wire.disconnectReason == "reason 11")
    }

    // MARK: - Blocks that are no packets

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `blocks of random bytes are read within their bounds`(seed: UInt64) {
        var random = TestServer.SeededGenerator(seed: seed)
        let wire = Wire.watching()
        for _ in 0..<500 {
            var bytes = random.bytes(Int.random(in: 0...64, using: &random))
            if !bytes.isEmpty,
                let message = ([1, 51, 53, 97, 98] as [UInt8]).randomElement(using: &random)
            {
                bytes[0] = message
            }
            wire.free(bytes)
        }
        #expect(wire.raw.pointee.banner.length <= 4096, "seed \(seed)")
        #expect(wire.raw.pointee.methods.length <= 4096, "seed \(seed)")
        #expect(wire.raw.pointee.disconnect.length <= 4096, "seed \(seed)")
    }

    @Test(arguments: [1, 20, 30, 64, 65, 100, 4096])
    func `a fresh block never looks like the packet that was there before`(size: Int) throws {
        let packet = Self.exitStatus(0)
        for _ in 0..<100 {
            let first = try #require(ccr_allocate(size))
            memcpy(first, packet, min(size, packet.count))
            memset(first + min(size, packet.count), 0x41, size - min(size, packet.count))
            ccr_release(nil, first)
            // The same memory, as malloc(3) has it; whether or not, it is clear.
            let second = try #require(ccr_allocate(size))
            let bytes = UnsafeRawBufferPointer(start: second, count: min(size, 64))
            #expect(bytes.allSatisfy { $0 == 0 })
            let wire = Wire.watching()
            ccr_release(wire.raw, second)
            #expect(wire.facts(ofChannel: 0) == ChannelFacts())
        }
    }

    @Test func `no memory is asked for beyond what there is`() {
        #expect(ccr_allocate(Int.max) == nil)
        #expect(ccr_allocate(Int(bitPattern: UInt.max)) == nil)
        ccr_release(nil, nil)
    }
}

extension Wire {
    /// A wire that watches the channels 0 to 15.
    fileprivate static func watching() -> Wire {
        let wire = Wire()
        for number in 0..<16 as Range<UInt32> { _ = ccr_watch_channel(wire.raw, number) }
        return wire
    }

    /// Frees a block with these bytes in it, as libssh2 frees a packet it has read.
    fileprivate func free(_ bytes: [UInt8]) {
        guard let memory = ccr_allocate(bytes.count) else { return }
        memcpy(memory, bytes, bytes.count)
        ccr_release(raw, memory)
    }
}
