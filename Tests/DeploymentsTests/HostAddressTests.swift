import Testing

@testable import Deployments

struct HostAddressTests {
    @Test(
        arguments: [
            ("web1.example.com", HostAddress(name: "web1.example.com")),
            ("web2:2222", HostAddress(name: "web2", port: 2222)),
            ("ana@web1", HostAddress(user: "ana", name: "web1")),
            ("ana@corp@web1:1", HostAddress(user: "ana@corp", name: "web1", port: 1)),
            ("::1", HostAddress(name: "::1")),
            ("fe80::1%eth0", HostAddress(name: "fe80::1%eth0")),
            ("[::1]:22", HostAddress(name: "::1", port: 22)),
            ("u@[2001:db8::7]", HostAddress(user: "u", name: "2001:db8::7")),
            ("[web]:65535", HostAddress(name: "web", port: 65535)),
            ("shop/default", HostAddress(name: "shop/default")),
        ])
    func `user, name and port are told apart`(text: String, address: HostAddress) throws {
        #expect(try HostAddress(parsing: text) == address)
        #expect(try HostAddress(parsing: address.description) == address)
    }

    @Test(
        arguments: [
            ("", "the name is empty"), ("@web", "the user name before the @ is empty"),
            ("web:", "a port is a number from 1 to 65535"),
            ("web:0", "a port is a number from 1 to 65535"),
            ("web:65536", "a port is a number from 1 to 65535"),
            ("web:+1", "a port is a number from 1 to 65535"),
            ("web:ssh", "a port is a number from 1 to 65535"),
            (":22", "the name is empty"), ("[]:22", "the name is empty"),
            ("-oProxyCommand=x", "a name does not begin with \"-\""),
            ("-l@web", "a user name does not begin with \"-\""),
            ("web 1", "a name does not contain \" \""),
            ("web\n", "a name does not contain \"\\n\""),
            ("[::1", "a name does not contain \"[\""),
            ("[::1]x", "a name does not contain \"[\""),
            ("a,b", "a name does not contain \",\""),
        ])
    func `what is no host is refused with the reason`(text: String, reason: String) {
        let error = #expect(throws: DeploymentsError.self) { try HostAddress(parsing: text) }
        #expect(error?.code == .invalidHost)
        #expect(error?.message == "cannot use \(QuotedText.quoted(text)) as a host: \(reason)")
    }
}
