"""tieout show and followup against h5py's view of the same results file."""

import csv
import io
import json
import sys
import unittest
from pathlib import Path

import h5py

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import InFolder, plain_rows, write_ledger

NUMBERS = ["gl_balance", "ihub_balance", "balance_difference", "days_since_last", "gl_change",
           "ihub_change", "diff_change", "gl_std", "ihub_std", "anomaly_score", "break_months"]
TEXTS = ["id", "as_of_date", "company", "account", "au", "severity", "pattern",
         "lifecycle", "break_since", "explanation"]


def read_anomalies(path):
    with h5py.File(path, "r") as results:
        group = results["anomalies"]
        columns = {name: group[name].asstr()[:] for name in TEXTS}
        columns.update({name: group[name][:] for name in [*NUMBERS, "row_number"]})
        n = len(columns["id"])
        return [{name: column[i] for name, column in columns.items()} for i in range(n)]


class WithResults(InFolder):
    def setUp(self):
        super().setUp()
        rows = plain_rows(400, 10)
        rows[371][4:7] = ["9000000.25", "0.00", "9000000.25"]
        rows[388][2] = rows[398][2] = '=1+"1",x'
        write_ledger(self.folder / "ledger.csv", rows)
        self.succeed("detect", "ledger.csv", "-o", "results.h5", "--profile", "classic")
        self.stored = read_anomalies(self.folder / "results.h5")
        self.assertGreater(len(self.stored), 1)


class Show(WithResults):
    def compare(self, shown, strip):
        self.assertEqual(len(shown), len(self.stored))
        for got, want in zip(shown, self.stored):
            for name in TEXTS:
                self.assertEqual(strip(got[name] or ""), want[name])
            for name in [*NUMBERS, "row_number"]:
                self.assertEqual(float(got[name]), want[name])

    def test_csv_is_what_is_stored(self):
        text = self.succeed("show", "results.h5", "--top", 0, "--format", "csv").out
        self.compare(list(csv.DictReader(io.StringIO(text, newline=""))),
                     lambda cell: cell[1:] if cell[:2] in ("'=", "'+", "'-", "'@") else cell)

    def test_json_is_what_is_stored(self):
        text = self.succeed("show", "results.h5", "--top", 0, "--format", "json").out
        self.compare(json.loads(text), lambda cell: cell)

    def test_worst_comes_first(self):
        scores = [row["anomaly_score"]
                  for row in json.loads(self.succeed("show", "results.h5", "--top", 0, "--format", "json").out)]
        self.assertEqual(scores, sorted(scores))
        self.assertLess(scores[-1], 0)

    def test_top(self):
        text = self.succeed("show", "results.h5", "--top", "1").out
        self.assertIn(self.stored[0]["id"], text)
        self.assertNotIn(self.stored[1]["id"], text)

    def test_table_names_the_run(self):
        text = self.succeed("show", "results.h5").out
        self.assertIn("400 rows", text)
        self.assertIn("classic", text)
        self.assertIn("9,000,000.25", text)

    def test_show_changes_nothing(self):
        before = self.listing()
        for form in ("table", "csv", "json"):
            self.succeed("show", "results.h5", "--format", form)
        self.assertEqual(self.listing(), before)

    def test_unknown_format(self):
        outcome = self.run_here("show", "results.h5", "--format", "jsn")
        self.assertEqual(outcome.code, 64, outcome)
        self.assertIn("jsn", outcome.err)


class Followup(WithResults):
    """The reviewers' list."""

    LIST = "results.followup/anomalies.csv"

    def test_list_is_for_reviewers(self):
        self.succeed("followup", "results.h5")
        whole = (self.folder / self.LIST).read_bytes()
        self.assertEqual(whole[:3], b"\xef\xbb\xbf")
        rows = list(csv.DictReader(io.StringIO(whole.decode("utf-8-sig"), newline="")))
        self.assertEqual([row["id"] for row in rows], [row["id"] for row in self.stored])
        self.assertEqual({row["verdict"] + row["reviewer"] + row["comment"] for row in rows}, {""})

    def test_second_run_changes_nothing(self):
        self.succeed("followup", "results.h5")
        before = self.listing()
        time = (self.folder / self.LIST).stat().st_mtime_ns
        self.succeed("followup", "results.h5")
        self.assertEqual(self.listing(), before)
        self.assertEqual((self.folder / self.LIST).stat().st_mtime_ns, time)

    def test_verdicts_are_kept(self):
        self.succeed("followup", "results.h5")
        path = self.folder / self.LIST
        filled = path.read_bytes().replace(b",,,\r\n", b",confirmed,anna,\r\n", 1)
        path.write_bytes(filled)
        outcome = self.succeed("followup", "results.h5")
        self.assertEqual(path.read_bytes(), filled)
        self.assertIn("kept", outcome.err)

    def test_run_makes_the_list(self):
        self.succeed("run", "ledger.csv", "-o", "again.h5", "--profile", "classic", ranks=2)
        self.succeed("followup", "results.h5")
        self.assertEqual((self.folder / "again.followup/anomalies.csv").read_bytes(),
                         (self.folder / self.LIST).read_bytes())


if __name__ == "__main__":
    unittest.main()
