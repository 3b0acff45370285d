"""Each feature's share in the score, from results.h5 alone: with the base they add up to the path
length, and are the Shapley values of their definition, the average over all orders in which
features become known. Whatever ranks and threads computed them, they are the same bits."""

import math
import sys
import unittest
from pathlib import Path

import h5py
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import InFolder

NEAR = 1e-9
EULER_GAMMA = 0.5772156649015329


def mean_path(n):
    if n <= 2:
        return max(n - 1, 0)
    return 2 * (math.log(n - 1) + EULER_GAMMA) - 2 * (n - 1) / n


class Forest:
    """The trees as they are stored: a node's left child is the next node."""

    def __init__(self, model):
        self.start = model["tree_start"][:]
        self.feature = model["tree_feature"][:]
        self.threshold = model["tree_threshold"][:]
        self.right = model["tree_right"][:]
        self.rows = model["tree_rows"][:]

    def expect(self, first, i, depth, x, known):
        """Path length below node i of the tree that begins at first, where a feature that is not
        in known sends a row both ways, as the training rows went."""
        node = first + i
        if self.feature[node] < 0:
            return depth + mean_path(self.rows[node])
        children = (i + 1, self.right[node])
        if self.feature[node] in known:
            went = children[0 if x[self.feature[node]] <= self.threshold[node] else 1]
            return self.expect(first, went, depth + 1, x, known)
        return sum(self.rows[first + child] * self.expect(first, child, depth + 1, x, known)
                   for child in children) / self.rows[node]

    def value(self, x, known):
        return sum(self.expect(first, 0, 0, x, known) for first in self.start[:-1])


def define(forest, x, n):
    value = [forest.value(x, {f for f in range(n) if subset >> f & 1}) for subset in range(1 << n)]
    weight = [math.factorial(k) * math.factorial(n - 1 - k) / math.factorial(n) for k in range(n)]
    return [sum(weight[bin(s).count("1")] * (value[s | 1 << f] - value[s])
                for s in range(1 << n) if not s >> f & 1) for f in range(n)]


def read(path):
    """The forest, and of each anomaly its scaled features and contributions."""
    with h5py.File(path) as results:
        model, anomalies = results["model"], results["anomalies"]
        names = model["feature_names"].asstr()[:]
        place = np.searchsorted(results["rows/row_number"][:], anomalies["row_number"][:])
        raw = np.array([results["rows/features"][name][:][place] for name in names])
        x = (raw.T - model["center"][:]) / model["scale"][:]
        return Forest(model), x.astype(np.float32), anomalies["contributions"][:]


class Contributions(InFolder):
    def detect(self, *options, **how):
        self.succeed("detect", "ledger.csv", "-o", "results.h5", "--force", "--keep-features",
                     *options, **how)
        return read(self.folder / "results.h5")

    def setUp(self):
        super().setUp()
        self.succeed("generate", "--rows", 3000, "--seed", 5, "ledger.csv")

    def test_they_add_up_to_the_path_length(self):
        for profile in ("history", "classic"):
            forest, x, contributions = self.detect("--profile", profile)
            every = set(range(x.shape[1]))
            base = forest.value(x[0], set())
            self.assertGreater(len(x), 10)
            for row, shares in list(zip(x, contributions))[:100]:
                self.assertAlmostEqual(base + math.fsum(shares), forest.value(row, every),
                                       delta=NEAR)

    def test_they_are_what_their_definition_says(self):
        forest, x, contributions = self.detect("--trees", 10, "--samples", 64)
        for row, shares in list(zip(x, contributions))[::7]:
            np.testing.assert_allclose(shares, define(forest, row, x.shape[1]), rtol=0, atol=NEAR)

    def test_they_are_the_same_on_ranks_and_threads(self):
        _, _, want = self.detect()
        for ranks, threads in ((2, 1), (3, 2), (1, 4)):
            _, _, got = self.detect(ranks=ranks, threads=threads)
            self.assertEqual(got.tobytes(), want.tobytes())


if __name__ == "__main__":
    unittest.main()
