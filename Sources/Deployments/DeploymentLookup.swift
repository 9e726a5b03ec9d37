extension Deployment {
    /// Finds the deployment that a name on the command line means.
    ///
    /// Where there is an inventory it alone says what there is: a name that was mistyped must not get
    /// around its guards. Without one, any name is at `host` (`--host`), or at the `Host app/dep` or
    /// `Host app-dep` of `~/.ssh/config`. Throws what the inventory throws, or `noInventory`.
    package static func find(
        _ name: DeploymentName,
        in inventory: Inventory?,
        host: HostAddress?,
        environment: [String: String],
        homeFolder: String
    ) throws(DeploymentsError) -> Deployment {
        if let inventory { return try inventory.deployment(name) }
        if let host { return Deployment(adHoc: name, host: host) }
        let questions = OpenSSHQuestions()
        for alias in [name.description, name.dashed] {
            let question = questions.ask(
                about: OpenSSHQuestion.Subject(host: alias), environment: environment,
                homeFolder: homeFolder)
            // An alias without a block comes back as the name of the host.
            guard let host = try question.answer()?.host, host != alias else { continue }
            var deployment = Deployment(adHoc: name, host: HostAddress(name: alias))
            deployment.questions = questions
            return deployment
        }
        throw DeploymentsError(
            .noInventory, "cannot find \"\(name)\"",
            because: "there is no \(Inventory.fileName) here or above, and no \"Host \(name)\" or "
                + "\"Host \(name.dashed)\" in ~/.ssh/config",
            hint: "write a \(Inventory.fileName), or pass --host")
    }
}
