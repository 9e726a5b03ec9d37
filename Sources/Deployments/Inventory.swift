/// The apps and deployments of one `ccrun.yml`.
package struct Inventory: Sendable {
    /// An app with its deployments, in file order.
    package struct App: Sendable {
        package let name: String
        package let position: SourcePosition
        fileprivate(set) package var deployments: [Deployment]
        /// The Procfile of each deployment that names one, by the deployment's name.
        fileprivate var procfiles: [String: String] = [:]
    }

    package let path: String
    /// The apps in file order; their deployments are without process types.
    package let apps: [App]

    package init(contentsOf path: String) throws(DeploymentsError) {
        try self.init(text: try Self.text(of: path), path: path)
    }

    /// Reads an inventory; `path` is for messages, and its folder for the Procfile.
    ///
    /// Throws `invalidInventory` at the first thing that is wrong.
    package init(text: String, path: String) throws(DeploymentsError) {
        self.path = path
        let root = try InventoryDocument.parse(
            text, file: SourcePosition.displayName(of: path))
        guard let entry = try root.entries(allowed: ["apps"]).first else {
            throw root.error("\"apps\" is missing")
        }
        var apps: [App] = []
        for app in try entry.value.entries() {
            if let problem = DeploymentName.problem(withApp: app.name) {
                throw entry.value.error(at: app, problem)
            }
            apps.append(try Self.app(app))
        }
        if apps.isEmpty { throw entry.value.error("there is no app") }
        self.apps = apps
    }

    /// The names of all deployments, in file order.
    package var deploymentNames: [DeploymentName] {
        apps.flatMap { $0.deployments.map(\.name) }
    }

    /// Returns the deployment of that name, with the process types of its Procfile.
    ///
    /// Throws `unknownApp` or `unknownDeployment`, naming what there is; `unreadable` where the
    /// inventory names a Procfile that is not there; `invalidProcfile` where one is malformed.
    package func deployment(_ name: DeploymentName) throws(DeploymentsError) -> Deployment {
        guard let app = apps.first(where: { $0.name == name.app }) else {
            let names = QuotedText.list(apps.map(\.name))
            throw unknown(.unknownApp, name, because: "the apps there are \(names)")
        }
        guard var deployment = app.deployments.first(where: { $0.name == name }) else {
            let names = app.deployments.map(\.name.deployment)
            throw unknown(
                .unknownDeployment, name,
                because: "the deployments of \"\(name.app)\" are \(QuotedText.list(names))")
        }
        deployment.processTypes = try processTypes(app.procfiles[name.deployment])
        return deployment.resolvingPaths(in: FilePath.folder(of: path))
    }

    private static func app(_ entry: InventoryNode.Entry) throws(DeploymentsError) -> App {
        let entries = try entry.value.entries(allowed: InventorySection.keys + ["deployments"])
        let defaults = try InventorySection(entries)
        guard let deployments = entries.first(where: { $0.name == "deployments" }) else {
            throw entry.value.error(at: entry, "\"deployments\" is missing")
        }
        var app = App(name: entry.name, position: entry.position, deployments: [])
        for item in try deployments.value.entries() {
            if let problem = DeploymentName.problem(withDeployment: item.name) {
                throw deployments.value.error(at: item, problem)
            }
            let settings =
                item.value.isNothing
                ? [] : try item.value.entries(allowed: InventorySection.keys)
            let section = try InventorySection(settings)
            let deployment = section.deployment(
                named: DeploymentName(app: entry.name, deployment: item.name), over: defaults,
                at: item.position)
            if deployment.hosts.isEmpty {
                throw deployments.value.error(
                    at: item, "no host", hint: "add \"host:\", \"hosts:\" or \"gateway:\"")
            }
            app.procfiles[item.name] = section.procfile ?? defaults.procfile
            app.deployments.append(deployment)
        }
        if app.deployments.isEmpty { throw deployments.value.error("there is no deployment") }
        return app
    }

    /// Reads the Procfile that was named, or the one beside the inventory if there is one.
    private func processTypes(_ named: String?) throws(DeploymentsError) -> [ProcessType] {
        let procfile = FilePath.absolute(named ?? "Procfile", in: FilePath.folder(of: path))
        let text: String
        do {
            text = try FileText.read(procfile)
        } catch .missing where named == nil {
            return []
        } catch {
            throw DeploymentsError(
                .unreadable, "cannot read the Procfile \(QuotedText.quoted(procfile))",
                because: error.reason,
                hint: named.map { _ in "\(SourcePosition.displayName(of: path)) names it" })
        }
        return try Procfile.parse(text, path: procfile)
    }

    private func unknown(
        _ code: DeploymentsError.Code,
        _ name: DeploymentName,
        because reason: String
    ) -> DeploymentsError {
        DeploymentsError(
            code, "cannot find \"\(name)\" in \(SourcePosition.displayName(of: path))",
            because: reason,
            hint: EditDistance.hint(for: "\(name)", among: deploymentNames.map(\.description)))
    }

    private static func text(of path: String) throws(DeploymentsError) -> String {
        do {
            return try FileText.read(path)
        } catch {
            throw DeploymentsError(
                .unreadable, "cannot read the inventory \(QuotedText.quoted(path))",
                because: error.reason)
        }
    }
}
