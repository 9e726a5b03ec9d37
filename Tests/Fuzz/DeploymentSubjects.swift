import Deployments

/// What comes from the user's project and from `ssh -G`.
func deploymentSubjects() -> [Subject] {
    [
        Subject(
            name: "inventory", samples: [Array(inventory.utf8)],
            words: [
                "apps:", "deployments:", "hosts:", "tasks:", "release:", "expect:", "&a", "*a",
                "<<:", "!!str", "|", ">",
            ]
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            guard let inventory = try? Inventory(text: text, path: "/nowhere/ccrun.yml") else {
                return
            }
            for name in inventory.deploymentNames { _ = try? inventory.deployment(name) }
        },
        Subject(
            name: "procfile",
            samples: [Array("web: gunicorn shop.wsgi\n# c\nworker: celery -A shop\r\n".utf8)]
        ) { bytes in
            _ = try? Procfile.parse(String(decoding: bytes, as: UTF8.self), path: "Procfile")
        },
        Subject(
            name: "env-file", samples: [Array(environment.utf8)],
            words: ["export ", "${A:-", "${A}", "}", "\\n", "=\"", "='"]
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            _ = try? DotEnv.variables(in: text, environment: ["HOME": "/home/ana"])
        },
        Subject(
            name: "prompt",
            samples: ["(?i)password( for \\w+)?: ?$", "[a-f\\d]{2,4}|x+y*z?|\\bok\\B"].map {
                Array($0.utf8)
            },
            words: [
                "(", ")", "|", "*", "+", "?", "{2,", "{1,200}", "[^", "\\b", "(?:", "(?<n>",
                "\\u00e9",
            ]
        ) { bytes in _ = try? PromptPattern(String(decoding: bytes, as: UTF8.self)) },
        Subject(
            name: "ssh-config", samples: [Array(resolved.utf8)],
            words: ["identityfile ", "proxycommand ", "none", "yes", "any"]
        ) { bytes in _ = OpenSSHConfiguration.parse(String(decoding: bytes, as: UTF8.self)) },
    ]
}

private let inventory = """
    apps:
      shop:
        user: deploy
        directory: /srv/shop
        environment: {DJANGO_SETTINGS_MODULE: shop.settings}
        env_file: /srv/shop/.env
        before: . venv/bin/activate
        deployments:
          default: {hosts: [web1.example.com, "web2.example.com:2222"], protected: true}
          staging:
            host: shop-staging
            through: docker exec -i {tty} shop-web
        tasks:
          migrate: {run: python manage.py migrate, exclusive: true, timeout: 15m}
          login: {run: ./login, expect: [{match: 'Token: $', secret: PW, max: 1}]}
        release: [migrate, {run: check, name: health, retry: 2, when: test -e x}]
    """

private let environment = """
    # a comment
    export A=1
    B="two\\nlines ${A:-none}" # behind
    C='single ${A}'
    D=bare word
    E="over
    lines"
    """

private let resolved = """
    host shop
    user deploy
    hostname web1.example.com
    port 22
    identityfile ~/.ssh/id_ed25519
    userknownhostsfile /home/ana/.ssh/known_hosts "/a b"
    stricthostkeychecking ask
    connecttimeout none
    proxyjump ana@bastion:2222,other
    """
