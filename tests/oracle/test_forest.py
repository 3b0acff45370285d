"""Compares our isolation forest with scikit-learn's: seeds, samples and trees exactly, path
lengths to the bit, scores, offset and decisions to 1e-12.

FOREST_DUMP names the program that runs our kernels (forest_dump.c)."""

import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.ensemble._iforest import _average_path_length

DUMP = os.environ["FOREST_DUMP"]
NODE = np.dtype([("threshold", "f8"), ("feature", "i4"), ("right", "i4"),
                 ("n_row", "i4"), ("depth", "i4")])
MAX_SEED = np.iinfo(np.int32).max


def dump_mean_path(last):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        subprocess.run([DUMP, "mean-path", str(last), out], check=True)
        return np.fromfile(out)


MEAN_PATH = dump_mean_path(65536)


class Ours:
    """What forest_dump wrote."""

    def __init__(self, x, trees, samples, seed, folder):
        matrix, out = os.path.join(folder, "matrix"), os.path.join(folder, "out")
        x.astype("f4").tofile(matrix)
        subprocess.run([DUMP, "forest", matrix, str(x.shape[0]), str(x.shape[1]), str(trees),
                        str(samples), str(seed), out], check=True)
        self.raw = open(out, "rb").read()
        self.at = 0
        self.n_sample = int(self.take("i8", 1)[0])
        self.seeds = self.take("u4", trees)
        self.samples = self.take("i8", trees * self.n_sample).reshape(trees, -1)
        self.start = self.take("i8", trees + 1)
        self.nodes = self.take(NODE, self.start[-1])
        self.length = self.take("f8", x.shape[0])
        self.score = self.take("f8", x.shape[0])
        self.seconds = self.take("f8", 2)
        assert self.at == len(self.raw)

    def take(self, dtype, count):
        items = np.frombuffer(self.raw, dtype, count, self.at)
        self.at += items.nbytes
        return items


def sklearn_lengths(forest, x, mean_path):
    """Sums of path lengths in scikit-learn's order of operations, with the given c(n)."""
    lengths = np.zeros(x.shape[0])
    for tree in forest.estimators_:
        leaf = tree.apply(x)
        n_node = np.ravel(tree.decision_path(x).sum(axis=1))
        lengths += n_node + mean_path[tree.tree_.n_node_samples[leaf]] - 1.0
    return lengths


def check_tree(nodes, tree):
    leaf = tree.feature < 0
    np.testing.assert_array_equal(nodes["feature"], np.where(leaf, -1, tree.feature))
    np.testing.assert_array_equal(nodes["threshold"], np.where(leaf, 0.0, tree.threshold))
    np.testing.assert_array_equal(nodes["right"], np.where(leaf, -1, tree.children_right))
    np.testing.assert_array_equal(nodes["n_row"], tree.n_node_samples)
    inner = np.flatnonzero(~leaf)
    np.testing.assert_array_equal(tree.children_left[inner], inner + 1)
    depth = np.zeros(len(nodes), int)
    for i in inner:
        depth[tree.children_left[i]] = depth[tree.children_right[i]] = depth[i] + 1
    np.testing.assert_array_equal(nodes["depth"], depth)


def check_forest(name, x, trees=50, samples=256, seed=42, contamination="auto"):
    x = np.ascontiguousarray(x, "f4")
    forest = IsolationForest(n_estimators=trees, max_samples=samples, random_state=seed,
                             contamination=contamination)
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        forest.fit(x)
        ours = Ours(x, trees, samples, seed, folder)
    assert ours.n_sample == forest.max_samples_
    seeds = np.random.RandomState(seed).randint(MAX_SEED, size=trees)
    np.testing.assert_array_equal(ours.seeds, seeds)
    for t, estimator in enumerate(forest.estimators_):
        np.testing.assert_array_equal(ours.samples[t], np.sort(forest.estimators_samples_[t]))
        check_tree(ours.nodes[ours.start[t]:ours.start[t + 1]], estimator.tree_)
    np.testing.assert_array_equal(ours.length, sklearn_lengths(forest, x, MEAN_PATH))
    np.testing.assert_allclose(ours.score, forest.score_samples(x), rtol=0, atol=1e-12)
    offset = -0.5 if contamination == "auto" else np.percentile(ours.score,
                                                                100.0 * contamination)
    assert abs(offset - forest.offset_) <= 1e-12
    decision = forest.decision_function(x)
    clear = np.abs(decision) > 1e-12
    np.testing.assert_array_equal((ours.score - offset < 0)[clear], (decision < 0)[clear])
    print(f"ok  {name}: {x.shape[0]} x {x.shape[1]}, {trees} trees of {ours.n_sample},"
          f" {len(ours.nodes)} nodes", flush=True)


