#!/usr/bin/python3
"""What ranks say to each other and how long a stage takes, as formulas of rows and ranks; checked
against what can be measured here; and what follows for a thousand ranks.

    benchmarks/model.py [--rows 1000000000 --ranks 10 100 1000] [--latency S --bandwidth B --files B]

The time of a stage is a line in the rows of the fullest rank, drawn through runs of 250,000 and
1,000,000 rows: on one rank, but the shuffle on two. Writing, which rank 0 does, is a line in all
rows. On other machines the network comes on top: a collective of v bytes takes 2 v / bandwidth and
2 log2(ranks) latencies, an exchange a latency for each rank and round, the ledger comes from a file
system that all ranks share. These three are assumptions (see --help), all else is measured.

Then the table of messages: what formulas give and what count_messages.c counted."""

import argparse
import json
import math
import os
import tempfile
from pathlib import Path

import h5py

from common import BUILD, MPIRUN, STAGES, detect, generate, seconds_of, stamp, table

# Sizes of what travels, in bytes, and the settings that decide how much does.
ROW = 64         # struct row
ROW_RESULT = 16  # struct row_result (src/gather_rows.c)
FINDING = 908    # struct anomaly, a Shapley value for each feature, 636 of explanation
POINT = 48       # of /series: up to 36 rows of 500 findings
NODE = 24        # struct tree_node
COUNT = 8
FEATURES, TREES, SAMPLES, WANTED = 7, 200, 256, 6  # history; order statistics a feature
FIRST, NEXT, PASSES = 1 << 16, 1 << 12, 4          # tables of counts (kernels/select.h)
EXCHANGE_PIECE, GATHER_PIECE = 2 << 20, 1 << 17    # bytes a round; rows a round
LEDGER_ROW = 100                                   # bytes, read twice
LATENCY, BANDWIDTH, FILES = 2e-6, 3e9, 2e10        # s; bytes/s of a rank, of the file system
GIVEN = (250000, 1000000)


def volume(rows, ranks, findings, nodes):
    """Bytes that all ranks together give to each kind of call."""
    away = (ranks - 1) / ranks
    sampled = rows * (1 - (1 - min(1, SAMPLES / rows)) ** TREES)
    quantiles = COUNT * (FEATURES * (FIRST + PASSES * WANTED * NEXT) + FIRST + PASSES * 2 * NEXT)
    return {
        "Isend": away * ROW * rows,
        "Allreduce": ranks * quantiles,
        "Allgatherv": TREES * COUNT * (SAMPLES + 1) + sampled * (COUNT + 4 * FEATURES)
        + NODE * nodes,
        "Send": away * (ROW_RESULT * rows + FINDING * findings + POINT * 36 * min(500, findings)),
    }


# ---- measuring -----------------------------------------------------------------------------------


def measure(ledgers, rows, ranks, n_run):
    """The fastest run: what others do on the machine is not to be modelled."""
    run = min((detect(ledgers[rows], ranks) for _ in range(n_run)), key=lambda run: run["seconds"])
    print(json.dumps({"bench": "model", **run, **stamp()}), flush=True)
    return run


def count_messages(ledger, ranks):
    """What was given to each call, and how many nodes the forest has."""
    counts = ledger.parent / "counts"
    counts.unlink(missing_ok=True)
    os.environ["COUNT_MESSAGES"] = str(counts)
    detect(ledger, ranks, launch=f"{MPIRUN} -x COUNT_MESSAGES -x LD_PRELOAD="
                                 f"{BUILD / 'benchmarks' / 'libcount_messages.so'}")
    with h5py.File(ledger.parent / "results.h5") as results:
        return json.loads(counts.read_text()), int(results["model/tree_start"][-1])


# ---- the model -----------------------------------------------------------------------------------


def line_through(runs, stage):
    """(seconds, seconds a row of the fullest rank) through two runs; no negative start."""
    (x0, y0), (x1, y1) = ((run["rows_on_fullest_rank"], seconds_of(run, stage)) for run in runs)
    slope = max(0.0, (y1 - y0) / (x1 - x0))
    start = max(0.0, y1 - slope * x1)
    return start, (y1 - start) / x1


def learn(alone, pair):
    """Constants of every stage, from runs on one rank and on two."""
    return {stage: line_through(pair if stage == "shuffle" else alone, stage) for stage in STAGES}


def here(constants, rows, ranks, fullest=None):
    """Seconds of every stage on cores of this kind, were the network nothing."""
    share, seconds = fullest or rows / ranks, {}
    for stage, (start, slope) in constants.items():
        of = rows if stage == "write" else share
        seconds[stage] = (start / ranks if stage == "train" else start) + slope * of
    if ranks == 1:
        seconds["shuffle"] = 0.0
    return seconds


