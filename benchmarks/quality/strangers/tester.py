"""Labelled month-end reconciliation ledgers, to measure an anomaly detector with: as a tester
would make them, who was told the eight kinds and nothing of the detector.

A ledger is a table of accounts by months: GL balance, sub-ledger (IHub) balance, and their
difference (GL - IHub), in units rounded to cents.  Accounts come in groups of 8 to 60; a group
has one scale, one sign, one behaviour of its balance and one random walk its members share:

  walk, trend, season    wander, grow or shrink steadily, follow the calendar year
  quarter_end, year_end  a spike in the closing month, every time
  flat, clearing         does not move; or hovers about zero with swings

Each account has a tie, its own normal way of agreeing or not (none of these is an anomaly):

  exact, pennies         matched: 0, or less than 1 of rounding
  standing, growing      an old break that stays, or rises by about the same each month
  timing                 items in transit: a break every month about a mean, never the same
  occasional             matched in most months, a break of the usual size in the others
  ratio                  a fixed share of the balance
  close                  a break at each quarter end only

An anomaly departs from that account's own history.  For each account `need` is the least change
of its difference that counts: max(5, 4 x the spread of its clean difference, detrended).  Each
labelled row except a matched jump's changes the difference by at least that, and leaves a break
of 1 or more.  The eight kinds:

  spike         one month, one side, a large amount
  sign_flip     the sub-ledger's (or the GL's, or a standing break's) sign turned, 1 or 2 months
  stale         the sub-ledger repeats the last good month's balance, 1 to 3 months
  duplicate     one side has the month's movement, or part of the balance, twice; 1 or 2 months
  one_sided     a journal on one side only for 1 to 3 months, or one side empty for a month
  scale         one side off by a power of ten, one month
  drift         the difference climbs a small step a month, up to 8 months, then is put right
  matched_jump  both sides jump 1.5 to 6 times the account's largest move, difference as
                usual; it goes back the month after, or (2 in 5) stays, and is then the new norm

Left out of the measures (ONSET): a drift's rows while it is less than `need`; the two months
after a matched jump that stays; the first quarter or year end an account shows, if from `first`
on.  The month an error is put right is usual.  Errors of one account are two months apart.
"""
import numpy as np

from ledgers import KINDS, ONSET, USUAL
from strangers.common import finished

SPIKE, FLIP, STALE, DUPLICATE, ONE_SIDED, SCALE, DRIFT, JUMP = range(8)

BEHAVIOURS = ("walk", "trend", "season", "quarter_end", "year_end", "flat", "clearing")
TIES = ("exact", "pennies", "standing", "growing", "timing", "occasional", "ratio", "close")

# Weights in the order of BEHAVIOURS and TIES; the groups' scale, as powers of ten.
FAMILIES = {
    "quiet": dict(behaviour=(45, 20, 10, 5, 2, 15, 3), tie=(75, 15, 4, 1, 2, 1, 1, 1),
                  scale=(4, 7)),
    "mixed": dict(behaviour=(30, 20, 15, 12, 5, 8, 10), tie=(50, 15, 10, 4, 7, 5, 4, 5),
                  scale=(3, 8)),
    "breaks": dict(behaviour=(35, 20, 15, 10, 3, 7, 10), tie=(38, 16, 13, 7, 10, 6, 5, 5),
                   scale=(3, 8)),
    "closing": dict(behaviour=(10, 10, 30, 30, 12, 3, 5), tie=(48, 12, 6, 3, 6, 5, 5, 15),
                    scale=(4, 7.5)),
    "small": dict(behaviour=(30, 10, 15, 10, 3, 12, 20), tie=(50, 20, 8, 3, 8, 6, 2, 3),
                  scale=(2.5, 4.5)),
}


def _log(rng, low, high, size=None):
    """Draws between low and high, even on a log scale."""
    return np.exp(rng.uniform(np.log(low), np.log(high), size))


def _shares(weights):
    return np.array(weights, float) / np.sum(weights)


