#!/usr/bin/env python3
"""How well anomalies are found: generates labelled ledgers (ledgers.py, postings.py, worlds.py
and, with --tieout, the program's own; or those of strangers/), scores them, and prints average
precision, AUC, precision and recall of the flagged rows, and the recall of each kind of anomaly
at an alert budget equal to the number of anomalies, as a table and as means of all ledgers and
of each generator's; --json FILE also writes one JSON line per ledger and method.

    quality.py                          the kernels' history features in scikit-learn's forest,
                                        and the documented scikit-learn pipeline
    quality.py --tieout build/tieout    the program itself as well, both profiles
    quality.py --forest                 first checks the forest on matrices with known answers
    quality.py --size full              up to a million rows
    quality.py --size strangers         generators written without sight of the detector
    quality.py --tieout build/tieout --only history/tieout    soon over

Exit code 1 if the history profile's average precision is below --require on some ledger.
"""
import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.preprocessing import RobustScaler

import kernels
import ledgers
import postings
import worlds
from strangers import auditor, fund, manufacturer, researcher, retail_bank, tester

# family: its generator, and its name there
STRANGERS = {f"{module.__name__.rpartition('.')[2]}/{family}": (module, family)
             for module in (retail_bank, auditor, manufacturer, tester, fund, researcher)
             for family in module.FAMILIES}
SOURCES = STRANGERS | {family: (module, family) for module in (ledgers, postings, worlds)
                       for family in module.FAMILIES}

SPANS = ((6, 0.02), (12, 0.01), (24, 0.03), (36, 0.003))  # months, share of anomalies

# family, months, share of anomalies, rows
PLANS = {
    "quick": [("tied", 12, 0.01, 5000), ("mixed", 24, 0.01, 20000),
              ("noisy", 36, 0.003, 20000)],
    "normal": [(family, months, share, 20000)
               for family in ledgers.FAMILIES for months, share in SPANS]
    + [("mixed", 60, 0.001, 60000), ("tied", 12, 0.001, 100000)],
    "strangers": [(family, months, share, 12000)
                  for family in STRANGERS for months, share in SPANS],
}
PLANS["quick"].append(("bank", 24, 0.01, 12000))
PLANS["normal"] += [(family, months, share, 12000)
                    for family in postings.FAMILIES for months, share in SPANS]
GENERATED = [("generate", months, share, months * 1000)
             for months, share in ((6, 0.02), (12, 0.01), (24, 0.03), (36, 0.03), (36, 0.003))]
PLANS["normal"] += [(family, months, share, 12000)
                    for family in worlds.FAMILIES
                    for months, share in ((6, 0.02), (9, 0.01), (12, 0.005), (24, 0.02),
                                          (48, 0.005))]
PLANS["full"] = PLANS["normal"] + [("bank", 60, 0.003, 60000), ("world", 60, 0.003, 60000),
                                   ("mixed", 24, 0.003, 300000), ("tied", 12, 0.001, 1000000)]


