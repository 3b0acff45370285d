"""The mail as a real server gets it: exim with TLS and a login takes it, and what it delivers is
read back by Python's own parser. Then everything that can go wrong on the way."""

import email
import email.policy
import html
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import TIEOUT, InFolder, plain_rows, run, write_ledger
from contract_server import ContractServer
from fault_proxy import FaultProxy, closed_port
from mail_server import PASSWORD, USER, MailServer
from throwaway_ca import ThrowawayCA

ANNA, BOB = "anna@test.invalid", "bob@test.invalid"
# What a ledger may contain to break out of a header, a body or a page.
HOSTILE = "x\r\nBcc: eve@test.invalid\r\n\r\n.\r\nQUIT\r\n<script>alert(1)</script>"
LEDGER = "j\u00e4nner 2024.csv"


def parse(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


class WithMailServer(InFolder):
    """Results with anomalies, one of them of a hostile account, and certificates."""

    @classmethod
    def setUpClass(cls):
        kept = tempfile.TemporaryDirectory(prefix="tieout-test-")
        cls.addClassCleanup(kept.cleanup)
        cls.shared = Path(kept.name)
        cls.ca = ThrowawayCA(cls.shared)
        rows = plain_rows(400, 10)
        rows[371][4:7] = ["9000000.25", "0.00", "9000000.25"]
        for i in range(8, 400, 10):
            rows[i][2] = HOSTILE
        rows[388][4:7] = ["70000.25", "0.00", "70000.25"]
        write_ledger(cls.shared / LEDGER, rows)
        done = run("detect", LEDGER, "-o", "results.h5", "--profile", "classic", folder=cls.shared)
        assert done.code == 0, done
        with h5py.File(cls.shared / "results.h5") as results:
            cls.digest = results["run"].attrs["content_digest"]
            cls.started = results["run"].attrs["started"]
            cls.n_found = len(results["anomalies/id"])
            cls.explanations = results["anomalies/explanation"].asstr()[:]

    def setUp(self):
        super().setUp()
        shutil.copy(self.shared / "results.h5", self.folder)

    def server(self, certificate="good", **offers):
        started = MailServer(self.folder / "mx", *self.ca.pair(certificate), **offers)
        self.addCleanup(started.__exit__)
        return started.__enter__()

    def proxy(self, port, mode, **how):
        proxy = FaultProxy(port, mode, **how)
        self.addCleanup(proxy.__exit__)
        return proxy.__enter__()

    def configure(self, url, to=f"{ANNA}, {BOB}", password=PASSWORD, **more):
        secret = self.folder / "password"
        secret.write_text(password + "\n")
        secret.chmod(0o600)
        network = {"ca_file": str(self.ca.ca_file), "attempts": 1, "timeout": 20,
                   "connect_timeout": 10, "max_wait": 0, **more.pop("network", {})}
        settings = {"server": url, "user": USER, "password_file": "password",
                    "from": "robot@test.invalid", "to": to, **more}
        settings = {key: value for key, value in settings.items() if value is not None}
        (self.folder / "config.json").write_text(json.dumps({"network": network, "email": settings}))

    def follow(self, code, *options):
        outcome = self.run_here("followup", "results.h5", "--config", "config.json", *options)
        self.assertEqual(outcome.code, code, outcome)
        self.assertNotIn(PASSWORD, outcome.err + outcome.out)
        return outcome.err

    def find_many(self, n_row):
        """Results with an anomaly in three rows; about 70 bytes of list for each row."""
        self.succeed("generate", "--rows", n_row, "many.csv")
        self.succeed("detect", "many.csv", "-o", "results.h5", "--force", "--contamination", "0.3", threads=2)

    def states(self):
        """The outbox by recipient, as --status tells it."""
        with sqlite3.connect(f"file:{self.folder}/results.followup/outbox.db?mode=ro", uri=True) as db:
            rows = db.execute("SELECT key, state, reason FROM action WHERE service = 'email'").fetchall()
        names = ["pending", "sent", "done", "failed"]
        return {key.split(" ")[0]: (names[state], reason) for key, state, reason in rows}

    @property
    def message_id(self):
        return f"<tieout.{self.digest[:32]}@test.invalid>"


class Delivered(WithMailServer):
    def check(self, raw, recipients):
        mail = parse(raw)
        self.assertEqual([part.defects for part in mail.walk() if part.defects], [])
        self.assertEqual(mail["Envelope-to"].replace(" ", "").replace("\n", ""), ",".join(recipients))
        self.assertEqual(mail["Return-path"], "<robot@test.invalid>")
        self.assertEqual(mail["From"].addresses[0].addr_spec, "robot@test.invalid")
        self.assertEqual([to.addr_spec for to in mail["To"].addresses], [ANNA, BOB])
        self.assertEqual(mail["Message-ID"], self.message_id)
        self.assertEqual(mail["Date"].datetime.strftime("%Y-%m-%dT%H:%M:%SZ"), self.started)
        self.assertEqual(mail["Auto-Submitted"], "auto-generated")
        self.assertIn(f"{self.n_found} anomal", mail["Subject"])
        self.assertIn(f"in {LEDGER} as of", mail["Subject"])
        self.assertEqual([name for name in mail.keys() if name in ("Bcc", "Cc")], [])
        return mail

    def check_bodies(self, mail):
        plain = mail.get_body(("plain",)).get_content()
        page = mail.get_body(("html",)).get_content()
        self.assertNotIn("<script", page)
        self.assertNotRegex(page, r"(?i)<(img|link|iframe|object)|url\(|@import|https?://")
        shown = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())
        for text in ["9,000,000.25", *self.explanations]:
            words = " ".join(text.split())
            self.assertIn(words, shown)
            self.assertIn(words, " ".join(plain.split()))
        self.assertIn("alert(1)", shown)

    def check_attachments(self, mail, expected):
        """The files of the folder, by name and type, as they lie there."""
        files = list(mail.iter_attachments())
        self.assertEqual({file.get_filename(): file.get_content_type() for file in files}, expected)
        for file in files:
            self.assertEqual(file.get_payload(decode=True),
                             (self.folder / "results.followup" / file.get_filename()).read_bytes())

    def deliver(self, server, url):
        self.configure(url)
        said = self.follow(0)
        self.assertIn(f"mail sent to {ANNA}, {BOB}", said)
        raw, = server.mailbox(1)
        self.assertEqual(server.n_login, 1)
        mail = self.check(raw, [ANNA, BOB])
        self.check_bodies(mail)
        self.check_attachments(mail, {"anomalies.csv": "text/csv", "report.html": "text/html"})
        self.assertFalse((self.folder / "results.followup/mail.eml").exists())

    def test_smtps(self):
        server = self.server()
        self.deliver(server, f"smtps://localhost:{server.smtps}")

    def test_starttls(self):
        server = self.server()
        self.deliver(server, f"smtp://localhost:{server.starttls}")
        self.assertRegex(server.log(), "P=esmtpsa X=TLS")

    def test_second_run_sends_and_changes_nothing(self):
        server = self.server()
        self.configure(f"smtps://localhost:{server.smtps}")
        self.follow(0)
        server.mailbox(1)
        before = {path: content for path, content in self.listing().items()
                  if path.startswith("results")}
        self.assertIn(f"mail was sent before to {ANNA}, {BOB}", self.follow(0))
        self.assertEqual(len(server.mailbox()), 1)
        self.assertEqual({path: content for path, content in self.listing().items()
                          if path.startswith("results")}, before)

    def test_too_large_is_left_out_and_named(self):
        server = self.server()
        self.configure(f"smtps://localhost:{server.smtps}")
        self.find_many(120_000)
        self.follow(0)
        mail = parse(server.mailbox(1)[0])
        self.check_attachments(mail, {"report.html": "text/html"})
        self.assertIn("Too large to attach: anomalies.csv.", mail.get_body(("plain",)).get_content())

    def test_without_a_login_where_none_is_asked_for(self):
        server = self.server(auth=False)
        self.configure(f"smtps://localhost:{server.smtps}", user=None, password_file=None)
        self.follow(0)
        self.assertEqual(len(server.mailbox(1)), 1)


