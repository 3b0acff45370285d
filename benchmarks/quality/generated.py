#!/usr/bin/env python3
"""How well anomalies are found in what `tieout generate` makes up, with both profiles: average
precision, precision and recall of the flags, and recall by kind at a budget equal to the number
of anomalies. The generator was written apart from the features. Onsets of drifts count neither
for nor against.

    /usr/bin/python3 benchmarks/quality/generated.py [--tieout PROGRAM] [--seeds 1 2]
"""

import argparse
import csv
import subprocess
import tempfile
from pathlib import Path

import h5py
import numpy as np
from sklearn.metrics import average_precision_score

TOP = Path(__file__).resolve().parents[2]
PLANS = [(20000, 6, 0.02), (20000, 12, 0.01), (20000, 24, 0.01), (60000, 24, 0.003),
         (20000, 36, 0.03), (100000, 12, 0.001), (1000000, 24, 0.01)]
KINDS = ["spike", "sign_flip", "stale", "duplicate", "one_sided", "scale", "drift",
         "matched_jump"]


def measure(tieout, rows, months, share, seed, profile, folder):
    ledger, labels, results = (str(Path(folder) / name) for name in ("l.csv", "k.csv", "r.h5"))
    subprocess.run([tieout, "generate", "-q", "--force", "--rows", str(rows), "--months",
                    str(months), "--anomalies", str(share), "--seed", str(seed), ledger, labels],
                   check=True)
    subprocess.run([tieout, "detect", "-q", "--force", "--profile", profile, ledger, "-o",
                    results], check=True)
    with open(labels, newline="") as text:
        kind = {int(row["row"]): row["kind"] for row in csv.DictReader(text)}
    with h5py.File(results) as file:
        number, score = file["rows/row_number"][:], file["rows/anomaly_score"][:]
        flag = file["rows/anomaly"][:] != 0
    counted = ~np.isin(number, [row for row, name in kind.items() if name == "drift_onset"])
    number, score, flag = number[counted], score[counted], flag[counted]
    kind = {row: name for row, name in kind.items() if name != "drift_onset"}
    known = np.isin(number, list(kind))
    worst = set(number[np.argsort(score, kind="stable")[:known.sum()]])
    recall = [np.mean([row in worst for row, name in kind.items() if name == wanted] or [np.nan])
              for wanted in KINDS]
    return (average_precision_score(known, -score), (known & flag).sum() / max(flag.sum(), 1),
            (known & flag).sum() / known.sum(), recall)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--tieout", default=str(TOP / "build" / "release" / "tieout"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    arguments = parser.parse_args()
    print("| rows | months | share | seed | profile | AP | precision | recall | "
          + " | ".join(KINDS) + " |")
    print("|" + " --- |" * (8 + len(KINDS)))
    with tempfile.TemporaryDirectory(prefix="tieout-quality-") as folder:
        for plan in PLANS:
            for seed in arguments.seeds:
                for profile in ("classic", "history"):
                    ap, precision, found, recall = measure(arguments.tieout, *plan, seed,
                                                           profile, folder)
                    cells = [f"{x:.2f}" for x in recall]
                    print(f"| {plan[0]:,} | {plan[1]} | {plan[2]:g} | {seed} | {profile} | "
                          f"{ap:.3f} | {precision:.2f} | {found:.2f} | {' | '.join(cells)} |",
                          flush=True)


if __name__ == "__main__":
    main()