def generate(program, seed, rows, months, share):
    """The program's own ledger; rows are a multiple of months."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("ledger.csv", "labels.csv")]
        subprocess.check_call([program, "generate", *paths, "--rows", str(rows), "--months",
                               str(months), "--anomalies", str(share), "--seed", str(seed)],
                              stderr=subprocess.DEVNULL)
        with open(paths[0], newline="") as text:
            balance = np.array([[float(row["GL Balance"]), float(row["IHub balance"])]
                                for row in csv.DictReader(text)])
        kind = np.full(rows, ledgers.USUAL)
        with open(paths[1], newline="") as text:
            for label in csv.DictReader(text):
                kind[int(label["row"])] = (ledgers.ONSET if label["kind"] == "drift_onset"
                                           else ledgers.KINDS.index(label["kind"]))
    gl, ihub, kind = (column.reshape(months, -1).T for column in (*balance.T, kind))
    return ledgers.Ledger(gl, ihub, kind)


def make(options, family, seed, rows, months, share):
    if family == "generate":
        return generate(options.tieout, seed, rows, months, share)
    module, name = SOURCES[family]
    return module.make(seed, rows, months, share, name)


def by_month(panel):
    return np.ascontiguousarray(panel.T).ravel()


def classic_features(ledger):
    """The twelve documented features in month order; the panel is complete and dated."""
    n, months = ledger.gl.shape
    dates = ledgers.month_ends(months).astype(int)
    accounts = np.arange(n)
    codes = [accounts % 17, accounts % 997,
             np.argsort(np.argsort(np.array([str(i) for i in accounts])))]
    days = np.concatenate([[0], np.diff(dates)])
    change = [np.diff(x, axis=1, prepend=x[:, :1])
              for x in (ledger.gl, ledger.ihub, ledger.difference)]

    def rolling_std(x):
        out = np.zeros_like(x)
        for k in range(1, x.shape[1]):
            out[:, k] = x[:, max(0, k - 2):k + 1].std(axis=1, ddof=1)
        return out

    panels = [np.repeat(code[:, None], months, 1) for code in codes]
    panels += [np.repeat(days[None, :], n, 0), ledger.gl, ledger.ihub, ledger.difference]
    panels += [*change, rolling_std(ledger.gl), rolling_std(ledger.ihub)]
    return np.column_stack([by_month(panel) for panel in panels])


def sklearn_scores(features):
    scaled = RobustScaler().fit_transform(features)
    forest = IsolationForest(n_estimators=200, max_samples=min(256, len(features)),
                             random_state=42)
    return forest.fit(scaled).score_samples(scaled)


def flagged(score, contamination):
    return score < np.percentile(score, 100 * contamination)


def run_classic(ledger):
    score = sklearn_scores(classic_features(ledger))
    d = np.abs(ledger.difference)
    share = (d > d.mean() + 3 * d.std(ddof=1)).mean()
    return score, flagged(score, min(max(share, 0.01), 0.5))


def run_history(library, ledger):
    feature, departing = kernels.history_features(library, ledger)
    months = ledger.gl.shape[1]
    order = np.arange(len(feature)).reshape(-1, months).T.ravel()
    score = sklearn_scores(feature[order])
    return score, flagged(score, departing / len(score))


def run_program(program, profile, ledger):
    import h5py
    with tempfile.TemporaryDirectory() as folder:
        csv, out = os.path.join(folder, "ledger.csv"), os.path.join(folder, "results.h5")
        ledgers.write(ledger, csv)
        subprocess.check_call([program, "detect", "-q", "--profile", profile, csv, "-o", out])
        with h5py.File(out) as h5:
            assert (np.diff(h5["rows/row_number"][:]) == 1).all()
            return h5["rows/anomaly_score"][:], h5["rows/anomaly"][:] != 0


def measure(ledger, score, flag):
    kind = by_month(ledger.kind)
    counted = kind != ledgers.ONSET
    kind, score, flag = kind[counted], score[counted], flag[counted]
    is_anomaly = kind >= 0
    budget = np.zeros(len(kind), bool)
    budget[np.argsort(score, kind="stable")[:is_anomaly.sum()]] = True
    return {
        "ap": average_precision_score(is_anomaly, -score),
        "auc": roc_auc_score(is_anomaly, -score),
        "flags": int(flag.sum()),
        "anomalies": int(is_anomaly.sum()),
        "precision": float(is_anomaly[flag].mean()) if flag.any() else 1.0,
        "recall": float(flag[is_anomaly].mean()),
        "recall_by_kind": {name: float(budget[kind == i].mean())
                           for i, name in enumerate(ledgers.KINDS) if (kind == i).any()},
    }


def check_forest(library):
    """Matrices whose answer is known; an assertion says which one fails."""
    rng = np.random.default_rng(7)
    cloud = rng.normal(size=(1000, 4))
    cloud[123] = 12.0
    ring = rng.normal(size=(1500, 2))
    ring *= (5 + 0.1 * rng.normal(size=(1500, 1))) / np.linalg.norm(ring, axis=1, keepdims=True)
    ring[77] = (9.0, 9.0)
    clusters = np.vstack([rng.normal(0, 0.1, (500, 3)), rng.normal(8, 0.1, (500, 3)),
                          [[4, 4, 40]]])
    for name, x, odd in (("one far row", cloud, 123), ("a row outside a ring", ring, 77),
                         ("a row beside two clusters", clusters, 1000)):
        score = kernels.forest_scores(library, x)
        assert score.argmin() == odd, f"forest: {name} is not the first"
    same = kernels.forest_scores(library, np.ones((300, 3)))
    assert np.ptp(same) == 0.0, "forest: equal rows score differently"
    for x in (cloud, ring, clusters, np.round(cloud), cloud[:1], cloud[:2], cloud[:255]):
        x = x.astype(np.float32)
        oracle = IsolationForest(n_estimators=200, max_samples=min(256, len(x)),
                                 random_state=42)
        gap = np.abs(oracle.fit(x).score_samples(x) - kernels.forest_scores(library, x)).max()
        assert gap < 1e-9, f"forest: {gap} away from scikit-learn on {x.shape}"
    print("forest: known answers found, scikit-learn's scores met")


HEADER = (f"{'family':28s} months  share    rows seed method           AP    AUC  flags  "
          "prec. recall  "
          + " ".join(f"{name[:7]:>7s}" for name in ledgers.KINDS))


def print_line(result):
    kinds = " ".join(f"{result['recall_by_kind'].get(name, float('nan')):7.2f}"
                     for name in ledgers.KINDS)
    print(f"{result['family']:28s} {result['months']:6d} {result['share']:6.3f} "
          f"{result['rows']:7d} "
          f"{result['seed']:4d} {result['method']:14s} {result['ap']:.3f}  {result['auc']:.3f} "
          f"{result['flags']:6d}  {result['precision']:.3f}  {result['recall']:.3f}  {kinds}",
          flush=True)


def methods(options, library):
    all_of_them = {"classic/sklearn": run_classic,
                   "history/sklearn": lambda ledger: run_history(library, ledger)}
    if options.tieout:
        for profile in ("classic", "history"):
            all_of_them[f"{profile}/tieout"] = (
                lambda ledger, p=profile: run_program(options.tieout, p, ledger))
    return {name: run for name, run in all_of_them.items()
            if not options.only or name in options.only}


def plans(options):
    own = options.tieout and options.size != "strangers"
    return PLANS[options.size] + (GENERATED if own else [])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--size", choices=PLANS, default="normal")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--tieout", help="the program, to be measured too")
    parser.add_argument("--only", nargs="+", metavar="METHOD",
                        help="such as history/tieout classic/sklearn; else all")
    parser.add_argument("--forest", action="store_true", help="check the forest first")
    parser.add_argument("--json", help="one line of JSON per ledger and method")
    parser.add_argument("--require", type=float, default=0.0, help="least average precision")
    options = parser.parse_args()
    library = kernels.load()
    if options.forest:
        check_forest(library)
    out = open(options.json, "w") if options.json else None
    results = []
    print(HEADER)
    for family, months, share, rows in plans(options):
        for seed in options.seeds:
            ledger = make(options, family, seed, rows, months, share)
            for name, run in methods(options, library).items():
                result = {"family": family, "months": months, "share": share, "rows": rows,
                          "seed": seed, "method": name, **measure(ledger, *run(ledger))}
                results.append(result)
                print_line(result)
                if out:
                    print(json.dumps(result), file=out, flush=True)
    summary(results)
    worst = min([r["ap"] for r in results if r["method"].startswith("history")], default=1.0)
    return 0 if worst >= options.require else 1


def generator(family):
    return SOURCES[family][0].__name__ if family in SOURCES else family


def print_means(title, results):
    ap = [result["ap"] for result in results]
    low = sum(value < 0.90 for value in ap)
    recall = {kind: [r["recall_by_kind"][kind] for r in results if kind in r["recall_by_kind"]]
              for kind in ledgers.KINDS}
    kinds = " ".join(f"{kind} {np.mean(v):.2f}" for kind, v in recall.items() if v)
    print(f"{title}: average precision {np.mean(ap):.3f}, least {min(ap):.3f}, below 0.90 "
          f"{low} of {len(ap)}; recall {kinds}")


def summary(results):
    generators = list(dict.fromkeys(generator(result["family"]) for result in results))
    for method in dict.fromkeys(result["method"] for result in results):
        own = [result for result in results if result["method"] == method]
        print_means(method, own)
        for name in generators if len(generators) > 1 else []:
            print_means(f"{method} on {name}",
                        [result for result in own if generator(result["family"]) == name])


if __name__ == "__main__":
    sys.exit(main())