class Tickets(WithMailServer):
    def test_mail_links_to_the_tickets_just_opened(self):
        server = self.server()
        self.configure(f"smtps://localhost:{server.smtps}")
        with ContractServer(*self.ca.pair("good")) as services:
            _, user, secret = services.login["jira-v3"]
            (self.folder / "token").write_text(secret)
            (self.folder / "token").chmod(0o600)
            config = json.loads((self.folder / "config.json").read_text())
            config["jira"] = {"url": services.url, "project": "FIN", "user": user,
                              "token_file": "token", "search_seconds": 0}
            (self.folder / "config.json").write_text(json.dumps(config))
            self.follow(0)
            links = {f"{services.url}/browse/{issue['key']}" for issue in services.jira.issues}
            self.assertEqual(services.violations, [])
        mail = parse(server.mailbox(1)[0])
        page = mail.get_body(("html",)).get_content()
        plain = mail.get_body(("plain",)).get_content()
        self.assertGreater(len(links), 0)
        self.assertEqual(set(re.findall(r'href="([^"]*)"', page)), links)
        self.assertEqual(set(re.findall(r"Ticket: (\S*)", plain)), links)


class Drafts(WithMailServer):
    DRAFT = "results.followup/mail.eml"

    def test_dry_run_sends_nothing_and_shows_the_very_mail(self):
        server = self.server()
        self.configure(f"smtps://localhost:{server.smtps}")
        self.follow(0, "--dry-run")
        draft = (self.folder / self.DRAFT).read_bytes()
        self.assertEqual(server.mailbox(), [])
        self.follow(0)
        delivered = server.mailbox(1)[0]
        self.assertEqual(delivered[delivered.index(b"Date: "):], draft.replace(b"\r\n", b"\n"))

    def test_not_configured_makes_a_draft_once(self):
        said = self.succeed("followup", "results.h5").err
        self.assertIn("email.server is not set", said)
        path = self.folder / self.DRAFT
        draft, when = path.read_bytes(), path.stat().st_mtime_ns
        self.assertEqual(parse(draft)["To"].addresses[0].domain, "example.invalid")
        self.assertEqual(draft.replace(b"\r\n", b"").count(b"\n"), 0)
        self.assertLessEqual(max(map(len, draft.split(b"\r\n"))), 76)
        self.assertTrue(draft.isascii())
        self.succeed("followup", "results.h5")
        self.assertEqual((path.read_bytes(), path.stat().st_mtime_ns), (draft, when))