def _balances(rng, accounts, months, mix, calendar):
    """Clean GL balances, each account's behaviour, and its level."""
    sizes = []
    while sum(sizes) < accounts:
        sizes.append(int(rng.integers(8, 61)))
    group = np.repeat(np.arange(len(sizes)), sizes)[:accounts]
    n = len(sizes)
    code = rng.choice(len(BEHAVIOURS), n, p=_shares(mix["behaviour"]))
    behaviour = np.array(BEHAVIOURS)[code]
    low, high = mix["scale"]
    scale = 10 ** rng.uniform(low, high, n) * rng.choice([1, 1, -1], n)
    level = scale[group] * np.exp(rng.normal(0, 0.7, accounts))
    t = np.arange(months)
    quarter, year = calendar % 3 == 2, calendar == 11

    # What a group shares: a walk, and its behaviour's shape, both as logs of the balance.
    step = _log(rng, 0.004, 0.05, n)
    shape = np.cumsum(rng.normal(0, 1, (n, months)) * step[:, None] * 0.6, axis=1)
    slope = rng.choice([-1, 1, 1], n) * _log(rng, 0.005, 0.03, n)
    swing, peak = rng.uniform(0.08, 0.4, n), rng.integers(0, 12, n)
    bump = rng.uniform(0.25, 1.1, n)
    season = np.cos(2 * np.pi * (calendar[None, :] - peak[:, None]) / 12)
    shape += (behaviour == "trend")[:, None] * slope[:, None] * t
    shape += (behaviour == "season")[:, None] * swing[:, None] * season

    # What is an account's own: most of its walk, and how high each closing spike is.
    own = rng.standard_t(6, (accounts, months)) / np.sqrt(1.5)
    own = np.clip(own, -4, 4) * (step[group] * np.exp(rng.normal(0, 0.3, accounts)))[:, None]
    path = shape[group] + np.cumsum(own, axis=1) * 0.7 + own * 0.3
    high = bump[group][:, None] * np.exp(rng.normal(0, 0.12, (accounts, months)))
    kinds = behaviour[group]
    path += ((kinds == "quarter_end")[:, None] & quarter) * high
    path += ((kinds == "year_end")[:, None] & year) * high
    gl = level[:, None] * np.exp(path)
    gl = np.where((kinds == "flat")[:, None], level[:, None], gl)
    noise = np.clip(rng.normal(0, 0.6, (accounts, months)), -1.8, 1.8)
    gl = np.where((kinds == "clearing")[:, None], level[:, None] * noise, gl)
    return np.round(gl, 2), kinds, np.abs(level)


def _differences(rng, gl, level, mix, calendar, first):
    """Clean differences, and each account's tie."""
    accounts, months = gl.shape
    tie = np.array(TIES)[rng.choice(len(TIES), accounts, p=_shares(mix["tie"]))]
    size = (rng.choice([-1, 1], accounts) * np.maximum(20, level * _log(
        rng, 0.001, 0.15, accounts)))[:, None]
    noise = rng.normal(0, 1, (accounts, months))
    transit = noise.copy()
    for t in range(1, months):
        transit[:, t] = 0.4 * transit[:, t - 1] + 0.92 * noise[:, t]
    # An occasional break is seen at least once before errors may begin.
    there = rng.random((accounts, months)) < rng.uniform(0.15, 0.4, accounts)[:, None]
    there[np.arange(accounts), rng.integers(0, max(first, 1), accounts)] = True
    wobble = 1 + 0.15 * np.clip(noise, -2.5, 2.5)
    steady = np.where(rng.random(accounts) < 0.6, 0, 0.03)[:, None]
    rate = _log(rng, 0.02, 0.15, accounts)[:, None]
    ratio = (rng.choice([-1, 1], accounts) * _log(rng, 0.003, 0.08, accounts))[:, None]
    ways = {
        "pennies": rng.uniform(-0.9, 0.9, (accounts, months)),
        "standing": size * (1 + steady * noise),
        "growing": size * (1 + rate * (np.arange(months) + 0.2 * noise)),
        "timing": size * (1 + _log(rng, 0.15, 1.2, accounts)[:, None] * transit),
        "occasional": size * wobble * there,
        "ratio": ratio * gl * (1 + 0.02 * noise),
        "close": size * wobble * (calendar % 3 == 2),
    }
    difference = np.zeros(gl.shape)
    for name, values in ways.items():
        difference = np.where((tie == name)[:, None], values, difference)
    return np.round(difference, 2), tie


