import Testing

@testable import Deployments

struct DeploymentNameTests {
    @Test(
        arguments: [
            ("shop/default", "shop", "default"), ("shop", "shop", "default"),
            ("a/0", "a", "0"), ("a_b-1/v1.2_x-y", "a_b-1", "v1.2_x-y"), ("a/b", "a", "b"),
        ])
    func `an app and a deployment, or an app alone`(
        text: String,
        app: String,
        deployment: String
    ) throws {
        let name = try DeploymentName(parsing: text)
        #expect(name.app == app)
        #expect(name.deployment == deployment)
        #expect(name.description == "\(app)/\(deployment)")
        #expect(name.dashed == "\(app)-\(deployment)")
    }

    private static let app =
        "the name of an app begins with a-z and goes on with a-z, 0-9, \"_\" and \"-\""
    private static let deployment =
        "the name of a deployment begins with a-z or 0-9 and goes on with a-z, 0-9, "
        + "\".\", \"_\" and \"-\""

    @Test(
        arguments: [
            ("app/", "\"app/\"", deployment, "did you mean \"app/default\"?"),
            ("App/x", "\"App/x\"", app, "did you mean \"app/x\"?"),
            ("app/Live", "\"app/Live\"", deployment, "did you mean \"app/live\"?"),
            ("a/b/c", "\"a/b/c\"", "a name is APP or APP/DEP, with one slash", nil),
            ("app/x\n", "\"app/x\\n\"", deployment, "did you mean \"app/x\"?"),
            ("app\n", "\"app\\n\"", app, "did you mean \"app/default\"?"),
            ("", "\"\"", app, nil), ("/", "\"/\"", app, nil), ("/x", "\"/x\"", app, nil),
            ("1a/x", "\"1a/x\"", app, nil), ("-a", "\"-a\"", app, nil),
            ("a/.x", "\"a/.x\"", deployment, nil), ("a/-x", "\"a/-x\"", deployment, nil),
            ("a.b/x", "\"a.b/x\"", app, nil), ("ä/x", "\"ä/x\"", app, nil),
            ("a/x\u{1b}[0m", "\"a/x\\u{1B}[0m\"", deployment, nil),
            ("a b", "\"a b\"", app, "did you mean \"a/b\"?"),
        ] as [(String, String, String, String?)])
    func `anything else says what a name may contain`(
        text: String,
        quoted: String,
        reason: String,
        hint: String?
    ) {
        let error = #expect(throws: DeploymentsError.self) { try DeploymentName(parsing: text) }
        #expect(error?.code == .invalidName)
        #expect(error?.message == "cannot use \(quoted) as the name of a deployment: \(reason)")
        #expect(error?.hint == hint)
    }
}
