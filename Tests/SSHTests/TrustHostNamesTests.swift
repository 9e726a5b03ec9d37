import Testing

@testable import SSH

@Suite struct TrustHostNamesTests {
    @Test(arguments: [
        ("web1", "web1", true),
        ("web1,web2", "web2", true),
        ("Web1.Example.COM", "web1.example.com", true),
        ("web1", "web10", false),
        ("web10", "web1", false),
        ("*", "anything", true),
        ("*.example.com", "a.b.example.com", true),
        ("*.example.com", "example.com", false),
        ("web?", "web1", true),
        ("web?", "web", false),
        ("a*b*c", "axxbyybzzc", true),
        ("a*b*c", "axxbyybzz", false),
        ("***a", "ba", true),
        ("*,!web1", "web1", false),
        ("!web1,*", "web1", false),
        ("*,!web1", "web2", true),
        ("!web1", "web2", false),
        ("!web?,web1", "web1", false),
        ("web1,,web2", "web2", true),
        ("[web1]:2222", "[web1]:2222", true),
        ("[web1]:2222", "web1", false),
        ("web1", "[web1]:2222", false),
        ("[*.example.com]:*", "[a.example.com]:2222", true),
        ("*", "[web1]:2222", true),
        ("::1,[::1]:22", "::1", true),
        ("10.0.0.?", "10.0.0.7", true),
    ])
    func `a pattern list matches as sshd(8) says`(field: String, name: String, matches: Bool) {
        #expect(HostNames(field: field.utf8)?.match(Array(name.utf8)) == matches)
    }

    @Test func `a pattern longer than OpenSSH's buffer ends the search`() {
        let long = String(repeating: "x", count: 1024)
        #expect(HostNames(field: "\(long),web1".utf8)?.match(Array("web1".utf8)) == false)
        #expect(HostNames(field: "web1,\(long)".utf8)?.match(Array("web1".utf8)) == false)
    }

    @Test func `a pattern of many stars takes no time`() {
        let pattern = String(repeating: "a*", count: 400) + "b"
        let name = Array(String(repeating: "a", count: 4000).utf8)
        #expect(HostNames(field: pattern.utf8)?.match(name) == false)
    }

    @Test(arguments: [
        ("Web1", 22, "web1"), ("web1", 2222, "[web1]:2222"), ("::1", 22, "::1"),
        ("FE80::1", 65535, "[fe80::1]:65535"),
    ])
    func `a host is named with its port unless that is 22`(
        host: String, port: UInt16, expected: String
    ) {
        #expect(HostNames.name(of: host, port: port) == Array(expected.utf8))
    }

    @Test func `a hashed name matches its own name only`() {
        let field = HostNames.hashed(Array("web1".utf8), salt: Array(0..<20))
        #expect(field.hasPrefix("|1|AAECAwQFBgcICQoLDA0ODxAREhM=|"))
        #expect(HostNames(field: field.utf8)?.match(Array("web1".utf8)) == true)
        #expect(HostNames(field: field.utf8)?.match(Array("web2".utf8)) == false)
    }

    @Test(arguments: [
        "|", "|1|", "|1||", "|2|AAECAwQFBgcICQoLDA0ODxAREhM=|AAECAwQFBgcICQoLDA0ODxAREhM=",
        "|1|AAEC|AAECAwQFBgcICQoLDA0ODxAREhM=", "|1|AAECAwQFBgcICQoLDA0ODxAREhM=|AAEC",
        "|1|AAECAwQFBgcICQoLDA0ODxAREhM=|AAECAwQFBgcICQoLDA0ODxAREhM=|",
    ])
    func `a hash that cannot be read is no name`(field: String) {
        #expect(HostNames(field: field.utf8) == nil)
    }
}
