"""What the contract server remembers and how it fails on demand, seen by another client than
ours: tests of tickets, tasks and models rely on it."""

import base64
import http.client
import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from contract import Answer
from contract_server import ContractServer
from fake_chat import INVENTED

SCHEMA = {"type": "object", "additionalProperties": False,
          "required": ["summary", "likely_cause", "confidence"],
          "properties": {"summary": {"type": "string"},
                         "likely_cause": {"enum": ["timing", "posting"]},
                         "confidence": {"type": "number", "minimum": 0, "maximum": 1}}}
STEPS = {"good": 200, "fenced": 200, "think": 200, "prose": 200, "cut": 200, "refusal": 200,
         "wrong-numbers": 200, "wrong-cause": 200, "missing": 200, "markup": 200, "no-usage": 200,
         "empty": 200, "rate": 429, "quota": 429, "loading": 503, "failure": 500, "gone": 404}


class WithServer(unittest.TestCase):
    def setUp(self):
        self.server = ContractServer()
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)

    def ask(self, method, target, body=None, contract="jira-v3", secret=None, headers=None):
        """Status, headers and value of the answer."""
        scheme, user, usual = self.server.login[contract]
        login = secret or usual
        if scheme == "basic":
            login = base64.b64encode(f"{user}:{login}".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            connection.request(method, target, None if body is None else json.dumps(body), {
                "Authorization": f"{scheme} {login}", **(headers or {}),
                **({} if body is None else {"Content-Type": "application/json"})})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        return answer.status, answer.headers, json.loads(text) if text else None


def issue(summary, label="tieout-1"):
    return {"fields": {"project": {"key": "FIN"}, "issuetype": {"name": "Task"},
                       "summary": summary, "labels": ["tieout", label]}}


class Jira(WithServer):
    def tearDown(self):
        self.assertEqual(self.server.violations, [])

    def create(self, *wanted):
        return self.ask("POST", "/rest/api/3/issue/bulk", {"issueUpdates": list(wanted)})

    def search(self, jql, **more):
        return self.ask("POST", "/rest/api/3/search/jql",
                        {"jql": jql, "fields": ["labels", "status"], **more})[2]

    def test_a_bulk_may_fail_in_part(self):
        self.server.jira.refuse = {"bad": {"summary": "no"}}
        status, _, answer = self.create(issue("a"), issue("bad"), issue("c"))
        self.assertEqual((status, [each["key"] for each in answer["issues"]]),
                         (201, ["FIN-1", "FIN-2"]))
        self.assertEqual([each["failedElementNumber"] for each in answer["errors"]], [1])
        self.assertEqual([each["fields"]["summary"] for each in self.server.jira.issues],
                         ["a", "c"])
        status, _, answer = self.create(issue("bad"), issue("bad too"))
        self.assertEqual((status, answer["issues"], len(answer["errors"])), (400, [], 2))

    def test_what_jira_does_not_know_is_refused(self):
        for field, value in (("project", {"key": "X"}), ("issuetype", {"name": "Epos"}),
                             ("priority", {"name": "Urgent"}), ("summary", "\U0001f4c8" * 128)):
            wanted = issue("a")
            wanted["fields"][field] = value
            status, _, answer = self.ask("POST", "/rest/api/3/issue", wanted)
            self.assertEqual((status, list(answer["errors"])), (400, [field]))

    def test_the_search_is_late(self):
        self.server.jira.search_hides = 2
        self.create(issue("a"))
        jql = 'project = "FIN" AND labels in ("tieout-1", "tieout-2")'
        self.assertEqual([len(self.search(jql)["issues"]) for _ in range(4)], [0, 0, 1, 1])

    def test_a_search_by_label_and_state(self):
        self.create(issue("a", "tieout-1"), issue("b", "tieout-2"), issue("c", "tieout-3"))
        self.server.jira.close("FIN-2")
        jql = 'project = "FIN" AND labels in ("tieout-1","tieout-2")'
        self.assertEqual([each["key"] for each in self.search(jql)["issues"]], ["FIN-2", "FIN-1"])
        found = self.search(jql + " AND statusCategory != Done ORDER BY created ASC")["issues"]
        self.assertEqual([each["key"] for each in found], ["FIN-1"])
        self.assertEqual(found[0]["fields"]["status"]["statusCategory"]["key"], "new")
        self.assertEqual(self.search('project = FIN AND labels = "tieout"')["isLast"], True)
        self.assertEqual(self.search('project = FIN AND labels = "none"')["issues"], [])

    def test_pages_by_token(self):
        self.server.jira.page = 2
        self.create(*(issue(f"{i}") for i in range(5)))
        jql, keys, token = 'project = "FIN"', [], {}
        for size in (2, 2, 1):
            page = self.search(jql, **token)
            keys += [each["key"] for each in page["issues"]]
            self.assertEqual((len(page["issues"]), "nextPageToken" in page), (size, size == 2))
            token = {"nextPageToken": page.get("nextPageToken")}
        self.assertEqual(sorted(keys), [f"FIN-{i}" for i in range(1, 6)])

    def test_pages_by_start(self):
        self.server.jira.page = 2
        self.create(*(issue(f"{i}") for i in range(3)))
        found = [self.ask("POST", "/rest/api/2/search",
                          {"jql": 'project = "FIN"', "startAt": start}, "jira-v2")[2]
                 for start in (0, 2)]
        self.assertEqual([(each["total"], len(each["issues"])) for each in found],
                         [(3, 2), (3, 1)])

    def test_ids_alone_unless_fields_are_asked_for(self):
        self.create(issue("a"))
        _, _, answer = self.ask("POST", "/rest/api/3/search/jql", {"jql": 'project = "FIN"'})
        self.assertEqual(answer["issues"], [{"id": "10001"}])

    def test_a_dead_token_finds_nothing(self):
        self.create(issue("a"))
        status, headers, answer = self.ask("POST", "/rest/api/3/search/jql",
                                           {"jql": 'project = "FIN"'}, secret="dead")
        self.assertEqual((status, answer["issues"]), (200, []))
        self.assertEqual(headers["X-Seraph-LoginReason"], "AUTHENTICATED_FAILED")
        self.assertEqual(self.ask("GET", "/rest/api/3/myself", secret="dead")[0], 401)

    def test_comments_newest_first(self):
        self.create(issue("a"))
        for words in ("one", "two"):
            status, _, _ = self.ask("POST", "/rest/api/2/issue/FIN-1/comment", {"body": words},
                                    "jira-v2")
            self.assertEqual(status, 201)
        _, _, page = self.ask("GET", "/rest/api/2/issue/FIN-1/comment?orderBy=-created",
                              contract="jira-v2")
        self.assertEqual([each["body"] for each in page["comments"]], ["two", "one"])
        self.assertEqual(self.ask("POST", "/rest/api/2/issue/FIN-9/comment", {"body": "x"},
                                  "jira-v2")[0], 404)


class Tasks(WithServer):
    def post(self, text, key):
        body = {"task_name": text, "description": "d", "severity": "low",
                "due_date": "2026-12-01"}
        status, _, answer = self.ask("POST", "/tasks", body, "agentic-tasks",
                                     headers={"Idempotency-Key": key})
        return status, answer

    def test_a_key_is_remembered(self):
        first = self.post("a", "key-of-16-letters")
        self.assertEqual(self.post("a", "key-of-16-letters"), first)
        self.assertEqual(len(self.server.tasks.tasks), 1)
        self.assertEqual(self.server.violations, [])

    def test_a_key_with_two_bodies_is_a_violation(self):
        self.post("a", "key-of-16-letters")
        self.assertEqual(self.post("b", "key-of-16-letters")[0], 409)
        self.assertEqual(len(self.server.violations), 1)

    def test_other_ways_to_say_yes(self):
        for status in (202, 204):
            self.server.tasks.status = status
            self.assertEqual(self.post("a", f"key-of-16-letters-{status}")[0], status)
        self.server.tasks.repeated = 409
        self.assertEqual(self.post("a", "key-of-16-letters-202")[0], 409)
        self.assertEqual(self.server.violations, [])


class Chat(WithServer):
    def say(self):
        return self.ask("POST", "/v1/chat/completions", {
            "model": "test-model", "messages": [
                {"role": "system", "content": "9999 rules"},
                {"role": "user", "content": "The break is 12,345.60 after 3 months."}],
            "response_format": {"type": "json_schema", "json_schema": {
                "name": "e", "strict": True, "schema": SCHEMA}}}, "openai-chat")

    def test_every_step_of_the_script(self):
        self.server.chat.script = list(STEPS)
        said = {step: self.say() for step in STEPS}
        self.assertEqual({step: answer[0] for step, answer in said.items()}, STEPS)
        self.assertEqual(self.server.violations, [])
        self.assertEqual(len(self.server.chat.asked), len(STEPS))
        choice = {step: answer[2]["choices"][0] for step, answer in said.items()
                  if answer[0] == 200 and step != "empty"}
        good = json.loads(choice["good"]["message"]["content"])
        self.assertEqual(good, {"summary": "The balance moved by 12,345.60.",
                                "likely_cause": "timing", "confidence": 0})
        self.assertIn("```json\n{", choice["fenced"]["message"]["content"])
        self.assertIsNone(choice["refusal"]["message"]["content"])
        self.assertEqual(choice["cut"]["finish_reason"], "length")
        self.assertIn(INVENTED, choice["wrong-numbers"]["message"]["content"])
        self.assertNotIn("timing", choice["wrong-cause"]["message"]["content"])
        self.assertEqual(len(json.loads(choice["missing"]["message"]["content"])), 2)
        self.assertNotIn("usage", said["no-usage"][2])
        self.assertEqual(said["rate"][1]["Retry-After"], "1")
        self.assertEqual(said["quota"][2]["error"]["code"], "insufficient_quota")


class Itself(WithServer):
    def test_its_own_wrong_answers_are_violations(self):
        self.server.tasks.answer = lambda *_: Answer(201, {"id": 1})
        Tasks.post(self, "a", "key-of-16-letters")
        self.assertEqual(len(self.server.violations), 1)
        self.assertIn("our own answer", self.server.violations[0])

    def test_another_order_in_jql_is_a_violation(self):
        status, _, _ = self.ask("POST", "/rest/api/3/search/jql", {"jql": "text ~ x"})
        self.assertEqual((status, len(self.server.violations)), (400, 1))

    def test_a_fault_has_its_turn(self):
        self.server.add_fault("/v1/models", skip=1, times=2, status=503,
                              headers={"Retry-After": "7"})
        answers = [self.ask("GET", "/v1/models", contract="openai-chat") for _ in range(4)]
        self.assertEqual([each[0] for each in answers], [200, 503, 503, 200])
        self.assertEqual(answers[1][1]["Retry-After"], "7")
        self.assertEqual(self.server.violations, [])

    def test_it_is_told_by_http(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        connection.request("POST", "/_control", json.dumps({
            "set": {"jira.search_hides": 3}, "fault": {"path": "/v1/models", "status": 500}}))
        state = json.loads(connection.getresponse().read())
        connection.close()
        self.assertEqual((state["seen"], state["violations"]), ([], []))
        self.assertEqual(self.server.jira.search_hides, 3)
        self.assertEqual(self.ask("GET", "/v1/models", contract="openai-chat")[0], 500)


if __name__ == "__main__":
    unittest.main()
