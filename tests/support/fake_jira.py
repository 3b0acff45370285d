"""What both Jiras of the contract server remember and answer. Change its attributes to script it:

    projects       {"FIN": ["Task", "Bug"]}: issue types by project
    priorities     the names it knows
    refuse         {text: {field: why}}: an issue whose summary has the text is refused so
    search_hides   an issue created from now on is not in the first so many searches that would
                   have found it: the lag of the index, without a clock
    page           issues in a page of a search, at most
    anonymous      whether a wrong login may search all the same (200, nothing, and the header)
    issues         [{"id", "key", "fields", "done", "comments", "properties", ...}], oldest first

    find(key), with_label(label), close(key), labels()"""

import re
import time

from contract import Answer

PREFIX = re.compile(r"/rest/api/[23]")
QUOTED = r'"((?:[^"\\]|\\.)*)"'
LOGIN_REASON = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}


def errors(status, *messages, complaint=None, **fields):
    return Answer(status, {"errorMessages": list(messages), "errors": fields},
                  complaint=complaint)


class NotUnderstood(Exception):
    """What tieout has no reason to send."""


class Query:
    """The JQL that tieout writes: project, labels, open or not, an order."""

    def __init__(self, jql):
        self.project, self.labels, self.open, self.newest_first = None, None, False, True
        terms, *order = re.split(r"\s+ORDER\s+BY\s+", jql.strip(), flags=re.IGNORECASE)
        for term in re.split(r"\s+AND\s+", terms, flags=re.IGNORECASE):
            self._read(term.strip())
        for each in order:
            found = re.fullmatch(r"(?:created|key)(?:\s+(ASC|DESC))?", each, re.IGNORECASE)
            if not found:
                raise NotUnderstood(f"order {each!r}")
            self.newest_first = (found[1] or "ASC").upper() == "DESC"

    def _read(self, term):
        if found := re.fullmatch(rf"project\s*=\s*(?:{QUOTED}|(\w+))", term):
            self.project = found[1] or found[2]
        elif found := re.fullmatch(rf"labels\s*=\s*(?:{QUOTED}|([\w-]+))", term):
            self.labels = {found[1] or found[2]}
        elif found := re.fullmatch(rf"labels\s+in\s*\(\s*({QUOTED}(?:\s*,\s*{QUOTED})*)\s*\)", term):
            self.labels = set(re.findall(QUOTED, found[1]))
        elif re.fullmatch(r'statusCategory\s*!=\s*"?Done"?', term):
            self.open = True
        else:
            raise NotUnderstood(f"term {term!r} of the JQL")

    def takes(self, issue):
        return ((self.project is None or issue["fields"]["project"]["key"] == self.project)
                and (self.labels is None or self.labels & set(issue["fields"].get("labels", [])))
                and not (self.open and issue["done"]))


