"""tieout followup opens tickets in Jira, Cloud and Data Center: each once, whatever the network
does, and none for what has a ticket. Against the contract server, which holds every request to
the contracts."""

import email
import email.policy
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import TIEOUT
from with_services import NEW, OLD, WithServices, breaking_rows, unittest

BULK, COMMENT = "/rest/api/./issue/bulk", "/rest/api/./issue/[^/]+/comment"


def texts(node):
    """Every text of an Atlassian document."""
    if isinstance(node, dict):
        return ([node["text"]] if node.get("type") == "text" else []) + texts(node.get("content", []))
    return [text for child in node for text in texts(child)]


class WithJira(WithServices):
    flavor = "cloud"
    login = "jira-v3"

    def setUp(self):
        super().setUp()
        self.jira = self.server.jira
        self.configure_jira()

    def configure_jira(self, token=None, network=None, **more):
        _, user, secret = self.server.login[self.login]
        section = {"url": self.server.url, "flavor": self.flavor, "project": "FIN",
                   "token_file": self.secret("token", token or secret), "search_seconds": 0}
        if self.flavor == "cloud":
            section["user"] = user
        self.configure(jira={**section, **more}, network=network or {})

    def labels_of(self, findings):
        return sorted(f"tieout-{each['id']}" for each in findings)

    def opened(self):
        """The finding labels of the tickets there are."""
        return sorted(label for label in self.jira.labels()
                      if label != "tieout" and not label.startswith(("tieout-break", "tieout-summary")))

    def of(self, month):
        return [each for each in self.found if each["as_of_date"] == month]

    def leaders(self):
        """Findings that open a ticket: all but those of a break that an earlier one began."""
        return [each for each in self.found if each["break_since"] == each["as_of_date"]]

    def comments(self):
        return [comment for issue in self.jira.issues for comment in issue["comments"]]


