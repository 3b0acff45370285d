"""Made-up ledgers with known anomalies, unlike each other on purpose.

Each account draws how its balance behaves, how its two sides usually tie out, its size and its
sign; a ledger draws which of these it is made of. Everything that belongs to an account's usual
behaviour (trends, seasons, quarter-end peaks, steps, usual and returning breaks, sleeping
accounts) is normal, however large. Then a share of the rows is spoilt, by eight kinds of error,
with sizes that vary. Written apart from the program's own generator, so that neither flatters
the features.
"""
import numpy as np

KINDS = ("spike", "sign_flip", "stale", "duplicate", "one_sided", "scale", "drift",
         "matched_jump")

USUAL, ONSET = -1, -2  # no anomaly; the unlabelled beginning of a drift, left out of measures

BALANCES = ("steady", "trend", "walk", "season", "quarter", "step", "sleepy", "zeros",
            "integer")
TIES = ("exact", "cents", "constant", "noisy", "growing", "quarterly", "timing", "absent")

# name: (balance mix, tie mix, log10 of the smallest and largest account)
FAMILIES = {
    "mixed": (dict.fromkeys(BALANCES, 1), dict.fromkeys(TIES, 1), (2, 8)),
    "tied": ({"steady": 2, "walk": 2, "trend": 1}, {"exact": 8, "cents": 2}, (3, 7)),
    "trending": ({"trend": 3, "walk": 1}, {"exact": 3, "growing": 3, "constant": 2}, (3, 7)),
    "seasonal": ({"season": 2, "quarter": 2}, {"exact": 2, "quarterly": 2, "cents": 1}, (3, 7)),
    "noisy": ({"walk": 1, "steady": 1}, {"noisy": 5, "timing": 2, "constant": 2}, (3, 7)),
    "sparse": ({"sleepy": 2, "zeros": 2, "steady": 1},
               {"exact": 5, "cents": 1, "timing": 1}, (3, 6)),
    "steps": ({"step": 3, "steady": 1}, {"exact": 3, "constant": 2, "cents": 1}, (3, 7)),
    "scales": ({"steady": 1, "walk": 1, "integer": 1},
               {"exact": 3, "constant": 1, "noisy": 1}, (1, 11)),
}


def pick(rng, weights, n):
    names = np.array(list(weights))
    share = np.array(list(weights.values()), float)
    return rng.choice(names, size=n, p=share / share.sum())


def balances(rng, behaviour, size, months):
    """GL balances [accounts, months] of the usual kind."""
    n = len(size)
    t = np.arange(months)
    noise = rng.normal(size=(n, months))
    level = np.ones((n, months))
    vary = 10 ** rng.uniform(-3, -1, size=(n, 1))
    is_ = {name: (behaviour == name)[:, None] for name in BALANCES}
    level = np.where(is_["steady"], 1 + vary * noise, level)
    slope = rng.uniform(-0.015, 0.05, size=(n, 1))
    level = np.where(is_["trend"], 1 + slope * t + 0.3 * vary * noise, level)
    level = np.where(is_["walk"], np.exp(np.cumsum(vary * noise, axis=1)), level)
    wave = np.sin(2 * np.pi * (t + rng.integers(0, 12, size=(n, 1))) / 12)
    swing = rng.uniform(0.1, 0.6, (n, 1))
    level = np.where(is_["season"], 1 + swing * wave + 0.1 * vary * noise, level)
    peak = (t % 3 == 2) * rng.uniform(0.3, 2.0, (n, 1))
    level = np.where(is_["quarter"], (1 + peak) * (1 + 0.3 * vary * noise), level)
    when = rng.integers(1, max(months, 2), size=(n, 1))
    step = (t >= when) * rng.uniform(-0.4, 0.6, (n, 1))
    level = np.where(is_["step"], (1 + step) * (1 + 0.1 * vary * noise), level)
    awake = np.cumsum(rng.random((n, months)) < 0.3, axis=1)
    hops = np.take_along_axis(np.exp(0.05 * rng.normal(size=(n, months + 1))), awake, axis=1)
    level = np.where(is_["sleepy"], hops, level)
    level = np.where(is_["zeros"], (rng.random((n, months)) < 0.35) * (1 + 0.2 * noise), level)
    level = np.where(is_["integer"], 1 + 0.05 * noise, level)
    gl = level * size[:, None]
    unit = np.maximum(1, 10 ** np.floor(np.log10(size) - 1))[:, None]
    return np.where(is_["integer"], np.round(gl / unit) * unit, gl)


