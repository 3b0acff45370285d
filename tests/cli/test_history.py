"""The history profile from the command line: the bank's four labelled accounts, rows that do not
change when a month is appended, a ledger without departures, and which findings are followed up."""

import csv
import sys
import unittest
from pathlib import Path

import h5py
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import InFolder, plain_rows, write_ledger

# What a bank published for its reconcilers: seven month ends of four accounts, GL and
# sub-ledger balances oldest first, and what is said of the last.
MONTHS = ["2023-11-30", "2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30",
          "2024-05-31"]
ACCOUNTS = [
    (("00000", "1619205", "4398", "USD"), "inconsistent", True,
     [10200, 10000, 20000.01, 20000, 20000, 20000, 20000],
     [10000, 10000, 20000, 20000, 40000, 60000, 35000]),
    (("00000", "1619288", "5701", "USD"), "consistent", False,
     [40000, 40000, 60000, 60000, 80000, 80000, 100000],
     [10000, 0, 10000, 0, 10000, 0, 10000]),
    (("00002", "1618001", "62695", "USD"), "spike", True,
     [10000, 10100, 10199.5, 10600, 10500.5, 10000, 60000],
     [10000, 10100, 10200, 10600, 10500, 10000, 10000]),
    (("00002", "1619205", "4929", "EUR"), "in_line", False,
     [10000, 20000, 30000, 40000, 50000, 60000, 70000],
     [20000, 30000, 40000, 50000, 60000, 70000, 80000]),
]
HEADER = ["Asofdate", "Company", "Account", "AU", "Currency", "GL Balance", "IHub balance",
          "Balance difference", "Match Status"]


def bank_rows():
    """Account after account, newest first, then all accounts' last month, as published."""
    rows = {}
    for key, _, _, gl, ihub in ACCOUNTS:
        for month, g, i in zip(MONTHS, gl, ihub):
            difference = round(g - i, 2)
            rows[key, month] = [month, *key, g, i, difference,
                                "Break" if abs(difference) >= 1 else "Match"]
    keys = [account[0] for account in ACCOUNTS]
    past = [rows[key, month] for key in keys for month in reversed(MONTHS[:-1])]
    return past + [rows[key, MONTHS[-1]] for key in keys]


class BankAccounts(InFolder):
    def setUp(self):
        super().setUp()
        write_ledger(self.folder / "ledger.csv", bank_rows(), HEADER)

    def test_four_of_four_with_no_options(self):
        self.succeed("detect", "ledger.csv")
        with h5py.File(self.folder / "results.h5") as results:
            self.assertEqual(results["model"].attrs["profile"], "history")
            names = {code: name for name, code in
                     h5py.check_enum_dtype(results["rows/pattern"].dtype).items()}
            patterns = [names[code] for code in results["rows/pattern"][-4:]]
            flags = results["rows/anomaly"][:]
            scores = results["rows/anomaly_score"][:]
        self.assertEqual(patterns, [account[1] for account in ACCOUNTS])
        self.assertEqual([bool(flag) for flag in flags[-4:]],
                         [account[2] for account in ACCOUNTS])
        self.assertEqual(int(flags.sum()), 2)  # nothing else is flagged
        self.assertEqual(set(np.argsort(scores)[:2]), {24, 26})

    def test_followed_up_findings_say_since_when(self):
        self.succeed("detect", "ledger.csv")
        with h5py.File(self.folder / "results.h5") as results:
            found = results["anomalies"]
            by_account = {account: i for i, account in enumerate(found["account"].asstr()[:])}
            jumpy, spike = by_account["1619205"], by_account["1618001"]
            self.assertEqual(found["break_since"].asstr()[jumpy], "2024-03-31")
            self.assertEqual(found["break_months"][jumpy], 2)
            self.assertEqual(found["lifecycle"].asstr()[jumpy], "persistent")
            self.assertEqual(found["usual_difference"][jumpy], 0)
            self.assertEqual(found["break_since"].asstr()[spike], "2024-05-31")
            self.assertEqual(found["lifecycle"].asstr()[spike], "new")
            self.assertEqual(found["usual_difference"][spike], 0)