def ledger(rng, n, p):
    """Heavy-tailed columns, codes, columns that are mostly zero, as ledgers have them."""
    x = np.empty((n, p))
    for f in range(p):
        kind = f % 4
        if kind == 0:
            x[:, f] = rng.randint(0, 2 + 7 * f, n)
        elif kind == 1:
            x[:, f] = rng.standard_cauchy(n) * 1e4
        elif kind == 2:
            x[:, f] = np.where(rng.uniform(size=n) < 0.9, 0.0, rng.normal(size=n) * 1e6)
        else:
            x[:, f] = rng.lognormal(0, 3, n)
    return x


def check_sizes(rng):
    for n in (1, 2, 3, 4, 5, 17, 100, 255, 256, 257, 258, 259, 300, 3000, 25599, 25600, 25601,
              30000):
        check_forest("size", ledger(rng, n, 12), trees=20 if n > 3000 else 50)


def check_contents(rng):
    n = 1000
    normal = rng.normal(size=(n, 6))
    check_forest("all rows equal", np.ones((n, 4)))
    check_forest("one value differs", np.r_[np.zeros((n - 1, 3)), np.ones((1, 3))])
    check_forest("ties", rng.randint(0, 3, (n, 5)))
    check_forest("constant columns", np.where([True, False, True, False, False, True], normal, 7))
    check_forest("differences at the constant limit",
                 1 + 1e-7 * rng.randint(0, 4, (n, 4)).astype("f8"))
    check_forest("a feature of tiny spread", normal * [1, 1e-8, 1, 1e-7, 2e-8, 1])
    check_forest("huge values", rng.standard_cauchy((n, 3)) * 1e33)
    check_forest("denormals", rng.normal(size=(n, 3)) * 1e-41)
    check_forest("negative zeros", rng.choice([-0.0, 0.0, 1.0], size=(n, 3)))
    check_forest("duplicated rows", np.repeat(ledger(rng, 40, 5), 25, axis=0))
    for p in (1, 2, 7, 12, 24, 40):
        check_forest("width", ledger(rng, 700, p))


def check_settings(rng):
    x = ledger(rng, 6000, 12)
    for samples in (1, 2, 16, 60, 61, 1000, 1024, 1025, 5000, 5940, 5941):
        check_forest("samples", x, trees=10, samples=samples)
    for seed in (0, 1, 7, 123456789, 2**31 - 1, 2**32 - 1):
        check_forest("seed", x[:400], trees=20, seed=seed)
    for contamination in (0.001, 0.01, 0.1, 0.5):
        check_forest("contamination", x, trees=100, contamination=contamination)
    check_forest("as run", ledger(rng, 20000, 12), trees=200, contamination=0.01)


def check_mean_path():
    """numpy's float64 logarithm depends on the processor and is off by an ulp now and then, so
    ours is held against the long double one, rounded."""
    n = np.arange(3, len(MEAN_PATH))
    log = np.log((n - 1).astype(np.longdouble)).astype("f8")
    exact = 2.0 * (log + np.euler_gamma) - 2.0 * (n - 1.0) / n
    numpys = _average_path_length(n)
    print(f"mean path: of {len(n)}, {np.count_nonzero(MEAN_PATH[3:] != exact)} differ from the"
          f" rounded long double, {np.count_nonzero(MEAN_PATH[3:] != numpys)} from numpy's")
    np.testing.assert_array_equal(MEAN_PATH[:3], [0, 0, 1])
    assert np.count_nonzero(MEAN_PATH[3:] != exact) <= len(n) / 1000
    np.testing.assert_allclose(MEAN_PATH[3:], exact, rtol=1e-15)
    np.testing.assert_allclose(MEAN_PATH[3:], numpys, rtol=1e-15)


def main():
    rng = np.random.RandomState(20240531)
    check_mean_path()
    check_sizes(rng)
    check_contents(rng)
    check_settings(rng)
    return 0


if __name__ == "__main__":
    sys.exit(main())
