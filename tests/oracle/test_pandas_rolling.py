"""Changes and rolling deviations have the bits that the installed pandas gives.

pandas computes them per group, as the script does that tieout replaces; rolling_dump computes
them with the kernels. Series that lose digits (spikes, alternating signs, tiny beside huge) are
the point: there, any other way to a standard deviation gives other bits.
"""
import os
import subprocess
import sys

import numpy as np
import pandas as pd


def by_pandas(account, value):
    """The script's GL_Change and GL_Std, in input order."""
    frame = pd.DataFrame({"account": account, "value": value})
    group = frame.groupby("account")["value"]
    std = group.rolling(3, min_periods=1).std().fillna(0)
    return group.diff().fillna(0).to_numpy(), std.droplevel(0).sort_index().to_numpy()


def by_kernels(account, value):
    """The same by rolling_dump."""
    data = np.int64(len(value)).tobytes() + account.tobytes() + value.tobytes()
    run = subprocess.run([os.environ["ROLLING_DUMP"]], input=data, capture_output=True,
                         check=True)
    both = np.frombuffer(run.stdout, dtype=np.float64)
    return both[:len(value)], both[len(value):]


def check(name, account, value):
    """Compares bits; -0 counts as 0, which no later step tells apart. Returns 1 on failure."""
    account = np.ascontiguousarray(account, dtype=np.uint32)
    value = np.ascontiguousarray(value, dtype=np.float64)
    bad = 0
    for what, expected, got in zip(("change", "deviation"), by_pandas(account, value),
                                   by_kernels(account, value)):
        same = (expected + 0.0).view(np.uint64) == (got + 0.0).view(np.uint64)
        if not same.all():
            bad = 1
            i = int(np.argmin(same))
            print(f"FAILED {name}: {what} of row {i} is {got[i]!r}, pandas has {expected[i]!r}; "
                  f"{np.count_nonzero(~same)} of {len(value)} differ")
    if not bad:
        print(f"ok {name}: {len(value)} rows")
    return bad


def one_group(value):
    return np.zeros(len(value)), np.array(value, dtype=np.float64)


def nasty_series():
    """Name, accounts and values of series that lose digits."""
    yield "a spike", *one_group([0.01, 0.02, 1e15, 0.01, 0.03, 0.01, 0.02] * 3)
    yield "a constant", *one_group([0.1] * 20)
    yield "constants after each other", *one_group([0.1] * 5 + [1e9] * 5 + [0.1] * 2 + [7] * 9)
    yield "zeros", *one_group([0.0, -0.0] * 10)
    yield "alternating signs", *one_group([(-1) ** i * 1e12 + i / 100 for i in range(50)])
    yield "tiny numbers", *one_group([1e-300, 3e-300, -1e-300, 0, 1e-150, 2e-150] * 5)
    yield "subnormal numbers", *one_group([5e-324, 0, 1e-320, 1, 5e-324, 5e-324] * 5)
    yield "near overflow", *one_group([1e153, -1e153, 1e154, 1, 2, 3, 1e150] * 5)
    yield "overflow", *one_group([1e308, -1e308, 1e308, 1, 2, 3, 4, 5] * 3)
    yield "one row", *one_group([3.5])
    yield "cents beside billions", *one_group([1e9 + i % 7 / 100 for i in range(200)])


def random_groups(n_group, amounts, rng):
    """Groups of 1 to 40 rows that lie between each other in the input."""
    account = np.repeat(np.arange(n_group), rng.integers(1, 41, n_group))
    rng.shuffle(account)
    return account, amounts(rng, len(account))


def ledger_amounts(rng, n):
    """Amounts in cents over nine decades, many repeated, a few spikes."""
    value = np.round(10 ** rng.uniform(-2, 7, n) * rng.choice([-1, 1], n), 2)
    value[rng.random(n) < 0.2] = 1000.1
    spike = rng.random(n) < 0.02
    value[spike] = np.round(rng.uniform(-1e15, 1e15, np.count_nonzero(spike)), 2)
    return value


def any_amounts(rng, n):
    return rng.standard_normal(n) * 10.0 ** rng.integers(-150, 150, n)


def few_amounts(rng, n):
    return rng.choice([0.1, 0.2, 0.3, -0.1, 1e8], n)


def main():
    rng = np.random.default_rng(20240531)
    failed = sum(check(*series) for series in nasty_series())
    failed += check("100000 groups of ledger amounts", *random_groups(100000, ledger_amounts, rng))
    failed += check("20000 groups of any size", *random_groups(20000, any_amounts, rng))
    failed += check("20000 groups of few values", *random_groups(20000, few_amounts, rng))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
