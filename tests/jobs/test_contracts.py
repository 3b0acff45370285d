"""The contracts and the server that holds them, before anything is trusted that was tested with
them. A validator that overlooks a rule lets everything through, so there is a request against
every rule, and each rule is taken out once to see that one of the requests then gets through."""

import base64
import copy
import json
import ssl
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from contract import load_all
from contract_server import ContractServer
from throwaway_ca import ThrowawayCA

GONE = object()
V3, V2, CHAT, TASKS = "jira-v3", "jira-v2", "openai-chat", "agentic-tasks"


class Canary:
    def __init__(self, contract, expect, name, method, target, body=GONE, headers=None,
                 scheme=None, raw=None):
        self.contract, self.expect, self.name = contract, expect, name
        self.method, self.target, self.scheme = method, target, scheme
        self.raw = raw if raw is not None else b"" if body is GONE else json.dumps(body).encode()
        self.headers = {"content-type": "application/json"} if self.raw else {}
        self.headers.update(headers or {})


def change(value, path, new):
    """A copy in which what the path ("fields.labels.0") leads to is new, or GONE; "" is all."""
    if path == "":
        return new
    copied = copy.deepcopy(value)
    *way, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
    place = copied
    for step in way:
        place = place[step]
    if new is GONE:
        del place[last]
    else:
        place[last] = new
    return copied


def refused(contract, method, target, good, variants, headers=None):
    """A canary for each (path, new value)."""
    for path, new in variants:
        shown = "gone" if new is GONE else json.dumps(new)[:40]
        yield Canary(contract, "reject", f"{target} {path} {shown}", method, target,
                     change(good, path, new), headers)


def changed(contract, method, target, good, variants, headers=None):
    """The same behind the good one, which passes."""
    yield Canary(contract, "ok", f"{target} good", method, target, good, headers)
    yield from refused(contract, method, target, good, variants, headers)


def text(words="x", **more):
    return {"type": "text", "text": words, **more}


def node(kind, *content, **more):
    return {"type": kind, "content": list(content), **more}


def paragraph(words="x"):
    return node("paragraph", text(words))


def document(*blocks):
    return {"type": "doc", "version": 1, "content": list(blocks)}


LINK = {"type": "link", "attrs": {"href": "https://x.invalid/"}}
RICH = document(
    node("heading", text("Anomaly"), attrs={"level": 2}),
    node("paragraph", text("bold", marks=[{"type": "strong"}]), {"type": "hardBreak"},
         text("link", marks=[LINK])),
    node("bulletList", node("listItem", paragraph())),
    node("codeBlock", text("{}"), attrs={"language": "json"}),
    node("table", node("tableRow", node("tableHeader", paragraph()),
                       node("tableCell", paragraph()))),
    {"type": "rule"})
FIELDS = {"project": {"key": "FIN"}, "issuetype": {"name": "Task"}, "priority": {"name": "High"},
          "summary": "Account 160 does not tie out", "labels": ["tieout", "tieout-3f9a"],
          "duedate": "2026-12-01", "components": [{"name": "Ledger"}], "parent": {"key": "FIN-1"},
          "customfield_10011": [1, "x", None]}
CLOUD = {"fields": {**FIELDS, "description": document(paragraph()), "assignee": {"id": "5b10"}},
         "properties": [{"key": "tieout.id", "value": {"id": "3f9a"}}]}
SERVER = {"fields": {**FIELDS, "description": "h2. Anomaly\n|| a ||\n| 1 |",
                     "assignee": {"name": "robot"}},
          "properties": [{"key": "tieout.id", "value": {"id": "3f9a"}}]}

