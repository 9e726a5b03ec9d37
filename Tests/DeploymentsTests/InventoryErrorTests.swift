import Testing

@testable import Deployments

/// Everything that can be wrong in a `ccrun.yml`, and the place the message names.
struct InventoryErrorTests {
    /// The text of an inventory with `lines` as the settings of `shop/default`, from line 5 on.
    private static func inventory(_ lines: String) -> String {
        "apps:\n  shop:\n    deployments:\n      default:\n"
            + lines.split(separator: "\n").map { "        \($0)\n" }.joined()
    }

    private static func error(_ text: String) -> DeploymentsError? {
        #expect(throws: DeploymentsError.self) {
            try Inventory(text: text, path: "/srv/project/ccrun.yml")
        }
    }

    @Test(
        arguments: [
            ("hsots: [a]", "5:9: D.hsots: unknown key", "did you mean \"hosts\"?"),
            ("host: a\nxyzzy: 1", "6:9: D.xyzzy: unknown key", nil),
            ("user: x", "4:7: D: no host", "add \"host:\", \"hosts:\" or \"gateway:\""),
            (
                "host: a\nhosts: [b]",
                "6:9: D.hosts: stands beside \"host\"; only one may be there", nil
            ),
            (
                "gateway: g\nhost: a",
                "6:9: D.host: stands beside \"gateway\"; only one may be there", nil
            ),
            (
                "hosts: a", "5:16: D.hosts: expected a list, found \"a\"",
                "write \"host:\" for a single one"
            ),
            ("hosts: []", "5:16: D.hosts: the list is empty", nil),
            ("hosts: [a, b, a]", "5:23: D.hosts[2]: \"a\" is listed twice", nil),
            ("hosts: [a, {b: c}]", "5:20: D.hosts[1]: expected text, found a mapping", nil),
            ("host: [a]", "5:15: D.host: expected text, found a list", nil),
            (
                "host: a:b", "5:15: D.host: \"a:b\" is no host: a port is a number from 1 to 65535",
                nil
            ),
            ("host:", "5:14: D.host: expected text, found nothing", nil),
            ("host: ''", "5:15: D.host: the text is empty", nil),
            (
                "host: a\nprotected: maybe",
                "6:20: D.protected: expected true or false, found \"maybe\"", nil
            ),
            (
                "host: a\nprotected: 'yes'",
                "6:20: D.protected: expected true or false, found \"yes\"", nil
            ),
            (
                "host: a\nenvironment: [A=1]",
                "6:22: D.environment: expected a mapping, found a list", nil
            ),
            (
                "host: a\nenvironment: {A: {B: 1}}",
                "6:26: D.environment.A: expected text, found a mapping", nil
            ),
            (
                "host: a\nenvironment: {A-B: 1}",
                "6:23: D.environment.A-B: a name begins with a letter or \"_\" and goes on with letters, digits and \"_\"",
                nil
            ),
            ("host: a\nenvironment: {[A]: 1}", "6:23: D.environment: a key has to be text", nil),
            ("host: a\nthrough: |\n  a\n  b", "6:18: D.through: has to be one line", nil),
            (
                "host: a\ntasks: {a b: x}",
                "6:17: D.tasks.a b: the name of a task consists of letters, digits, \"_\", \"-\", \".\" and \":\"",
                nil
            ),
            ("host: a\ntasks: {a: {exclusive: true}}", "6:17: D.tasks.a: \"run\" is missing", nil),
            (
                "host: a\ntasks: {a: {run: x, timeout: 15}}",
                "6:38: D.tasks.a.timeout: \"15\" is no duration", "write it like 90s, 15m or 2h"
            ),
            (
                "host: a\ntasks: {a: {run: x, expects: y}}", "6:29: D.tasks.a.expects: unknown key",
                "did you mean \"expect\"?"
            ),
            (
                "host: a\ntasks: {a: {rum: x}}", "6:21: D.tasks.a.rum: unknown key",
                "did you mean \"run\"?"
            ),
            ("host: a\ntasks: {a: }", "6:20: D.tasks.a: expected text, found nothing", nil),
        ] as [(String, String, String?)])
    func `a wrong setting is named with its place and path`(
        lines: String,
        message: String,
        hint: String?
    ) {
        let error = Self.error(Self.inventory(lines))
        let expected = message.replacing(
            " D", with: " apps.shop.deployments.default", maxReplacements: 1)
        #expect(error?.code == .invalidInventory)
        #expect(error?.message == "ccrun.yml:\(expected)")
        #expect(error?.hint == hint)
    }

    @Test(
        arguments: [
            ("", "1:1: the file is empty", "an inventory begins with \"apps:\""),
            ("# nothing\n", "1:1: the file is empty", "an inventory begins with \"apps:\""),
            ("--- \n", "2:1: expected a mapping, found nothing", nil),
            ("- a\n", "1:1: expected a mapping, found a list", nil),
            ("{}\n", "1:1: \"apps\" is missing", nil),
            ("app: {}\n", "1:1: app: unknown key", "did you mean \"apps\"?"),
            ("apps:\n", "1:6: apps: expected a mapping, found nothing", nil),
            ("apps: {}\n", "1:7: apps: there is no app", nil),
            (
                "apps:\n  Shop: {}\n",
                "2:3: apps.Shop: the name of an app begins with a-z and goes on with a-z, 0-9, \"_\" and \"-\"",
                nil
            ),
            ("apps:\n  shop: {}\n", "2:3: apps.shop: \"deployments\" is missing", nil),
            (
                "apps:\n  shop: {deployments: {}}\n",
                "2:23: apps.shop.deployments: there is no deployment", nil
            ),
            (
                "apps:\n  shop: {deployment: {}}\n", "2:10: apps.shop.deployment: unknown key",
                "did you mean \"deployments\"?"
            ),
            (
                "apps:\n  shop: {deployments: {A: {host: x}}}\n",
                "2:24: apps.shop.deployments.A: the name of a deployment begins with a-z or 0-9 and goes on with a-z, 0-9, \".\", \"_\" and \"-\"",
                nil
            ),
            (
                "apps:\n  a: {deployments: {x: {host: h}}}\n  a: {deployments: {x: {host: h}}}\n",
                "2:3: the key \"a\" appears twice in its mapping", nil
            ),
            (
                "apps: {a: {host: h, host: i, deployments: {x: }}}\n",
                "1:12: the key \"host\" appears twice in its mapping", nil
            ),
            (
                "apps:\n  shop:\n\tdeployments:\n",
                "3:1: not valid YAML: found character that cannot start any token while scanning for the next token (line 3)",
                "indent with spaces, not with tabs"
            ),
            (
                "apps: [\n",
                "2:1: not valid YAML: did not find expected node content while parsing a flow node (line 2)",
                nil
            ),
            (
                "apps:\n  a: b\n c: d\n",
                "3:2: not valid YAML: did not find expected key while parsing a block mapping (line 1)",
                nil
            ),
            ("apps: *x\n", "1:7: not valid YAML: found undefined alias", nil),
            (
                "apps: {}\n--- \napps: {}\n",
                "2:1: not valid YAML: but found another document expected a single document in the stream (line 1)",
                nil
            ),
            ("apps:\n  é: \u{1}\n", "2:6: not valid YAML: control characters are not allowed", nil),
        ] as [(String, String, String?)])
    func `a file that is no inventory is named with the place`(
        text: String,
        message: String,
        hint: String?
    ) {
        let error = Self.error(text)
        #expect(error?.code == .invalidInventory)
        #expect(error?.message == "ccrun.yml:\(message)")
        #expect(error?.hint == hint)
    }

    @Test func `anchors and aliases are followed`() throws {
        let text = """
            apps:
              a: {deployments: {x: &common {host: h, user: u}, y: *common}}
            """
        let inventory = try Inventory(text: text, path: "ccrun.yml")
        #expect(inventory.apps[0].deployments.map(\.user) == ["u", "u"])
    }

    @Test func `a file that is not UTF-8 is unreadable`() throws {
        let scratch = try Scratch()
        let path = try scratch.write("ccrun.yml", [0x61, 0xff, 0x0a])
        let error = #expect(throws: DeploymentsError.self) { try Inventory(contentsOf: path) }
        #expect(
            error?.message == "cannot read the inventory \"\(path)\": the file is not UTF-8 text")
    }

    @Test func `another name of the file is shown with its folder`() {
        let error = #expect(throws: DeploymentsError.self) {
            try Inventory(text: "{}", path: "/home/ana/.config/ccrun/config.yml")
        }
        #expect(
            error?.message == "/home/ana/.config/ccrun/config.yml:1:1: \"apps\" is missing")
    }
}
