/// What the first line of a transcript says: which run it is, where, by whom, and on what terms.
package struct TranscriptHeader: Sendable, Equatable {
    package var run: RunID
    package var started: Timestamp
    package var width: Int
    package var height: Int

    /// What players show above the recording: `app/dep: command`.
    package var title: String

    /// The command as the operator gave it; empty for a login shell.
    package var command: String

    /// The remote TERM; nothing else of the environment is ever written down.
    package var term: String?

    package var app: String
    package var dep: String

    /// Who ran it, and on which machine: local names.
    package var actorUser: String
    package var actorHost: String

    /// Where it ran: the host as the operator knows it, and what was found out on the way there.
    package var targetHost: String
    package var targetAddress: String?
    package var targetPort: Int?
    package var targetUser: String?

    /// The fingerprint of the host key, as OpenSSH prints it: `SHA256:…`.
    package var hostKeyFingerprint: String?

    package var pseudoTerminal: Bool
    package var inputRecorded: Bool

    /// The task of the inventory, or the process type, that the command's first word named.
    package var task: String?

    /// Whether the command went on as a job without a connection.
    ///
    /// The transcript then has no end before somebody has seen the job's.
    package var isDetached = false

    /// The rules of the inventory that deny the command, and were overridden.
    package var overriddenRules: [String] = []

    /// The names of the values that were replaced in command, title and output.
    package var redacted: [String]

    /// Replaces values in all that was typed or configured, and names those that are kept out of the
    /// transcript.
    package mutating func redact(_ redactions: [Redaction]) {
        command = Redactor.text(command, without: redactions)
        title = Redactor.text(title, without: redactions)
        overriddenRules = overriddenRules.map { Redactor.text($0, without: redactions) }
        redacted = redactions.map(\.name)
    }

    package init(
        run: RunID, started: Timestamp, width: Int, height: Int, title: String, command: String,
        term: String? = nil, app: String, dep: String, actorUser: String, actorHost: String,
        targetHost: String, targetAddress: String? = nil, targetPort: Int? = nil,
        targetUser: String? = nil, hostKeyFingerprint: String? = nil, pseudoTerminal: Bool,
        inputRecorded: Bool = false, redacted: [String] = []
    ) {
        self.run = run
        self.started = started
        self.width = width
        self.height = height
        self.title = title
        self.command = command
        self.term = term
        self.app = app
        self.dep = dep
        self.actorUser = actorUser
        self.actorHost = actorHost
        self.targetHost = targetHost
        self.targetAddress = targetAddress
        self.targetPort = targetPort
        self.targetUser = targetUser
        self.hostKeyFingerprint = hostKeyFingerprint
        self.pseudoTerminal = pseudoTerminal
        self.inputRecorded = inputRecorded
        self.redacted = redacted
    }

    /// Whether `\n` is kept as `\r\n`: without a terminal nobody else has put the `\r` there.
    package var onlcr: Bool {
        !pseudoTerminal
    }
}

// MARK: - The line

extension TranscriptHeader {
    /// The header line without its line feed; an asciicast v2 header with one key of our own.
    package var line: String {
        JSONText.object { header in
            header.member("version", 2)
            header.member("width", width)
            header.member("height", height)
            header.member("timestamp", started.seconds)
            header.member("title", title)
            if !command.isEmpty { header.member("command", command) }
            if let term { header.member("env") { $0.member("TERM", term) } }
            header.member("ccrun", addOwnMembers)
        }.text
    }

    private func addOwnMembers(to own: inout JSONText) {
        own.member("schema", 1)
        own.member("run", run.description)
        own.member("started", started.description)
        own.member("app", app)
        own.member("dep", dep)
        if let task { own.member("task", task) }
        own.member("actor") { actor in
            actor.member("user", actorUser)
            actor.member("host", actorHost)
        }
        own.member("target") { target in
            target.member("host", targetHost)
            if let targetAddress { target.member("address", targetAddress) }
            if let targetPort { target.member("port", targetPort) }
            if let targetUser { target.member("user", targetUser) }
            if let hostKeyFingerprint { target.member("hostkey", hostKeyFingerprint) }
        }
        own.member("pty", pseudoTerminal)
        own.member("onlcr", onlcr)
        own.member("input", inputRecorded ? "on" : "off")
        if isDetached { own.member("detached", true) }
        if !overriddenRules.isEmpty { own.member("override_deny", overriddenRules) }
        own.member("redacted", redacted)
    }

    /// Reads a header line; nil unless it is version 2 with a run id, a time and a size.
    ///
    /// Keys that we do not know are ignored, so that later versions can add some.
    package init?(line: String) {
        var line = line
        let parsed = line.withUTF8 { TranscriptHeader(bytes: UnsafeRawBufferPointer($0)) }
        guard let parsed else { return nil }
        self = parsed
    }

    init?(bytes: UnsafeRawBufferPointer) {
        guard let json = JSONValue(bytes), json["version"]?.integer == 2,
            let width = json["width"]?.integer, let height = json["height"]?.integer,
            let own = json["ccrun"], let run = own["run"]?.string.flatMap({ RunID($0) }),
            let started = own["started"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        let actor = own["actor"]
        let target = own["target"]
        self.init(
            run: run, started: started, width: width, height: height,
            title: json["title"]?.string ?? "", command: json["command"]?.string ?? "",
            term: json["env"]?["TERM"]?.string, app: own["app"]?.string ?? "",
            dep: own["dep"]?.string ?? "", actorUser: actor?["user"]?.string ?? "",
            actorHost: actor?["host"]?.string ?? "", targetHost: target?["host"]?.string ?? "",
            targetAddress: target?["address"]?.string, targetPort: target?["port"]?.integer,
            targetUser: target?["user"]?.string, hostKeyFingerprint: target?["hostkey"]?.string,
            pseudoTerminal: own["pty"]?.bool ?? false,
            inputRecorded: own["input"]?.string == "on",
            redacted: own["redacted"]?.strings ?? [])
        task = own["task"]?.string
        isDetached = own["detached"]?.bool ?? false
        overriddenRules = own["override_deny"]?.strings ?? []
    }
}
