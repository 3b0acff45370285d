"""The HTTP client against servers that fail in every way: what it says has become of a request,
how often it tries, and how many requests the server got. HTTP_DRIVE is the client behind a
command (http_drive.c)."""

import base64
import email.utils
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from contract_server import ContractServer
from fault_proxy import FaultProxy, closed_port
from throwaway_ca import ThrowawayCA

DRIVE = os.environ["HTTP_DRIVE"]
OK, CONFIG, WRITE, STOPPED = 0, 78, 74, 75
MIB = 1 << 20
KEY = "tieout-0123456789abcdef"
SIDE_BY_SIDE = 8
LONG = "x" * 20000  # longer than a handshake, so that a proxy can tell the request from it


class Drive:
    """One run of http_drive."""

    def __init__(self, requests, secret="tasks-secret", environment=None, **plan):
        network = {"max_wait": 0, "attempts": 2, "connect_timeout": 60, "timeout": 60,
                   **plan.pop("network", {})}
        self.secret = secret
        self.process = subprocess.Popen(
            [DRIVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env={**os.environ, **(environment or {})})
        self.process.stdin.write(json.dumps({"network": network, "requests": requests,
                                             "secret": secret, **plan}) + "\n")
        self.process.stdin.close()
        self.process.stdin = None

    def finish(self):
        self.out, self.err = self.process.communicate(timeout=120)
        if self.process.returncode != 0:
            raise AssertionError(f"http_drive: {self.process.returncode}\n{self.err}")
        self.events = [json.loads(line) for line in self.out.splitlines()]
        self.end = self.events.pop()
        self.started = [each["i"] for each in self.events if each["event"] == "start"]
        self.replies = {each["i"]: each for each in self.events if each["event"] == "finish"}
        return self

    def leaks(self):
        """The secret, or what stands for it in a header, in anything that was printed."""
        coded = base64.b64encode(f"robot:{self.secret}".encode()).decode()
        return [text for text in (self.secret, coded) if text in self.out + self.err]


def task(url, repeat="refused", text=LONG, **more):
    body = {"task_name": "Investigate", "description": text, "severity": "high",
            "due_date": "2026-12-01"}
    return {"method": "POST", "url": url + "/tasks", "idempotency_key": KEY, "repeat": repeat,
            "body": json.dumps(body), **more}


class WithServer(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="tieout-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.ca = ThrowawayCA(folder.name)
        cls.folder = Path(folder.name)

    def server(self, pair="good"):
        """A new one, for one case."""
        server = ContractServer(*(self.ca.pair(pair) if pair else ()))
        server.__enter__()
        self.addCleanup(server.__exit__)
        return server

    def proxy(self, *arguments, **named):
        proxy = FaultProxy(*arguments, **named)
        proxy.__enter__()
        self.addCleanup(proxy.__exit__)
        return proxy

    def drive(self, requests, network=None, **plan):
        network = {"ca_file": str(self.ca.ca_file), **(network or {})}
        return Drive(requests, network=network, **plan)

    def run_one(self, request, **plan):
        done = self.drive([request], **plan).finish()
        self.assertEqual(done.leaks(), [])
        self.assertEqual((done.started, list(done.replies)), ([0], [0]), done.err)
        self.assertEqual(done.end["status"], OK)
        return done.replies[0]


# Name: (how it is made, with what repeat "refused" ends, with what "any"); an end is
# outcome, status, attempts, requests the server has read whole, tasks there are then.
def cut_answer(mode):
    def make(server):
        server.add_fault("/tasks", times=None, act=True, status=201, body=LONG * 5)
        return FaultProxy(server.port, mode, up=8000, down=10000)
    return make


def proxy(mode, **how):
    return lambda server: FaultProxy(server.port, mode, **how)


def fault(**how):
    return lambda server: server.add_fault("/tasks", **how)


NOT_SENT = (("not-sent", 0, 2, 0, 0), ("not-sent", 0, 2, 0, 0))
LOST = (("unknown", 0, 1, 1, 1), ("unknown", 0, 2, 2, 1))
CUT = (("unknown", 201, 1, 1, 1), ("unknown", 201, 2, 2, 1))


def refused_for_good(status):
    return (("answered", status, 1, 1, 0), ("answered", status, 1, 1, 0))


def mended(status):
    return (("answered", status, 1, 1, 0), ("answered", 201, 2, 2, 1))


MENDED_BY_BOTH = (("answered", 201, 2, 2, 1), ("answered", 201, 2, 2, 1))
MATRIX = {
    "nobody listens": (None, *NOT_SENT),
    "reset when accepted": (proxy("rst-accept"), *NOT_SENT),
    "closed when accepted": (proxy("fin-accept"), *NOT_SENT),
    "reset in the handshake": (proxy("rst-hello"), *NOT_SENT),
    "no answer to the handshake": (proxy("blackhole"), *NOT_SENT),
    "reset in the request": (proxy("rst-up", up=8000),
                             ("unknown", 0, 1, 0, 0), ("unknown", 0, 2, 0, 0)),
    "reset, the answer lost": (proxy("rst-down", up=8000), *LOST),
    "closed, the answer lost": (proxy("fin-down", up=8000), *LOST),
    "silent, the answer lost": (proxy("stall-down", up=8000), *LOST),
    "reset in the answer": (cut_answer("rst-down"), *CUT),
    "closed in the answer": (cut_answer("fin-down"), *CUT),
    "silent in the answer": (cut_answer("stall-down"), *CUT),
    "reset by the server, no answer": (fault(times=None, act=True, cut="rst"), *LOST),
    "closed by the server, no answer": (fault(times=None, act=True, cut="fin"), *LOST),
    "silent server": (fault(times=None, act=True, cut="stall"), *LOST),
    "first connection reset": (proxy("rst-hello", first=1),
                               ("answered", 201, 2, 1, 1), ("answered", 201, 2, 1, 1)),
    "first answer lost": (proxy("rst-down", up=8000, first=1),
                          ("unknown", 0, 1, 1, 1), ("answered", 201, 2, 2, 1)),
    "429 once": (fault(status=429), *MENDED_BY_BOTH),
    "503 once": (fault(status=503), *MENDED_BY_BOTH),
    "503 with HTML once": (fault(status=503, body="<h1>maintenance"), *MENDED_BY_BOTH),
    "429 for good": (fault(status=429, times=None),
                     ("answered", 429, 2, 2, 0), ("answered", 429, 2, 2, 0)),
    "503 for good": (fault(status=503, times=None),
                     ("answered", 503, 2, 2, 0), ("answered", 503, 2, 2, 0)),
    "500 for good": (fault(status=500, times=None),
                     ("answered", 500, 1, 1, 0), ("answered", 500, 2, 2, 0)),
    **{f"{status} once": (fault(status=status), *mended(status))
       for status in (408, 500, 502, 504)},
    **{f"{status}": (fault(status=status, times=None), *refused_for_good(status))
       for status in (400, 401, 403, 404, 409, 410, 413, 422, 501)},
    **{f"{status} elsewhere": (fault(status=status, times=None,
                                     headers={"Location": "https://other.invalid/tasks"}),
                               *refused_for_good(status))
       for status in (301, 302, 307, 308)},
    "broken JSON": (fault(status=201, act=True, body='{"id": '),
                    ("answered", 201, 1, 1, 1), ("answered", 201, 1, 1, 1)),
    "answer of 17 MiB": (fault(status=201, act=True, times=None, body="x" * (17 * MIB)),
                         ("unknown", 201, 1, 1, 1), ("unknown", 201, 1, 1, 1)),
    "no fault": (lambda server: None,
                 ("answered", 201, 1, 1, 1), ("answered", 201, 1, 1, 1)),
}


# Where time must run out; long enough for the request to be there before on a busy machine.
HURRY = {
    "no answer to the handshake": {"connect_timeout": 2},
    "silent, the answer lost": {"timeout": 10},
    "silent in the answer": {"timeout": 10},
    "silent server": {"timeout": 10},
}


class FaultMatrix(WithServer):
    def run_case(self, name, make, repeat):
        server = self.server()
        between = make(server) if make is not None else None
        port = server.port if make is not None else closed_port()
        if between is not None:
            between.__enter__()
            self.addCleanup(between.__exit__)
            port = between.port
        reply = self.run_one(task(f"https://localhost:{port}", repeat),
                             network=HURRY.get(name, {}))
        self.assertEqual(server.violations, [])
        if reply["outcome"] != "answered" or reply["status"] >= 300:
            self.assertIn("localhost", reply["sentence"])
            self.assertNotIn("\n", reply["sentence"])
        else:
            self.assertEqual(reply["sentence"], "")
        return (reply["outcome"], reply["status"], reply["attempts"],
                server.count("POST", "/tasks"), len(server.tasks.tasks))

    def test_each_fault_with_each_repeat(self):
        """Most of it is waiting, so some run side by side."""
        cases = [(name, make, repeat, end) for name, (make, *ends) in MATRIX.items()
                 for repeat, end in zip(("refused", "any"), ends)]
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            results = [pool.submit(self.run_case, *case) for *case, _ in cases]
        print(f"\n{'fault':34} {'repeat':8} outcome  status attempts requests tasks")
        n_right = 0
        for (name, _, repeat, end), result in zip(cases, results):
            with self.subTest(fault=name, repeat=repeat):
                got = result.result()
                print("{:34} {:8} {:8} {:6} {:8} {:8} {:5}".format(name, repeat, *got))
                self.assertEqual(got, end)
                n_right += 1
        print(f"counted: {len(MATRIX)} faults, {n_right} of {len(cases)} cases as expected")


class Connections(WithServer):
    def test_the_library_repeats_nothing_by_itself(self):
        """libcurl sends a request again if a connection it had used before gives no answer."""
        server = self.server()
        server.add_fault("/tasks", skip=1, times=None, act=True, cut="fin")
        done = self.drive([task(server.url), task(server.url)]).finish()
        self.assertEqual([done.replies[i]["outcome"] for i in (0, 1)], ["answered", "unknown"])
        self.assertEqual(server.count("POST", "/tasks"), 2)

    def test_what_may_be_repeated_keeps_its_connection(self):
        server = self.server()
        done = self.drive([task(server.url, "any") for _ in range(5)]).finish()
        self.assertEqual([each["status"] for each in done.replies.values()], [201] * 5)
        self.assertEqual(server.n_connection, 1)

    def test_maybe_done_stays_so(self):
        """The first attempt may have been acted on, the second finds nobody."""
        server = self.server()
        between = self.proxy(server.port, "rst-down", up=8000, first=1)
        server.add_fault("/tasks", act=True)
        done = self.drive([task(f"https://localhost:{between.port}", "any")],
                          network={"max_wait": 3600, "attempts": 3})
        self.assertTrue(server.wait_until_seen(1))
        between.mode, between.first = "rst-accept", None
        done = done.finish()
        self.assertEqual(done.replies[0]["outcome"], "unknown")
        self.assertEqual((done.replies[0]["attempts"], len(server.tasks.tasks)), (3, 1))


class Trust(WithServer):
    def refuse(self, server, word, **network):
        reply = self.run_one(task(server.url), network=network)
        self.assertEqual((reply["outcome"], reply["status"], reply["attempts"]),
                         ("not-sent", 0, 1))
        self.assertIn(word, reply["sentence"])
        self.assertEqual(server.seen, [])

    def test_other_certificates_are_refused(self):
        for pair in ("wrong-host", "expired", "self-signed"):
            with self.subTest(pair):
                self.refuse(self.server(pair), "network.ca-file")

    def test_the_systems_authorities_do_not_know_ours(self):
        self.refuse(self.server(), "network.ca-file", ca_file=None)

    def test_the_file_is_the_only_trust(self):
        """One authority's file, another one's server."""
        other = self.folder / "other"
        other.mkdir()
        self.refuse(self.server(), "network.ca-file", ca_file=str(ThrowawayCA(other).ca_file))

    def test_old_tls_is_refused(self):
        """Even where the system's OpenSSL is set up to take it."""
        lax = self.folder / "lax.cnf"
        lax.write_text("openssl_conf = c\n[c]\nssl_conf = s\n[s]\nsystem_default = d\n[d]\n"
                       "MinProtocol = TLSv1\nCipherString = DEFAULT@SECLEVEL=0\n",
                       encoding="ascii")
        server = self.server()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            server.tls.minimum_version = ssl.TLSVersion.TLSv1
            server.tls.maximum_version = ssl.TLSVersion.TLSv1_1
        server.tls.set_ciphers("DEFAULT@SECLEVEL=0")
        reply = self.run_one(task(server.url), environment={"OPENSSL_CONF": str(lax)})
        self.assertEqual((reply["outcome"], server.seen), ("not-sent", []))
        self.assertIn("encrypted", reply["sentence"])

    def test_a_file_without_certificates_is_a_wrong_configuration(self):
        empty = self.folder / "empty.pem"
        empty.write_text("-----BEGIN PRIVATE KEY-----\n", encoding="ascii")
        for name in (empty, self.folder / "gone.pem", self.folder):
            with self.subTest(name):
                done = self.drive([task("https://localhost")],
                                  network={"ca_file": str(name)}).finish()
                self.assertEqual((done.end["status"], done.started), (CONFIG, []))
                self.assertIn(str(name), done.end["sentence"])


class Plain(WithServer):
    def test_refused_unless_allowed(self):
        server = self.server(pair=None)
        reply = self.run_one(task(server.url))
        self.assertEqual((reply["outcome"], reply["attempts"]), ("not-sent", 1))
        self.assertIn("without encryption", reply["sentence"])
        self.assertEqual(server.n_connection, 0)

    def test_allowed_to_this_machine(self):
        server = self.server(pair=None)
        for host in ("localhost", "127.0.0.1", "127.1.2.3"):
            with self.subTest(host):
                if host == "127.1.2.3":  # loopback, though nobody listens there
                    end = ("not-sent", 2)
                else:
                    end = ("answered", 1)
                reply = self.run_one(task(f"http://{host}:{server.port}"),
                                     network={"plain_http": True})
                self.assertEqual((reply["outcome"], reply["attempts"]), end)

    def test_never_to_another_machine(self):
        for url in ("http://192.0.2.1", "HTTP://192.0.2.1", "192.0.2.1", "http://0.0.0.0",
                    "http://[2001:db8::1]", "http://[::ffff:192.0.2.1]"):
            with self.subTest(url):
                reply = self.run_one(task(url), network={"plain_http": True})
                self.assertEqual((reply["outcome"], reply["attempts"]), ("not-sent", 1))
                self.assertIn("is not this machine", reply["sentence"])

    def test_other_protocols_are_refused(self):
        for url in ("ftp://localhost/x", "file:///etc/passwd", "gopher://localhost", "not a url",
                    "https://localhost/a\r\nX: y", ""):
            with self.subTest(url):
                reply = self.run_one({"method": "GET", "url": url, "repeat": "any"},
                                     network={"plain_http": True})
                self.assertEqual((reply["outcome"], reply["attempts"], reply["n_body"]),
                                 ("not-sent", 1, 0))


class Tunnel(threading.Thread):
    """A proxy for CONNECT, which it grants or refuses."""

    def __init__(self, target_port, status):
        super().__init__(daemon=True)
        self.target_port, self.status, self.asked = target_port, status, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        while True:
            client, _ = self.listener.accept()
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(4096)
            self.asked.append(head.decode())
            client.sendall(f"HTTP/1.1 {self.status} x\r\nX-Seraph-LoginReason: PROXY\r\n"
                           "\r\n".encode())
            if self.status == 200:
                server = socket.create_connection(("127.0.0.1", self.target_port))
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self.pass_on, args=(one, other), daemon=True).start()
            else:
                client.close()

    @staticmethod
    def pass_on(one, other):
        try:
            while data := one.recv(65536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class Proxies(WithServer):
    def test_the_environment_names_none(self):
        nowhere = f"http://127.0.0.1:{closed_port()}"
        names = ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
        for pair, network in (("good", {}), (None, {"plain_http": True})):
            server = self.server(pair)
            reply = self.run_one(task(server.url), network=network,
                                 environment=dict.fromkeys(names, nowhere))
            self.assertEqual(reply["status"], 201)

    def test_the_settings_name_one(self):
        server = self.server()
        tunnel = Tunnel(server.port, 200)
        reply = self.run_one(task(server.url),
                             network={"proxy": f"http://127.0.0.1:{tunnel.port}"},
                             environment={"no_proxy": "*", "NO_PROXY": "*"})
        self.assertEqual((reply["status"], reply["login_reason"]), (201, ""))
        self.assertEqual(len(tunnel.asked), 1)
        self.assertNotIn("tasks-secret", tunnel.asked[0])

    def test_a_proxy_that_refuses_has_sent_nothing(self):
        server = self.server()
        tunnel = Tunnel(server.port, 407)
        reply = self.run_one(task(server.url),
                             network={"proxy": f"http://127.0.0.1:{tunnel.port}"})
        self.assertEqual((reply["outcome"], reply["status"]), ("not-sent", 0))
        self.assertEqual(server.n_connection, 0)

    def test_nothing_plain_goes_through_a_proxy(self):
        tunnel = Tunnel(1, 200)
        reply = self.run_one(task("http://192.0.2.1"),
                             network={"plain_http": True,
                                      "proxy": f"http://127.0.0.1:{tunnel.port}"})
        self.assertEqual((reply["outcome"], tunnel.asked), ("not-sent", []))


class Messages(WithServer):
    def test_a_request_as_it_arrives(self):
        server = self.server()
        server.add_fault("/tasks", status=503)
        text = "Z\u00fcrich \u20ac \U0001f4c8 \\ \" \n"
        request = task(server.url, text=text)
        self.run_one(request)
        for seen in server.seen:
            self.assertEqual(seen.raw.decode(), request["body"])
            self.assertEqual(seen.headers["authorization"], "Bearer tasks-secret")
            self.assertEqual(seen.headers["idempotency-key"], KEY)
            self.assertEqual(seen.headers["content-type"], "application/json")
            self.assertNotIn("expect", seen.headers)
            self.assertIn("tieout", seen.headers["user-agent"])
        self.assertEqual(len(server.seen), 2)

    def test_a_body_of_megabytes_is_not_waited_for(self):
        server = self.server()
        reply = self.run_one(task(server.url, text="x" * (3 * MIB)))
        self.assertEqual(reply["status"], 201)
        self.assertNotIn("expect", server.seen[0].headers)

    def test_basic_authentication(self):
        server = self.server()
        _, user, secret = server.login["jira-v3"]
        url = server.url + "/rest/api/3/myself"
        done = self.drive([{"method": "GET", "url": url, "user": user}], secret=secret).finish()
        self.assertEqual(json.loads(done.replies[0]["body"])["displayName"], "Robot")
        self.assertNotIn("content-type", server.seen[0].headers)
        self.assertEqual(done.leaks(), [])

    def test_a_wrong_secret_is_told_by_its_header(self):
        server = self.server()
        base = server.url + "/rest/api/3"
        user = server.login["jira-v3"][1]
        jql = json.dumps({"jql": 'project = "FIN"'})
        done = self.drive(
            [{"method": "GET", "url": base + "/myself", "user": user},
             {"method": "POST", "url": base + "/search/jql", "user": user, "body": jql}],
            secret="dead").finish()
        self.assertEqual([(each["status"], each["login_reason"])
                          for each in done.replies.values()],
                         [(401, "AUTHENTICATED_FAILED"), (200, "AUTHENTICATED_FAILED")])
        self.assertEqual(server.violations, [])

    def test_no_secret_no_login(self):
        server = self.server()
        server.keyless.add("openai-chat")
        done = self.drive([{"method": "GET", "url": server.url + "/v1/models"}],
                          secret="").finish()
        self.assertEqual(done.replies[0]["status"], 200)
        self.assertNotIn("authorization", server.seen[0].headers)
        self.assertEqual(server.violations, [])

    def test_put_and_head(self):
        server = self.server()
        _, user, secret = server.login["jira-v3"]
        server.add_fault("/rest/api/3/issue/FIN-1/properties/x", status=201)
        server.add_fault("/", status=200, body="not to be sent for HEAD")
        done = self.drive(
            [{"method": "PUT", "url": server.url + "/rest/api/3/issue/FIN-1/properties/x",
              "user": user, "body": '{"a": 1}'},
             {"method": "HEAD", "url": server.url + "/", "user": user}], secret=secret).finish()
        self.assertEqual([(each["outcome"], each["status"]) for each in done.replies.values()],
                         [("answered", 201), ("answered", 200)])
        self.assertEqual([each.method for each in server.seen], ["PUT", "HEAD"])
        self.assertEqual(server.seen[0].raw, b'{"a": 1}')
        self.assertEqual(done.replies[1]["body"], "")

    def test_the_limits_reason_is_handed_on(self):
        server = self.server()
        server.add_fault("/tasks", times=None, status=429,
                         headers={"RateLimit-Reason": "jira-quota-tenant-based" + "x" * 200})
        reply = self.run_one(task(server.url))
        self.assertEqual(reply["limit_reason"],
                         ("jira-quota-tenant-based" + "x" * 200)[:63])

    def test_an_answer_of_just_the_limit(self):
        server = self.server()
        server.add_fault("/tasks", act=True, status=201, body="x" * (16 * MIB))
        reply = self.run_one(task(server.url))
        self.assertEqual((reply["outcome"], reply["n_body"], reply["length"]),
                         ("answered", 16 * MIB, 16 * MIB))

    def test_a_larger_answer_is_named(self):
        server = self.server()
        server.add_fault("/tasks", act=True, status=201, body="x" * (16 * MIB + 1))
        reply = self.run_one(task(server.url))
        self.assertIn("more than 16 MiB", reply["sentence"])
        self.assertLessEqual(reply["n_body"], 16 * MIB)

    def test_what_came_of_a_cut_answer_is_handed_on(self):
        server = self.server()
        server.add_fault("/tasks", act=True, status=201, body="0123456789", cut="fin", keep=4)
        reply = self.run_one(task(server.url))
        self.assertEqual((reply["outcome"], reply["status"], reply["body"]),
                         ("unknown", 201, "0123"))

    def test_the_body_of_an_earlier_attempt_is_gone(self):
        server = self.server()
        server.add_fault("/tasks", status=503, body="<h1>maintenance</h1>" * 100)
        self.assertEqual(json.loads(self.run_one(task(server.url))["body"]), {"id": "task-1"})

    def test_one_request_alone(self):
        server = self.server()
        done = self.drive([task(server.url)], send=True).finish()
        self.assertEqual(json.loads(done.replies[0]["body"]), {"id": "task-1"})
        self.assertEqual(done.end["status"], 0)


class Waits(WithServer):
    def time_between(self, headers, **network):
        """Seconds between the two attempts, as the server saw them come."""
        server = self.server()
        server.add_fault("/tasks", status=429, headers=headers)
        self.assertEqual(self.run_one(task(server.url), network=network)["status"], 201)
        return server.seen[1].came - server.seen[0].came

    def test_seconds_are_kept(self):
        self.assertGreaterEqual(self.time_between({"Retry-After": "2"}, max_wait=60), 2)

    def test_a_date_is_kept(self):
        when = email.utils.formatdate(time.time() + 3, usegmt=True)
        self.assertGreaterEqual(self.time_between({"Retry-After": when}, max_wait=60), 1)

    def test_a_huge_one_is_cut(self):
        self.assertGreaterEqual(self.time_between({"Retry-After": "99999999999"}, max_wait=1), 1)

    def test_without_a_usable_one_time_doubles(self):
        for headers in ({}, {"Retry-After": "soon"}, {"Retry-After": "-5"},
                        {"Retry-After": "0"}):
            with self.subTest(headers):
                self.assertGreaterEqual(self.time_between(headers, max_wait=60), 0.5)

    def test_each_wait_may_be_longer_than_the_one_before(self):
        server = self.server()
        server.add_fault("/tasks", status=503, times=3)
        reply = self.run_one(task(server.url), network={"attempts": 4, "max_wait": 60})
        self.assertEqual((reply["status"], reply["attempts"]), (201, 4))
        came = [each.came for each in server.seen]
        for i, least in enumerate((0.5, 1, 2)):
            self.assertGreaterEqual(came[i + 1] - came[i], least)


class Batches(WithServer):
    def requests(self, server, n, repeat="refused"):
        return [task(server.url, repeat, text=f"task {i}", idempotency_key=f"{KEY}-{i}")
                for i in range(n)]

    def test_so_many_at_once_and_no_more(self):
        for at_once in (1, 4):
            with self.subTest(at_once):
                server = self.server()
                server.add_fault("/tasks", act=True, times=None, gather=at_once)
                done = self.drive(self.requests(server, 12), at_once=at_once).finish()
                self.assertEqual(server.most_at_once, at_once)
                self.assertEqual(done.started, list(range(12)))
                self.assertEqual({each["status"] for each in done.replies.values()}, {201})
                self.assertEqual(len(server.tasks.tasks), 12)

    def test_each_is_finished_once_and_after_its_start(self):
        server = self.server()
        done = self.drive(self.requests(server, 9), at_once=4).finish()
        begun = []
        for event in done.events:
            if event["event"] == "start":
                begun.append(event["i"])
            else:
                begun.remove(event["i"])
        self.assertEqual((begun, len(done.replies)), ([], 9))

    def test_what_is_final_is_not_repeated(self):
        for body, attempts in (("quota used up", 1), ("too fast", 2)):
            with self.subTest(body):
                server = self.server()
                server.add_fault("/tasks", status=429, times=None, body=body)
                reply = self.run_one(task(server.url, "any"), final=True)
                self.assertEqual((reply["outcome"], reply["status"], reply["attempts"]),
                                 ("answered", 429, attempts))

    def test_one_that_waits_keeps_no_other_from_its_turn(self):
        server = self.server()
        server.add_fault("/tasks", status=503)
        done = self.drive(self.requests(server, 5), at_once=2, network={"max_wait": 60}).finish()
        order = [each["i"] for each in done.events if each["event"] == "finish"]
        self.assertEqual(sorted(order), [0, 1, 2, 3, 4])
        self.assertEqual({each["status"] for each in done.replies.values()}, {201})

    def test_none_at_all(self):
        done = self.drive([]).finish()
        self.assertEqual((done.end["status"], done.events), (0, []))

    def test_a_skipped_one_is_neither_sent_nor_finished(self):
        server = self.server()
        done = self.drive(self.requests(server, 3), skip=1).finish()
        self.assertEqual((done.started, list(done.replies)), ([0, 1, 2], [0, 2]))
        self.assertEqual(len(server.tasks.tasks), 2)

    def test_a_failing_start_ends_the_batch(self):
        server = self.server()
        server.add_fault("/tasks", act=True, times=None, gather=2)
        done = self.drive(self.requests(server, 5), fail_start=2, at_once=2).finish()
        self.assertEqual((done.started, sorted(done.replies)), ([0, 1, 2], [0, 1]))
        self.assertEqual(done.end["status"], WRITE)
        self.assertEqual(done.end["sentence"], "start was told to fail")
        self.assertEqual(len(server.tasks.tasks), 2)

    def test_a_failing_finish_ends_the_batch_but_not_what_is_under_way(self):
        server = self.server()
        server.keyless.add("openai-chat")
        server.add_fault("/v1/models", act=True, gather=2)
        server.add_fault("/tasks", act=True, delay=1)
        models = {"method": "GET", "url": server.url + "/v1/models"}
        done = self.drive([models, *self.requests(server, 4)], fail_finish=0, at_once=2).finish()
        self.assertEqual((done.started, sorted(done.replies)), ([0, 1], [0, 1]))
        self.assertEqual(done.replies[1]["outcome"], "answered")
        self.assertEqual(done.end["status"], WRITE)


class Stopping(WithServer):
    def stop(self, server, requests, **plan):
        """Stops it when the server has got the first request."""
        network = {"timeout": 600, "connect_timeout": 600, "max_wait": 3600,
                   **plan.pop("network", {})}
        done = self.drive(requests, network=network, **plan)
        self.assertTrue(server.wait_until_seen(1))
        done.process.send_signal(plan.pop("signal", signal.SIGTERM))
        done = done.finish()
        self.assertEqual(done.end["status"], STOPPED)
        return done

    def test_a_wait_is_broken_off(self):
        for send in (False, True):
            with self.subTest(send=send):
                server = self.server()
                server.add_fault("/tasks", status=503, times=None,
                                 headers={"Retry-After": "3600"})
                done = self.stop(server, [task(server.url)], send=send)
                self.assertEqual((done.replies[0]["outcome"], done.replies[0]["status"],
                                  done.replies[0]["attempts"]), ("answered", 503, 1))

    def test_an_answer_on_its_way_is_taken_but_nothing_started(self):
        server = self.server()
        server.add_fault("/tasks", act=True, delay=1)
        done = self.stop(server, [task(server.url)] * 3)
        self.assertEqual((done.started, done.replies[0]["status"]), ([0], 201))
        self.assertEqual(server.count("POST", "/tasks"), 1)

    def test_a_silent_server_is_given_up(self):
        server = self.server()
        server.add_fault("/tasks", act=True, cut="stall")
        done = self.stop(server, [task(server.url)] * 2)
        self.assertEqual((done.started, done.replies[0]["outcome"]), ([0], "unknown"))
        self.assertIn("stopped", done.replies[0]["sentence"])

    def test_a_connection_that_does_not_come_is_given_up(self):
        server = self.server()
        server.add_fault("/tasks", act=True, delay=1)
        between = self.proxy(server.port, "blackhole")
        done = self.stop(server, [task(server.url), task(f"https://localhost:{between.port}")],
                         at_once=2)
        self.assertEqual((done.replies[0]["outcome"], done.replies[1]["outcome"]),
                         ("answered", "not-sent"))

    def test_asked_before_anything(self):
        """The signal comes with the first start, ahead of everything."""
        done = self.drive([task("https://localhost:1")] * 2, network={"max_wait": 3600})
        done.process.stdout.readline()
        done.process.send_signal(signal.SIGTERM)
        done = done.process.communicate(timeout=60)[0].splitlines()
        self.assertEqual(json.loads(done[-1])["status"], STOPPED)
        self.assertEqual(json.loads(done[0])["outcome"], "not-sent")
        self.assertEqual(len(done), 2)


if __name__ == "__main__":
    unittest.main()
