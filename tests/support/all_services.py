"""Every service at once, for tests of the whole follow-up: Jira, tasks and a language model at the
contract server, mail at exim, all over TLS, and a configuration that uses them with its secrets
in files.

    with AllServices(folder, authority) as services:
        services.arguments             to put behind "followup results.h5"
        services.secrets               what must be seen nowhere
        services.forget()              as on the first day
        services.holdings()            what the services have now, to be compared

    holdings()  {"tickets": {label: how many}, "comments": ..., "tasks": {key: how many},
                 "mail": {(recipient, Message-ID): how many}}"""

import email
import email.policy
import json
from collections import Counter
from pathlib import Path

from contract_server import LOGIN, ContractServer
from mail_server import PASSWORD, USER, MailServer

RECIPIENTS = ["one@test.invalid", "two@test.invalid"]
COMMENT_MARK = "tieout-"


class AllServices:
    def __init__(self, folder, authority, **sections):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        pair = authority.pair("good")
        self.server = ContractServer(*pair)
        self.mail = MailServer(self.folder / "exim", *pair)
        self.secrets = {"jira": LOGIN["jira-v3"][2], "tasks": LOGIN["agentic-tasks"][2],
                        "model": LOGIN["openai-chat"][2], "mail": PASSWORD}
        self._config = self.folder / "config.json"
        self.authority = authority
        self._sections = sections
        self.arguments = ["--config", str(self._config)]

    def __enter__(self):
        self.server.__enter__()
        self.mail.__enter__()
        self._configure()
        self.forget()
        return self

    def __exit__(self, *_):
        self.mail.__exit__()
        self.server.__exit__()

    def _secret(self, name):
        path = self.folder / f"{name}-secret"
        path.write_text(self.secrets[name] + "\n", encoding="ascii")
        path.chmod(0o600)
        return str(path)

    def _configure(self):
        url = self.server.url
        config = {
            "network": {"ca_file": str(self.authority.ca_file), "attempts": 3, "max_wait": 1, "timeout": 10},
            "jira": {"url": url, "user": LOGIN["jira-v3"][1], "project": "FIN",
                     "token_file": self._secret("jira"), "search_seconds": 1, "max_tickets": 4},
            "tasks": {"url": f"{url}/tasks", "key_file": self._secret("tasks"), "max_tasks": 3,
                      "at_once": 2},
            "model": {"url": f"{url}/v1", "name": "test-model",
                      "key_file": self._secret("model"), "at_once": 2},
            "email": {"server": f"smtps://localhost:{self.mail.smtps}", "user": USER,
                      "password_file": self._secret("mail"), "from": "tieout@test.invalid",
                      "to": ",".join(RECIPIENTS)},
        }
        for name, section in self._sections.items():
            config[name] = {**config[name], **section}
        self._config.write_text(json.dumps(config), encoding="utf-8")

    def forget(self):
        for part in (self.server.jira, self.server.tasks, self.server.chat):
            part.__init__()
        self.server.jira.search_hides = 1  # the lag of a real index
        self.server.seen.clear()
        self.server.faults.clear()
        for path in (self.mail.root / "mail" / "inbox").glob("new/*"):
            path.unlink()

    def holdings(self):
        issues = self.server.jira.issues
        mail = Counter()
        for raw in self.mail.mailbox(1):
            message = email.message_from_bytes(raw, policy=email.policy.default)
            for recipient in message.get_all("Envelope-To"):
                for one in str(recipient).split(","):
                    mail[one.strip(), message["Message-ID"]] += 1
        return {
            "tickets": Counter(label for issue in issues for label in issue["fields"]["labels"]
                               if label.startswith(COMMENT_MARK)),
            "comments": Counter(json.dumps([issue["fields"]["labels"], comment["body"]])
                                for issue in issues for comment in issue["comments"]),
            "tasks": Counter(task["key"] for task in self.server.tasks.tasks),
            "mail": mail,
        }
