"""What the scripts of this folder share: where the build is, runs of the program and what they say
of themselves, what every measurement is stamped with, tables."""

import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import h5py

TOP = Path(__file__).resolve().parents[1]
BUILD = Path(os.environ.get("TIEOUT_BUILD", TOP / "build" / "release"))
MPIRUN = f"{TOP / 'tests' / 'support' / 'mpirun'} -n {{ranks}}"
STAGES = ("ingest", "encode", "shuffle", "prepare", "check", "train", "score", "judge", "write")


def processor():
    """As the system names it."""
    found = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return found.group(1) if found else "unknown"


def revision():
    said = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=TOP, text=True,
                          capture_output=True, check=False)
    return said.stdout.strip() or "unknown"


def stamp():
    return {"processor": processor(), "revision": revision()}


def generate(rows, ledger, tieout=BUILD / "tieout"):
    subprocess.run([tieout, "generate", "-q", "--force", "--rows", str(rows), "--months", "24",
                    str(ledger)], check=True)


def read_run(path):
    """The attributes of /run that are numbers, and the content digest."""
    with h5py.File(path) as results:
        of = results["run"].attrs
        digest = of["content_digest"]
        facts = {name: of[name].item() for name in of
                 if getattr(of[name], "ndim", None) == 0 and of[name].dtype.kind in "if"}
    return {**facts, "content_digest": digest.decode() if isinstance(digest, bytes) else digest}


def detect(ledger, ranks, *options, launch=MPIRUN, threads=1, tieout=BUILD / "tieout"):
    """One run: what /run says of it, and `wall`, the seconds with the start of the ranks."""
    results = Path(ledger).parent / "results.h5"
    command = launch.format(ranks=ranks).split() + [
        str(tieout), "detect", "-q", "--force", str(ledger), "-o", str(results), *options]
    begun = time.perf_counter()
    ended = subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": str(threads)},
                           capture_output=True, text=True, check=False)
    wall = time.perf_counter() - begun
    if ended.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {ended.returncode}\n{ended.stderr}")
    return {**read_run(results), "wall": wall}


def median_of(runs):
    """One run whose numbers are the medians of those of all."""
    return {name: statistics.median(run[name] for run in runs)
            if isinstance(value, (int, float)) else value for name, value in runs[0].items()}


def seconds_of(run, stage):
    return run.get(f"seconds_{stage}", 0.0)


def table(head, rows):
    """Markdown; numbers that are not texts yet are written with three decimals."""
    def cell(value):
        return f"{value:.3f}" if isinstance(value, float) else str(value)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(cell, line)) + " |" for line in lines)