def usual_breaks(rng, tie, gl, size, months):
    """Differences [accounts, months] of the usual kind, and each account's usual spread."""
    n = len(size)
    t = np.arange(months)
    noise = rng.normal(size=(n, months))
    scale = size[:, None]
    usual = rng.choice([-1, 1], (n, 1)) * 10 ** rng.uniform(-2.5, -0.5, (n, 1)) * scale
    is_ = {name: (tie == name)[:, None] for name in TIES}
    d = np.where(is_["cents"], rng.uniform(-0.6, 0.6, (n, months)), 0.0)
    wobble = rng.choice([0.0, 0.02], (n, 1))
    d = np.where(is_["constant"], usual * (1 + wobble * noise), d)
    spread = 10 ** rng.uniform(-3, -1.3, (n, 1)) * scale
    d = np.where(is_["noisy"], rng.choice([0, 1], (n, 1)) * usual + spread * noise, d)
    d = np.where(is_["growing"], usual * (0.3 + 0.1 * t * (1 + 0.05 * noise)), d)
    d = np.where(is_["quarterly"], (t % 3 == 2) * usual * (1 + 0.05 * noise), d)
    often = rng.random((n, months)) < rng.uniform(0.3, 0.7, (n, 1))
    late = often * (gl != 0) * np.exp(0.4 * noise)
    d = np.where(is_["timing"], late * 0.1 * usual, d)
    d = np.where(is_["absent"], gl, d)
    spread = np.where(is_["noisy"], spread, 0)
    spread = np.where(is_["timing"], 0.2 * np.abs(usual), spread)
    spread = np.where(is_["constant"], wobble * np.abs(usual), spread)
    spread = np.where(is_["growing"], 0.12 * np.abs(usual), spread)
    return d, np.maximum(np.where(is_["quarterly"], np.abs(usual), spread), 1.0)


class Ledger:
    """gl, ihub, difference [accounts, months] and kind [accounts, months]."""

    def __init__(self, gl, ihub, kind):
        self.gl, self.ihub, self.kind = np.round(gl, 2), np.round(ihub, 2), kind
        self.difference = np.round(self.gl - self.ihub, 2)


def posting(rng, gl, i, k):
    moved = abs(gl[i, k] - gl[i, k - 1])
    part = abs(gl[i, k]) * 10 ** rng.uniform(-1.3, -0.2)
    return moved if moved > 0.03 * abs(gl[i, k]) and rng.random() < 0.5 else part


def spoil(rng, gl, ihub, kind, spread, i, k, what):
    """Puts one anomaly at account i, month k. False where it would leave no trace."""
    least = max(10.0, 6 * spread[i, 0])
    name, months, before = KINDS[what], gl.shape[1], gl[i, k] - ihub[i, k]
    size = np.abs(gl[i]).mean()
    if name == "matched_jump":
        if spread[i, 1] == 0:
            return False
        # A jump is one only beside how much the account moves otherwise.
        jump = rng.uniform(1.5, 6) * size + 4 * np.abs(np.diff(gl[i])).max()
        jump *= rng.choice([1, -1])
        end = months if rng.random() < 0.3 else k + 1
        gl[i, k:end] += jump
        ihub[i, k:end] += jump
        kind[i, k] = what
        return True
    if name == "drift":
        length = int(rng.integers(4, 8))
        if k < length + 1:
            return False
        total = max(least * 2, rng.uniform(0.05, 0.6) * size) * rng.choice([-1, 1])
        ramp = np.linspace(0, total, length + 1)[1:] * np.exp(0.1 * rng.normal(size=length))
        ihub[i, k - length + 1:k + 1] -= ramp
        ripe = np.abs(ramp) > max(0.5 * abs(total), least)
        kind[i, k - length + 1:k + 1] = np.where(ripe, what, ONSET)
        return True
    new_gl, new = gl[i, k], ihub[i, k]
    if name == "spike":
        new += rng.choice([-1, 1]) * (least + rng.uniform(0.1, 2.5) * size)
    elif name == "sign_flip":
        new = -new
    elif name == "stale":
        new = ihub[i, k - 1]
    elif name == "duplicate":
        new += rng.choice([-1, 1]) * posting(rng, gl, i, k)
    elif name == "one_sided":
        new, new_gl = (0.0, new_gl) if rng.random() < 0.5 else (new, 0.0)
    elif name == "scale":
        new *= 10.0 ** rng.choice([-3, -2, -1, 1, 2, 3])
    if abs(new_gl - new - before) < least:
        return False
    if rng.random() < 0.5 and name in ("sign_flip", "duplicate", "spike"):
        new_gl, new = new_gl - (new - ihub[i, k]), ihub[i, k]
    gl[i, k], ihub[i, k], kind[i, k] = new_gl, new, what
    return True