def _needs(difference):
    """The least change of each account's difference that departs from its history."""
    t = np.arange(difference.shape[1]) - (difference.shape[1] - 1) / 2
    slope = difference @ t / (t @ t)
    rest = difference - difference.mean(axis=1, keepdims=True) - slope[:, None] * t
    spread = np.maximum(rest.std(axis=1), 0.4 * np.abs(rest).max(axis=1))
    return np.maximum(5, 4 * spread), spread


class _Errors:
    """Puts errors into clean balances, one at a time, away from one another."""

    def __init__(self, rng, gl, ihub, level, tie, kind, first):
        self.rng, self.gl, self.ihub, self.kind, self.first = rng, gl, ihub, kind, first
        self.level, self.tie = level, tie
        self.need, self.spread = _needs(np.round(gl - ihub, 2))
        self.reach = np.abs(np.diff(gl, axis=1)).max(axis=1)
        self.busy = kind == ONSET

    def amount(self, a, low, high, most):
        """A change of the difference: a share of the level on top of what is needed."""
        rng = self.rng
        if self.spread[a] < 1 and rng.random() < 0.15:    # where all matches, a little counts
            size = _log(rng, 6, 500)
        else:
            size = self.need[a] * rng.uniform(1.05, most) + self.level[a] * _log(rng, low, high)
        return size * rng.choice([-1, 1])

    def place(self, code, room):
        """One error of this kind, of at most `room` labelled rows; how many were labelled."""
        rng, months = self.rng, self.gl.shape[1]
        a, t = int(rng.integers(len(self.gl))), int(rng.integers(self.first, months))
        length = int({
            FLIP: rng.choice([1, 1, 2]), STALE: rng.integers(1, 4), DRIFT: rng.integers(3, 9),
            DUPLICATE: rng.choice([1, 1, 2]), ONE_SIDED: rng.choice([1, 1, 2, 3])}.get(code, 1))
        if code == DRIFT:    # one that the ledger ends is as long as there are months for it
            t = min(t, max(self.first, months - length))
        length = min(length, months - t, length if code == DRIFT else room)
        if self.busy[a, max(0, t - 2):t + length + 2].any():
            return 0
        if code == JUMP:
            return self.jump(a, t)
        old_gl, old_ihub = self.gl[a, t:t + length], self.ihub[a, t:t + length]
        gl, ihub = getattr(self, KINDS[code])(a, t, old_gl.copy(), old_ihub.copy())
        change = np.abs((gl - ihub) - (old_gl - old_ihub))
        seen = (change >= self.need[a]) & (np.abs(gl - ihub) >= 1)    # and not matched
        if code == DRIFT:
            if not seen.any():
                return 0
            length = min(length, int(np.flatnonzero(seen)[:room][-1]) + 1)
        else:
            length = length if seen.all() else int(np.argmin(seen))
        if not length:
            return 0
        rows = slice(t, t + length)
        self.gl[a, rows], self.ihub[a, rows] = gl[:length], ihub[:length]
        self.kind[a, rows] = np.where(seen[:length], code, ONSET)
        self.busy[a, rows] = True
        return int(seen[:length].sum())

    def either(self, gl, ihub, shift, on_gl=0.5):
        """The difference shifted by an entry in the GL, or in the sub-ledger."""
        if self.rng.random() < on_gl:
            return gl + shift, ihub
        return gl, ihub - shift

    def spike(self, a, t, gl, ihub):
        return self.either(gl, ihub, self.amount(a, 0.01, 0.8, 4), 0.7)

    def sign_flip(self, a, t, gl, ihub):
        if self.tie[a] in ("standing", "growing", "ratio") and self.rng.random() < 0.5:
            return gl, 2 * gl - ihub
        return (gl, -ihub) if self.rng.random() < 0.7 else (-gl, ihub)

    def stale(self, a, t, gl, ihub):
        return gl, np.full(len(gl), self.ihub[a, t - 1])

    def duplicate(self, a, t, gl, ihub):
        moved = gl[0] - self.gl[a, t - 1]
        if abs(moved) < self.need[a] or self.rng.random() < 0.4:
            moved = self.amount(a, 0.005, 0.15, 2)
        if self.rng.random() < 0.5:
            return gl + moved, ihub
        return gl, ihub + moved

    def one_sided(self, a, t, gl, ihub):
        draw = self.rng.random()
        if draw < 0.3 and len(gl) == 1:
            return (gl, ihub * 0) if draw < 0.2 else (gl * 0, ihub)
        return self.either(gl, ihub, self.amount(a, 0.003, 0.15, 2))

    def scale(self, a, t, gl, ihub):
        factor = 10.0 ** self.rng.choice([-3, -2, -2, -1, 1, 2, 2, 3])
        return (gl, ihub * factor) if self.rng.random() < 0.75 else (gl * factor, ihub)

    def drift(self, a, t, gl, ihub):
        rng = self.rng
        step = self.spread[a] * rng.uniform(0.9, 2.5) + self.level[a] * _log(rng, 2e-4, 6e-3)
        step = max(step, 3) * rng.choice([-1, 1])
        climb = np.cumsum(rng.uniform(0.75, 1.25, len(gl))) * step
        return self.either(gl, ihub, climb)

    def jump(self, a, t):
        """Both sides move together; for a month, or for good."""
        rng, months = self.rng, self.gl.shape[1]
        move = max(self.reach[a], 0.04 * self.level[a]) * rng.uniform(1.5, 6)
        move = np.round(move * rng.choice([-1, 1, 1]) * np.sign(self.gl[a, t] or 1), 2)
        # Measured from the month before, which the account's own move must not undo.
        if abs(self.gl[a, t] + move - self.gl[a, t - 1]) < 1.3 * self.reach[a]:
            return 0
        stays = rng.random() < 0.4
        if stays and (self.busy[a, t:] | (self.kind[a, t:] != USUAL)).any():
            stays = False
        rows = slice(t, months if stays else t + 1)
        self.gl[a, rows] += move
        self.ihub[a, rows] += move
        if stays:
            self.kind[a, t + 1:t + 3] = ONSET
            self.busy[a, t + 1:t + 3] = True
        self.kind[a, t], self.busy[a, t] = JUMP, True
        return 1


