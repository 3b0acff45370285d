"""A server for tests that holds the contracts of tests/contracts: Jira Cloud (/rest/api/3) and
Data Center (/rest/api/2), chat completions (/v1) and agentic tasks (/tasks), on one loopback
port. It judges every request, and every answer of its own, and keeps what breaks a contract in
`violations`; a test ends with assertEqual(server.violations, []).

    ca = ThrowawayCA(folder)                               # throwaway_ca.py
    with ContractServer(*ca.pair("good")) as server:       # without a pair: plain http
        server.url                     https://localhost:PORT; chat is at server.url + "/v1"
        server.login["jira-v3"]        ("basic", "robot@example.invalid", secret)
        server.login["jira-v2"]        ("bearer", None, secret); also openai-chat, agentic-tasks
        server.keyless.add("openai-chat")                  asks for no login there
        server.jira, server.tasks, server.chat             state and script: fake_*.py
        server.add_fault(...)                              see Fault
        server.seen                    requests in order of coming, see Seen
        server.count("POST", "/tasks")                     how many of them; the path is a pattern
        server.wait_until_seen(n)      until n requests have come
        server.most_at_once            requests under way at one time, at most
        server.n_connection, server.n_handshake_failed
        server.violations

Attributes may be changed while it runs. By hand, or from a program in another language:

    contract_server.py [--tls FOLDER] [--port N]     prints one line of JSON: url, port, ca_file
    POST /_control  {"set": {"jira.search_hides": 2, "chat.script": ["prose"]}}
    POST /_control  {"fault": {"path": "/tasks", "status": 503}}
    GET  /_control  {"violations": [...], "seen": ["POST /tasks 503", ...], "jira": {...}, ...}

It ends when its standard input does, with 1 if there were violations."""

import argparse
import base64
import contextlib
import json
import re
import ssl
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from contract import Answer, load_all
from fake_chat import FakeChat
from fake_jira import FakeJira
from fake_tasks import FakeTasks
from fault_proxy import reset
from throwaway_ca import ThrowawayCA

CONTROL = "/_control"
GATHER_SECONDS = 30
LOGIN = {
    "jira-v3": ("basic", "robot@example.invalid", "jira-cloud-secret"),
    "jira-v2": ("bearer", None, "jira-datacenter-secret"),
    "openai-chat": ("bearer", None, "model-secret"),
    "agentic-tasks": ("bearer", None, "tasks-secret"),
}


@dataclass
class Fault:
    """What goes wrong with some requests; nothing of it counts as a violation."""

    path: str = ".*"  # pattern of the whole path, without the query
    method: str = None  # None: any
    skip: int = 0  # so many fitting requests go well before
    times: int = 1  # so many go wrong; None: all from there on
    act: bool = False  # whether the service does what it was asked for, all the same
    status: int = None  # None: what would have been answered (which needs act)
    headers: dict = field(default_factory=dict)
    body: str = None  # None: an error as the service words it; any text, for HTML or broken JSON
    delay: float = 0.0  # seconds ahead of the answer, during which others are served
    gather: int = 0  # not answered before so many requests were under way at one time
    cut: str = None  # "rst", "fin" or "stall" in place of the rest of the answer
    keep: int = None  # bytes of the body ahead of the cut; None: not even a status is sent

    def takes(self, method, path):
        """Whether it is this request's turn; counts it."""
        if self.times == 0 or not re.fullmatch(self.path, path) or \
                self.method not in (None, method):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass
class Seen:
    number: int  # from 0
    connection: int
    method: str
    path: str
    query: str
    headers: dict  # names in lower case
    raw: bytes
    came: float = field(default_factory=time.monotonic)
    status: int = None  # answered; None: none, or not yet

    @property
    def body(self):
        return json.loads(self.raw) if self.raw else None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    connection_number = None

    def setup(self):
        self.connection_number = self.server.owner.note_connection()
        context = self.server.owner.tls
        if context is not None:
            self.request.settimeout(self.timeout)
            self.request = context.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self):
        super().finish()
        self.connection.close()  # when it is TLS, the server knows only the socket below

    def handle_one_request(self):
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            super().handle_one_request()
            return
        self.close_connection = True

    def log_message(self, *_):
        """Standard error is the test's."""

    def do_any(self):
        n_body = int(self.headers.get("Content-Length", 0))
        raw = self.rfile.read(n_body)
        if len(raw) < n_body:  # cut on its way: it never came
            self.close_connection = True
            return
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        if parts.path == CONTROL:
            self._send(200, {"Content-Type": "application/json"}, self.server.owner.control(raw))
            return
        self.server.owner.serve(self, Seen(-1, self.connection_number, self.command, parts.path,
                                           parts.query, headers, raw))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_any

    def _send(self, status, headers, body, keep=None):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body if keep is None else body[:keep])

    def send(self, seen, headers, body, fault):
        """The answer, or as much of it as the fault leaves."""
        if fault is None or fault.cut is None:
            self._send(seen.status, headers, body)
            return
        if fault.keep is not None:
            self._send(seen.status, headers, body, fault.keep)
        self.close_connection = True
        if fault.cut == "stall":
            self.server.owner.over.wait()
        elif fault.cut == "rst":
            self.rfile.close()
            reset(self.connection)


class Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request, client_address):
        kind = sys.exc_info()[0]
        if issubclass(kind, (ssl.SSLError, ConnectionError, TimeoutError)):
            self.owner.note_failed_handshake()
        else:
            super().handle_error(request, client_address)
            self.owner.complain(f"the server itself failed: {sys.exc_info()[1]!r}")