# What every Jira refuses in an issue.
NO_ISSUE = [
    ("", []), ("fields", GONE), ("fields", []), ("extra", 1), ("fields.sumary", "x"),
    ("fields.summary", GONE), ("fields.summary", ""), ("fields.summary", 1),
    ("fields.summary", "x" * 256), ("fields.summary", "a\nb"), ("fields.summary", "a\n"),
    ("fields.summary", "a\r"), ("fields.project", GONE), ("fields.project", "FIN"),
    ("fields.project", {}), ("fields.project", {"key": "FIN", "id": "1"}),
    ("fields.project", {"key": 1}), ("fields.project", {"id": 1}),
    ("fields.project", {"key": "FIN", "name": "x"}), ("fields.project", {"id": "1", "name": "x"}),
    ("fields.issuetype", GONE), ("fields.issuetype", "Task"), ("fields.issuetype", {}),
    ("fields.issuetype", {"name": 1}), ("fields.issuetype", {"name": "Task", "key": "x"}),
    ("fields.priority", "High"), ("fields.priority", {"key": "High"}),
    ("fields.labels", "tieout"), ("fields.labels", ["a b"]), ("fields.labels", ["a\n"]),
    ("fields.labels", [""]), ("fields.labels", ["x" * 256]), ("fields.labels", ["a", "a"]),
    ("fields.labels", [1]), ("fields.duedate", "01/12/2026"), ("fields.duedate", "20261201"),
    ("fields.duedate", "2026-02-30"), ("fields.duedate", "2026-12-01T00:00:00"),
    ("fields.duedate", 20261201), ("fields.components", {"name": "x"}),
    ("fields.components", ["x"]), ("fields.parent", {"name": "x"}), ("fields.assignee", "robot"),
    ("fields.assignee", {}), ("fields.description", 1), ("properties", {}), ("properties", ["x"]),
    ("properties.0.key", GONE), ("properties.0.key", ""), ("properties.0.key", "x" * 256),
    ("properties.0.key", 1), ("properties.0.value", GONE), ("properties.0.extra", 1),
]
# What the Cloud refuses in a document.
NO_DOCUMENT = [
    ("", "plain"), ("type", GONE), ("type", "paragraph"), ("version", GONE), ("version", 2),
    ("content", GONE), ("content", {}), ("extra", 1), ("content.0", text()),
    ("content.0", node("para")), ("content.0", "x"),
    ("content.0.content", GONE), ("content.0.content", {}), ("content.0.content.0", paragraph()),
    ("content.0.extra", 1), ("content.0.attrs", GONE), ("content.0.attrs", []),
    ("content.0.attrs.level", GONE), ("content.0.attrs.level", 0), ("content.0.attrs.level", 7),
    ("content.0.attrs.level", "2"), ("content.0.attrs.extra", 1), ("content.0.type", GONE),
    ("content.1.content", GONE), ("content.1.content", {}), ("content.1.extra", 1),
    ("content.1.type", GONE), ("content.1.content.0", paragraph()), ("content.1.content.0", "x"),
    ("content.1.content.0.text", ""), ("content.1.content.0.text", GONE),
    ("content.1.content.0.text", 1), ("content.1.content.0.type", GONE),
    ("content.1.content.0.extra", 1), ("content.1.content.0.marks", {}),
    ("content.1.content.0.marks.0", "strong"), ("content.1.content.0.marks.0", {}),
    ("content.1.content.0.marks.0.type", "blink"),
    ("content.1.content.2.marks.0.type", "anchor"), ("content.1.content.1.type", "softBreak"),
    ("content.0.type", "title"), ("content.4.type", "grid"), ("content.3.content.0.type", "code"),
    ("content.1.content.0.marks.0.extra", 1),
    ("content.1.content.1", {"type": "hardBreak", "text": "x"}), ("content.1.content.1", {}),
    ("content.1.content.1", []),
    ("content.1.content.2.marks.0.attrs", GONE), ("content.1.content.2.marks.0.attrs", []),
    ("content.1.content.2.marks.0.type", GONE), ("content.1.content.2.marks.0.extra", 1),
    ("content.1.content.2.marks.0.attrs.href", GONE),
    ("content.1.content.2.marks.0.attrs.href", ""), ("content.1.content.2.marks.0.attrs.href", 1),
    ("content.1.content.2.marks.0.attrs.extra", 1),
    ("content.2.content", GONE), ("content.2.content", []), ("content.2.content", {}),
    ("content.2.type", GONE), ("content.2.type", "list"), ("content.2.extra", 1),
    ("content.2.content.0", paragraph()), ("content.2.content.0", "x"),
    ("content.2.content.0.type", GONE), ("content.2.content.0.type", "item"),
    ("content.2.content.0.content", GONE), ("content.2.content.0.content", []),
    ("content.2.content.0.content", {}), ("content.2.content.0.content.0", text()),
    ("content.2.content.0.extra", 1),
    ("content.3.type", GONE), ("content.3.extra", 1), ("content.3.attrs", []),
    ("content.3.attrs.extra", 1), ("content.3.attrs.language", 1), ("content.3.content", {}),
    ("content.3.content.0", paragraph()), ("content.3.content.0", "x"),
    ("content.3.content.0.text", ""), ("content.3.content.0.text", 1),
    ("content.3.content.0.text", GONE), ("content.3.content.0.type", GONE),
    ("content.3.content.0.marks", [{"type": "strong"}]),
    ("content.4.type", GONE), ("content.4.content", GONE), ("content.4.content", []),
    ("content.4.content", {}), ("content.4.extra", 1), ("content.4.content.0", "x"),
    ("content.4.content.0.type", GONE), ("content.4.content.0.type", "row"),
    ("content.4.content.0.content", GONE), ("content.4.content.0.content", {}),
    ("content.4.content.0.extra", 1), ("content.4.content.0.content.0", "x"),
    ("content.4.content.0.content.0.type", GONE), ("content.4.content.0.content.0.type", "cell"),
    ("content.4.content.0.content.0.content", GONE), ("content.4.content.0.content.0.content", []),
    ("content.4.content.0.content.0.content", {}),
    ("content.4.content.0.content.0.content.0", text()),
    ("content.4.content.0.content.0.extra", 1),
    ("content.5.extra", 1), ("content.5.type", GONE),
]


