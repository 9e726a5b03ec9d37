import Foundation
import TestServer
import Testing
import Transcripts

/// Disks that are full or read-only, folders that go, file systems without locks: the run is the run.
@Suite struct TranscriptDiskTests {
    /// Runs a line of bash with a file system of 256 KiB at `state`, in mounts of its own.
    private static func onSmallDisk(
        _ place: Workplace, _ line: String
    ) throws -> ChildResult {
        try place.folder.makeFolder("state")
        let mount = "mount -t tmpfs -o size=256k none state"
        // What it left is copied out before the mounts go.
        let keep = "status=$?; cp -r state kept; exit $status"
        return try ChildProcess.run(
            try Tool.path("unshare"),
            ["-rm", "bash", "-c", "\(mount) || exit 99; \(line); \(keep)", CCRun.binary],
            environment: place.environment, workingFolder: place.folder.path)
    }

    /// Whether mounting is allowed here, as root or within a user namespace.
    private static let canMount: Bool = {
        let result = try? ChildProcess.run(
            "/usr/bin/unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"])
        return result?.status == .exited(0)
    }()

    private static func kept(_ place: Workplace) throws -> [Transcript] {
        TranscriptFiles.runs(in: place.folder.file("kept/ccrun")).compactMap {
            try? Transcript.open(
                StateFolder.path(of: $0, in: place.folder.file("kept/ccrun")))
        }
    }

    private static let filling = "cat /dev/zero >state/filler 2>/dev/null"

    @Test(.enabled(if: canMount, "mounting a file system takes root"))
    func `a disk that is full before the run costs the transcript alone`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try Self.onSmallDisk(
                place, "\(Self.filling); \"$0\" shop 'echo ran; exit 3'")
            #expect(result.status == .exited(3), "\(result.errorOutput)")
            #expect(result.output == "ran\n")
            #expect(result.errorOutput.contains("ccrun: warning: "), "\(result.errorOutput)")
        }
    }

    @Test(.enabled(if: canMount, "mounting a file system takes root"))
    func `a disk that fills up during the run leaves whole lines`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try Self.onSmallDisk(
                place, "\"$0\" shop 'yes | head -c 1000000; exit 3'")
            #expect(result.status == .exited(3), "\(result.errorOutput)")
            #expect(result.outputCount == 1_000_000)
            #expect(result.errorOutput.contains("the transcript has gaps from here on: "))
            #expect(result.errorOutput.contains("the transcript is incomplete: "))
            let transcript = try #require(try Self.kept(place).first)
            let events = try transcript.events()
            #expect(events.contains { $0.code == .output } && events.malformedLines == 0)
            let bytes = try transcript.bytes
            #expect(bytes.last == 0x0a && bytes.count > 100_000 && bytes.count <= 256 << 10)
            #expect(try transcript.recoveredBytes(of: .standardOutput).starts(with: [0x79, 0x0a]))
        }
    }

    /// The far side goes on when the disk is full, and ends when the transcript has come back.
    @Test(.enabled(if: canMount, "mounting a file system takes root"))
    func `a disk that has room again gets the rest, behind a gap that tells what is missing`()
        throws
    {
        try withSSHD { sshd in
            let place = try Workplace(sshd)
            let (full, free) = (place.folder.file("full"), place.folder.file("free"))
            let result = try Self.onSmallDisk(
                place,
                """
                "$0" shop 'echo begun; until [ -e \(full) ]; do sleep 0.05; done
                    head -c 30000 /dev/zero | tr "\\0" x
                    until [ -e \(free) ]; do echo tick; sleep 0.1; done; echo end; exit 3' \
                    >out 2>err &
                until grep -qs '"o", "begun' state/ccrun/runs/*/*/*.cast; do sleep 0.05; done
                \(Self.filling)
                touch \(full)
                until grep -qs 'gaps from here on' err; do sleep 0.05; done
                rm state/filler
                until grep -qs '"g"' state/ccrun/runs/*/*/*.cast; do sleep 0.05; done
                touch \(free); wait $!
                """)
            #expect(result.status == .exited(3), "\(result.errorOutput)")
            let sent = try place.folder.read("out")
            let transcript = try #require(try Self.kept(place).first)
            #expect(transcript.ending?.status == 3)
            let gaps = try transcript.events().filter { $0.code == .gap }
                .map { Gap(data: $0.data) }
            let missing = gaps.reduce(0) { $0 + $1.bytes }
            #expect(missing > 0 && transcript.ending?.lost == missing)
            #expect(gaps.allSatisfy { $0.reason.contains("no space left on device") }, "\(gaps)")
            let bytes = try transcript.recoveredBytes(of: .standardOutput)
            #expect(bytes.count + missing == sent.count)
            #expect(sent.starts(with: bytes.prefix(6)) && bytes.suffix(4) == Array("end\n".utf8))
        }
    }

    /// The far side waits until the disk is full, so that only the last lines do not fit.
    @Test(.enabled(if: canMount, "mounting a file system takes root"))
    func `a disk that is full at the end costs the end`() throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd)
            let go = place.folder.file("go")
            let result = try Self.onSmallDisk(
                place,
                """
                "$0" shop 'echo begun; until read n <\(go); do sleep 0.05; done 2>/dev/null
                    head -c $n /dev/zero | tr "\\0" x; exit 3' >out &
                until grep -qs '"o", "begun' state/ccrun/runs/*/*/*.cast; do sleep 0.05; done
                \(Self.filling)
                # The file's last page is its own: what comes next fills that, but for some bytes.
                room=$((4096 - $(stat -c %s state/ccrun/runs/*/*/*.cast) % 4096))
                echo $((room > 200 ? room - 120 : 0)) >new; mv new \(go); wait $!
                """)
            #expect(result.status == .exited(3), "\(result.errorOutput)")
            #expect(result.errorOutput.contains("ccrun: warning: "), "\(result.errorOutput)")
            let transcript = try #require(try Self.kept(place).first)
            #expect(transcript.ending == nil)
            let bytes = try transcript.recoveredBytes(of: .standardOutput)
            #expect(bytes.starts(with: Array("begun\n".utf8)))
        }
    }

    @Test(.enabled(if: canMount, "mounting a file system takes root"))
    func `a state folder that is read-only is warned about`() throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try Self.onSmallDisk(
                place,
                "mkdir state/ccrun; mount -o remount,ro state; \"$0\" shop 'echo ran; exit 3'")
            #expect(result.status == .exited(3), "\(result.errorOutput)")
            #expect(result.output == "ran\n")
            #expect(
                result.errorOutput.contains("this run is not recorded: cannot create "),
                "\(result.errorOutput)")
        }
    }

    @Test func `a folder that is deleted during the run is told`() throws {
        try withSSHD { sshd in
            let place = try Workplace(sshd)
            let go = place.folder.file("go")
            let run = try place.start([
                "shop", "echo begun; while [ ! -e \(go) ]; do sleep 0.05; done; echo ran; exit 3",
            ])
            try run.waitForOutput("begun\n")
            try FileManager.default.removeItem(atPath: place.folder.file("state"))
            try place.folder.write("", to: "go")
            let result = try run.waitForExit()
            #expect(result.status == .exited(3))
            #expect(result.output == "begun\nran\n")
            #expect(
                result.errorOutput.contains("was deleted while it was recorded"),
                "\(result.errorOutput)")
        }
    }

    /// As NFS without its lock daemon has it, and some FUSE file systems.
    @Test(arguments: ["ENOLCK", "EOPNOTSUPP"])
    func `a file system without locks records like any other`(error: String) throws {
        try withServer { server in
            let place = try Workplace(server)
            let source = """
                #include <errno.h>
                int flock(int fd, int operation) { errno = \(error); return -1; }
                """
            try place.folder.write(source + "\n", to: "flock.c")
            let built = try place.shell("cc -shared -fPIC -o flock.so flock.c")
            #expect(built.status == .exited(0), "\(built.errorOutput)")
            let preload = ["LD_PRELOAD": place.folder.file("flock.so")]
            let result = try place.run(["shop", "echo ran; exit 3"], environment: preload)
            #expect(result.status == .exited(3))
            #expect(!result.errorOutput.contains("warning"), "\(result.errorOutput)")
            try place.expectTranscript(.exit(3))
            for command in [["verify", "--all"], ["history"]] {
                let looked = try place.run(command, environment: preload)
                #expect(looked.status == .exited(0), "\(looked.output)\(looked.errorOutput)")
            }
        }
    }

    @Test func `50 runs at once mix nothing up, and leave one whole ledger`() throws {
        let options = SSHDOptions(configuration: ["MaxStartups 200:30:400", "MaxSessions 200"])
        try withSSHD(options) { sshd in
            let place = try Workplace(sshd)
            let line = """
                for i in $(seq 50); do
                  "$0" --connect-timeout 10m shop "yes run $i | head -n 500; exit $i" >out.$i 2>err.$i &
                done; wait
                """
            let result = try place.shell(line, deadline: .seconds(900))
            #expect(result.status == .exited(0))
            let transcripts = try place.transcripts()
            #expect(transcripts.count == 50)
            var numbers: Set<Int> = []
            for transcript in transcripts {
                let status = try #require(transcript.ending?.status)
                let text = String(repeating: "run \(status)\n", count: 500)
                #expect(try transcript.recoveredBytes(of: .standardOutput) == Array(text.utf8))
                numbers.insert(status)
            }
            #expect(numbers == Set(1...50))
            let ledger = try Ledger(in: place.stateFolder)
            #expect(ledger.entries.count == 50 && ledger.flaws == [])
            let verify = try place.run(["verify", "--all"])
            #expect(verify.output.hasPrefix("runs: 50 whole\n"), "\(verify.output)")
        }
    }

    @Test(arguments: ["000", "022", "077"])
    func `everything is for the user alone, whatever the umask`(umask: String) throws {
        try withServer { server in
            let place = try Workplace(server)
            let result = try place.shell(
                """
                umask \(umask); ssh-keygen -q -t ed25519 -N '' -f key
                "$0" --sign-key key shop true; "$0" history >/dev/null; "$0" verify --all
                """)
            #expect(result.status == .exited(0), "\(result.output)\(result.errorOutput)")
            let found = try place.shell("find state -mindepth 1 -printf '%y %m %f\\n'").output
            let lines = found.split(separator: "\n")
            #expect(lines.contains { $0.hasSuffix(".cast.sig") } && lines.count >= 6)
            for line in lines {
                #expect(line.hasPrefix("d 700 ") || line.hasPrefix("f 600 "), "\(line)")
            }
        }
    }

    @Test(arguments: ["", "relative/path"])
    func `without a usable XDG_STATE_HOME it is below the home folder`(value: String) throws {
        try withServer { server in
            let place = try Workplace(server, environment: ["XDG_STATE_HOME": value])
            #expect(try place.run(["shop", "true"]).status == .exited(0))
            let state = place.folder.file(".local/state/ccrun")
            #expect(TranscriptFiles.runs(in: state).count == 1)
            #expect(!place.folder.exists("relative"))
        }
    }
}