class NoAnomalies(InFolder):
    def setUp(self):
        super().setUp()
        write_ledger(self.folder / "ledger.csv", plain_rows(60))
        self.succeed("detect", "ledger.csv", "-o", "results.h5")

    def test_no_mail(self):
        self.assertIn("no mail", self.succeed("followup", "results.h5").err)
        self.assertFalse((self.folder / "results.followup/mail.eml").exists())

    def test_mail_if_asked_for(self):
        self.succeed("followup", "results.h5", "--email.when-none")
        mail = parse((self.folder / "results.followup/mail.eml").read_bytes())
        self.assertEqual(mail["Subject"], "tieout: no anomalies in ledger.csv as of 2024-12-28")
        self.assertTrue(mail.get_body(("plain",)).get_content().startswith("No anomalies in 60 rows\r\n"))
        self.assertIn("No anomalies in 60 rows", mail.get_body(("html",)).get_content())


class Refused(WithMailServer):
    def test_wrong_password(self):
        server = self.server()
        self.configure(f"smtps://localhost:{server.smtps}", password="guessed-wrong")
        said = self.follow(78)
        self.assertIn("refuses the login", said)
        self.assertNotIn("guessed-wrong", said)
        self.assertEqual({state for state, _ in self.states().values()}, {"pending"})
        self.configure(f"smtps://localhost:{server.smtps}")
        self.follow(0)
        self.assertEqual(len(server.mailbox(1)), 1)

    def test_one_recipient_of_three(self):
        server = self.server()
        self.configure(f"smtps://localhost:{server.smtps}", to=f"{ANNA},nosuch@test.invalid,{BOB}")
        said = self.follow(78)
        self.assertIn(f"mail sent to {ANNA}, {BOB}", said)
        self.assertIn("refused for nosuch@test.invalid (550 no such mailbox here)", said)
        self.assertEqual(self.states()["nosuch@test.invalid"], ("failed", "550 no such mailbox here"))
        self.assertEqual(self.states()[ANNA][0], "done")
        self.assertEqual(parse(server.mailbox(1)[0])["Envelope-to"].split(), [f"{ANNA},", BOB])
        self.assertIn("refused before for nosuch@test.invalid", self.follow(78))
        self.assertEqual(len(server.mailbox()), 1)
        self.configure(f"smtps://localhost:{server.smtps}", to=f"{ANNA},{BOB}")
        self.follow(0)

    def test_all_recipients(self):
        server = self.server()
        self.configure(f"smtps://localhost:{server.smtps}", to="nosuch@test.invalid,x@else.invalid")
        said = self.follow(78)
        self.assertIn("x@else.invalid (550", said)
        self.assertEqual({state for state, _ in self.states().values()}, {"failed"})
        self.assertEqual(server.mailbox(), [])

    def test_put_off_is_sent_later_to_whom_it_lacks(self):
        server = self.server()
        self.configure(f"smtps://localhost:{server.smtps}", to=f"{ANNA},later@test.invalid")
        said = self.follow(69)
        self.assertIn("not taken yet for later@test.invalid (451 mailbox is being moved)", said)
        self.assertEqual(self.states()["later@test.invalid"],
                         ("pending", "451 mailbox is being moved"))
        server.open_up()
        said = self.follow(0)
        self.assertIn("mail sent to later@test.invalid", said)
        self.assertEqual([parse(raw)["Envelope-to"] for raw in server.mailbox(2)],
                         [ANNA, "later@test.invalid"])

    def test_put_off_is_tried_again_at_once(self):
        server = self.server()
        self.configure(f"smtps://localhost:{server.smtps}", to="later@test.invalid",
                       network={"attempts": 3})
        self.follow(69)
        self.assertEqual(server.log().count("temporarily rejected RCPT <later@test.invalid>"), 3)

    def test_message_refused_for_good(self):
        server = self.server()
        self.configure(f"smtps://localhost:{server.smtps}", to=f"{ANNA},toxic@test.invalid")
        self.assertIn("(550 content is not wanted)", self.follow(78))
        self.assertEqual({state for state, _ in self.states().values()}, {"failed"})
        tried = server.log().count("content is not wanted")
        self.follow(78)
        self.assertEqual(server.log().count("content is not wanted"), tried)
        self.follow(78, "--retry-failed")
        self.assertEqual(server.log().count("content is not wanted"), tried + 1)
        self.assertEqual(server.mailbox(), [])

    def test_message_put_off(self):
        server = self.server()
        self.configure(f"smtps://localhost:{server.smtps}", to="busy@test.invalid")
        self.assertIn("(451 disk is busy)", self.follow(69))
        self.assertEqual(self.states()["busy@test.invalid"][0], "pending")

    def test_no_login_offered(self):
        server = self.server(auth=False)
        self.configure(f"smtps://localhost:{server.smtps}")
        self.assertIn("offers no login", self.follow(78))
        self.assertEqual(server.mailbox(), [])

    def test_no_encryption_offered(self):
        server = self.server(tls=False, auth=False)
        self.configure(f"smtp://localhost:{server.starttls}", user=None, password_file=None)
        self.assertIn("offers no encryption", self.follow(78))
        self.assertEqual(server.mailbox(), [])

    def test_no_encryption_on_this_machine_if_allowed(self):
        server = self.server(tls=False, auth=False)
        self.configure(f"smtp://localhost:{server.starttls}", user=None, password_file=None,
                       network={"plain_http": True})
        self.follow(0)
        self.assertEqual(len(server.mailbox(1)), 1)

    def test_certificates_that_prove_nothing(self):
        for name in ("wrong-host", "expired", "self-signed"):
            with self.subTest(name), MailServer(self.folder / name, *self.ca.pair(name)) as server:
                for url in (f"smtps://localhost:{server.smtps}", f"smtp://localhost:{server.starttls}"):
                    self.configure(url)
                    self.assertIn("certificate", self.follow(78))
                self.assertEqual(server.mailbox(), [])
                self.assertEqual({state for state, _ in self.states().values()}, {"pending"})


