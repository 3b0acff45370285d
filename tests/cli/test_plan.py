"""tieout plan: what it estimates of a ledger is near the truth, and what it prints can be used."""

import gzip
import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import InFolder, plain_rows, write_ledger

NODE = ("--cores-per-node", 16, "--memory-per-node", 64000)


class Plan(InFolder):
    def rows_said(self, *arguments):
        out = self.succeed("plan", *arguments, *NODE).out
        rows, share = re.search(r"about ([\d,]+) rows.*about ([\d.e-]+) %", out).groups()
        return int(rows.replace(",", "")), float(share)

    def options(self, *arguments):
        return dict(line.removeprefix("--").split("=") for line in
                    self.succeed("plan", "--sbatch", *arguments).out.splitlines())

    def test_a_small_ledger_is_counted(self):
        write_ledger(self.folder / "a.csv", plain_rows(300, 10))
        self.assertEqual(self.rows_said("a.csv"), (300, 10))

    def test_a_large_one_is_estimated(self):
        """Rows get longer on the way; the first half of them is one account's."""
        rows = [[*row, ""] for row in plain_rows(60000, 1)] \
            + [[*row, "x" * 60] for row in plain_rows(60000, 500)]
        write_ledger(self.folder / "a.csv", rows, [*"Asofdate,Company,Account,AU,GL Balance,"
                     "IHub balance,Balance difference,Match Status".split(","), "Comments"])
        n, share = self.rows_said("a.csv")
        self.assertLess(abs(n - 120000), 0.05 * 120000)
        self.assertLess(abs(share - 50), 20)

    def test_files_count_by_their_size(self):
        write_ledger(self.folder / "a.csv", plain_rows(20000, 10))
        write_ledger(self.folder / "b.csv", plain_rows(500, 10))
        n, _ = self.rows_said("a.csv", "b.csv")
        self.assertLess(abs(n - 20500), 0.02 * 20500)

    def test_packed_files_are_read_from_their_head(self):
        write_ledger(self.folder / "a.csv", plain_rows(20000, 10))
        packed = gzip.compress((self.folder / "a.csv").read_bytes())
        (self.folder / "a.csv.gz").write_bytes(packed)
        n, share = self.rows_said("a.csv.gz")
        self.assertLess(abs(n - 20000), 0.02 * 20000)
        self.assertEqual(share, 10)

    def test_options_are_those_of_sbatch(self):
        write_ledger(self.folder / "a.csv", plain_rows(300, 10))
        options = self.options("a.csv", "--nodes", 3, *NODE)
        self.assertEqual({key: options[key] for key in ("nodes", "ntasks-per-node",
                                                        "cpus-per-task")},
                         {"nodes": "3", "ntasks-per-node": "1", "cpus-per-task": "8"})
        self.assertRegex(options["mem"], r"^\d+M$")
        self.assertGreaterEqual(int(options["time"]), 1)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["a.csv"])

    def test_nodes_that_are_too_small_are_refused(self):
        write_ledger(self.folder / "a.csv", plain_rows(300, 10))
        outcome = self.run_here("plan", "a.csv", "--memory-per-node", 10)
        self.assertEqual(outcome.code, 64, outcome)
        self.assertIn("nodes with more memory", outcome.err)
        self.assertEqual(outcome.out, "")

    def test_a_ledger_that_cannot_be_used_is_refused(self):
        (self.folder / "text.csv").write_text("Company\n1\n")
        (self.folder / "header.csv").write_text("Asofdate,Company,Account,AU,GL Balance,"
                                                "IHub balance,Balance difference,Match Status\n")
        for name, code in (("text.csv", 65), ("gone.csv", 66), ("header.csv", 65)):
            outcome = self.run_here("plan", name)
            self.assertEqual(outcome.code, code, outcome)
            self.assertIn(name, outcome.err)


if __name__ == "__main__":
    unittest.main()