def make(seed, rows, months, share, family="mixed", first=2, kinds=KINDS):
    """A ledger of about `rows` rows; anomalies from month `first` (0-based) on."""
    rng = np.random.default_rng([seed, rows, months])
    balance_mix, tie_mix, (low, high) = FAMILIES[family]
    n = max(rows // months, 1)
    size = 10 ** rng.uniform(low, high, n)
    behaviour, tie = pick(rng, balance_mix, n), pick(rng, tie_mix, n)
    restless = np.isin(behaviour, ["quarter", "sleepy", "zeros", "step"])
    # Where a balance sleeps, a first posting on one side alone is no habit but an error.
    tie[restless & (tie == "absent")] = "exact"
    tie[(behaviour == "zeros") & ~np.isin(tie, ["cents", "timing"])] = "exact"
    gl = balances(rng, behaviour, size, months) * rng.choice([1, 1, 1, -1], (n, 1))
    d, spread = usual_breaks(rng, tie, gl, size, months)
    ihub = np.where((tie == "absent")[:, None], 0.0, gl - d)
    may_jump = ~np.isin(behaviour, ["sleepy", "zeros", "step"]) & (tie != "absent")
    spread = np.column_stack([spread, may_jump])
    kind = np.full((n, months), USUAL)
    wanted = max(1, int(round(share * n * months)))
    tries = 0
    while (kind >= 0).sum() < wanted and tries < 50 * wanted + 100:
        tries += 1
        i, k = rng.integers(n), rng.integers(min(first, months - 1), months)
        near = kind[i, max(k - 8, 0):min(k + 3, months)]
        if (near == USUAL).all():
            what = KINDS.index(kinds[rng.integers(len(kinds))])
            spoil(rng, gl, ihub, kind, spread, i, k, what)
    made = Ledger(gl, ihub, kind)
    made.behaviour, made.tie = behaviour, tie
    return made


def month_ends(months, year=2019):
    first = np.datetime64(f"{year}-01") + np.arange(months)
    return (first + 1).astype("datetime64[D]") - 1


def write(ledger, path, labels=None):
    """The ledger as CSV, by month, oldest first, and "row,kind" lines of the anomalies."""
    n, months = ledger.gl.shape
    dates = month_ends(months)
    with open(path, "w") as out:
        out.write("Asofdate,Company,Account,AU,GL Balance,IHub balance,Balance difference,"
                  "Match Status\n")
        for k in range(months):
            for i in range(n):
                d = ledger.difference[i, k]
                status = "Match" if abs(d) < 1 else "Break"
                out.write(f"{dates[k]},{i % 17:05d},{1600000 + i % 997},{i},"
                          f"{ledger.gl[i, k]:.2f},{ledger.ihub[i, k]:.2f},{d:.2f},{status}\n")
    if labels:
        with open(labels, "w") as out:
            out.write("row,kind\n")
            for k in range(months):
                for i in np.nonzero(ledger.kind[:, k] >= 0)[0]:
                    out.write(f"{k * n + i},{KINDS[ledger.kind[i, k]]}\n")