class NoFuture(InFolder):
    def features(self, name):
        self.succeed("detect", name, "-o", name + ".h5", "--keep-features", ranks=2)
        with h5py.File(self.folder / (name + ".h5")) as results:
            rows = results["rows"]
            own = [name for name in rows["features"] if name.endswith("departure")]
            self.assertGreater(len(own), 3)
            return (np.array([rows["features"][name][:] for name in sorted(own)]),
                    rows["pattern"][:])

    def test_appending_months_changes_no_earlier_row(self):
        self.succeed("generate", "--rows", 6000, "--months", 20, "--seed", 5, "whole.csv")
        with open(self.folder / "whole.csv", newline="") as text:
            header, *rows = list(csv.reader(text))
        for kept in (6000 // 20 * 7, 6000 // 20 * 19):
            write_ledger(self.folder / "past.csv", rows[:kept], header)
            whole, past = self.features("whole.csv"), self.features("past.csv")
            np.testing.assert_array_equal(whole[0][:, :kept], past[0])
            np.testing.assert_array_equal(whole[1][:kept], past[1])
            (self.folder / "whole.csv.h5").unlink()
            (self.folder / "past.csv.h5").unlink()


class Threshold(InFolder):
    def flagged(self, *options):
        self.succeed("detect", "ledger.csv", "--force", *options)
        with h5py.File(self.folder / "results.h5") as results:
            return (int(results["rows/anomaly"][:].sum()), len(results["anomalies/id"]),
                    results["model"].attrs["contamination"])

    def test_a_ledger_without_departures_flags_nothing(self):
        write_ledger(self.folder / "ledger.csv", plain_rows(480, 40))
        self.assertEqual(self.flagged(), (0, 0, 0.0))
        self.assertIn("no anomalies", self.succeed("show", "results.h5").out.lower())

    def test_new_accounts_are_no_anomalies_for_being_new(self):
        rows = plain_rows(480, 40)
        rows += [["2020-12-28", "00001", f"99{i:05}", "1", "5e6", "5e6", "0", "Match"]
                 for i in range(5)]
        write_ledger(self.folder / "ledger.csv", rows)
        self.assertEqual(self.flagged()[:2], (0, 0))

    def test_classic_keeps_its_floor(self):
        write_ledger(self.folder / "ledger.csv", plain_rows(480, 40))
        self.assertEqual(self.flagged("--profile", "classic")[2], 0.01)


class Alerts(InFolder):
    def setUp(self):
        super().setUp()
        self.succeed("generate", "--rows", 5000, "--months", 25, "--seed", 11, "--anomalies",
                     "0.02", "ledger.csv")
        self.all = self.anomalies()

    def anomalies(self, *options, ranks=0):
        self.succeed("detect", "ledger.csv", "--force", *options, ranks=ranks)
        with h5py.File(self.folder / "results.h5") as results:
            found = results["anomalies"]
            self.flags = int(results["rows/anomaly"][:].sum())
            return list(zip(found["as_of_date"].asstr()[:], found["severity"].asstr()[:],
                            found["anomaly_score"][:], found["id"].asstr()[:]))

    def test_all_flagged_rows_are_followed_up_unless_told(self):
        self.assertEqual(len(self.all), self.flags)
        self.assertGreater(len({date for date, *_ in self.all}), 5)

    def test_latest_follows_up_the_last_date_only(self):
        latest = self.anomalies("--alert-on", "latest", ranks=3)
        self.assertEqual(latest, [row for row in self.all if row[0] == "2024-05-31"])
        self.assertEqual(self.anomalies("--alert-on", "2024-05-31"), latest)
        self.assertGreater(self.flags, len(latest))

    def test_a_budget_takes_the_most_severe(self):
        order = ["critical", "high", "medium", "low"]
        wanted = sorted(self.all, key=lambda row: (order.index(row[1]), row[2]))[:7]
        got = self.anomalies("--alert-budget", 7, ranks=2)
        self.assertEqual(got, sorted(wanted, key=lambda row: row[2]))

    def test_materiality_decides_how_severe(self):
        few = self.anomalies("--materiality", "1e15")
        many = self.anomalies("--materiality", "1e15,USD=0.01,EUR=0.01,GBP=0.01")
        self.assertEqual([row[3] for row in few], [row[3] for row in many])
        self.assertNotIn("critical", {row[1] for row in few})
        self.assertIn("critical", {row[1] for row in many})


if __name__ == "__main__":
    unittest.main()
