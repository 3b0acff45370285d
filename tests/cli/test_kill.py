"""The follow-up is killed ahead of every call by which it changes something that outlives it, and
told to stop at many of them; run again, it must have done everything once. What the services
hold is compared with what one undisturbed run left there: no ticket, comment or task is missing
or there twice. A mail may come twice, but only under the same Message-ID."""

import hashlib
import os
import shutil
import signal
import sys
import tempfile
import threading
import unittest
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from all_services import AllServices
from command import run, write_ledger
from throwaway_ca import ThrowawayCA
from with_services import breaking_rows

SHIM = os.environ["KILL_AT_LIBRARY"]
WORKERS = 4  # they mostly wait: for answers, and for tickets to be found
STOPPED = 75


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Place:
    """One worker's services, and a folder that is new for every attempt."""

    def __init__(self, folder, authority, results):
        self.services = AllServices(folder, authority)
        self.results = results
        self.folder = folder / "work"

    def begin(self):
        self.services.forget()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        shutil.copy(self.results, self.folder / "results.h5")

    def follow(self, *options, **environment):
        return run("followup", "results.h5", *self.services.arguments, *options,
                   folder=self.folder, environment=environment)

    def end_at(self, n, with_signal):
        return self.follow(LD_PRELOAD=SHIM, KILL_AT=str(n), KILL_WITH=str(int(with_signal)))


class Kill(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        kept = tempfile.TemporaryDirectory(prefix="tieout-kill-")
        cls.addClassCleanup(kept.cleanup)
        root = Path(kept.name)
        cls.results = root / "results.h5"
        write_ledger(root / "ledger.csv", breaking_rows(2, 1))
        found = run("detect", "ledger.csv", "-o", "results.h5", folder=root)
        assert found.code == 0, found
        (root / "ca").mkdir()
        authority = ThrowawayCA(root / "ca")
        cls.places = [Place(root / f"worker{i}", authority, cls.results) for i in range(WORKERS)]
        for place in cls.places:
            place.services.__enter__()
            cls.addClassCleanup(place.services.__exit__)
        cls.whole = cls.undisturbed(cls.places[0])

    @staticmethod
    def undisturbed(place):
        place.begin()
        outcome = place.follow()
        assert outcome.code == 0, outcome
        return place.services.holdings()

    def expect_all_once(self, place, n):
        """Returns how many mails came again."""
        held = place.services.holdings()
        for kind in ("tickets", "comments", "tasks"):
            self.assertEqual(held[kind], self.whole[kind], f"ended at call {n}: {kind}")
        self.assertEqual(set(held["mail"]), set(self.whole["mail"]), f"ended at call {n}")
        self.assertEqual(digest(place.folder / "results.h5"), digest(self.results))
        status = place.follow("--status").out
        self.assertNotIn("Not done", status, f"ended at call {n}")
        return sum(held["mail"].values()) - len(held["mail"])

    def try_points(self, worker, with_signal, step, tally, failures):
        """Its share of the points 1, 1 + step ... until a run gets by all of them."""
        place = self.places[worker]
        n = 1 + step * worker
        try:
            while True:
                place.begin()
                ended = place.end_at(n, with_signal)
                if ended.code == 0:
                    return
                self.assertEqual(ended.code, STOPPED if with_signal == signal.SIGTERM
                                 else -with_signal, f"at call {n}: {ended}")
                again = place.follow()
                self.assertEqual(again.code, 0, f"ended at call {n}, then: {again}")
                tally["points"] += 1
                tally["mails again"] += self.expect_all_once(place, n)
                n += step * WORKERS
        except Exception as failure:  # into the main thread
            failures.append(failure)

    def end_everywhere(self, with_signal, step=1):
        tally, failures = Counter(), []
        threads = [threading.Thread(target=self.try_points,
                                    args=(i, with_signal, step, tally, failures))
                   for i in range(WORKERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        for place in self.places:
            self.assertEqual(place.services.server.violations, [])
        print(f"\ncounted: {with_signal.name} at {tally['points']} points: "
              f"{len(self.whole['tickets'])} tickets, {len(self.whole['comments'])} comments, "
              f"{len(self.whole['tasks'])} tasks, {len(self.whole['mail'])} mails each time; "
              f"0 lost, 0 twice, {tally['mails again']} mails came again under their Message-ID",
              flush=True)
        return tally["points"]

    def test_the_undisturbed_run_uses_everything(self):
        for kind, held in self.whole.items():
            self.assertGreater(len(held), 0, kind)
        self.assertEqual(set(self.whole["mail"].values()), {1})
        self.assertGreater(len(self.places[0].services.server.chat.asked), 0)

    def test_killed_at_any_point_nothing_is_lost_or_done_twice(self):
        self.assertGreater(self.end_everywhere(signal.SIGKILL), 50)

    def test_told_to_stop_it_says_75_and_goes_on(self):
        self.assertGreater(self.end_everywhere(signal.SIGTERM, step=4), 20)


if __name__ == "__main__":
    unittest.main()
