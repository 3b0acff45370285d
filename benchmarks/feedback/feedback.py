#!/usr/bin/env python3
"""What reviewers' answers are worth: a simulated reviewer answers the 20 most anomalous rows of each
of twelve months, and his answers go into the next month's run. Prints how many anomalies he was
shown, without feedback, with it, and with every tenth answer wrong; --svg draws the precision of
the twenty over the months.

    /usr/bin/python3 benchmarks/feedback/feedback.py [--tieout PROGRAM] [--seeds 21 22 23]
        [--svg FILE] [--json FILE]

The constants of suppression.h were chosen on seeds 1 to 3, those of leaf_weights.h and lesson.h on
11 to 14.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import h5py
import numpy as np

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "benchmarks" / "quality"))
import ledgers  # noqa: E402
import quality  # noqa: E402

MONTHS, FIRST, BUDGET = 24, 12, 20
FAMILIES = {"generate": 24000, "mixed": 24000, "noisy": 24000, "bank": 12000}
SHARES = (0.01, 0.03)
WAYS = {"without": None, "with feedback": 0.0, "10 % wrong": 0.1}
KEY = ("id", "as_of_date", "company", "account", "au")


def detect(options, profile, ledger, feedback, out):
    """The month's findings as (row number, fields that name it), the most anomalous first. A
    tenth of all rows is flagged, so that the twenty are among the findings."""
    command = [options.tieout, "detect", "-q", "--force", "--profile", profile, "--contamination",
               "0.1", "--alert-on", "latest", ledger, "-o", out]
    subprocess.run(command + (["--feedback", feedback] if feedback else []), check=True)
    with h5py.File(out) as file:
        found = file["anomalies"]
        held = found["suppressed_reason"].asstr()[:] if feedback else [""] * len(found["id"])
        names = [found[name].asstr()[:] for name in KEY]
        return [(int(row), [name[i] for name in names])
                for i, row in enumerate(found["row_number"][:]) if not held[i]]


def answer(path, entries):
    with open(path, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(KEY + ("verdict",))
        writer.writerows(fields + ["confirmed" if yes else "false_positive"]
                         for fields, yes in entries)


def simulate(options, profile, lines, kind, n, wrong, seed, folder):
    """Anomalies among the twenty of each month."""
    reviewer = np.random.default_rng(seed)
    reviews = Path(folder) / "reviews"
    subprocess.run(["rm", "-rf", reviews], check=True)
    reviews.mkdir()
    found = []
    for month in range(FIRST, MONTHS):
        ledger = Path(folder) / "ledger.csv"
        ledger.write_text("".join(lines[:1 + (month + 1) * n]))
        use = str(reviews) if wrong is not None and month > FIRST else None
        rows = detect(options, profile, str(ledger), use, str(Path(folder) / "results.h5"))
        rows = [(row, name) for row, name in rows if kind[row] != ledgers.ONSET][:BUDGET]
        truth = [bool(kind[row] >= 0) for row, _ in rows]
        found.append(sum(truth))
        said = [yes != (reviewer.random() < (wrong or 0)) for yes in truth]
        answer(reviews / f"{month:02}.csv", [(name, yes) for (_, name), yes in zip(rows, said)])
    return found


def measure(options):
    results = []
    for family, rows in FAMILIES.items():
        for share in SHARES:
            for seed in options.seeds:
                made = quality.make(SimpleNamespace(tieout=options.tieout), family, seed, rows,
                                    MONTHS, share)
                with tempfile.TemporaryDirectory(prefix="tieout-feedback-") as folder:
                    whole = Path(folder) / "whole.csv"
                    ledgers.write(made, whole)
                    lines = whole.read_text().splitlines(keepends=True)
                    kind, n = quality.by_month(made.kind), made.gl.shape[0]
                    for profile in ("classic", "history"):
                        found = {way: simulate(options, profile, lines, kind, n, wrong, seed,
                                               folder) for way, wrong in WAYS.items()}
                        results.append({"family": family, "share": share, "seed": seed,
                                        "profile": profile, "found": found})
                        print(json.dumps(results[-1]), file=sys.stderr, flush=True)
    return results


def total(results, way):
    return sum(sum(result["found"][way]) for result in results)


def print_tables(results):
    for profile in ("classic", "history"):
        own = [r for r in results if r["profile"] == profile]
        print(f"\n| {profile} | ledgers | precision without | found without | with feedback | ratio "
              "| least ratio | fewest more | 10 % wrong | of the gain lost |")
        print("|" + " --- |" * 10)
        for family in [*FAMILIES, "all"]:
            for share in (*SHARES, "both"):
                some = [r for r in own if family in (r["family"], "all")
                        and share in (r["share"], "both")]
                if (family == "all") != (share == "both"):
                    continue
                before, after, wrong = (total(some, way) for way in WAYS)
                each = [[sum(r["found"][way]) for way in WAYS] for r in some]
                budget = len(some) * BUDGET * (MONTHS - FIRST)
                gain = after - before
                name = family if family == "all" else f"{family}, {share:g}"
                print(f"| {name} | {len(some)} | {before / budget:.2f} | {before} | {after} | "
                      f"{after / before:.2f} | {min(b / a for a, b, _ in each):.2f} | "
                      f"{min(b - a for a, b, _ in each):+d} | {wrong} | "
                      f"{(after - wrong) / gain if gain > 0 else float('nan'):.2f} |")


def draw(results, path):
    """Two panels, a profile each: the share of anomalies among the twenty, by month."""
    width, height, left, top, panel, gap = 640, 300, 46, 30, 270, 34
    colour = {"without": "#888888", "with feedback": "#0b62a4", "10 % wrong": "#c8571b"}
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
           'font-family="sans-serif" font-size="11">',
           f'<rect width="{width}" height="{height}" fill="white"/>']
    for p, profile in enumerate(("classic", "history")):
        x0, y0, tall = left + p * (panel + gap), top, 210
        own = [r for r in results if r["profile"] == profile]
        out.append(f'<text x="{x0}" y="{y0 - 10}" font-size="13">{profile}: precision of the top '
                   f'{BUDGET}</text>')
        for tick in range(0, 11, 2):
            y = y0 + tall * (1 - tick / 10)
            out.append(f'<line x1="{x0}" y1="{y:.1f}" x2="{x0 + panel}" y2="{y:.1f}" '
                       'stroke="#dddddd"/>')
            out.append(f'<text x="{x0 - 6}" y="{y + 4:.1f}" text-anchor="end">{tick / 10:.1f}'
                       '</text>')
        step = panel / (MONTHS - FIRST - 1)
        for month in range(MONTHS - FIRST):
            out.append(f'<text x="{x0 + month * step:.1f}" y="{y0 + tall + 16}" '
                       f'text-anchor="middle">{month + 1}</text>')
        for way in WAYS:
            mean = np.mean([r["found"][way] for r in own], axis=0) / BUDGET
            points = " ".join(f"{x0 + i * step:.1f},{y0 + tall * (1 - v):.1f}"
                              for i, v in enumerate(mean))
            out.append(f'<polyline points="{points}" fill="none" stroke="{colour[way]}" '
                       'stroke-width="2"/>')
    for i, way in enumerate(WAYS):
        x = left + i * 150
        out.append(f'<line x1="{x}" y1="{height - 18}" x2="{x + 22}" y2="{height - 18}" '
                   f'stroke="{colour[way]}" stroke-width="2"/>')
        out.append(f'<text x="{x + 28}" y="{height - 14}">{way}</text>')
    out.append(f'<text x="{width - 10}" y="{height - 14}" text-anchor="end">month of review</text>')
    Path(path).write_text("\n".join(out) + "\n</svg>\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--tieout", default=str(TOP / "build" / "release" / "tieout"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[21, 22, 23])
    parser.add_argument("--svg", help="picture to write")
    parser.add_argument("--json", help="one line of JSON a ledger and profile")
    options = parser.parse_args()
    results = measure(options)
    if options.json:
        Path(options.json).write_text("".join(json.dumps(r) + "\n" for r in results))
    print_tables(results)
    if options.svg:
        draw(results, options.svg)


if __name__ == "__main__":
    main()
