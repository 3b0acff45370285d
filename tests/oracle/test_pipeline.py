"""The classic profile against the script it replaces: pandas 1.5.3 for the features and
scikit-learn 1.2.1 for the rest, on generated ledgers made untidy in the ways that script
tolerates. The oracle below reads the same CSV files and shares no code with tieout."""

import csv
import math
import random
import sys
import unittest
import warnings
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest
from sklearn.preprocessing import RobustScaler

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import InFolder, month_end, plain_rows, write_ledger

REQUIRED = ["Asofdate", "Company", "Account", "AU", "Match Status", "GL Balance", "IHub balance",
            "Balance difference"]
AMOUNTS = ["GL Balance", "IHub balance", "Balance difference"]
KEY = ["Company", "Account", "AU"]
FEATURES = ["company", "account", "au", "days_since_last", "gl_balance", "ihub_balance",
            "balance_difference", "gl_change", "ihub_change", "diff_change", "gl_std", "ihub_std"]
SCORE_NEAR = 1e-9
FEATURE_NEAR = 1e-6  # relative; absolute below one unit of currency


# The oracle

def to_number(text):
    """The double nearest to the text, NaN if it is no number: to_numeric(errors="coerce"), whose
    own parser is off by one in the last place for some texts."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def load(paths):
    parts = [pd.read_csv(path, dtype=str) for path in paths]
    frame = pd.concat(parts, ignore_index=True)
    frame["row_number"] = np.arange(len(frame))
    frame = frame.dropna(subset=REQUIRED).copy()
    for column in AMOUNTS:
        frame[column] = frame[column].map(to_number).astype(float).fillna(0)
    frame["Asofdate"] = pd.to_datetime(frame["Asofdate"], errors="coerce")
    return frame.sort_values("Asofdate", kind="stable", na_position="last").reset_index(drop=True)


def compute_features(frame):
    codes = {name: np.unique(frame[name].to_numpy(dtype=str), return_inverse=True)[1]
             for name in KEY}
    groups = frame.groupby(KEY, sort=False)

    def change(column):
        return groups[column].diff().fillna(0)

    def deviation(column):
        rolled = groups[column].rolling(3, min_periods=1).std()
        return rolled.reset_index(level=[0, 1, 2], drop=True).sort_index().fillna(0)

    columns = [codes["Company"], codes["Account"], codes["AU"],
               groups["Asofdate"].diff().dt.days.fillna(0),
               frame["GL Balance"], frame["IHub balance"], frame["Balance difference"],
               change("GL Balance"), change("IHub balance"), change("Balance difference"),
               deviation("GL Balance"), deviation("IHub balance")]
    return np.column_stack([np.asarray(column, dtype=float) for column in columns])


def estimate_contamination(frame):
    size = frame["Balance difference"].abs()
    share = (size > size.mean() + 3 * size.std()).mean()
    return min(max(share, 0.01), 0.5)


class Oracle:
    """Everything by the row's number in the input, ascending."""

    def __init__(self, paths, trees=200, samples=256, seed=42, contamination=None):
        frame = load(paths)
        features = compute_features(frame)
        self.contamination = contamination or estimate_contamination(frame)
        scaled = RobustScaler().fit_transform(features)
        forest = IsolationForest(n_estimators=trees, max_samples=samples,
                                 contamination=self.contamination, random_state=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # max_samples larger than the ledger
            forest.fit(scaled)
        order = np.argsort(frame["row_number"].to_numpy())
        self.row_number = frame["row_number"].to_numpy()[order]
        self.features = features[order]
        self.score = forest.decision_function(scaled)[order]
        self.flag = (forest.predict(scaled) == -1)[order]
        self.offset = forest.offset_


# Ledgers

def make_untidy(path, seed):
    """Spoils about a tenth of a ledger's rows: ties on dates, copies, texts for amounts, dates
    that are none, empty fields (in rows with names nobody else has)."""
    draw = random.Random(seed)
    with open(path, newline="", encoding="utf-8") as text:
        header, *rows = list(csv.reader(text))
    at = {name: header.index(name) for name in REQUIRED}
    spoilt = []
    for row in rows:
        kind = draw.randrange(60)
        if kind == 0:
            row[at[draw.choice(AMOUNTS)]] = draw.choice(["abc", "see note", "--", "1.2.3"])
        elif kind == 1:
            row[at["Asofdate"]] = draw.choice(["soon", "later"])
        elif kind == 2:
            row[at["Company"]] = "!nobody else has this"
            row[at[draw.choice(["AU", "Match Status", "GL Balance", "Asofdate"])]] = \
                draw.choice(["", "NaN", "N/A", "null"])
        elif kind == 3:
            spoilt.append(list(row))
        elif kind == 4:
            tied = list(row)
            tied[at["GL Balance"]] = "12.5"
            spoilt.append(tied)
        elif kind == 5:
            row[at["Account"]] = f"short history {len(spoilt)}"
        spoilt.append(row)
    write_ledger(path, spoilt, header)


class Classic(InFolder):
    def detect(self, *names, options=(), ranks=2):
        self.succeed("detect", *names, "-o", "results.h5", "--force", "--profile", "classic",
                     "--keep-features", *options, ranks=ranks, timeout=300)
        return h5py.File(self.folder / "results.h5", "r")

    def compare(self, *names, options=(), ranks=2, **settings):
        want = Oracle([self.folder / name for name in names], **settings)
        with self.detect(*names, options=options, ranks=ranks) as results:
            rows = results["rows"]
            np.testing.assert_array_equal(rows["row_number"][:], want.row_number)
            model = results["model"].attrs
            self.assertAlmostEqual(model["contamination"], want.contamination, delta=1e-15)
            self.compare_features(rows, want)
            self.compare_scores(rows, want)
            self.assertAlmostEqual(model["offset"], want.offset, delta=SCORE_NEAR)
            np.testing.assert_array_equal(rows["anomaly"][:] != 0, want.flag)
            self.assertEqual(len(results["anomalies/id"]), int(want.flag.sum()))

    def compare_features(self, rows, want):
        for i, name in enumerate(FEATURES):
            np.testing.assert_allclose(rows[f"features/{name}"][:], want.features[:, i],
                                       rtol=FEATURE_NEAR, atol=FEATURE_NEAR, err_msg=name)

    def compare_scores(self, rows, want):
        off = np.abs(rows["anomaly_score"][:] - want.score) > SCORE_NEAR
        self.assertLessEqual(int(off.sum()), len(off) // 10000,
                             f"rows {want.row_number[off][:10]} differ")

    def generate(self, rows, months, seed, name="ledger.csv"):
        self.succeed("generate", "--rows", rows, "--months", months, "--seed", seed, name)

    def test_tidy_ledgers(self):
        for rows in (1, 2, 100, 300, 3000):
            with self.subTest(rows=rows):
                self.generate(rows, 12, rows, f"tidy-{rows}.csv")
                self.compare(f"tidy-{rows}.csv")

    def test_untidy_ledgers(self):
        for rows in (100, 300, 3000, 30000):
            with self.subTest(rows=rows):
                name = f"untidy-{rows}.csv"
                self.generate(rows, 18, rows + 1, name)
                make_untidy(self.folder / name, rows)
                self.compare(name, ranks=3)

    def test_several_files(self):
        names = ["one.csv", "two.csv", "three.csv"]
        for i, name in enumerate(names):
            self.generate(700 + i, 6, i, name)
            make_untidy(self.folder / name, i)
        self.compare(*names, ranks=3)
        self.compare(*reversed(names))

    def test_other_settings(self):
        self.generate(3000, 12, 9)
        make_untidy(self.folder / "ledger.csv", 9)
        self.compare("ledger.csv", trees=50, samples=64, seed=7, contamination=0.05,
                     options=("--trees", 50, "--samples", 64, "--seed", 7, "--contamination", 0.05))

    def test_fewer_rows_than_samples(self):
        self.generate(200, 12, 4)
        self.compare("ledger.csv", samples=200, options=("--samples", 200))
        self.compare("ledger.csv", samples=1000, options=("--samples", 1000))

    def test_all_rows_alike(self):
        write_ledger(self.folder / "ledger.csv", plain_rows(1) * 300)
        self.compare("ledger.csv")

    def test_newest_rows_first(self):
        rows = list(reversed(plain_rows(600, 20)))
        for i, row in enumerate(rows):
            row[4:7] = [f"{i * i % 977}.5", f"{i * 31 % 887}.25", f"{i % 13 - 6}"]
        write_ledger(self.folder / "ledger.csv", rows)
        self.compare("ledger.csv")

    def test_amounts_of_every_size(self):
        draw = random.Random(1)
        rows = [[month_end(i // 40), "A", str(i % 40), "u",
                 *(repr(draw.choice([-1, 1]) * 10 ** draw.uniform(-8, 15)) for _ in range(3)),
                 "Break"] for i in range(1000)]
        write_ledger(self.folder / "ledger.csv", rows)
        self.compare("ledger.csv")

    def test_no_date_is_readable(self):
        rows = plain_rows(300, 10)
        for row in rows:
            row[0] = "some day"
        write_ledger(self.folder / "ledger.csv", rows)
        self.compare("ledger.csv")


if __name__ == "__main__":
    unittest.main()
