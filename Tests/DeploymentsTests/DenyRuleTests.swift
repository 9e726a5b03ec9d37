import Testing

@testable import Deployments

struct DenyRuleTests {
    private static let deployment: Deployment = {
        var deployment = Deployment.sample()
        deployment.tasks = [
            TaskDefinition(
                name: "reset", run: "python manage.py migrate shop zero && manage flush"),
            TaskDefinition(name: "empty", run: "python manage.py flush --noinput"),
            TaskDefinition(name: "dropdb", run: "true"),
        ]
        deployment.processTypes = [ProcessType(name: "manage", command: "python manage.py")]
        return deployment
    }()

    private static func denies(_ rule: String, _ request: RemoteCommand.Request) -> Bool {
        var deployment = deployment
        deployment.deny = [DenyRule(rule)]
        return deployment.denial(of: request) == DenyRule(rule)
    }

    @Test(
        arguments: [
            "python manage.py flush", "./manage.py flush --noinput", "manage flush",
            "manage.py flush",
            "django-admin flush", "/srv/venv/bin/django-admin flush", "django-admin.py flush",
            "python3 -m django flush", "python3 -Wd -m django flush", "python -mdjango flush",
            "python -Im manage flush", "python /srv/shop/manage.py flush", "empty", "empty --x",
            "a && python manage.py flush; b", "a||python manage.py flush|b",
            "a & manage.py flush &",
            "cd /srv/shop\npython manage.py flush\n", "python \\\n manage.py \\\n flush",
            "DJANGO_SETTINGS_MODULE=x.y python manage.py flush",
            "env -i A=1 python manage.py flush",
            "sudo -u www-data python manage.py flush", "time python manage.py flush",
            "nohup nice -n 5 python manage.py flush > log 2>&1 &", "exec python manage.py flush",
            "python manage.py 'flush'", "python manage.py \"flush\"",
            "python 'manage.py' fl\"us\"h",
            "python manage.py f\\lush", "python manage.py --no-color flush",
            "python manage.py\tflush", "(python manage.py flush)", "{ python manage.py flush; }",
            "if true; then python manage.py flush; fi", "! python manage.py flush",
            "for x in 1 2; do python manage.py flush; done", "x=$(python manage.py flush)",
            "echo \"$(python manage.py flush)\"", "echo `python manage.py flush`",
            "echo \"`echo \\`python manage.py flush\\``\"",
            "diff <(python manage.py flush) x",
            "sh -c 'python manage.py flush'", "bash -lc \"cd x && python manage.py flush\"",
            "eval python manage.py flush", "eval 'python manage.py flush'",
            "su - app -c 'python manage.py flush'", "docker exec web sh -ec 'flush'",
            "ssh web2 'cd x; python manage.py flush'",
            "docker compose exec web python manage.py flush",
            "uv run manage.py flush", "poetry run python manage.py flush",
            "sh -c 'sh -c \"python manage.py flush\"'", "python manage.py flush>/dev/null",
            "python manage.py flush<<<yes", "python manage.py flush <<EOF\nyes\nEOF",
            "sh <<EOF\npython manage.py flush\nEOF", "sh <<-'EOF'\n\tpython manage.py flush\n\tEOF",
            "cat <<EOF\ndon't\nEOF\npython manage.py flush", "true # don't\npython manage.py flush",
            "cat <<A <<B\nit's\nA\n\"\nB\npython manage.py flush",
            "echo \"a\" ; python manage.py flush",
            "python manage.py flush 'unclosed", "echo ${x:-y} && python manage.py flush",
            "echo $((1 + 2)); python manage.py flush", "echo $( (true); python manage.py flush )",
            "case $x in a) python manage.py flush;; esac", "f() { python manage.py flush; }; f",
            "2>/dev/null python manage.py flush", ">log python manage.py flush",
            "python manage.py flush&& true", "flush", "/usr/local/bin/flush -a", "sudo flush",
            "A=1 flush", "sudo -n -u app -- flush", "sudo -uapp flush", "sudo --user app flush",
            "timeout -k 5 60 flush", "xargs -n 1 flush", "env -u A B=1 flush", "command flush",
        ])
    func `flush is found however it is spelled`(text: String) {
        #expect(Self.denies("flush", .shell(text)))
        #expect(Self.denies("flu*", .shell(text)))
    }

    @Test(
        arguments: [
            .words(["python", "manage.py", "flush"]), .words(["manage", "flush", "--noinput"]),
            .words(["empty"]), .words(["sh", "-c", "python manage.py flush"]), .words(["flush"]),
            .words(["sudo", "-u", "app", "./manage.py", "flush"]),
        ] as [RemoteCommand.Request])
    func `words are read as they are`(request: RemoteCommand.Request) {
        #expect(Self.denies("flush", request))
    }