class Cloud(WithJira):
    def test_ticket_for_each_break_and_comments_for_its_other_findings(self):
        outcome = self.follow()
        self.assertEqual(self.opened(), self.labels_of(self.leaders()))
        self.assertEqual(len(self.comments()), 4)
        self.assertIn("7 tickets opened and 4 comments added", outcome.err)

    def test_ticket_says_what_is_needed(self):
        self.follow()
        finding = self.leaders()[0]
        (ticket,) = self.jira.with_label(f"tieout-{finding['id']}")
        fields = ticket["fields"]
        self.assertEqual(fields["priority"], {"name": "Highest"})
        self.assertEqual(fields["duedate"], {OLD: "2021-01-29", NEW: "2021-03-01"}[finding["as_of_date"]])
        self.assertIn(finding["account"], fields["summary"])
        self.assertEqual(len([each for each in fields["labels"] if each.startswith("tieout-break-")]), 1)
        self.assertEqual(list(ticket["properties"].values()), self.property_of(finding))
        said = self.said(fields["description"])
        self.assertIn(finding["explanation"], said)
        self.assertIn(f"{finding['balance_difference']:,.2f}", said)

    def property_of(self, finding):
        return [{"id": finding["id"]}]

    def said(self, description):
        return "\n".join(texts(description))

    def test_comment_stands_on_the_ticket_of_its_break(self):
        self.follow()
        for finding in self.of(NEW):
            if finding["break_since"] != OLD:
                continue
            (first,) = [each for each in self.of(OLD) if each["account"] == finding["account"]]
            (ticket,) = self.jira.with_label(f"tieout-{first['id']}")
            self.assertEqual(len(ticket["comments"]), 1)
            self.assertIn(finding["id"], self.said(ticket["comments"][0]["body"]))

    def test_second_run_sends_nothing(self):
        self.follow()
        before, files = len(self.server.seen), self.listing()
        self.follow()
        self.assertEqual(len(self.server.seen), before)
        self.assertEqual(self.listing(), files)

    def test_results_made_again_open_nothing(self):
        self.follow()
        n = self.posts()
        self.detect("results.h5", "--seed", "42", "--keep-features")
        self.follow()
        self.assertEqual(self.posts(), n)

    def test_other_outbox_finds_what_is_there(self):
        self.follow()
        n = self.posts()
        self.copy("elsewhere.h5")
        outcome = self.follow("elsewhere.h5")
        self.assertEqual(self.posts(), n)
        self.assertIn("0 tickets opened and 0 comments added", outcome.err)

    def test_break_of_an_earlier_month_gets_a_comment(self):
        self.detect("old.h5", "--alert-on", OLD)
        self.follow("old.h5")
        self.assertEqual(self.opened(), self.labels_of(self.of(OLD)))
        self.detect("new.h5", "--alert-on", NEW)
        self.follow("new.h5")
        self.assertEqual(self.opened(), self.labels_of(self.leaders()))
        self.assertEqual(len(self.comments()), 4)

    def test_closed_ticket_is_followed_by_a_new_one(self):
        self.detect("old.h5", "--alert-on", OLD)
        self.follow("old.h5")
        closed = self.jira.issues[0]
        self.jira.close(closed["key"])
        self.detect("new.h5", "--alert-on", NEW)
        self.follow("new.h5")
        self.assertEqual(len(self.jira.issues), 4 + 3 + 1)
        self.assertEqual(closed["comments"], [])
        self.assertEqual(len(self.comments()), 3)

    def test_rest_is_summed_up_in_one_ticket(self):
        self.configure_jira(max_tickets=2)
        self.follow()
        self.assertEqual(len(self.jira.issues), 3)
        (summary,) = [each for each in self.jira.issues
                      if any(label.startswith("tieout-summary-") for label in each["fields"]["labels"])]
        self.assertIn(f"{len(self.found) - 2} more anomalies", summary["fields"]["summary"])
        n = self.posts()
        self.detect("results.h5", "--trees", "201")
        self.configure_jira(max_tickets=1)
        self.follow()
        self.assertEqual(self.posts(), n)

    def test_no_tickets_but_the_summary(self):
        self.configure_jira(max_tickets=0)
        self.follow()
        self.assertEqual(len(self.jira.issues), 1)

    def test_mail_leads_to_the_tickets(self):
        self.follow()
        mail = email.message_from_bytes((self.folder / "results.followup/mail.eml").read_bytes(),
                                        policy=email.policy.default)
        html = mail.get_body(("html",)).get_content()
        for ticket in self.jira.issues:
            self.assertIn(f"{self.server.url}/browse/{ticket['key']}", html)

    def test_bulks_of_fifty(self):
        self.found = self.detect("results.h5", rows=breaking_rows(0, 55))
        self.configure_jira(max_tickets=100)
        self.follow()
        sizes = [len(each.body["issueUpdates"]) for each in self.server.seen
                 if each.path.endswith("/bulk")]
        self.assertEqual(sum(sizes), len(self.found))
        self.assertLessEqual(max(sizes), 50)

    def test_hostile_names_stay_text(self):
        hostile = '{{x}} [~admin] |*b*| !i.png! "q" \\\\ h1. \u202e \x01 \U0001f600' + "y" * 1000
        rows = [[hostile if cell == "1600000" else cell for cell in row] for row in breaking_rows()]
        self.found = self.detect("results.h5", rows=rows)
        self.follow()
        self.assertEqual(self.opened(), self.labels_of(self.leaders()))
        (ticket,) = [each for each in self.jira.issues if "{{x}}" in each["fields"]["summary"]]
        said = self.said(ticket["fields"]["description"])
        self.assertIn('{{x}} [~admin] |*b*| !i.png! "q"', said)
        self.assertNotIn("\u202e", said)
        self.assertEqual(self.markup(ticket["fields"]["description"]), [])

    def markup(self, description):
        """What is in a description beside plain text; the contract knows which nodes there are."""
        return re.findall('"(?:mention|marks|link|emoji)"', json.dumps(description))

    def test_priority_none_is_left_out(self):
        self.configure_jira(priority_critical="none")
        self.follow()
        self.assertNotIn("priority", self.jira.issues[0]["fields"])