def make(seed, rows, months, share, family, first=3):
    """About `rows` rows of `months` months, round(share * rows) of them labelled.

    The eight kinds get equal numbers of labelled rows (the rest by lot).  What a kind finds
    no place for (a tiny ledger) goes to the spikes.
    """
    if not 1 <= first < months:
        raise ValueError("first must be at least 1, and less than months")
    rng = np.random.default_rng([seed, rows, months, sorted(FAMILIES).index(family)])
    mix, accounts = FAMILIES[family], max(1, round(rows / months))
    calendar = (rng.integers(12) + np.arange(months)) % 12
    gl, behaviour, level = _balances(rng, accounts, months, mix, calendar)
    difference, tie = _differences(rng, gl, level, mix, calendar, first)
    kind = np.full(gl.shape, USUAL)
    for at, who in ((calendar % 3 == 2, (behaviour == "quarter_end") | (tie == "close")),
                    (calendar == 11, behaviour == "year_end")):
        if at.any() and np.argmax(at) >= first:
            kind[who, np.argmax(at)] = ONSET

    errors = _Errors(rng, gl, np.round(gl - difference, 2), level, tie, kind, first)
    total = round(share * rows)
    quota = np.full(len(KINDS), total // len(KINDS))
    quota[rng.permutation(len(KINDS))[:total % len(KINDS)]] += 1
    # The longest and the most choosy first, while there is room; spikes fit anywhere.
    left = 0
    for code in (DRIFT, STALE, JUMP, DUPLICATE, ONE_SIDED, FLIP, SCALE, SPIKE):
        room = int(quota[code]) + (left if code == SPIKE else 0)
        misses = 0
        while room > 0 and misses < 3000:
            labelled = errors.place(code, room)
            room, misses = room - labelled, 0 if labelled else misses + 1
        left += room
    return finished(errors.gl, errors.ihub, kind, behaviour, tie)
