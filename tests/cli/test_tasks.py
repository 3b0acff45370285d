"""tieout followup posts tasks to the agentic endpoint: each with an Idempotency-Key that stays the
same, however often the network makes it try."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from with_services import NEW, WithServices, breaking_rows, unittest

TASKS = "/tasks"


class WithTasks(WithServices):
    def setUp(self):
        super().setUp()
        self.tasks = self.server.tasks
        self.configure_tasks()

    def configure_tasks(self, key=None, network=None, **more):
        secret = key or self.server.login["agentic-tasks"][2]
        self.configure(tasks={"url": self.server.url + TASKS, "at_once": 2,
                              "key_file": self.secret("key", secret), **more},
                       network=network or {})

    def all_are_there_once(self):
        self.assertEqual(sorted(each["body"]["task_name"] for each in self.tasks.tasks),
                         sorted(f"Investigate Anomaly: {each['id']}" for each in self.found))


class Posted(WithTasks):
    def test_task_for_each_finding(self):
        self.follow()
        self.all_are_there_once()
        self.assertEqual(self.server.count("POST", TASKS), len(self.found))

    def test_task_says_what_is_needed(self):
        self.follow()
        finding = next(each for each in self.found if each["as_of_date"] == NEW)
        (body,) = [each["body"] for each in self.tasks.tasks if finding["id"] in each["body"]["task_name"]]
        self.assertEqual(body["severity"], finding["severity"])
        self.assertEqual(body["due_date"], "2021-03-01")
        self.assertIn(finding["explanation"], body["description"])
        self.assertIn(f"{finding['balance_difference']:,.2f}", body["description"])

    def test_any_answer_of_success_will_do(self):
        for status in (201, 202, 204):
            with self.subTest(status=status):
                self.tasks.tasks.clear()
                self.tasks.status = status
                self.copy(f"{status}.h5")
                self.follow(f"{status}.h5")
                self.all_are_there_once()

    def test_second_run_sends_nothing(self):
        self.follow()
        before, files = len(self.server.seen), self.listing()
        self.follow()
        self.assertEqual(len(self.server.seen), before)
        self.assertEqual(self.listing(), files)

    def test_rest_is_summed_up_in_one_task(self):
        self.configure_tasks(max_tasks=3)
        self.follow()
        self.assertEqual(len(self.tasks.tasks), 4)
        (summary,) = [each["body"] for each in self.tasks.tasks if "more anomalies" in each["body"]["task_name"]]
        for finding in self.found:
            named = sum(finding["id"] in each["body"]["task_name"] for each in self.tasks.tasks)
            self.assertEqual(named + summary["description"].count(
                f"{finding['as_of_date']}, 00001 / {finding['account']} /"), 1)
        self.detect("results.h5", "--trees", "201")
        self.follow()
        self.assertEqual(len(self.tasks.tasks), 4)

    def test_not_more_at_a_time_than_allowed(self):
        self.found = self.detect("results.h5", rows=breaking_rows(0, 20))
        self.server.add_fault(TASKS, act=True, delay=0.05, times=None)
        self.follow()
        self.all_are_there_once()
        self.assertLessEqual(self.server.most_at_once, 2)


class Faults(WithTasks):
    def test_lost_answer_is_asked_for_with_the_same_key(self):
        for cut, keep, code in (("rst", None, 69), ("fin", None, 69), ("fin", 3, 0)):
            with self.subTest(cut=cut, keep=keep):
                self.tasks.tasks.clear()
                self.copy(f"{cut}{keep}.h5")
                self.server.add_fault(TASKS, act=True, cut=cut, keep=keep, times=3)
                self.follow(f"{cut}{keep}.h5", code=code)
                self.follow(f"{cut}{keep}.h5")
                self.all_are_there_once()

    def test_server_that_says_it_has_it_already(self):
        self.tasks.repeated = 409
        self.server.add_fault(TASKS, act=True, cut="rst")
        self.follow()
        self.all_are_there_once()

    def test_too_many_requests(self):
        self.configure_tasks(network={"max_wait": 1})
        self.server.add_fault(TASKS, status=429, headers={"Retry-After": "1"}, times=2)
        self.follow()
        self.all_are_there_once()

    def test_service_down(self):
        for status in (500, 502, 503, 504):
            with self.subTest(status=status):
                self.tasks.tasks.clear()
                self.copy(f"{status}.h5")
                self.server.add_fault(TASKS, status=status, times=None, body="<html>sorry</html>")
                before = self.server.count("POST", TASKS)
                outcome = self.follow(f"{status}.h5", code=69)
                self.assertIn("tieout followup", outcome.err)
                self.assertLessEqual(self.server.count("POST", TASKS) - before, 4)
                self.server.faults.clear()
                self.follow(f"{status}.h5")
                self.all_are_there_once()

    def test_wrong_key_is_not_tried_on_every_task(self):
        self.configure_tasks(key="expired")
        outcome = self.follow(code=78)
        self.assertLessEqual(self.server.count("POST", TASKS), 2)
        self.assertIn("check tasks.url and the key", outcome.err)
        self.assertNotIn("expired", outcome.err.replace("may have expired", ""))
        self.configure_tasks()
        self.follow()
        self.all_are_there_once()

    def test_refused_ones_are_kept_and_the_others_go_on(self):
        self.server.add_fault(TASKS, status=400, times=2, body='{"error": {"message": "no"}}')
        outcome = self.follow(code=78)
        self.assertIn("2 refused, first no:", outcome.err)
        self.assertEqual(len(self.tasks.tasks), len(self.found) - 2)
        self.follow(code=78)
        self.assertEqual(len(self.tasks.tasks), len(self.found) - 2)
        self.follow("results.h5", "--retry-failed")
        self.all_are_there_once()

    def test_one_that_the_server_chokes_on_comes_last(self):
        self.server.add_fault(TASKS, status=500, times=2)
        self.configure_tasks(at_once=1)
        self.follow(code=69)
        first = json.loads(self.server.seen[0].raw)["task_name"]
        n = len(self.server.seen)
        self.follow()
        self.assertNotEqual(json.loads(self.server.seen[n].raw)["task_name"], first)
        self.all_are_there_once()


class Check(WithTasks):
    def check(self, code=0):
        outcome = self.run_here("check", "--config", "config.json")
        self.assertEqual(outcome.code, code, outcome)
        self.assertEqual(self.tasks.tasks, [])
        return next(line for line in outcome.out.splitlines() if line.startswith("tasks"))

    def test_server_answers(self):
        # A HEAD request is in no contract, as the real server may not know it either.
        self.server.add_fault(TASKS, method="HEAD", status=405)
        self.assertIn("status 405", self.check())

    def test_nobody_there(self):
        self.configure_tasks(url="https://localhost:9/tasks")
        self.assertIn("FAILED", self.check(code=69))

    def test_key_that_is_refused(self):
        self.server.add_fault(TASKS, method="HEAD", status=401)
        self.assertIn("check the key", self.check(code=78))


class Offline(WithTasks):
    def draft(self):
        return json.loads((self.folder / "results.followup/tasks.json").read_text(encoding="utf-8"))

    def test_no_key_named(self):
        self.configure()
        self.follow()
        self.assertEqual(len(self.draft()), len(self.found))

    def test_dry_run_shows_what_would_be_sent(self):
        self.follow("results.h5", "--dry-run")
        self.assertEqual(self.server.seen, [])
        def by_name(bodies):
            return sorted(bodies, key=lambda body: body["task_name"])
        drafted = by_name(each["body"] for each in self.draft())
        self.follow()
        self.assertEqual(drafted, by_name(each["body"] for each in self.tasks.tasks))


if __name__ == "__main__":
    unittest.main()