class Refusals(WithJira):
    def test_partial_bulk_maps_failures_to_their_findings(self):
        bad = self.leaders()[2]
        self.jira.refuse = {bad["account"]: {"summary": "not this one"}}
        outcome = self.follow(code=78)
        self.assertEqual(self.opened(),
                         self.labels_of(each for each in self.leaders() if each["id"] != bad["id"]))
        self.assertIn("summary: not this one", outcome.err)
        for issue in self.jira.issues:
            account = issue["fields"]["summary"].split(" / ")[1]
            ids = [each["id"] for each in self.found if each["account"] == account]
            self.assertIn(issue["properties"]["tieout.id"]["id"], ids)
            for comment in issue["comments"]:
                self.assertTrue(any(each in json.dumps(comment) for each in ids))
        n = self.posts()
        self.follow(code=78)
        self.assertEqual(self.posts(), n)
        self.jira.refuse = {}
        self.follow("results.h5", "--retry-failed")
        self.assertEqual(self.opened(), self.labels_of(self.leaders()))
        self.assertEqual(len(self.comments()), 4)

    def test_none_is_taken(self):
        self.jira.projects["FIN"] = ["Bug"]
        outcome = self.follow(code=78)
        self.assertIn("issue type selected is invalid", outcome.err)
        self.assertEqual(self.jira.issues, [])
        self.jira.projects["FIN"] = ["Task"]
        self.follow("results.h5", "--retry-failed")
        self.assertEqual(self.opened(), self.labels_of(self.leaders()))

    def test_dead_token_opens_nothing(self):
        self.configure_jira(token="expired")
        outcome = self.follow(code=78)
        self.assertEqual(self.server.count("POST", ".*"), 0)
        self.assertIn("token", outcome.err)
        self.configure_jira()
        self.follow()
        self.assertEqual(self.opened(), self.labels_of(self.leaders()))

    def test_token_that_dies_on_the_way(self):
        self.server.add_fault("/rest/api/3/search/jql", status=200, times=None,
                              headers={"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"},
                              body='{"issues": [], "isLast": true}')
        self.follow(code=78)
        self.assertEqual(self.posts(), 0)

    def test_not_permitted(self):
        self.server.add_fault(BULK, status=403, times=None, body="<html>no</html>")
        self.follow(code=78)
        self.assertEqual(self.server.count("POST", BULK), 1)
        self.server.faults.clear()
        self.follow()
        self.assertEqual(self.opened(), self.labels_of(self.leaders()))

    def test_no_jira_at_the_address(self):
        self.server.add_fault("/rest/api/3/myself", status=200, times=None, body="<html>hello</html>")
        self.assertIn("jira.url", self.follow(code=78).err)


class Faults(WithJira):
    def all_are_there_once(self):
        self.assertEqual(self.opened(), self.labels_of(self.leaders()))
        marks = [each["id"] for each in self.found if each["break_since"] != each["as_of_date"]]
        for mark in marks:
            self.assertEqual(sum(mark in json.dumps(each) for each in self.comments()), 1)
        self.assertEqual(len(self.comments()), len(marks))

    def test_cut_answer_and_a_search_that_lags(self):
        for cut in ("rst", "fin"):
            for keep in (None, 5):
                with self.subTest(cut=cut, keep=keep):
                    self.jira.issues.clear()
                    self.copy(f"{cut}{keep}.h5")
                    self.server.add_fault(BULK, act=True, cut=cut, keep=keep)
                    self.jira.search_hides = 2
                    self.follow(f"{cut}{keep}.h5", code=69)
                    self.configure_jira(search_seconds=20)
                    self.follow(f"{cut}{keep}.h5")
                    self.jira.search_hides = 0
                    self.all_are_there_once()

    def test_cut_before_it_acted(self):
        self.server.add_fault(BULK, cut="rst")
        self.follow(code=69)
        self.assertEqual(self.jira.issues, [])
        self.configure_jira(search_seconds=1)
        self.follow()
        self.all_are_there_once()

    def test_stalled_answer(self):
        self.configure_jira(network={"timeout": 1})
        self.server.add_fault(BULK, act=True, cut="stall", keep=5)
        self.follow(code=69)
        self.follow()
        self.all_are_there_once()

    def test_cut_comment(self):
        for keep in (None, 5):
            with self.subTest(keep=keep):
                self.jira.issues.clear()
                self.copy(f"{keep}.h5")
                self.server.add_fault(COMMENT, method="POST", act=True, cut="fin", keep=keep)
                self.follow(f"{keep}.h5", code=69 if keep is None else 0)
                self.follow(f"{keep}.h5")
                self.all_are_there_once()

    def test_comment_that_was_never_made(self):
        self.server.add_fault(COMMENT, method="POST", cut="rst")
        self.follow(code=69)
        self.follow()
        self.all_are_there_once()

    def test_too_many_requests(self):
        self.configure_jira(network={"max_wait": 1})
        self.server.add_fault(BULK, status=429, headers={"Retry-After": "1"})
        self.follow()
        self.assertEqual(self.server.count("POST", BULK), 2)
        self.all_are_there_once()

    def test_quota_is_not_asked_again(self):
        self.server.add_fault(BULK, status=429, times=None,
                              headers={"Retry-After": "1", "RateLimit-Reason": "jira-quota-tenant-based"})
        self.follow(code=69)
        self.assertEqual(self.server.count("POST", BULK), 1)
        self.server.faults.clear()
        self.follow()
        self.all_are_there_once()

    def test_service_down(self):
        for status in (503, 500, 502):
            with self.subTest(status=status):
                self.jira.issues.clear()
                self.copy(f"{status}.h5")
                self.server.add_fault(BULK, status=status, times=None, body="<html>sorry</html>")
                self.follow(f"{status}.h5", code=69)
                self.server.faults.clear()
                self.follow(f"{status}.h5")
                self.all_are_there_once()

    def test_nobody_there(self):
        self.configure_jira(url="https://localhost:9")
        self.follow(code=69)
        self.configure_jira()
        self.follow()
        self.all_are_there_once()

    def test_answer_that_makes_no_sense(self):
        for body in ("", "{", "[]", '{"issues": [], "errors": []}', '{"issues": 7}',
                     '{"issues": [{"key": "../../x"}], "errors": []}'):
            with self.subTest(body=body):
                self.jira.issues.clear()
                self.copy("strange.h5")
                for path in (self.folder / "strange.followup").glob("*"):
                    path.unlink()
                self.server.add_fault(BULK, act=True, status=201, body=body)
                self.follow("strange.h5", code=69)
                self.follow("strange.h5")
                self.all_are_there_once()

    def test_stopped_while_it_searches(self):
        self.server.add_fault(BULK, act=True, cut="rst")
        self.jira.search_hides = 1000
        self.follow(code=69)
        self.configure_jira(search_seconds=600)
        process = subprocess.Popen([TIEOUT, "followup", "results.h5", "--config", "config.json"],
                                   cwd=self.folder, env=dict(os.environ), stderr=subprocess.PIPE)
        n = self.server.count("POST", ".*/search/jql")
        while self.server.count("POST", ".*/search/jql") < n + 2:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 75)
        for issue in self.jira.issues:
            issue["hidden"] = 0
        self.jira.search_hides = 0
        self.follow()
        self.all_are_there_once()

    def test_ticket_that_is_there_twice(self):
        self.server.add_fault(BULK, act=True, cut="rst")
        self.follow(code=69)
        twin = dict(self.jira.issues[0], id="99999", key="FIN-99999", comments=[])
        self.jira.issues.append(twin)
        outcome = self.follow()
        self.assertIn("2 tickets with the label", outcome.err)
        self.assertEqual(twin["comments"], [])