def jira_canaries(contract, root, issue, comment):
    yield from changed(contract, "POST", root + "/issue", issue, NO_ISSUE)
    for name, new in (("project", {"id": "10000"}), ("issuetype", {"id": "10001"}),
                      ("summary", "x" * 255), ("labels", []), ("labels", ["x" * 255])):
        yield Canary(contract, "ok", f"issue with {name} {new}"[:60], "POST", root + "/issue",
                     change(issue, f"fields.{name}", new))
    bulk = {"issueUpdates": [issue, issue]}
    yield from changed(contract, "POST", root + "/issue/bulk", bulk, [
        ("", []), ("issueUpdates", GONE), ("issueUpdates", []), ("issueUpdates", {}),
        ("issueUpdates", [issue] * 51), ("issueUpdates.1.fields.summary", GONE), ("extra", 1)])
    yield Canary(contract, "ok", "bulk of 50", "POST", root + "/issue/bulk",
                 {"issueUpdates": [issue] * 50})
    yield from changed(contract, "POST", root + "/issue/FIN-1/comment", {"body": comment}, [
        ("", []), ("body", GONE), ("body", 1), ("body", []), ("extra", 1)])
    comments, meta = "/issue/FIN-1/comment", "/issue/createmeta/FIN/issuetypes/10001"
    for target, query, expect in (
            (comments, "startAt=0&maxResults=50&orderBy=-created", "ok"),
            (comments, "", "ok"), (comments, "orderBy=rank", "reject"),
            (comments, "extra=1", "reject"), (meta, "startAt=0&maxResults=200", "ok"),
            (meta, "startAt=-1", "reject"), (meta, "startAt=x", "reject"),
            (meta, "maxResults=0", "reject"), (meta, "maxResults=201", "reject"),
            (meta, "maxResults=x", "reject")):
        yield Canary(contract, expect, f"{target}?{query}", "GET", f"{root}{target}?{query}")
    for target in ("/myself", "/project/FIN", "/issue/createmeta/FIN/issuetypes",
                   "/issue/createmeta/FIN/issuetypes?startAt=50&maxResults=50",
                   "/issue/createmeta/FIN/issuetypes/10001"):
        yield Canary(contract, "ok", target, "GET", root + target)
        yield Canary(contract, "unauth", f"{target} without a login", "GET", root + target,
                     scheme="none")
    yield Canary(contract, "reject", "a body with GET", "GET", root + "/myself", {})
    yield Canary(contract, "reject", "no body", "POST", root + "/issue")
    yield Canary(contract, "reject", "half a body", "POST", root + "/issue", raw=b'{"fields":')
    yield Canary(contract, "reject", "NaN", "POST", root + "/issue",
                 raw=json.dumps(change(issue, "fields.customfield_1", float("nan"))).encode())
    yield Canary(contract, "reject", "another type", "POST", root + "/issue", issue,
                 {"content-type": "text/plain"})
    yield Canary(contract, "unauth", "no login", "POST", root + "/issue", issue, scheme="none")
    yield Canary(contract, "unauth", "an empty login", "POST", root + "/issue", issue,
                 scheme="empty")
    yield Canary(contract, "noroute", "another method", "DELETE", root + "/issue/FIN-1")
    yield Canary(contract, "noroute", "the old createmeta", "GET", root + "/issue/createmeta")