class FakeJira:
    def __init__(self):
        self.projects = {"FIN": ["Task", "Bug", "Epic"]}
        self.priorities = ["Highest", "High", "Medium", "Low", "Lowest"]
        self.refuse = {}
        self.search_hides = 0
        self.page = 50
        self.anonymous = True
        self.issues = []
        self._next = 1

    def find(self, name):
        return next((each for each in self.issues if name in (each["key"], each["id"])), None)

    def with_label(self, label):
        return [each for each in self.issues if label in each["fields"].get("labels", [])]

    def labels(self):
        return [label for each in self.issues for label in each["fields"].get("labels", [])]

    def close(self, key):
        self.find(key)["done"] = True

    def refuse_login(self, operation):
        if self.anonymous and "/search" in operation.path:
            page = {"issues": [], "isLast": True} if "/3/" in operation.path else \
                {"issues": [], "startAt": 0, "maxResults": 50, "total": 0}
            return Answer(200, page, LOGIN_REASON)
        return Answer(401, {"errorMessages": ["Client must be authenticated to access this "
                                              "resource."], "errors": {}}, LOGIN_REASON)

    def answer(self, verdict, headers, body):
        operation = verdict.operation
        cloud = "/api/3/" in operation.path
        act = {
            ("GET", "/myself"): self._tell_user,
            ("POST", "/issue"): self._create_one,
            ("POST", "/issue/bulk"): self._create_some,
            ("POST", "/search/jql"): self._search_cloud,
            ("POST", "/search"): self._search_datacenter,
            ("GET", "/issue/{issue}/comment"): self._list_comments,
            ("POST", "/issue/{issue}/comment"): self._comment,
            ("PUT", "/issue/{issue}/properties/{property}"): self._set_property,
            ("GET", "/project/{project}"): self._tell_project,
            ("GET", "/issue/createmeta/{project}/issuetypes"): self._list_types,
            ("GET", "/issue/createmeta/{project}/issuetypes/{type}"): self._list_fields,
        }[operation.method, PREFIX.sub("", operation.path)]
        return act(cloud, {**verdict.query, **verdict.given}, body)

    def _tell_user(self, cloud, _given, _body):
        name = {"accountId": "5b10a2844c20165700ede21g"} if cloud else {"name": "robot"}
        return Answer(200, {**name, "displayName": "Robot", "active": True})

    def _project(self, named):
        """The key of a project that is named by key or id, if there is one."""
        return next((key for number, key in enumerate(self.projects)
                     if named in ({"key": key}, {"id": str(10000 + number)})), None)

    def _faults(self, fields):
        """Why Jira would not create it, by field."""
        project = self._project(fields["project"])
        found = {}
        if project is None:
            return {"project": "valid project is required"}
        if not any(fields["issuetype"].items() <= each.items() for each in self._types(project)):
            found["issuetype"] = "The issue type selected is invalid."
        if fields.get("priority", {}).get("name", self.priorities[0]) not in self.priorities:
            found["priority"] = "The priority selected is invalid."
        if len(fields["summary"].encode("utf-16-le")) > 2 * 255:
            found["summary"] = "Summary must be less than 255 characters."
        for text, why in self.refuse.items():
            if text in fields["summary"]:
                found.update(why)
        return found

    def _create(self, cloud, wanted):
        number, self._next = self._next, self._next + 1
        fields = {**wanted["fields"],
                  "project": {"key": self._project(wanted["fields"]["project"])}}
        issue = {"id": str(10000 + number), "key": f"{fields['project']['key']}-{number}",
                 "fields": fields, "done": False, "comments": [], "created": time.time(),
                 "properties": {each["key"]: each["value"]
                                for each in wanted.get("properties", [])},
                 "hidden": self.search_hides}
        self.issues.append(issue)
        return self._names(cloud, issue)

    @staticmethod
    def _names(cloud, issue):
        return {"id": issue["id"], "key": issue["key"],
                "self": f"https://localhost/rest/api/{3 if cloud else 2}/issue/{issue['id']}"}

    def _create_one(self, cloud, _given, body):
        faults = self._faults(body["fields"])
        return errors(400, **faults) if faults else Answer(201, self._create(cloud, body))

    def _create_some(self, cloud, _given, body):
        created, failed = [], []
        for number, wanted in enumerate(body["issueUpdates"]):
            faults = self._faults(wanted["fields"])
            if faults:
                failed.append({"status": 400, "failedElementNumber": number,
                               "elementErrors": {"errorMessages": [], "errors": faults}})
            else:
                created.append(self._create(cloud, wanted))
        return Answer(201 if created else 400, {"issues": created, "errors": failed})

    def _find_all(self, body):
        query = Query(body["jql"])
        if query.project is not None and query.project not in self.projects:
            raise LookupError(query.project)
        found = []
        for issue in filter(query.takes, self.issues):
            issue["hidden"] -= 1
            if issue["hidden"] < 0:
                found.append(issue)
        return found[::-1] if query.newest_first else found

    def _show(self, cloud, issue, wanted):
        state = "done" if issue["done"] else "new"
        has = {**issue["fields"], "status": {
            "name": "Done" if issue["done"] else "To Do",
            "statusCategory": {"key": state, "name": "Done" if issue["done"] else "To Do"}}}
        return {**self._names(cloud, issue),
                "fields": {name: value for name, value in has.items()
                           if name in wanted or "*all" in wanted}}

    def _search(self, body, page_of):
        try:
            return page_of(self._find_all(body))
        except NotUnderstood as why:
            return errors(400, f"not understood: {why}", complaint=f"not understood: {why}")
        except LookupError as why:
            return errors(400, f"The value '{why.args[0]}' does not exist for the field 'project'.")

    def _search_cloud(self, cloud, _given, body):
        def page_of(found):
            start, _, jql = body.get("nextPageToken", f"0 {body['jql']}").partition(" ")
            if jql != body["jql"]:
                raise NotUnderstood("nextPageToken, which is not of this query")
            start, size = int(start), min(body.get("maxResults", 50), self.page)
            wanted = body.get("fields", [])
            page = {"issues": [self._show(cloud, each, wanted) if wanted else {"id": each["id"]}
                               for each in found[start:start + size]],
                    "isLast": start + size >= len(found)}
            if not page["isLast"]:
                page["nextPageToken"] = f"{start + size} {jql}"  # opaque to the client
            return Answer(200, page)
        return self._search(body, page_of)

    def _search_datacenter(self, cloud, _given, body):
        def page_of(found):
            start, size = body.get("startAt", 0), min(body.get("maxResults", 50), self.page)
            wanted = body.get("fields", ["*all"])
            return Answer(200, {
                "startAt": start, "maxResults": size, "total": len(found),
                "issues": [self._show(cloud, each, wanted)
                           for each in found[start:start + size]]})
        return self._search(body, page_of)

    def _comment(self, _cloud, given, body):
        issue = self.find(given["issue"])
        if issue is None:
            return errors(404, "Issue does not exist or you do not have permission to see it.")
        comment = {"id": str(20000 + len(issue["comments"])), "author": {"displayName": "Robot"},
                   "body": body["body"],
                   "created": time.strftime("%Y-%m-%dT%H:%M:%S.000+0000", time.gmtime())}
        issue["comments"].append(comment)
        return Answer(201, comment)

    def _list_comments(self, _cloud, given, _body):
        issue = self.find(given["issue"])
        if issue is None:
            return errors(404, "Issue does not exist or you do not have permission to see it.")
        newest_first = given.get("orderBy", "created").startswith("-")
        listed = issue["comments"][::-1] if newest_first else issue["comments"]
        start, size = int(given.get("startAt", 0)), int(given.get("maxResults", 50))
        return Answer(200, {"startAt": start, "maxResults": size, "total": len(listed),
                            "comments": listed[start:start + size]})

    def _set_property(self, _cloud, given, body):
        issue = self.find(given["issue"])
        if issue is None:
            return errors(404, "Issue does not exist or you do not have permission to see it.")
        new = given["property"] not in issue["properties"]
        issue["properties"][given["property"]] = body
        return Answer(201 if new else 200)

    def _tell_project(self, _cloud, given, _body):
        if given["project"] not in self.projects:
            return errors(404, f"No project could be found with key '{given['project']}'.")
        return Answer(200, {"id": "10000", "key": given["project"], "name": given["project"]})

    def _page(self, cloud, given, name, items):
        start, size = int(given.get("startAt", 0)), min(int(given.get("maxResults", 50)), 50)
        page = {name if cloud else "values": items[start:start + size],
                "startAt": start, "maxResults": size, "total": len(items)}
        return Answer(200, page if cloud else {**page, "isLast": start + size >= len(items)})

    def _types(self, project):
        return [{"id": str(10001 + number), "name": name, "subtask": False}
                for number, name in enumerate(self.projects.get(project, []))]

    def _list_types(self, cloud, given, _body):
        if given["project"] not in self.projects:
            return errors(404, "No project could be found.")
        return self._page(cloud, given, "issueTypes", self._types(given["project"]))

    def _list_fields(self, cloud, given, _body):
        if given["type"] not in [each["id"] for each in self._types(given["project"])]:
            return errors(404, "No issue type could be found.")
        fields = [{"fieldId": name, "key": name, "name": name.capitalize(), "required": required,
                   "operations": ["set"], "hasDefaultValue": False,
                   "schema": {"type": kind, "system": name}}
                  for name, kind, required in (
                      ("summary", "string", True), ("issuetype", "issuetype", True),
                      ("project", "project", True), ("description", "string", False),
                      ("labels", "array", False), ("duedate", "date", False))]
        fields.append({"fieldId": "priority", "key": "priority", "name": "Priority",
                       "required": False, "operations": ["set"], "hasDefaultValue": True,
                       "schema": {"type": "priority", "system": "priority"},
                       "allowedValues": [{"id": str(number + 1), "name": name}
                                         for number, name in enumerate(self.priorities)]})
        return self._page(cloud, given, "fields", fields)
