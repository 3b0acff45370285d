"""An OpenAPI document as a judge of requests and of answers. It knows what the documents in
tests/contracts use, and raises on whatever else it finds there, so that no rule is skipped
without a word. tests/jobs/test_contracts.py shows of each rule that it is kept.

    contract = Contract(path)
    verdict = contract.judge(method, target, headers, body)
    verdict.kind      "ok", "reject", "unauth" or "noroute"
    verdict.reasons   why not
    contract.faults_of_answer(verdict.operation, status, headers, body)    a list of sentences"""

import json
import re
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import jsonschema
import yaml

FOLDER = Path(__file__).resolve().parents[1] / "contracts"
METHODS = ("get", "put", "post", "delete", "head")
OPERATION = {"summary", "parameters", "requestBody", "responses"}
PARAMETER = {"name", "in", "required", "schema"}
FORMATS = jsonschema.FormatChecker(["date"])


def known(node, keys, where):
    unknown = set(node) - set(keys)
    if unknown:
        raise ValueError(f"{where}: {sorted(unknown)} is not understood")
    return node


def no_number(text):
    raise ValueError(f"{text} is no number of JSON")


class Documents:
    """The documents of a folder, and what a $ref in one of them means."""

    def __init__(self, path):
        self.folder = Path(path).resolve().parent
        self._store = {}

    def load(self, uri):
        if uri not in self._store:
            path = Path(urlsplit(uri).path)
            self._store[uri] = yaml.safe_load(path.read_text(encoding="utf-8"))
        return self._store[uri]

    def follow(self, node, uri):
        """The node a reference leads to, and the document it is in."""
        while isinstance(node, dict) and "$ref" in node:
            name, pointer = node["$ref"].split("#")
            uri = (self.folder / name).as_uri() if name else uri
            node = self.load(uri)
            for step in pointer.strip("/").split("/"):
                node = node[step]
        return node, uri

    def faults(self, value, schema, uri):
        """What the schema, which stands in the document uri, has against the value."""
        resolver = jsonschema.RefResolver(uri, self.load(uri), handlers={"file": self.load})
        judge = jsonschema.Draft202012Validator(schema, resolver=resolver, format_checker=FORMATS)
        return [f"{'/'.join(map(str, fault.absolute_path))}: {fault.message[:300]}"
                for fault in judge.iter_errors(value)]


class Operation:
    def __init__(self, documents, uri, path, method, node, shared):
        known(node, OPERATION, f"{method} {path}")
        self._documents, self.uri = documents, uri
        self.method, self.path, self.node = method.upper(), path, node
        self.pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))
        self.parameters = [documents.follow(each, uri)
                           for each in shared + node.get("parameters", [])]

    def faults_of_parameters(self, given, query, headers):
        found, allowed = [], set()
        for parameter, uri in self.parameters:
            known(parameter, PARAMETER, self.path)
            name, place = parameter["name"], parameter["in"]
            values = {"path": given, "query": query, "header": headers}[place]
            value = values.get(name.lower() if place == "header" else name)
            if place == "query":
                allowed.add(name)
            if value is None:
                found += [f"{name} is missing"] * parameter.get("required", False)
            else:
                schema = parameter["schema"]
                if schema.get("type") == "integer" and re.fullmatch("-?[0-9]+", value):
                    value = int(value)
                found += [f"{name}{fault}"
                          for fault in self._documents.faults(value, schema, uri)]
        return found + [f"{name} is not asked for" for name in set(query) - allowed]

    def faults_of_body(self, headers, body):
        if "requestBody" not in self.node:
            return ["a body is not asked for"] if body else []
        wanted, uri = self._documents.follow(self.node["requestBody"], self.uri)
        known(wanted, {"required", "content"}, self.path)
        return self._faults_of_content(wanted["content"], uri, headers, body, "the body")

    def faults_of_answer(self, status, headers, body):
        responses = self.node["responses"]
        if str(status) not in responses:
            return [f"status {status} is not among {', '.join(responses)}"]
        response, uri = self._documents.follow(responses[str(status)], self.uri)
        known(response, {"description", "headers", "content"}, self.path)
        found = []
        for name, header in response.get("headers", {}).items():
            value = headers.get(name.lower())
            if value is not None:
                schema = known(header, {"schema"}, name)["schema"]
                if schema.get("type") == "integer" and value.isdecimal():
                    value = int(value)
                found += [f"{name}{each}" for each in self._documents.faults(value, schema, uri)]
        if "content" in response:
            return found + self._faults_of_content(response["content"], uri, headers, body,
                                                   "the answer")
        return found + (["an answer without content has some"] if body else [])

    def _faults_of_content(self, content, uri, headers, body, what):
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        if kind not in content:
            return [f"{what} is {kind or 'of no type'}, not {' or '.join(content)}"]
        known(content[kind], {"schema"}, self.path)
        if "schema" not in content[kind]:
            return []
        try:
            value = json.loads(body, parse_constant=no_number)
        except ValueError as why:
            return [f"{what} is no JSON: {why}"]
        return self._documents.faults(value, content[kind]["schema"], uri)


class Answer:
    """What a fake service answers."""

    def __init__(self, status, value=None, headers=None, complaint=None, lawless=False):
        self.status, self.value, self.headers = status, value, headers or {}
        self.complaint = complaint  # why the test is to fail
        self.lawless = lawless  # against the contract on purpose


class Verdict:
    def __init__(self, kind, reasons=(), operation=None, given=None, query=None):
        self.kind, self.reasons = kind, list(reasons)
        self.operation, self.given, self.query = operation, given or {}, query or {}


class Contract:
    def __init__(self, path):
        path = Path(path).resolve()
        self.documents = Documents(path)
        self.name, uri = path.stem, path.as_uri()
        document = self.documents.load(uri)
        self.scheme = self._read_scheme(document)
        self.operations = [
            Operation(self.documents, uri, route, method, node, item.get("parameters", []))
            for route, item in document["paths"].items()
            for method, node in known(item, METHODS + ("parameters",), route).items()
            if method != "parameters"]

    @staticmethod
    def _read_scheme(document):
        """How one logs in: "basic" or "bearer"; the same everywhere."""
        [[name]] = document["security"]
        scheme = known(document["components"]["securitySchemes"][name], {"type", "scheme"}, name)
        return scheme["scheme"]

    def judge(self, method, target, headers, body):
        """headers: names in lower case. Of several operations the plainest path counts."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        fitting = [(each, found) for each in self.operations if each.method == method
                   and (found := each.pattern.fullmatch(parts.path))]
        if not fitting:
            return Verdict("noroute", [f"{method} {parts.path} is not in {self.name}"])
        operation, found = min(fitting, key=lambda each: each[0].path.count("{"))
        given = {name: unquote(value) for name, value in found.groupdict().items()}
        login = headers.get("authorization", "").split(" ")
        if login[0].lower() != self.scheme or len(login) != 2 or not login[1]:
            return Verdict("unauth", [f"no {self.scheme} login"], operation, given, query)
        reasons = (operation.faults_of_parameters(given, query, headers)
                   + operation.faults_of_body(headers, body))
        return Verdict("reject" if reasons else "ok", reasons, operation, given, query)


def load_all():
    return [Contract(path) for path in sorted(FOLDER.glob("*.yaml"))
            if path.stem != "jira-common"]