def canaries():
    v3, v2 = "/rest/api/3", "/rest/api/2"
    yield from jira_canaries(V3, v3, CLOUD, RICH)
    yield from refused(V3, "POST", v3 + "/issue", CLOUD, [
        ("fields.description", "plain"), ("fields.assignee", {"name": "robot"}),
        ("fields.assignee", {"id": "1", "name": "x"})])
    yield from refused(V3, "POST", v3 + "/issue/FIN-1/comment", {"body": RICH},
                       [(f"body.{path}".rstrip("."), new) for path, new in NO_DOCUMENT])
    yield from changed(V3, "POST", v3 + "/search/jql", {
        "jql": 'project = "FIN"', "fields": ["labels"], "maxResults": 5000,
        "nextPageToken": '0 project = "FIN"',
        "reconcileIssues": [1]}, [
            ("", []), ("jql", GONE), ("jql", ""), ("jql", 1), ("fields", "labels"), ("fields", [1]),
            ("maxResults", 0), ("maxResults", 5001), ("maxResults", "5"), ("nextPageToken", ""),
            ("nextPageToken", 1), ("reconcileIssues", ["1"]), ("reconcileIssues", [1] * 51),
            ("reconcileIssues", 1), ("startAt", 0)])
    property_path = v3 + "/issue/FIN-1/properties/"
    yield Canary(V3, "ok", "property", "PUT", property_path + "tieout.id", {"id": "3f9a"})
    yield Canary(V3, "reject", "property no object", "PUT", property_path + "tieout.id", [])
    yield Canary(V3, "reject", "long property", "PUT", property_path + "x" * 256, {})
    yield Canary(V3, "unauth", "bearer", "GET", v3 + "/myself", scheme="bearer")
    yield Canary(V3, "noroute", "the old search", "POST", v3 + "/search", {"jql": "x"})
    yield Canary(V3, "noroute", "version 2", "POST", v2 + "/issue", CLOUD)

    yield from jira_canaries(V2, v2, SERVER, "seen again")
    yield from refused(V2, "POST", v2 + "/issue", SERVER, [
        ("fields.description", RICH), ("fields.description", ""),
        ("fields.description", "x" * 32768), ("fields.assignee", {"id": "5b10"}),
        ("fields.assignee", {"name": 1}), ("fields.assignee", {"name": "x", "id": "x"})])
    yield from refused(V2, "POST", v2 + "/issue/FIN-1/comment", {"body": "x"},
                       [("body", ""), ("body", "x" * 32768)])
    yield from changed(V2, "POST", v2 + "/search", {
        "jql": 'project = "FIN"', "startAt": 0, "maxResults": 50, "fields": ["labels"],
        "validateQuery": True}, [
            ("", []), ("jql", GONE), ("jql", ""), ("jql", 1), ("startAt", -1), ("startAt", "0"),
            ("maxResults", -1), ("maxResults", "5"), ("fields", "labels"), ("fields", [1]),
            ("validateQuery", "strict"), ("nextPageToken", "t")])
    yield Canary(V2, "unauth", "basic", "GET", v2 + "/myself", scheme="basic")
    yield Canary(V2, "noroute", "version 3", "POST", v3 + "/issue", SERVER)

    yield from task_canaries()
    yield from chat_canaries()


