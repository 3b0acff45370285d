"""Runs tieout as a user would, in a folder of its own, and looks at what it left there. Used by
the tests that CMake hands the program's path in the environment."""

import csv
import os
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

TIEOUT = os.environ.get("TIEOUT", "tieout")
MPIRUN = os.environ.get("TIEOUT_MPIRUN", "mpirun")
HEADER = ["Asofdate", "Company", "Account", "AU", "GL Balance", "IHub balance",
          "Balance difference", "Match Status"]


class Outcome:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err
        self.sentences = [line for line in err.splitlines() if line.startswith("tieout: ")]

    def __str__(self):
        return f"exit code {self.code}\n--- stdout\n{self.out[-2000:]}\n--- stderr\n{self.err[-4000:]}"


def run(*arguments, ranks=0, threads=1, folder=None, timeout=60, environment=None):
    """ranks 0: without mpirun. A run that takes longer than timeout is killed with all its
    processes, and has exit code None."""
    command = [MPIRUN, "-n", str(ranks)] if ranks else []
    command += [TIEOUT, *map(str, arguments)]
    env = dict(os.environ, OMP_NUM_THREADS=str(threads), **(environment or {}))
    process = subprocess.Popen(command, cwd=folder, env=env, text=True, errors="replace",
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, start_new_session=True)
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        return Outcome(None, out, err + "\n(killed: took too long)")
    return Outcome(process.returncode, out, err)


def write_ledger(path, rows, header=None):
    with open(path, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(HEADER if header is None else header)
        writer.writerows(rows)


def month_end(i):
    """ISO text of the 28th of month i, counted from January 2020."""
    return f"{2020 + i // 12}-{i % 12 + 1:02}-28"


def plain_rows(n_row, n_group=1):
    """Rows that tie out but for a few cents, a month for each round over the groups."""
    return [[month_end(i // n_group), "00001", f"16{i % n_group:05}", "4398",
             f"{1000 + 7 * i}.25", f"{1000 + 7 * i}.00", "0.25", "Break"]
            for i in range(n_row)]


class InFolder(unittest.TestCase):
    """A test case with an empty folder, self.folder, and runs that happen in it."""

    maxDiff = None

    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="tieout-test-")
        self.addCleanup(kept.cleanup)
        self.folder = Path(kept.name)

    def run_here(self, *arguments, **options):
        return run(*arguments, folder=self.folder, **options)

    def succeed(self, *arguments, **options):
        outcome = self.run_here(*arguments, **options)
        self.assertEqual(outcome.code, 0, f"{arguments}: {outcome}")
        return outcome

    def listing(self):
        """Every file below the folder with its bytes."""
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() if path.is_file() else None
                for path in self.folder.rglob("*") if os.access(path, os.R_OK)}
