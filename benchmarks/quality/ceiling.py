#!/usr/bin/env python3
"""How many anomalies of each kind the past tells at all.

Two learners are shown labels, and see of each row the history features, the account's last twelve
rows in units of its size, and its age. One is taught on other ledgers of the same generator, so
it knows its habits and odds as well, one on ledgers of the other generators. Beside them stands
the history profile (its features in scikit-learn's forest), which is shown no label. What the
first one misses is a limit of the ledgers; what only the first one finds is known of the
generator and not of accounts.

    /usr/bin/python3 benchmarks/quality/ceiling.py

Recall of each kind at a budget equal to the number of anomalies, profile / taught by others /
taught by the same generator, each the mean of the ledgers; "below 0.8" counts kinds of single
ledgers.
"""
import argparse

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

import kernels
import ledgers
import postings
import quality
import worlds

# generator, months, share of anomalies, rows; with fewer anomalies a learner learns too little
PLANS = [(postings, 6, 0.02, 12000), (postings, 12, 0.01, 12000), (worlds, 6, 0.02, 12000),
         (worlds, 9, 0.01, 12000), (worlds, 12, 0.005, 12000), (ledgers, 6, 0.02, 20000),
         (ledgers, 12, 0.01, 20000)]
LAGS = 12
USUAL_PART = 0.15  # of the usual rows are shown to a learner, and weigh for all of them


def before(panel, lag):
    """The value `lag` rows earlier; NaN where the account is younger."""
    moved = np.full(panel.shape, np.nan)
    if lag < panel.shape[1]:
        moved[:, lag:] = panel[:, :panel.shape[1] - lag]
    return moved


def raw(ledger):
    """[rows, features] in account order, of each row and its past alone."""
    gross = np.abs(ledger.gl) + np.abs(ledger.ihub)
    age = np.broadcast_to(np.arange(gross.shape[1]), gross.shape)
    size = np.cumsum(gross, axis=1) / (age + 1) + 1.0
    past_size = before(np.cumsum(gross, axis=1), 1) / np.maximum(age, 1) + 1.0
    out = [age, np.log(size), gross / past_size, ledger.gl % 10 == 0, ledger.ihub % 10 == 0]
    for panel in (ledger.gl, ledger.ihub, ledger.difference):
        change = panel - before(panel, 1)
        least, most = np.full(panel.shape, np.nan), np.zeros(panel.shape)
        for lag in range(1, panel.shape[1]):
            least = np.fmin(least, np.abs(panel - before(panel, lag)))
            most = np.fmax(most, np.abs(before(change, lag)))
        out += [least / size, most / size]
        out += [np.abs(moved) / (most + 1.0) for moved in (change, ledger.difference)]
        out += [before(panel, lag) / size for lag in range(LAGS + 1)]
        out += [before(change, lag) / size for lag in range(LAGS)]
    return np.column_stack([np.asarray(panel, float).ravel() for panel in out])


def seen(library, ledger):
    history, departing = kernels.history_features(library, ledger)
    return history, np.hstack([history, raw(ledger)]).astype(np.float32)


def made(sources, plan, seeds):
    """One ledger of each family of the sources for each seed, as long as the plan says."""
    _, months, share, rows = plan
    for source in sources:
        for family in source.FAMILIES:
            for seed in seeds:
                yield source.make(seed, rows, months, share, family)


def taught(library, some):
    """A learner that has seen these ledgers."""
    rng = np.random.default_rng(0)
    features, labels, weights = [], [], []
    for ledger in some:
        kind = ledger.kind.ravel()
        kept = (kind >= 0) | ((kind == ledgers.USUAL) & (rng.random(kind.size) < USUAL_PART))
        features.append(seen(library, ledger)[1][kept])
        labels.append(kind[kept] >= 0)
        weights.append(np.where(kind[kept] >= 0, 1.0, 1.0 / USUAL_PART))
    learner = HistGradientBoostingClassifier(max_iter=300, learning_rate=0.08, random_state=0)
    return learner.fit(np.vstack(features), np.concatenate(labels), np.concatenate(weights))


def measured(library, ledger, learners):
    """The measures of the profile and of each learner."""
    history, everything = seen(library, ledger)
    order = np.arange(len(history)).reshape(ledger.gl.shape).T.ravel()
    scores = [quality.sklearn_scores(history[order])]
    scores += [-learner.predict_proba(everything[order])[:, 1] for learner in learners]
    return [quality.measure(ledger, score, np.zeros(len(order), bool)) for score in scores]


def line(plan, results):
    cells, low = [], np.zeros(3, int)
    for name in ledgers.KINDS:
        recall = np.array([[m["recall_by_kind"][name] for m in result] for result in results
                           if name in result[0]["recall_by_kind"]]).reshape(-1, 3)
        low += (recall < 0.8).sum(axis=0)
        cells.append(three("{:.2f}", recall.mean(axis=0)) if len(recall) else "-")
    ap = np.mean([[m["ap"] for m in result] for result in results], axis=0)
    return (f"| {plan[0].__name__}.py, {plan[1]} months | {len(results)} | "
            f"{three('{:.3f}', ap)} | {' | '.join(cells)} | {three('{}', low)} |")


def three(form, numbers):
    return " / ".join(form.format(number) for number in numbers)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--teach", type=int, nargs="+", default=list(range(51, 59)))
    parser.add_argument("--seeds", type=int, nargs="+", default=[41, 42])
    options = parser.parse_args()
    library = kernels.load()
    print("| ledgers | number | AP | " + " | ".join(ledgers.KINDS) + " | below 0.8 |")
    print("|" + " --- |" * (4 + len(ledgers.KINDS)))
    for plan in PLANS:
        others = [source for source in (ledgers, postings, worlds) if source != plan[0]]
        learners = [taught(library, made(sources, plan, options.teach))
                    for sources in (others, [plan[0]])]
        results = [measured(library, ledger, learners)
                   for ledger in made([plan[0]], plan, options.seeds)]
        print(line(plan, results), flush=True)


if __name__ == "__main__":
    main()