def task_canaries():
    key = {"idempotency-key": "tieout-3f9a-2026"}
    task = {"task_name": "Investigate Anomaly: 3f9a", "description": "d", "severity": "high",
            "due_date": "2026-12-01"}
    yield from changed(TASKS, "POST", "/tasks", task, [
        ("", []), *((name, GONE) for name in task), *((name, 1) for name in task), ("extra", 1),
        ("task_name", ""), ("task_name", "x" * 256), ("task_name", "a\nb"), ("task_name", "a\r"),
        ("description", ""), ("severity", "urgent"), ("due_date", "2026-12-01T00:00:00Z"),
        ("due_date", "2026-02-30"), ("due_date", "20261201")], key)
    for name, value in (("no key", None), ("short key", "tieout-3f9a"),
                        ("long key", "x" * 256), ("key with a space", "tieout 3f9a 20261")):
        yield Canary(TASKS, "reject", name, "POST", "/tasks", task,
                     {"idempotency-key": value} if value else {})
    yield Canary(TASKS, "unauth", "no login", "POST", "/tasks", task, key, scheme="none")
    yield Canary(TASKS, "noroute", "list of tasks", "GET", "/tasks")


def chat_canaries():
    path = "/v1/chat/completions"
    schema = {"type": "object", "properties": {"summary": {"type": "string"}},
              "required": ["summary"], "additionalProperties": False}
    question = {"model": "m", "messages": [{"role": "system", "content": "s"},
                                           {"role": "user", "content": "u"}],
                "temperature": 0.2, "top_p": 1, "seed": 1, "n": 1, "stream": False,
                "stop": ["x"], "max_tokens": 256,
                "response_format": {"type": "json_schema", "json_schema": {
                    "name": "explanation", "description": "d", "strict": True,
                    "schema": schema}}}
    named = "response_format.json_schema"
    yield from changed(CHAT, "POST", path, question, [
        ("", []), ("model", GONE), ("model", ""), ("model", 1), ("messages", GONE), ("messages", []),
        ("messages", {}), ("messages.0", "x"), ("messages.0.role", GONE),
        ("messages.0.role", "robot"), ("messages.0.content", GONE), ("messages.0.content", ""),
        ("messages.0.content", 1), ("messages.0.name", "x"), ("temperature", -1),
        ("temperature", 3), ("temperature", "0"), ("top_p", -1), ("top_p", 2), ("top_p", "1"),
        ("seed", 1.5), ("n", 2), ("stream", True), ("stop", "x"), ("stop", ["x"] * 5),
        ("stop", [1]), ("max_tokens", 0), ("max_tokens", "256"),
        ("max_completion_tokens", 256), ("prompt", "x"), ("response_format", "json"),
        ("response_format.type", GONE), ("response_format.type", "yaml"),
        ("response_format.extra", 1), ("response_format.json_schema", GONE),
        ("response_format.json_schema", []), ("response_format", {"type": "text", "extra": 1}),
        ("response_format", {}), (f"{named}.name", GONE), (f"{named}.name", ""),
        (f"{named}.name", "a b"), (f"{named}.name", "a\n"), (f"{named}.name", "x" * 65),
        (f"{named}.name", 1), (f"{named}.description", 1), (f"{named}.strict", "yes"),
        (f"{named}.extra", 1), (f"{named}.schema", GONE), (f"{named}.schema", []),
        (f"{named}.schema.type", GONE), (f"{named}.schema.type", "array"),
        (f"{named}.schema.properties", GONE), (f"{named}.schema.properties", []),
        (f"{named}.schema.required", GONE), (f"{named}.schema.required", "summary"),
        (f"{named}.schema.required", [1]), (f"{named}.schema.additionalProperties", GONE),
        (f"{named}.schema.additionalProperties", True)])
    other = change(change(question, "max_tokens", GONE), "max_completion_tokens", 256)
    yield from changed(CHAT, "POST", path, other, [("max_completion_tokens", 0),
                                                   ("max_completion_tokens", "256")])
    for kind in ("text", "json_object"):
        yield Canary(CHAT, "ok", f"format {kind}", "POST", path,
                     change(question, "response_format", {"type": kind}))
    yield Canary(CHAT, "unauth", "no login", "POST", path, question, scheme="none")
    yield Canary(CHAT, "ok", "models", "GET", "/v1/models")
    yield Canary(CHAT, "noroute", "old completions", "POST", "/v1/completions",
                 {"model": "text-davinci-003", "prompt": "x"})


