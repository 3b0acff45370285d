"""What measures runs, at a size that means nothing, and prints what it promises: whole JSON lines and
tables whose answers were checked. No time is looked at."""

import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import TIEOUT

BENCHMARKS = Path(os.environ["TIEOUT_SOURCE"]) / "benchmarks"
EVERYWHERE = {"bench", "processor", "revision", "ranks", "threads"}


def benchmark(name, *words):
    """The JSON lines and the rest of what a script prints."""
    said = subprocess.run([sys.executable, BENCHMARKS / name, *words], capture_output=True, text=True,
                          timeout=300, check=False,
                          env={**os.environ, "TIEOUT_BUILD": str(Path(TIEOUT).parent)})
    assert said.returncode == 0, said.stdout + said.stderr
    lines = said.stdout.splitlines()
    return ([json.loads(line) for line in lines if line.startswith("{")],
            [line for line in lines if line.startswith("| ")])


class Benchmarks(unittest.TestCase):
    def test_every_kernel_is_measured(self):
        found, table = benchmark("run", "kernels", "--small")
        sources = {path.stem for path in BENCHMARKS.glob("bench_*.c")}
        self.assertEqual({f"bench_{line['bench']}" for line in found}, sources)
        self.assertEqual(len(table), len(found) + 2)
        for line in found:
            self.assertLessEqual(EVERYWHERE, set(line))

    def test_stages_are_measured_for_both_profiles(self):
        found, table = benchmark("run", "stages", "--small", "--runs", "1")
        self.assertEqual([(line["profile"], line["ranks"]) for line in found],
                         [("classic", 1), ("classic", 2), ("history", 1), ("history", 2),
                          ("classic", 2), ("history", 2)])
        self.assertEqual(len(table), len(found) + 2)

    def test_the_plan_s_constants_are_told_for_both_profiles(self):
        found, table = benchmark("run", "plan", "--small", "--runs", "1")
        self.assertEqual([line["rows_kept"] for line in found], [2000, 8000] * 2)
        self.assertEqual(len(table), 4)

    def test_each_target_gets_a_verdict(self):
        _, table = benchmark("run", "targets", "--small")
        for line in table[2:]:
            self.assertRegex(line, r"\| (yes|no) \|$")

    def test_scaling_finds_the_same_on_all_ranks(self):
        found, table = benchmark("scaling", "--rows", "2000", "--ranks", "1", "3", "--runs", "1")
        self.assertEqual([(line["bench"], line["ranks"], line["rows"]) for line in found],
                         [("strong_scaling", 1, 6000), ("strong_scaling", 3, 6000),
                          ("weak_scaling", 1, 2000), ("weak_scaling", 3, 6000)])
        self.assertEqual(len(table), len(found) + 4)

    def test_the_model_knows_what_ranks_send_to_each_other(self):
        """A change of what travels needs a change of model.py's formulas."""
        found, _ = benchmark("model.py", "--small", "--runs", "1")
        near = {"Isend": 0.05, "Allreduce": 0.01, "Allgatherv": 0.01, "Send": 0.25}
        counted = [line for line in found if line["bench"] == "messages"]
        self.assertEqual({line["ranks"] for line in counted}, {2, 4})
        for line in counted:
            if line["call"] in near:
                self.assertAlmostEqual(line["model_bytes"] / line["bytes"], 1,
                                       delta=near[line["call"]], msg=str(line))

    def test_an_unknown_option_of_a_bench_is_refused(self):
        said = subprocess.run([Path(TIEOUT).parent / "benchmarks" / "bench_score", "row=5"],
                              capture_output=True, text=True, check=False)
        self.assertEqual((said.returncode, said.stdout), (64, ""))
        self.assertIn("rows=NUMBER", said.stderr)


if __name__ == "__main__":
    unittest.main()