class Cut(WithMailServer):
    def draft_size(self):
        self.configure(f"smtps://localhost:{closed_port()}")
        self.follow(0, "--dry-run")
        return (self.folder / "results.followup/mail.eml").stat().st_size

    def test_nobody_there(self):
        self.configure(f"smtps://localhost:{closed_port()}")
        self.assertIn("cannot be reached", self.follow(69))
        self.assertEqual({state for state, _ in self.states().values()}, {"pending"})
        server = self.server()
        self.configure(f"smtps://localhost:{server.smtps}")
        self.follow(0)
        self.assertEqual(len(server.mailbox(1)), 1)

    def test_before_the_message_was_whole(self):
        server = self.server()
        self.draft_size()
        # More than the sockets on the way can hold, so that it cannot all be sent.
        self.find_many(60_000)
        for mode, up in (("rst-hello", 0), ("rst-up", 1000), ("rst-up", 100_000)):
            with self.subTest(mode, up=up), FaultProxy(server.smtps, mode, up=up) as proxy:
                self.configure(f"smtps://localhost:{proxy.port}")
                self.follow(69)
                self.assertGreaterEqual(proxy.n_broken, 1)
                self.assertEqual({state for state, _ in self.states().values()}, {"pending"})
                self.assertEqual(server.mailbox(), [])
        self.configure(f"smtps://localhost:{server.smtps}")
        self.follow(0)
        self.assertEqual(len(server.mailbox(1)), 1)

    def test_before_the_answer(self):
        server = self.server()
        size = self.draft_size()
        for mode in ("rst-down", "fin-down", "stall-down"):
            with self.subTest(mode):
                shutil.rmtree(self.folder / "results.followup")
                n = len(server.mailbox())
                with FaultProxy(server.smtps, mode, up=size, first=1) as proxy:
                    self.configure(f"smtps://localhost:{proxy.port}", network={"timeout": 6})
                    said = self.follow(69)
                    self.assertEqual(proxy.n_connection, 1)
                self.assertIn(f"sent with no answer to {ANNA}", said)
                self.assertEqual(self.states()[ANNA], ("sent", "no answer came"))
                self.assertEqual(len(server.mailbox(n + 1)), n + 1)
                self.configure(f"smtps://localhost:{server.smtps}")
                said = self.follow(0)
                self.assertIn("sent again", said)
                mails = [parse(raw) for raw in server.mailbox(n + 2)[n:]]
                self.assertEqual([mail["Message-ID"] for mail in mails], [self.message_id] * 2)
                self.assertIn("was sent before", self.follow(0))
                self.assertEqual(len(server.mailbox()), n + 2)

    def test_unknown_stays_unknown_while_the_server_is_away(self):
        server = self.server()
        size = self.draft_size()
        proxy = self.proxy(server.smtps, "rst-down", up=size)
        self.configure(f"smtps://localhost:{proxy.port}")
        self.follow(69)
        self.configure(f"smtps://localhost:{closed_port()}")
        self.assertIn(f"not sent again yet to {ANNA}", self.follow(69))
        self.assertEqual(self.states()[ANNA][0], "sent")

    def test_stopped_while_waiting_for_the_answer(self):
        server = self.server()
        size = self.draft_size()
        proxy = self.proxy(server.smtps, "stall-down", up=size)
        self.configure(f"smtps://localhost:{proxy.port}", network={"timeout": 60})
        process = subprocess.Popen([TIEOUT, "followup", "results.h5", "--config", "config.json"],
                                   cwd=self.folder, stderr=subprocess.PIPE, text=True)
        server.mailbox(1)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75, said)
        self.assertEqual(self.states()[ANNA][0], "sent")
        self.configure(f"smtps://localhost:{server.smtps}")
        self.follow(0)
        self.assertEqual(len(server.mailbox(2)), 2)