CANARIES = list(canaries())
PRESENT = {"id": "10000", "key": "FIN-1", "fields": {"project": {"key": "FIN"}}, "done": False,
           "comments": [], "properties": {}, "hidden": 0}


def authorization(canary, usual):
    scheme = canary.scheme or usual
    coded = base64.b64encode(b"robot:secret").decode()
    return {"basic": f"Basic {coded}", "bearer": "Bearer secret", "empty": f"{usual} ",
            "none": None}[scheme]


def judge(contract, canary):
    login = authorization(canary, contract.scheme)
    headers = {**canary.headers, **({"authorization": login} if login else {})}
    return contract.judge(canary.method, canary.target, headers, canary.raw)


class Judged(unittest.TestCase):
    def setUp(self):
        self.contracts = {each.name: each for each in load_all()}

    def test_every_canary(self):
        for canary in CANARIES:
            with self.subTest(contract=canary.contract, canary=canary.name):
                verdict = judge(self.contracts[canary.contract], canary)
                self.assertEqual(verdict.kind, canary.expect, verdict.reasons)

    def test_every_rule_is_needed(self):
        """Without it some canary is judged otherwise."""
        n_rule = 0
        for name, contract in self.contracts.items():
            for operation, where, place, key, less in rules(contract):
                mine = [each for each in CANARIES if each.contract == name
                        and each.method == operation.method
                        and operation.pattern.fullmatch(each.target.split("?")[0])]
                whole = place.pop(key)
                if less is not None:
                    place[key] = less
                missed = all(judge(contract, each).kind == each.expect for each in mine)
                place[key] = whole
                n_rule += 1
                with self.subTest(contract=name, rule=where):
                    self.assertFalse(missed, "no canary is against it")
        print(f"\ncounted: {len(CANARIES)} canaries, {n_rule} rules")

    def test_wrong_answers_are_found(self):
        cases = [
            (V3, "GET", "/rest/api/3/myself", 200, "application/json", b"{}"),
            (V3, "GET", "/rest/api/3/myself", 200, "application/json", b"{"),
            (V3, "GET", "/rest/api/3/myself", 200, "text/html", b"<html>"),
            (V3, "GET", "/rest/api/3/myself", 418, "application/json", b"{}"),
            (V3, "GET", "/rest/api/3/myself", 200, "application/json", b'{"accountId": 1}'),
            (TASKS, "POST", "/tasks", 204, "application/json", b"{}"),
            (CHAT, "POST", "/v1/chat/completions", 200, "application/json", b'{"choices": []}'),
        ]
        for name, method, target, status, kind, body in cases:
            with self.subTest(target=target, status=status, body=body):
                operation = self.contracts[name].judge(method, target, {}, b"").operation
                faults = operation.faults_of_answer(status, {"content-type": kind}, body)
                self.assertNotEqual(faults, [])
        operation = self.contracts[V3].judge("GET", "/rest/api/3/myself", {}, b"").operation
        for wait, right in (("1", True), ("soon", False), ("-1", False)):
            faults = operation.faults_of_answer(
                429, {"content-type": "application/json", "retry-after": wait}, b"{}")
            self.assertEqual(faults == [], right, wait)


