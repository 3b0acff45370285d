#!/usr/bin/env python3
"""Our scoring against other isolation forests, interleaved in one run on the twelve scaled features
of a generated ledger, 200 trees on 256 rows each:

    scikit-learn   decision_function, both cores open to it; its forest is ours to the bit, so
                   scores are compared to 1e-12 first
    isotree        with --isotree PROGRAM (isotree_score.cpp): one thread against one of ours;
                   another random forest, so only the ranks of the scores are compared

    /usr/bin/python3 benchmarks/against_forests.py [--rows 200000] [--runs 5] [--isotree PROGRAM]

Prints one JSON line. forest_dump is a test's program: configure with -DBUILD_TESTING=ON."""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import h5py
import numpy as np
from sklearn.ensemble import IsolationForest

from common import BUILD, stamp

TREES, SAMPLES, SEED = 200, 256, 42


def scaled_features(folder, rows):
    """[rows][12] float32, as the classic profile's forest sees them."""
    tieout = BUILD / "tieout"
    subprocess.run([tieout, "generate", "-q", "--rows", str(rows), "ledger.csv"], cwd=folder,
                   check=True)
    subprocess.run([tieout, "detect", "-q", "ledger.csv", "-o", "results.h5", "--profile", "classic",
                    "--keep-features"], cwd=folder, check=True)
    with h5py.File(folder / "results.h5") as results:
        names = results["model/feature_names"].asstr()[:]
        columns = [results["rows/features"][name][:] for name in names]
        center, scale = results["model/center"][:], results["model/scale"][:]
    return ((np.column_stack(columns) - center) / scale).astype("f4")


def ours(folder, shape, threads):
    """Scores, and seconds of a pass over all rows."""
    subprocess.run([BUILD / "tests" / "forest_dump", "forest", "matrix", *map(str, shape),
                    str(TREES), str(SAMPLES), str(SEED), "ours"], cwd=folder, check=True,
                   env={**os.environ, "OMP_NUM_THREADS": str(threads)})
    tail = np.fromfile(folder / "ours", "f8", offset=os.path.getsize(folder / "ours")
                       - 8 * (shape[0] + 2))
    return tail[:-2], tail[-1]


def isotree(program, folder, shape):
    subprocess.run([program, "matrix", *map(str, shape), "theirs"], cwd=folder, check=True,
                   env={**os.environ, "OMP_NUM_THREADS": "1"})
    values = np.fromfile(folder / "theirs", "f8")
    return values[:-2], values[-1]


def rank_correlation(a, b):
    return np.corrcoef(np.argsort(np.argsort(a)), np.argsort(np.argsort(b)))[0, 1]


def ratios(other, seconds, ours_name):
    """How many times as fast we are, by the medians; by the fastest runs too, but where others use
    the machine a short run finds a quiet moment and a long one does not."""
    return {f"times_{other}": round(statistics.median(seconds[other])
                                    / statistics.median(seconds[ours_name]), 1),
            f"times_{other}_fastest": round(min(seconds[other]) / min(seconds[ours_name]), 1)}


def timed(call):
    begun = time.perf_counter()
    result = call()
    return result, time.perf_counter() - begun


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rows", type=int, default=200000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--isotree", type=Path)
    arguments = parser.parse_args()
    cores = os.cpu_count()
    with tempfile.TemporaryDirectory(prefix="tieout-bench-") as name:
        folder = Path(name)
        x = scaled_features(folder, arguments.rows)
        x.tofile(folder / "matrix")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            forest = IsolationForest(n_estimators=TREES, max_samples=SAMPLES, random_state=SEED,
                                     n_jobs=cores).fit(x)
        seconds = {"scikit_learn": [], "ours_all_cores": [], "isotree_one": [], "ours_one": []}
        for _ in range(arguments.runs):
            decision, took = timed(lambda: forest.decision_function(x))
            seconds["scikit_learn"].append(took)
            score, took = ours(folder, x.shape, cores)
            seconds["ours_all_cores"].append(took)
            assert np.abs(score - (decision + forest.offset_)).max() < 1e-12, "scores differ"
            seconds["ours_one"].append(ours(folder, x.shape, 1)[1])
            if arguments.isotree:
                theirs, took = isotree(arguments.isotree.resolve(), folder, x.shape)
                seconds["isotree_one"].append(took)
                assert rank_correlation(theirs, -score) > 0.9, "isotree finds something else"
    rate = {name: round(arguments.rows / statistics.median(of))
            for name, of in seconds.items() if of}
    line = {"bench": "against_forests", "rows": arguments.rows, "trees": TREES,
            "samples": SAMPLES, "features": x.shape[1], "runs": arguments.runs, "cores": cores,
            "rows_per_second": rate, **ratios("scikit_learn", seconds, "ours_all_cores"), **stamp()}
    if arguments.isotree:
        line.update(ratios("isotree_one", seconds, "ours_one"))
    print(json.dumps(line))


if __name__ == "__main__":
    main()