class Checked(WithMailServer):
    def check(self, code):
        outcome = self.run_here("check", "--config", "config.json")
        self.assertEqual(outcome.code, code, outcome)
        return outcome.out + outcome.err

    def test_good_server_gets_no_mail(self):
        server = self.server()
        for url in (f"smtps://localhost:{server.smtps}", f"smtp://localhost:{server.starttls}"):
            self.configure(url)
            self.assertIn(f"takes the login of {USER}; no mail was sent", self.check(0))
        self.assertNotIn("<=", server.log())

    def test_what_is_wrong_is_said(self):
        server = self.server()
        self.configure(f"smtps://localhost:{server.smtps}", password="wrong")
        self.assertIn("refuses the login", self.check(78))
        self.configure(f"smtps://localhost:{closed_port()}")
        self.assertIn("cannot be reached", self.check(69))

    def test_settings_that_cannot_be_right(self):
        good = "smtps://localhost:1"
        for url, more, said in [
                ("https://localhost", {}, "email.server: want smtps://"),
                ("smtps://localhost/path", {}, "email.server: want smtps://"),
                ("smtps://robot:secret@localhost", {}, "email.server: an address must not have a login"),
                (good, {"to": None}, "email.to is not"),
                (good, {"from": None}, "email.from is not"),
                (good, {"user": None}, "email.user is not"),
                (good, {"password_file": None}, "the password is not"),
                (good, {"to": "anna"}, "email.to: \"anna\" is not"),
                (good, {"to": f"{ANNA},,{BOB}"}, "email.to: \"\" is not"),
                (good, {"to": f"{ANNA}\r\nBcc: eve@test.invalid"}, "email.to: "),
                (good, {"from": "robot@test.invalid\nBcc: eve@test.invalid"}, "email.from: "),
                (good, {"from": "R <robot@test.invalid>"}, "email.from: ")]:
            with self.subTest(url, **more):
                self.configure(url, **more)
                outcome = self.run_here("followup", "results.h5", "--config", "config.json")
                self.assertEqual(outcome.code, 78, outcome)
                self.assertIn(said, outcome.err)
                self.assertFalse(os.path.exists(self.folder / "results.followup/mail.eml"))


if __name__ == "__main__":
    unittest.main()