class DataCenter(Cloud):
    flavor = "datacenter"
    login = "jira-v2"

    def property_of(self, finding):
        return []

    def said(self, description):
        return re.sub(r"\\(.)", r"\1", description).replace("&#58;", ":").replace("&#92;", "\\")

    def markup(self, description):
        ours = re.sub(r"(?m)^h3\. |^\|\|(?:[^|\\\n]|\\.)*\||^\* |\|$", "", description)
        return re.findall(r"(?<!\\)[{}\[\]|*!].*", ours)


class Check(WithJira):
    def check(self, code=0):
        outcome = self.run_here("check", "--config", "config.json")
        self.assertEqual(outcome.code, code, outcome)
        self.assertEqual(self.posts(), 0)
        return next(line for line in outcome.out.splitlines() if line.startswith("jira"))

    def test_all_is_well(self):
        self.assertIn("project FIN has issue type Task", self.check())

    def test_wrong_token(self):
        self.configure_jira(token="expired")
        self.assertIn("token", self.check(code=78))

    def test_no_such_project(self):
        self.configure_jira(project="NONE")
        self.assertIn("No project could be found", self.check(code=78))

    def test_no_such_issue_type(self):
        self.configure_jira(issue_type="Story")
        self.assertIn("it has: Task, Bug, Epic", self.check(code=78))

    def test_nobody_there(self):
        self.configure_jira(url="https://localhost:9")
        self.assertIn("FAILED", self.check(code=69))


class CheckDataCenter(Check):
    flavor = "datacenter"
    login = "jira-v2"


class Offline(WithJira):
    def draft(self):
        return json.loads((self.folder / "results.followup/tickets.json").read_text(encoding="utf-8"))

    def test_nothing_configured(self):
        self.configure()
        self.follow()
        entries = self.draft()
        self.assertEqual(len(entries), len(self.found))
        self.assertEqual(sum("/comment" in each["to"] for each in entries), 4)
        before = self.listing()
        self.follow()
        self.assertEqual(self.listing(), before)

    def test_dry_run_shows_what_would_be_sent(self):
        self.follow("results.h5", "--dry-run")
        self.assertEqual(self.server.seen, [])
        drafted = [each["body"] for each in self.draft() if each["to"].endswith("/issue")]
        self.follow()
        sent = [each for seen in self.server.seen if seen.path.endswith("/bulk")
                for each in seen.body["issueUpdates"]]
        self.assertEqual(drafted, sent)


if __name__ == "__main__":
    unittest.main()
