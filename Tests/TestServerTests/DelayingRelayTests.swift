import Testing
import TestServer

@Suite struct DelayingRelayTests {
    /// 8 is what OpenSSH 9.2 needs: banner, KEXINIT, key exchange, service, "none", the key, its
    /// signature, channel, terminal and command; banner and KEXINIT wait for each other.
    @Test(arguments: [[], ["-tt"]])
    func `ssh needs eight round trips, with a terminal or without`(options: [String]) throws {
        try withSSHD { sshd in
            let delay = Duration.milliseconds(150)
            try withRelay(to: sshd.port, delay: delay) { relay in
                let result = try sshd.ssh(
                    ["true"], relay: relay.port,
                    options: ["-o", "KexAlgorithms=curve25519-sha256"] + options)
                #expect(result.status == .exited(0), "\(result.errorOutput)")
                let measure = try relay.waitFor("the end", \.hasEnded)
                #expect(measure.count == 8)
                // The clock says more, by what both ends compute, and never less.
                #expect(measure.byClock(roundTrip: delay * 2) >= 8)
            }
        }
    }

    @Test func `a client that waits for nothing makes one round trip`() throws {
        try withLyingServer(.honest()) { server in
            try withRelay(to: server.port, delay: .milliseconds(150)) { relay in
                let client = try connectedSocket(port: relay.port)
                try client.write(Array("SSH-2.0-Test\r\n".utf8) + [UInt8](repeating: 0, count: 64))
                while try !client.read().isEmpty {}
                client.close()
                let measure = try relay.waitFor("the end", \.hasEnded)
                #expect(measure.flights == 1)
                #expect(measure.count <= 1)
                #expect(measure.bytesToServer == 14 + 64)
            }
        }
    }

    @Test func `bytes pass unchanged both ways, throttled or not`() throws {
        var random = SeededGenerator(seed: 11)
        let bytes = random.bytes(400_000)
        try withSSHD { sshd in
            for rate in [nil, 2_000_000] as [Int?] {
                let relay = try DelayingRelay(
                    to: sshd.port, .init(toServer: .milliseconds(1), bytesPerSecond: rate))
                defer { relay.stop() }
                let result = try sshd.ssh(["cat"], input: .bytes(bytes), relay: relay.port)
                let isEqual = result.standardOutput == bytes
                #expect(isEqual, "\(result.outputCount) bytes, \(result.errorOutput)")
                if rate != nil { #expect(result.duration >= .milliseconds(200)) }
            }
        }
    }

    @Test(arguments: [DelayingRelay.Cut.reset, .end])
    func `a cut ends the client, and later ones are relayed`(cut: DelayingRelay.Cut) throws {
        try withSSHD { sshd in
            try withRelay(to: sshd.port) { relay in
                let ssh = try ChildProcess(
                    try Tool.path("ssh"),
                    try sshd.sshArguments(relay: relay.port) + ["echo up; exec sleep 1005"])
                try ssh.waitForOutput("up")
                relay.cut(cut)
                let lost = try ssh.waitForExit()
                #expect(lost.status == .exited(255))
                let next = try sshd.ssh(["echo again"], relay: relay.port)
                #expect(next.output == "again\n", "\(next.errorOutput)")
            }
        }
    }

    @Test func `a silence tells nobody, and ends without a loss`() throws {
        try withSSHD { sshd in
            try withRelay(to: sshd.port) { relay in
                let ssh = try ChildProcess(
                    try Tool.path("ssh"), try sshd.sshArguments(relay: relay.port) + ["cat"],
                    input: .pipe)
                ssh.write("before\n")
                try ssh.waitForOutput("before\n")
                relay.cut(.silence)
                let passed = relay.measure()
                ssh.write("after\n")
                ssh.closeInput()
                #expect(ssh.process.wait(.milliseconds(200)) == nil)
                #expect(relay.measure() == passed)
                relay.heal()
                let result = try ssh.waitForExit()
                #expect(result.output == "before\nafter\n")
                #expect(result.status == .exited(0))
            }
        }
    }

    @Test func `a cut after so many bytes lets no more pass`() throws {
        try withSSHD { sshd in
            try withRelay(to: sshd.port) { relay in
                relay.cut(.reset, afterBytesToClient: 50_000)
                let result = try sshd.ssh(["cat /dev/zero"], relay: relay.port)
                #expect(result.status == .exited(255))
                #expect(relay.measure().bytesToClient == 50_000)
            }
        }
    }

    @Test func `a reset of the server reaches the client`() throws {
        try withLyingServer(.fault(.reset, in: .kexReply)) { server in
            try withRelay(to: server.port) { relay in
                let result = try server.ssh(["true"], relay: relay.port)
                #expect(result.status == .exited(255))
                #expect(result.errorOutput.contains("reset"), "\(result.errorOutput)")
            }
        }
    }

    @Test func `nobody behind the relay is a connection that ends at once`() throws {
        let nobody = try ReservedPort()
        try withRelay(to: nobody.number) { relay in
            let client = try connectedSocket(port: relay.port)
            let rest = try client.read()
            #expect(rest.isEmpty)
        }
        nobody.release()
    }
}