class ContractServer:
    def __init__(self, certificate=None, key=None, port=0):
        self.tls = None
        if certificate is not None:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(certificate, key)
            self.tls.num_tickets = 0  # so that what a proxy sees behind a request is its answer
        self.login = dict(LOGIN)
        self.keyless = set()
        self.jira, self.tasks, self.chat = FakeJira(), FakeTasks(), FakeChat()
        self.seen, self.faults, self.violations = [], [], []
        self.most_at_once = self.n_connection = self.n_handshake_failed = 0
        self.over = threading.Event()
        self._contracts = load_all()
        self._fakes = {"jira-v3": self.jira, "jira-v2": self.jira, "openai-chat": self.chat,
                       "agentic-tasks": self.tasks}
        self._lock = threading.RLock()
        self._came = threading.Condition(self._lock)
        self._n_now = 0
        self._listener = Listener(("127.0.0.1", port), Handler)
        self._listener.owner = self
        self.port = self._listener.server_address[1]
        self.url = f"http{'s' if self.tls else ''}://localhost:{self.port}"
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.05,))

    def __enter__(self):
        self._thread.start()  # it listens already
        return self

    def __exit__(self, *_):
        self.over.set()
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()

    def add_fault(self, *arguments, **named):
        with self._lock:
            self.faults.append(Fault(*arguments, **named))

    def count(self, method, path):
        with self._lock:
            return sum(each.method == method and re.fullmatch(path, each.path) is not None
                       for each in self.seen)

    def complain(self, sentence):
        with self._lock:
            self.violations.append(sentence)

    def note_connection(self):
        with self._lock:
            self.n_connection += 1
            return self.n_connection - 1

    def note_failed_handshake(self):
        with self._lock:
            self.n_handshake_failed += 1

    def serve(self, handler, seen):
        with self._lock:
            self._n_now += 1
            self.most_at_once = max(self.most_at_once, self._n_now)
            seen.number = len(self.seen)
            self.seen.append(seen)
            self._came.notify_all()
            fault = next((each for each in self.faults if each.takes(seen.method, seen.path)), None)
            status, headers, body = self._answer(seen, fault)
        try:
            if fault is not None:
                self._hold(fault)
            silent = fault is not None and fault.cut is not None and fault.keep is None
            seen.status = None if silent else status
            handler.send(seen, headers, body, fault)
        finally:
            with self._lock:
                self._n_now -= 1

    def _hold(self, fault):
        self.over.wait(fault.delay)
        with self._came:
            self._came.wait_for(lambda: self.most_at_once >= fault.gather, GATHER_SECONDS)

    def wait_until_seen(self, n):
        """Until n requests have come; False if they do not."""
        with self._came:
            return self._came.wait_for(lambda: len(self.seen) >= n, GATHER_SECONDS)

    def _answer(self, seen, fault):
        """Status, headers and body; what it does meanwhile it does as one step."""
        verdicts = [(contract, contract.judge(seen.method, f"{seen.path}?{seen.query}",
                                              seen.headers, seen.raw))
                    for contract in self._contracts]
        contract, verdict = next((each for each in verdicts if each[1].kind != "noroute"),
                                 (None, verdicts[0][1]))
        if fault is None or fault.act:
            answer = self._act(contract, verdict, seen)
            encoded = self._encode(answer, verdict, answer.lawless)
        else:
            encoded = self._encode(Answer(503, self._error_of(contract, "out of order")), verdict,
                                   True)
        if fault is None or fault.status is None:
            return encoded
        body = encoded[2] if fault.body is None else fault.body.encode()
        kind = {"Content-Type": "application/json" if fault.body is None else "text/html"}
        return fault.status, {**kind, **fault.headers}, body

    def _act(self, contract, verdict, seen):
        name = contract.name if contract else "no contract"
        keyless = contract is not None and name in self.keyless
        if verdict.kind == "unauth" and keyless:
            verdict = contract.judge(seen.method, f"{seen.path}?{seen.query}",
                                     {**seen.headers, "authorization": "Bearer none"}, seen.raw)
        if verdict.kind != "ok":
            self.complain(f"{verdict.kind} by {name}: {seen.method} {seen.path}: "
                          + "; ".join(verdict.reasons))
            status = {"noroute": 404, "unauth": 401, "reject": 400}[verdict.kind]
            return Answer(status, self._error_of(contract, "; ".join(verdict.reasons)),
                          lawless=True)
        fake = self._fakes[name]
        if not keyless and not self._is_let_in(name, seen.headers["authorization"]):
            return fake.refuse_login(verdict.operation)
        answer = fake.answer(verdict, seen.headers, seen.body)
        if answer.complaint:
            self.complain(answer.complaint)
        return answer

    def _is_let_in(self, name, given):
        scheme, user, secret = self.login[name]
        right = secret if scheme == "bearer" else \
            base64.b64encode(f"{user}:{secret}".encode()).decode()
        return given.split(" ", 1)[1] == right

    @staticmethod
    def _error_of(contract, message):
        if contract is not None and contract.name.startswith("jira"):
            return {"errorMessages": [message], "errors": {}}
        return {"error": {"message": message}}

    def _encode(self, answer, verdict, lawless):
        body = b"" if answer.value is None else json.dumps(answer.value).encode()
        headers = dict(answer.headers)
        if body:
            headers["Content-Type"] = "application/json;charset=UTF-8"
        if not lawless:
            lowered = {name.lower(): value for name, value in headers.items()}
            for fault in verdict.operation.faults_of_answer(answer.status, lowered, body):
                self.complain(f"our own answer to {verdict.operation.path}: {fault}")
        return answer.status, headers, body

    def control(self, raw):
        with self._lock:
            orders = json.loads(raw) if raw else {}
            for name, value in orders.get("set", {}).items():
                part, attribute = name.split(".")
                setattr({"jira": self.jira, "tasks": self.tasks, "chat": self.chat}[part],
                        attribute, value)
            if "fault" in orders:
                self.add_fault(**orders["fault"])
            return json.dumps({
                "violations": self.violations,
                "seen": [f"{each.method} {each.path} {each.status}" for each in self.seen],
                "most_at_once": self.most_at_once,
                "jira": {"issues": self.jira.issues},
                "tasks": {"tasks": self.tasks.tasks},
                "chat": {"asked": self.chat.asked},
            }).encode()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", metavar="FOLDER", help="speak TLS, with a new authority there")
    parser.add_argument("--port", type=int, default=0)
    asked = parser.parse_args()
    pair, ca_file = (), None
    if asked.tls is not None:
        Path(asked.tls).mkdir(parents=True, exist_ok=True)
        authority = ThrowawayCA(asked.tls)
        pair, ca_file = authority.pair("good"), str(authority.ca_file)
    with ContractServer(*pair, port=asked.port) as server:
        print(json.dumps({"url": server.url, "port": server.port, "ca_file": ca_file}), flush=True)
        sys.stdin.read()
    print("\n".join(server.violations), file=sys.stderr)
    return 1 if server.violations else 0


if __name__ == "__main__":
    sys.exit(main())