def network(rows, ranks, findings, nodes, assumed):
    """Seconds that come on top over a network."""
    moved, depth = volume(rows, ranks, findings, nodes), math.ceil(math.log2(max(2, ranks)))
    collective = 2 * depth * assumed.latency
    table_bytes = moved["Allreduce"] / ranks
    rounds = math.ceil(ROW * rows / ranks / EXCHANGE_PIECE)
    pieces = math.ceil(rows / GATHER_PIECE)
    return {
        "ingest": 2 * LEDGER_ROW * rows / assumed.files,
        "encode": 6 * 4 * collective,
        "shuffle": moved["Isend"] / ranks / assumed.bandwidth
        + (rounds + 2) * ranks * assumed.latency,
        "prepare": 2 * table_bytes / assumed.bandwidth + 13 * collective,
        "train": moved["Allgatherv"] / assumed.bandwidth + 8 * collective,
        "write": moved["Send"] / assumed.bandwidth + pieces * ranks * assumed.latency,
    }


# ---- tables --------------------------------------------------------------------------------------


def constants_table(constants):
    return table(["", *STAGES], [
        ["start, ms", *(f"{1e3 * constants[s][0]:.1f}" for s in STAGES)],
        ["a row, ns", *(f"{1e9 * constants[s][1]:.1f}" for s in STAGES)]])


def check_table(constants, runs):
    lines = []
    for run in runs:
        rows, ranks = int(run["rows_kept"]), int(run["ranks"])
        told = here(constants, rows, ranks, run["rows_on_fullest_rank"])
        said = {stage: seconds_of(run, stage) for stage in STAGES}
        for word, seconds in (("model", told), ("measured", said)):
            lines.append([f"{rows:,}", ranks, word, *(seconds[s] for s in STAGES),
                          float(sum(seconds.values()))])
        lines.append(["", "", "ratio", *(f"{told[s] / said[s]:.2f}" if said[s] > 0 else "-"
                                         for s in STAGES),
                      f"{sum(told.values()) / sum(said.values()):.2f}"])
    return table(["rows", "ranks", "", *STAGES, "all"], lines)


def messages_table(ledger, rows, ranks_of, findings):
    lines = []
    for ranks in ranks_of:
        counts, nodes = count_messages(ledger, ranks)
        known = volume(rows, ranks, findings, nodes)
        for call, (n_call, n_byte) in counts.items():
            told = known.get(call)
            lines.append([ranks, call, f"{n_call:,}", f"{n_byte:,}",
                          "-" if told is None else f"{told:,.0f}",
                          f"{told / n_byte:.3f}" if told and n_byte else "-"])
            print(json.dumps({"bench": "messages", "rows": rows, "ranks": ranks, "call": call,
                              "calls": n_call, "bytes": n_byte, "model_bytes": told}), flush=True)
    return table(["ranks", "call", "calls", "bytes counted", "bytes by the model", "ratio"], lines)


def projection_table(constants, findings, rows, ranks_of, assumed):
    lines = []
    for ranks in ranks_of:
        alone = here(constants, rows, ranks)
        top = network(rows, ranks, findings * rows, 35 * TREES, assumed)
        both = {stage: alone[stage] + top.get(stage, 0.0) for stage in STAGES}
        worst = max(both, key=both.get)
        lines.append([f"{ranks:,}", *(both[s] for s in STAGES), f"{sum(both.values()):.1f}",
                      f"{rows / sum(both.values()):,.0f}", f"{worst} ({both[worst]:.0f} s)"])
    return table(["ranks", *STAGES, "all", "rows/s", "longest"], lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rows", type=int, default=10**9)
    parser.add_argument("--ranks", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--latency", type=float, default=LATENCY, help=f"{LATENCY:g} s")
    parser.add_argument("--bandwidth", type=float, default=BANDWIDTH,
                        help=f"bytes/s of a rank, default {BANDWIDTH:g}")
    parser.add_argument("--files", type=float, default=FILES,
                        help=f"bytes/s of the file system, default {FILES:g}")
    parser.add_argument("--runs", type=int, default=5, help="of each layout; the fastest counts")
    parser.add_argument("--small", action="store_true", help="sizes that mean nothing")
    assumed = parser.parse_args()
    few, many = (2000, 20000) if assumed.small else GIVEN
    layouts = [(many, 2), (4 * many, 1), (10 * many, 2)]
    with tempfile.TemporaryDirectory(prefix="tieout-bench-") as name:
        ledgers = {rows: Path(name) / f"ledger-{rows}.csv" for rows in (few, many, 4 * many,
                                                                        10 * many)}
        for rows, ledger in ledgers.items():
            generate(rows, ledger)
        alone, pair = ([measure(ledgers, rows, ranks, assumed.runs) for rows in (few, many)]
                       for ranks in (1, 2))
        constants = learn(alone, pair)
        found = [measure(ledgers, *layout, assumed.runs) for layout in layouts]
        findings = alone[1]["anomalies_followed_up"]
        messages = messages_table(ledgers[many], many, (2, 4), findings)
    print("", constants_table(constants), check_table(constants, found), messages,
          projection_table(constants, findings / many, assumed.rows, assumed.ranks, assumed),
          sep="\n\n")


if __name__ == "__main__":
    main()
