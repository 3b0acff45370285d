"""The program's kernels, called from Python: builds them into one shared library and wraps the
history features and the forest, so that quality can be measured where no program is installed.
"""
import ctypes as c
import glob
import os
import subprocess
import tempfile

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FLAGS = ["-std=c11", "-O3", "-ffp-contract=off", "-fopenmp", "-fPIC", "-shared",
         "-D_POSIX_C_SOURCE=200809L"]

ROW = np.dtype([("row_number", "i8"), ("order", "i8"), ("gl", "f8"), ("ihub", "f8"),
                ("difference", "f8"), ("date", "i4"), ("code", "u4", 5)])
NODE = np.dtype([("threshold", "f8"), ("feature", "i4"), ("right", "i4"), ("n_row", "i4"),
                 ("depth", "i4")])
N_HISTORY = 7
SIMD_AUTO = 0


class Groups(c.Structure):
    _fields_ = [("n_group", c.c_size_t), ("n_row", c.c_size_t), ("start", c.c_void_p),
                ("member", c.c_void_p)]


class Forest(c.Structure):
    _fields_ = [("n_tree", c.c_size_t), ("n_feature", c.c_size_t), ("n_sample", c.c_int64),
                ("start", c.c_void_p), ("node", c.c_void_p)]


def load(folder=os.path.join(ROOT, "kernels")):
    """Builds and loads every kernel in folder."""
    build = tempfile.mkdtemp(prefix="tieout-kernels-")
    path = os.path.join(build, "kernels.so")
    sources = sorted(glob.glob(os.path.join(folder, "*.c")))
    subprocess.check_call(["cc", *FLAGS, "-I", folder, *sources, "-o", path, "-lm", "-lxxhash"])
    library = c.CDLL(path)
    library.features_history.restype = c.c_size_t
    return library


def pointers(columns):
    return (c.c_void_p * len(columns))(*[column.ctypes.data for column in columns])


def history_features(library, ledger, tolerance=1.0):
    """Features [rows, N_HISTORY] in account order, and the number of departing rows."""
    n, months = ledger.gl.shape
    row = np.zeros(n * months, ROW)
    for name in ("gl", "ihub", "difference"):
        row[name] = getattr(ledger, name).ravel()
    member = np.arange(n * months, dtype=np.uint32)
    start = np.arange(n + 1, dtype=np.uint64) * np.uint64(months)
    groups = Groups(n, n * months, start.ctypes.data, member.ctypes.data)
    column = np.zeros((N_HISTORY, n * months))
    departing = library.features_history(c.c_void_p(row.ctypes.data), c.byref(groups),
                                         c.c_double(tolerance), pointers(column))
    return column.T, departing


def forest_scores(library, x, trees=200, samples=256, seed=42):
    """Our forest's score_samples of x [rows, features], float32 values as they are."""
    x = np.ascontiguousarray(x, np.float32)
    n, p = x.shape
    samples = min(samples, n)
    seeds = np.zeros(trees, np.uint32)
    library.iforest_seeds(c.c_uint32(seed), c.c_size_t(trees), c.c_void_p(seeds.ctypes.data))
    error = c.create_string_buffer(2048)
    nodes, start = [], np.zeros(trees + 1, np.uint64)
    chosen, used = np.zeros(samples, np.int64), c.c_size_t()
    room = np.zeros(2 * samples, NODE)
    for t in range(trees):
        check(library.itree_draw_sample(c.c_uint32(seeds[t]), c.c_int64(n), c.c_int64(samples),
                                        c.c_void_p(chosen.ctypes.data), error))
        part = np.ascontiguousarray(x[chosen])
        check(library.itree_grow(c.c_void_p(part.ctypes.data), c.c_size_t(samples),
                                 c.c_size_t(p), c.c_uint32(seeds[t]),
                                 c.c_void_p(room.ctypes.data), c.byref(used), error))
        nodes.append(room[:used.value].copy())
        start[t + 1] = start[t] + np.uint64(used.value)
    node = np.concatenate(nodes)
    forest = Forest(trees, p, samples, start.ctypes.data, node.ctypes.data)
    scorer, score, simd = c.c_void_p(), np.zeros(n), c.c_int()
    check(library.simd_choose(SIMD_AUTO, c.byref(simd), error))
    check(library.scorer_create(c.byref(forest), simd, c.byref(scorer), error))
    columns = [np.ascontiguousarray(x[:, j]) for j in range(p)]
    library.scorer_run(scorer, pointers(columns), c.c_size_t(n), c.c_void_p(score.ctypes.data))
    library.scorer_free(scorer)
    return score


def check(status):
    if status != 0:
        raise RuntimeError(f"a kernel ended with status {status}")