    @Test(
        arguments: [
            .loginShell, .shell(""), .shell("echo flushed"), .shell("echo flush"),
            .shell("python manage.py flushexpired"), .shell("python manage.py sqlflush"),
            .shell("python manage.py help flush"), .shell("echo python manage.py flush"),
            .shell("sudo echo 'python manage.py flush'"), .shell("ls flush"), .shell("flush.sh"),
            .shell("ls > flush"), .shell("ls 2>flush"), .shell("ls # flush\n"),
            .shell("cat <<flush\nx\nflush\n"), .shell("ls <flush >>flush"), .shell("flush=1 ls"),
            .shell("ls 'a; flush'"), .shell("ls \"a\nflush\""), .shell("ls \\; flush"),
            .shell("sudo -u flush ls"), .shell("timeout 5 ls flush"), .shell("ls a&1>flush"),
            .shell("python manage.py"), .shell("python -m django"), .shell("grep -c flush log"),
            .shell("git commit -m 'flush the caches'"), .shell("python manage.py Flush"),
            .shell("python manage.py loaddata flush"), .shell("python managed.py flush"),
            .words([]), .words(["python", "manage.py", "flush x"]),
            .words(["python manage.py;", "flush"]),
            .words(["ls;", "flush"]), .words(["ls", ";", "flush"]), .words(["", "flush"]),
        ] as [RemoteCommand.Request])
    func `other commands pass`(request: RemoteCommand.Request) {
        #expect(!Self.denies("flush", request))
    }

    @Test(
        arguments: [
            ("manage.py flush", "python manage.py flush --noinput", true),
            ("manage.py flush", "./manage.py flush", true),
            ("manage.py flush", "django-admin flush", true),
            ("manage.py flush", "empty", true),
            ("manage.py flush", "flush", false),
            ("manage.py flush", "python manage.py flushexpired", false),
            ("python manage.py flush", "/usr/bin/python manage.py flush", true),
            ("python manage.py flush", "python3 manage.py flush", false),
            ("git push", "sudo git push origin", true),
            ("git push", "git pull", false),
            ("git push", "git", false),
            ("/usr/bin/psql", "/usr/bin/psql x", true),
            ("/usr/bin/psql", "psql x", false),
            ("*reset_db*", "python manage.py reset_db --noinput", true),
            ("*reset_db*", "python manage.py shop_reset_db", true),
            ("*reset_db*", "PGPASSWORD=x bin/reset_db", true),
            ("*reset_db*", "cd reset && db", false),
            ("drop*", "dropdb shop", true), ("drop*", "/usr/bin/dropuser x", true),
            ("drop*", "python manage.py drop_test_database", true),
            ("drop*", "ls drop", false), ("drop*", "python manage.py raindrop", false),
            ("*_db", "python manage.py reset_db --noinput", true),
            ("*_db", "python manage.py reset_dbs", false),
            ("rm -rf *", "rm -rf /srv", true), ("rm -rf *", "rm -r /srv", false),
            ("rm *f*", "rm -i -rf x", true), ("rm * /srv", "rm -r -f /srv", true),
            ("manage.py *flush*", "python3 -m django sqlflush", true),
            ("a*b*c", "aXbXbYc", true), ("a*b*c", "aXcXb", false), ("**", "ls", true),
            ("*", "ls", true), ("*", "", false), ("[ab]", "a", false), ("?", "a", false),
            ("dropdb", "dropdb", true), ("reset", "reset", true), ("migrate", "reset", true),
            ("flush", "reset", false), ("manage", "manage check", true),
            ("python", "manage check", true),
        ])
    func `a rule is compared with the first words`(rule: String, text: String, denies: Bool) {
        #expect(Self.denies(rule, .shell(text)) == denies)
    }

    @Test(
        arguments: [
            ("flush", "cd /srv\npython manage.py flush\n", true),
            ("flush", "#!/usr/bin/env bash\npython manage.py flush\n", true),
            ("flush", "#!/bin/sh -e\nif x; then\n\tpython manage.py flush\nfi\n", true),
            ("flush", "#!/usr/bin/python3\nflush ()\n", false),
            ("flush", "echo flush\n", false), ("reset.sh", "true\n", true),
            ("reset.sh --all", "true\n", true), ("bin/reset.sh", "true\n", true),
            ("reset*", "true\n", true), ("reset", "true\n", false),
        ])
    func `a script is denied by its name, and by its text where a shell reads it`(
        rule: String,
        text: String,
        denies: Bool
    ) throws {
        let script = try LocalScript(name: "bin/reset.sh", bytes: Array(text.utf8))
        #expect(Self.denies(rule, .script(script, arguments: ["--all", "x"])) == denies)
    }

    @Test func `the first rule that fits is named`() {
        var deployment = Self.deployment
        deployment.deny = ["x", "manage.py flush", "flush"].map { DenyRule($0) }
        #expect(deployment.denial(of: .shell("manage flush"))?.text == "manage.py flush")
        #expect(deployment.denial(of: .shell("manage check")) == nil)
    }
}
