#!/usr/bin/env python3
"""tieout against the script it replaces, side by side in one run: the documented pandas and
scikit-learn pipeline (the oracle of tests/oracle) and `mpirun -n 2 tieout detect --profile
classic`, in turn, on the same generated ledger. The answers are compared first; then the medians
of the whole runs are printed, one JSON line.

    /usr/bin/python3 benchmarks/against_script.py [--rows 200000] [--runs 3] [--tieout PROGRAM]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP / "tests" / "oracle"), str(TOP / "tests" / "support")]
from common import stamp  # noqa: E402
from test_pipeline import Oracle  # noqa: E402


def timed(call):
    begun = time.perf_counter()
    result = call()
    return time.perf_counter() - begun, result


def run_tieout(arguments, folder):
    command = [str(TOP / "tests" / "support" / "mpirun"), "-n", "2", arguments.tieout, "detect",
               "ledger.csv", "-o", "results.h5", "--profile", "classic", "--force", "-q"]
    subprocess.run(command, cwd=folder, check=True)


def check_same(oracle, folder):
    with h5py.File(Path(folder) / "results.h5") as results:
        score = results["rows/anomaly_score"][:]
        flag = results["rows/anomaly"][:] != 0
    far = np.abs(score - oracle.score) > 1e-9
    assert far.sum() * 10000 <= len(score), f"{far.sum()} scores differ"
    assert (flag != oracle.flag).sum() <= far.sum(), "flags differ"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rows", type=int, default=200000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tieout", default=str(TOP / "build" / "release" / "tieout"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tieout-bench-") as folder:
        ledger = Path(folder) / "ledger.csv"
        subprocess.run([arguments.tieout, "generate", "-q", "--rows", str(arguments.rows),
                        str(ledger)], check=True)
        script, ours = [], []
        for i in range(arguments.runs):
            seconds, oracle = timed(lambda: Oracle([ledger]))
            script.append(seconds)
            for _ in range(3):  # short, so noise weighs more
                ours.append(timed(lambda: run_tieout(arguments, folder))[0])
            if i == 0:
                check_same(oracle, folder)
        print(json.dumps({
            "benchmark": "against_script", "rows": arguments.rows, "cores": os.cpu_count(),
            "script_seconds": round(statistics.median(script), 3),
            "tieout_seconds": round(statistics.median(ours), 3),
            "script_rows_per_second": round(arguments.rows / statistics.median(script)),
            "tieout_rows_per_second": round(arguments.rows / statistics.median(ours)),
            "times_faster": round(statistics.median(script) / statistics.median(ours), 1),
            **stamp()}))


if __name__ == "__main__":
    main()
