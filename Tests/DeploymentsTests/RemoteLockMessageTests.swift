import Testing

@testable import Deployments

/// What comes back from a host is read with suspicion.
struct RemoteLockMessageTests {
    typealias Message = RemoteLock.Message

    private static func holder(
        run: String = "RUN1", owner: String = "ann@desk", reason: String = "why",
        since: Int? = 1000,
        heldFor: Duration? = .seconds(9), beatAge: Duration? = .seconds(5), isManual: Bool = false
    ) -> RemoteLock.Holder {
        RemoteLock.Holder(
            run: run, owner: owner, reason: reason, since: since, heldFor: heldFor,
            beatAge: beatAge, isManual: isManual)
    }

    @Test(
        arguments: [
            ("held", .held), ("timeout", .timeout), ("lost", .lost), ("free", .free),
            (".", .alive),
            ("released", .released(nil)), ("error\tmkdir: no", .error("mkdir: no")),
            ("error\tx\u{1b}]0;t\u{7}\ty", .error("x\u{fffd}]0;t\u{fffd} y")),
            ("busy\t1000\tRUN1\tann@desk\twhy\t5\t9", .busy(holder())),
            ("released\t1000\tRUN1\tann@desk\twhy\t5\t9", .released(holder())),
            (
                "busy\t1000\tRUN1\tann@desk\twhy\tnever\t9",
                .busy(holder(beatAge: nil, isManual: true))
            ),
            (
                "busy\t\t\t\t\t\t",
                .busy(
                    holder(run: "", owner: "", reason: "", since: nil, heldFor: nil, beatAge: nil))
            ),
            ("busy\t1000\tRUN1\tann@desk\twhy\tso\t5\t9", .busy(holder(reason: "why so"))),
            (
                "busy\t1000\tRUN1\tann@desk\twhy\t-5\t-9",
                .busy(holder(heldFor: .zero, beatAge: .zero))
            ),
            (
                "busy\tx\tR\u{202e}1\tann@desk\twhy\t99999999999999999999\t",
                .busy(holder(run: "R\u{fffd}1", since: nil, heldFor: nil, beatAge: nil))
            ),
        ] as [(String, Message)])
    func `a line is read as a message`(line: String, message: Message) {
        #expect(Message.parse(line) == message)
    }

    @Test(arguments: [
        "", "Held", "held\tx", "busy", "busy\t1\t2\t3\t4\t5", "error", "released\t1", "motd: hello",
        "\theld", "held\r",
    ])
    func `any other line is no message`(line: String) {
        #expect(Message.parse(line) == nil)
    }

    @Test func `random lines neither crash nor bring controls along`() {
        var random = SeededGenerator(seed: 20_260_101)
        let pool = Array(
            "busy\t\t\t\t\terror\treleased0123-\u{1b}\r\u{0}\u{9b}\u{202e}é😀".unicodeScalars)
        for _ in 0..<5000 {
            var line = ["busy", "error", "released", ""].randomElement(using: &random) ?? ""
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                line.unicodeScalars.append(pool[Int.random(in: 0..<pool.count, using: &random)])
            }
            let texts: [String] =
                switch Message.parse(line) {
                case .busy(let holder), .released(let holder?):
                    [holder.run, holder.owner, holder.reason]
                case .error(let text): [text]
                default: []
                }
            let areClean = texts.allSatisfy { text in
                text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
            }
            #expect(areClean, "seed \(random.seed): \(line.debugDescription)")
        }
    }

    @Test func `a text is cut between characters of UTF-8, not inside one`() {
        #expect(RemoteLine.cleaned("aé日😀", limit: 5) == "aé")
        #expect(RemoteLine.cleaned("aé日😀", limit: 10) == "aé日😀")
    }

    @Test func `a beat is stale once it is older than the stale time`() {
        let lock = RemoteLock(
            deployment: DeploymentName(app: "shop", deployment: "default"), staleAfter: .seconds(5))
        #expect(!lock.isStale(Self.holder()))
        #expect(lock.isStale(Self.holder(beatAge: .seconds(6))))
        #expect(!lock.isStale(Self.holder(beatAge: nil)))
        #expect(lock.heartbeatInterval < .seconds(1))
    }
}