def rules(contract):
    """Every rule on what is sent: (operation, name, the object it is in, its key there, what is
    left of it or None). Plain texts come before what is made of them."""
    done = set()
    for operation in sorted(contract.operations, key=lambda each: -each.path.count("{")):
        places = list(operation.parameters)
        if "requestBody" in operation.node:
            places.append((operation.node["requestBody"]["content"]["application/json"],
                           operation.uri))
        for place, uri in places:
            text = place.get("in") is not None and place["schema"].get("type") == "string"
            for rule in rules_below(contract, place["schema"], uri, operation.path, done):
                if not (text and rule[2] == "type"):  # a parameter is never anything else
                    yield operation, *rule


def rules_below(contract, schema, uri, where, done):
    schema, uri = contract.documents.follow(schema, uri)
    if id(schema) in done:
        return
    done.add(id(schema))
    below = [(f"{where}.{name}", each) for key in ("properties", "patternProperties")
             for name, each in schema.get(key, {}).items()]
    if "items" in schema:
        below.append((f"{where}[]", schema["items"]))
    below += [(f"{where}|{i}", each) for i, each in enumerate(schema.get("oneOf", []))]
    for key in set(schema) - {"$ref", "description", "properties", "patternProperties"}:
        if key != "type" or "not" not in schema:  # "not: pattern" refuses all but texts
            yield f"{where} {key} {str(schema[key])[:60]}", schema, key, None
    for name in schema.get("required", []):
        yield (f"{where} required {name}", schema, "required",
               [each for each in schema["required"] if each != name])
    for name, each in below:
        yield from rules_below(contract, each, uri, name, done)


class Served(unittest.TestCase):
    """The same over TLS, by another client than ours."""

    STATUS = {"reject": 400, "unauth": 401, "noroute": 404}

    def test_every_canary(self):
        with tempfile.TemporaryDirectory(prefix="tieout-test-") as folder:
            ca = ThrowawayCA(folder)
            context = ssl.create_default_context(cafile=ca.ca_file)
            for contract in (V3, V2, CHAT, TASKS):
                with ContractServer(*ca.pair("good")) as server:
                    server.jira.issues.append(copy.deepcopy(PRESENT))
                    server.chat.model = "m"
                    self.check(server, context, [
                        each for each in CANARIES if each.contract == contract
                        and not each.name.startswith("version")])  # that is another one's route

    def check(self, server, context, mine):
        for canary in mine:
            with self.subTest(contract=canary.contract, canary=canary.name):
                before = len(server.violations)
                status = self.ask(server, context, canary)
                self.assertEqual(len(server.violations) - before, canary.expect != "ok",
                                 server.violations[before:])
                self.assertEqual(status, self.STATUS.get(canary.expect, status))
                self.assertLess(status if canary.expect == "ok" else 0, 400)
        self.assertEqual(len(server.seen), len(mine))

    @staticmethod
    def ask(server, context, canary):
        scheme, user, secret = server.login[canary.contract]
        coded = base64.b64encode(f"{user}:{secret}".encode()).decode()
        login = authorization(canary, scheme)
        if canary.scheme is None:
            login = f"Basic {coded}" if scheme == "basic" else f"Bearer {secret}"
        request = urllib.request.Request(
            server.url + canary.target, method=canary.method, data=canary.raw or None,
            headers={**canary.headers, **({"Authorization": login} if login else {})})
        try:
            with urllib.request.urlopen(request, context=context) as answer:
                return answer.status
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code


if __name__ == "__main__":
    unittest.main()
