"""The follow-up as a whole: everything offline, everything at all services, one service down, a
full disk, two processes at once; and no secret anywhere. What each job sends is looked at in the
tests of that job."""

import base64
import email
import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from all_services import RECIPIENTS, AllServices
from command import TIEOUT, InFolder, write_ledger
from throwaway_ca import ThrowawayCA
from with_services import breaking_rows

DRAFTS = [".anomalies.xlsx.sha256", "anomalies.csv", "anomalies.xlsx", "explanations.json",
          "mail.eml", "outbox.db", "report.html", "tasks.json", "tickets.json"]
SLURM = {"SLURM_JOB_ID": "17"}


class WithResults(InFolder):
    def setUp(self):
        super().setUp()
        write_ledger(self.folder / "ledger.csv", breaking_rows(2, 1))
        self.succeed("detect", "ledger.csv", "-o", "results.h5")
        self.drafts = self.folder / "results.followup"
        self.before = self.digest()

    def tearDown(self):
        self.assertEqual(self.digest(), self.before, "the results have changed")

    def digest(self):
        return hashlib.sha256((self.folder / "results.h5").read_bytes()).hexdigest()

    def times(self):
        return {path.name: path.stat().st_mtime_ns for path in self.drafts.iterdir()}


class Offline(WithResults):
    def test_everything_is_written_beside_the_results(self):
        self.succeed("followup", "results.h5")
        self.assertEqual(sorted(self.times()), DRAFTS)

    def test_a_second_run_changes_not_even_a_time_stamp(self):
        self.succeed("followup", "results.h5")
        files, times = self.listing(), self.times()
        self.succeed("followup", "results.h5")
        self.assertEqual(self.listing(), files)
        self.assertEqual(self.times(), times)

    def test_what_reviewers_wrote_stays_with_them(self):
        self.succeed("followup", "results.h5")
        files = self.listing()
        path = self.drafts / "anomalies.csv"
        filled = path.read_bytes().replace(b",,,\r\n", b",no,anna,known\r\n", 1)
        path.write_bytes(filled)
        self.succeed("followup", "results.h5")
        self.assertEqual(self.listing(), {**files, "results.followup/anomalies.csv": filled})

    def test_run_does_it_all(self):
        self.succeed("run", "ledger.csv", "-o", "again.h5")
        made = {path.name for path in (self.folder / "again.followup").iterdir()}
        self.assertEqual(sorted(made), DRAFTS)

    def test_a_full_disk_leaves_nothing_half_and_is_mended_by_room(self):
        self.succeed("followup", "results.h5")
        whole = self.listing()
        longest = max(len(whole[f"results.followup/{name}"]) for name in DRAFTS)
        for limit in [0, 1000, 4096, *range(8192, longest, longest // 5)]:
            for path in self.drafts.iterdir():
                path.unlink()
            done = subprocess.run([TIEOUT, "followup", "results.h5"], cwd=self.folder, text=True,
                                  capture_output=True, check=False,
                                  preexec_fn=lambda most=limit: resource.setrlimit(
                                      resource.RLIMIT_FSIZE, (most, most)))
            self.assertEqual(done.returncode, 74, done.stderr)
            self.assertIn("results.followup/", done.stderr.splitlines()[-1])
            made = {path.name: path.read_bytes() for path in self.drafts.iterdir()
                    if not path.name.startswith("outbox.db")}
            if "mail.eml" in made and "report.html" not in made:
                # Without a report there is a mail without one, and that is whole, too.
                mail = email.message_from_bytes(made.pop("mail.eml"))
                self.assertEqual(mail.defects, [])
                self.assertNotIn("report.html", [part.get_filename() for part in mail.walk()])
            for name, content in made.items():
                self.assertEqual(content, whole[f"results.followup/{name}"], name)
            self.succeed("followup", "results.h5")
            self.assertEqual(self.listing(), whole)

    def test_status_of_nothing(self):
        self.assertIn("Nothing was followed up yet",
                      self.succeed("followup", "results.h5", "--status").out)
        self.assertFalse(self.drafts.exists())
        self.succeed("followup", "results.h5")
        self.assertIn("Nothing is sent", self.succeed("followup", "results.h5", "--status").out)

    def test_what_is_half_configured_is_refused_before_the_work(self):
        for flag, missing in (("--jira.url=https://a.invalid", "jira.project"),
                              ("--email.server=smtps://a.invalid", "email."),
                              ("--model.url=https://a.invalid/v1", "model.name"),
                              ("--tasks.key-file=none", "tasks-key")):
            outcome = self.run_here("run", "ledger.csv", "-o", "new.h5", flag)
            self.assertIn(outcome.code, (66, 78), outcome)
            self.assertEqual(len(outcome.sentences), 1, outcome)
            self.assertIn(missing, outcome.err)
            self.assertFalse((self.folder / "new.h5").exists())

    def test_a_password_in_an_address_is_refused_and_not_repeated(self):
        for flag in ("--jira.url=https://me:hunter2@a.invalid", "--network.proxy=http://hunter2@a",
                     "--email.server=smtps://me:hunter2@a.invalid:465",
                     "--tasks.url=https://hunter2@a", "--model.url=https://a:hunter2@b/v1"):
            for command in (("run", "ledger.csv", "-o", "new.h5"), ("followup", "results.h5"),
                            ("check",)):
                outcome = self.run_here(*command, flag)
                self.assertEqual(outcome.code, 78, outcome)
                self.assertNotIn("hunter2", outcome.out + outcome.err)
        self.assertFalse((self.folder / "new.h5").exists())

    def test_check_says_what_is_not_configured(self):
        outcome = self.succeed("check")
        self.assertEqual(outcome.out.count("not configured"), 4, outcome)

    @unittest.skipIf(os.geteuid() == 0, "root writes everywhere")
    def test_a_closed_folder(self):
        self.folder.chmod(0o500)
        outcome = self.run_here("followup", "results.h5")
        self.folder.chmod(0o700)
        self.assertEqual(outcome.code, 77, outcome)


class AtServices(WithResults):
    @classmethod
    def setUpClass(cls):
        kept = tempfile.TemporaryDirectory(prefix="tieout-services-")
        cls.addClassCleanup(kept.cleanup)
        root = Path(kept.name)
        (root / "ca").mkdir()
        cls.services = AllServices(root / "services", ThrowawayCA(root / "ca"))
        cls.services.__enter__()
        cls.addClassCleanup(cls.services.__exit__)
        cls.server = cls.services.server

    def setUp(self):
        super().setUp()
        self.services.forget()
        self.addCleanup(self.server.login.update, dict(self.server.login))

    def follow(self, *options, code=0, **environment):
        outcome = self.run_here("followup", "results.h5", *self.services.arguments, *options,
                                environment=environment)
        self.assertEqual(outcome.code, code, outcome)
        return outcome

    def status(self):
        return self.succeed("followup", "results.h5", "--status").out

    def start_slow(self):
        """A follow-up that waits for Jira, which is asked already."""
        self.server.add_fault("/rest/api/3/issue/bulk", act=True, delay=5)
        running = subprocess.Popen([TIEOUT, "followup", "results.h5", *self.services.arguments],
                                   cwd=self.folder, stderr=subprocess.DEVNULL)
        self.addCleanup(running.wait)
        end = time.monotonic() + 60
        while self.server.count("POST", "/rest/api/3/issue/bulk") == 0:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)
        return running


class WithAll(AtServices):
    def test_all_services_get_everything_once(self):
        self.follow()
        held = self.services.holdings()
        times = self.times()
        n_seen = len(self.server.seen)
        self.follow()
        self.assertEqual(self.services.holdings(), held)
        self.assertEqual(len(self.server.seen), n_seen, "the second run asked again")
        self.assertEqual(self.times(), times)
        self.assertEqual({address for address, _ in held["mail"]}, set(RECIPIENTS))
        self.assertNotIn("Not done", self.status())
        self.assertEqual(self.server.violations, [])

    def test_a_dry_run_speaks_to_nobody(self):
        self.follow("--dry-run")
        self.assertEqual(self.server.seen, [])
        self.assertEqual(self.services.mail.mailbox(), [])
        self.assertLessEqual({"tickets.json", "tasks.json", "mail.eml", "explanations.json"},
                             set(self.times()))
        self.assertIn("Nothing is sent", self.status())
        self.follow()
        self.assertGreater(len(self.services.holdings()["tickets"]), 0)

    def test_a_service_that_is_down_keeps_nobody_waiting(self):
        parts = {"jira": "/rest/.*", "tasks": "/tasks", "model": "/v1/.*"}
        for name, path in parts.items():
            self.services.forget()
            for old in self.drafts.glob("*"):
                old.unlink()
            self.server.add_fault(path, times=None, status=503)
            outcome = self.follow(code=69)
            self.assertIn("tieout followup results.h5", outcome.sentences[-1])
            held = self.services.holdings()
            self.assertEqual(sum(held["mail"].values()), len(RECIPIENTS))
            self.assertEqual(len(held["tasks"]) > 0, name != "tasks")
            self.assertEqual(len(held["tickets"]) > 0, name != "jira")
            if name != "jira":  # which is asked first whether a break has a ticket or needs one
                self.assertIn(f"{name} ", self.status().partition("Not done:")[2])
            self.server.faults.clear()
            self.follow()
            self.assertNotIn("Not done", self.status())

    def test_a_second_process_is_told_and_may_look(self):
        running = self.start_slow()
        outcome = self.follow(code=69)
        self.assertIn("outbox.db is in use by another tieout", outcome.sentences[0])
        self.assertIn("sent", self.status().partition("Not done:")[2])
        self.assertEqual(running.wait(), 0)
        self.assertNotIn("Not done", self.status())

    def test_what_was_refused_is_tried_again_only_when_told(self):
        self.server.login["agentic-tasks"] = ("bearer", None, "another")
        outcome = self.follow(code=78)
        self.assertLessEqual(self.server.count("POST", "/tasks"), 2, outcome)
        self.assertEqual(self.server.tasks.tasks, [])
        self.server.login["agentic-tasks"] = ("bearer", None, self.services.secrets["tasks"])
        self.follow("--retry-failed")
        self.assertNotIn("Not done", self.status())
        self.assertGreater(len(self.server.tasks.tasks), 0)


class Secrets(AtServices):
    def needles(self):
        """Each secret as it is, and as a login has it."""
        plain = list(self.services.secrets.values())
        users = [user for _, user, _ in self.server.login.values() if user] + ["robot", ""]
        return [text.encode() for text in plain] + [
            base64.b64encode(f"{user}{join}{text}".encode()).rstrip(b"=")
            for text in plain for user in users for join in (":", "\0")]

    def expect_no_secret(self, *texts):
        held = [(name, data or b"") for name, data in self.listing().items()]
        held += [("what was said", text.encode() if isinstance(text, str) else text)
                 for text in texts]
        for name, data in held:
            for needle in self.needles():
                self.assertNotIn(needle, data, name)

    def test_in_no_log_and_no_file(self):
        for form in ("text", "json"):
            outcome = self.follow("-v", "--log-format", form)
            self.expect_no_secret(outcome.out, outcome.err, self.status())
        outcome = self.run_here("check", *self.services.arguments, "-v")
        self.assertEqual(outcome.code, 0, outcome)
        self.expect_no_secret(outcome.out, outcome.err)

    def test_in_no_sentence_on_a_refusal(self):
        for name in self.server.login:
            scheme, user, _ = self.server.login[name]
            self.server.login[name] = (scheme, user, "another")
        outcome = self.follow("-v", code=78)
        self.expect_no_secret(outcome.out, outcome.err, self.status())
        outcome = self.run_here("check", *self.services.arguments)
        self.assertEqual(outcome.code, 78, outcome)
        self.assertEqual(outcome.out.count("FAILED"), 2, outcome)  # tasks cannot be asked
        self.expect_no_secret(outcome.out, outcome.err)

    def test_in_no_argument_while_it_runs(self):
        running = self.start_slow()
        arguments = Path(f"/proc/{running.pid}/cmdline").read_bytes()
        self.assertIn(b"--config", arguments)
        self.expect_no_secret(arguments)
        running.wait()

    def test_a_batch_job_is_warned_of_its_environment(self):
        (self.folder / "plain.json").write_text('{"tasks": {"key_env": "TASKS_KEY", "url": "%s"}, '
                                                '"network": {"ca_file": "%s", "attempts": 1}}' %
                                                (self.server.url + "/tasks",
                                                 self.services.authority.ca_file), "utf-8")
        key = {"TASKS_KEY": self.services.secrets["tasks"]}
        for environment, warned in ((key, False), ({**key, **SLURM}, True)):
            outcome = self.run_here("followup", "results.h5", "--config", "plain.json",
                                    environment=environment)
            self.assertEqual(outcome.code, 0, outcome)
            self.assertEqual("tasks-key comes from the environment" in outcome.err, warned, outcome)
            self.expect_no_secret(outcome.out, outcome.err)


if __name__ == "__main__":
    unittest.main()
