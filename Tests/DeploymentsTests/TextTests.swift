import Testing

@testable import Deployments

struct DurationTextTests {
    @Test(
        arguments: [
            ("90s", Duration.seconds(90), "90s"), ("15m", .seconds(900), "15m"),
            ("2h", .seconds(7200), "2h"), ("500ms", .milliseconds(500), "500ms"),
            ("120s", .seconds(120), "2m"), ("007s", .seconds(7), "7s"),
            ("1500ms", .milliseconds(1500), "1500ms"),
        ])
    func `durations are read and written`(text: String, duration: Duration, written: String) throws
    {
        #expect(try DurationText.parse(text) == duration)
        #expect(DurationText.format(duration) == written)
    }

    @Test(
        arguments: [
            "", "90", "s", "0s", "-1s", "+1s", "1.5h", "1 h", "1H", "1d", "1h30m", "1s\n", "٣s",
            "99999999999999999999s", "9223372036854775807h",
        ])
    func `other texts are refused`(text: String) {
        let error = #expect(throws: DeploymentsError.self) { try DurationText.parse(text) }
        #expect(error?.code == .invalidDuration)
        #expect(error?.hint == "write it like 90s, 15m or 2h")
    }

    @Test func `no time at all is zero seconds`() {
        #expect(DurationText.format(.zero) == "0s")
        #expect(DurationText.format(.microseconds(1)) == "0s")
    }
}

struct EditDistanceTests {
    @Test(
        arguments: [
            ("", "", 0), ("abc", "", 3), ("", "ab", 2), ("hsots", "hosts", 1),
            ("kitten", "sitting", 3), ("ca", "abc", 3), ("é", "e", 1), ("same", "same", 0),
        ])
    func `edits are counted`(first: String, second: String, edits: Int) {
        #expect(EditDistance.between(first, second) == edits)
        #expect(EditDistance.between(second, first) == edits)
    }

    @Test(
        arguments: [
            ("hsots", "did you mean \"hosts\"?"), ("usr", "did you mean \"user\"?"),
            ("prot", "did you mean \"protected\"?"), ("xyz", nil), ("", nil),
        ])
    func `a near name is proposed`(word: String, hint: String?) {
        #expect(
            EditDistance.hint(for: word, among: ["host", "hosts", "user", "protected"]) == hint)
    }
}

struct ShellQuotingTests {
    @Test(
        arguments: [
            ("", "''"), ("plain", "plain"), ("/a/b-c_d.e:f,g@h%i+j", "/a/b-c_d.e:f,g@h%i+j"),
            ("a b", "'a b'"), ("it's", #"'it'\''s'"#), ("'", #"''\'''"#), ("a=b", "'a=b'"),
            ("~", "'~'"), ("$x", "'$x'"), ("a\nb", "'a\nb'"), ("é", "'é'"), ("\\", #"'\'"#),
        ])
    func `words are quoted where a shell reads something into them`(word: String, text: String) {
        #expect(ShellQuoting.quoted(word) == text)
    }

    @Test func `words are joined by blanks`() {
        #expect(ShellQuoting.joined(["ls", "-l", "a b", ""]) == "ls -l 'a b' ''")
    }
}
