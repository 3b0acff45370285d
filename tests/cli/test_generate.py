"""tieout generate: the ledger's shape, and labels that mean its rows."""

import csv
import sys
import unittest
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import InFolder


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as text:
        return list(csv.DictReader(text))


class Generate(InFolder):
    def generate(self, rows, months, seed, *names):
        self.succeed("generate", "--rows", rows, "--months", months, "--seed", seed, *names)

    def test_number_of_rows(self):
        for rows, months in ((1, 1), (2, 12), (100, 7), (1000, 12)):
            with self.subTest(rows=rows, months=months):
                name = f"ledger-{rows}.csv"
                self.generate(rows, months, 1, name)
                self.assertEqual(len(read_csv(self.folder / name)), rows)

    def test_same_seed_same_bytes(self):
        self.generate(500, 12, 3, "a.csv", "a-labels.csv")
        self.generate(500, 12, 3, "b.csv", "b-labels.csv")
        self.generate(500, 12, 4, "c.csv")
        files = self.listing()
        self.assertEqual(files["a.csv"], files["b.csv"])
        self.assertEqual(files["a-labels.csv"], files["b-labels.csv"])
        self.assertNotEqual(files["a.csv"], files["c.csv"])

    def test_an_account_has_a_row_a_month(self):
        self.generate(1200, 12, 1, "ledger.csv")
        seen = Counter((row["Company"], row["Account"], row["AU"], row["Asofdate"])
                       for row in read_csv(self.folder / "ledger.csv"))
        self.assertEqual(set(seen.values()), {1})
        self.assertEqual(len({key[3] for key in seen}), 12)

    def test_labels_name_rows_of_the_ledger(self):
        self.generate(5000, 24, 1, "ledger.csv", "labels.csv")
        labels = read_csv(self.folder / "labels.csv")
        rows = [int(label["row"]) for label in labels]
        self.assertGreater(len(rows), 0)
        self.assertEqual(len(set(rows)), len(rows))
        self.assertTrue(all(0 <= row < 5000 for row in rows))
        self.assertGreater(len({label["kind"] for label in labels}), 3)

    def test_differences_are_gl_less_ihub(self):
        self.generate(2000, 12, 2, "ledger.csv")
        for row in read_csv(self.folder / "ledger.csv"):
            gl, ihub, difference = (float(row[name]) for name in
                                    ("GL Balance", "IHub balance", "Balance difference"))
            self.assertLess(abs(gl - ihub - difference), 0.006 + 1e-9 * abs(gl))

    def test_existing_file_is_kept(self):
        (self.folder / "ledger.csv").write_text("precious")
        outcome = self.run_here("generate", "--rows", 10, "ledger.csv")
        self.assertEqual(outcome.code, 73, outcome)
        self.assertEqual(self.listing(), {"ledger.csv": b"precious"})
        self.succeed("generate", "--rows", 10, "--force", "ledger.csv")
        self.assertEqual(len(read_csv(self.folder / "ledger.csv")), 10)

    def test_impossible_plans(self):
        for rows, months in (("0", "12"), ("-5", "12"), ("x", "12"), ("100", "0")):
            with self.subTest(rows=rows, months=months):
                outcome = self.run_here("generate", "--rows", rows, "--months", months, "--seed", 1,
                                        "ledger.csv")
                self.assertEqual(outcome.code, 64, outcome)
                self.assertEqual(self.listing(), {})


if __name__ == "__main__":
    unittest.main()
