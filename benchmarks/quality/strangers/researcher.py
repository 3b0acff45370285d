"""Labelled month-end reconciliation ledgers, to test an anomaly detector: as a researcher of
such detectors would make them, who was told the eight kinds and nothing of this one.

What is made. Accounts sit in groups (a company); a group has its own money scale, random walk,
season and quarter phase. An account has a `behaviour` (how its balance moves) and a `tie` (how
its GL normally differs from its sub-ledger). Most ties match (|difference| < 1); the others
break as a habit: a standing difference, noise, timing breaks, a break each quarter end, a creep
or a walk. Habitual breaks, trends, seasons and spikes are normal (USUAL), however big.

What is labelled. An error is put in only where it departs from the account's own habit: the
change it makes to the difference must exceed `limit`, which is twice the largest habitual
surprise of that account (and 6 of its sigmas), or, for accounts that always match, 0.01 % of
the level (at least 5.00). So a labelled break may be tiny in money and an unlabelled one huge.
In an account that breaks at quarter ends, from its eighth month on, a break of about the usual
size in another month counts. A matched jump moves both sides by the same cents, by more than
twice the largest move the account makes.

How long. An error lasts 1 to 3 months (a sign flip, scale error or spike mostly 1, a drift 3 to
12), and each month of it is labelled; the month it is put right is USUAL. Of a matched jump the
first month is labelled. ONSET (not to be measured): the months of a drift before it passes the
limit; the two months after a matched jump, and its return; an account's first year-end spike,
if not before `first`, and the month after it. Errors of an account are 2 months apart.

Kinds get equal shares of the labelled rows; one for which there is no room gives its to others.
"""
import numpy as np

from ledgers import KINDS, ONSET, USUAL, Ledger

SPIKE, FLIP, STALE, DUPLICATE, ONE_SIDED, SCALE, DRIFT, JUMP = range(len(KINDS))
MAX_TRIES = 600                     # failed places in a row before a kind is given up

BEHAVIOURS = ("flat", "walk", "trend", "season", "quarter_spike", "year_spike", "clearing",
              "dormant")
TIES = ("matched", "cents", "standing", "noisy", "timing", "quarterly", "creep", "walk")
# name: (weights of BEHAVIOURS, weights of TIES, accounts in a group, spread of group scales)
FAMILIES = {
    "steady": ((40, 40, 8, 4, 2, 0, 2, 4), (60, 25, 5, 4, 4, 1, 1, 0), 25, 1.0),
    "seasonal": ((8, 15, 10, 35, 20, 8, 2, 2), (55, 20, 3, 4, 5, 11, 1, 1), 20, 1.2),
    "trending": ((8, 20, 45, 12, 5, 2, 4, 4), (55, 18, 8, 5, 4, 3, 5, 2), 30, 1.2),
    "restless": ((10, 35, 15, 12, 10, 4, 10, 4), (38, 15, 8, 14, 12, 6, 3, 4), 15, 1.6),
    "sparse": ((15, 15, 4, 4, 8, 4, 22, 28), (62, 20, 6, 3, 6, 2, 1, 0), 12, 1.8),
    "mixed": ((16, 22, 15, 14, 10, 5, 8, 10), (52, 18, 6, 7, 7, 5, 3, 2), 20, 1.5),
}


def _log_uniform(rng, low, high, size=None):
    return np.exp(rng.uniform(np.log(low), np.log(high), size))


def _pick(rng, names, weights, count):
    weights = np.asarray(weights, float)
    return np.array(names)[rng.choice(len(names), count, p=weights / weights.sum())]


def _balances(rng, behaviour, group, scale, phase, months):
    """The balances [accounts, months] both sides agree on, and each account's level."""
    count, when = len(behaviour), np.arange(months)
    level = scale[group] * np.exp(rng.normal(0, 1.0, count))

    def column(low, high, *where):
        return np.where(np.isin(behaviour, where), rng.uniform(low, high, count), 0)[:, None]

    step = rng.uniform(0.01, 0.04, count)[:, None]
    step += column(0.02, 0.06, "walk") - step * (behaviour == "flat")[:, None] * 0.85
    shared = np.cumsum(rng.normal(0, 1, (len(scale), months)), 1)
    shared *= rng.uniform(0.003, 0.02, (len(scale), 1))
    log = np.cumsum(rng.normal(0, 1, (count, months)) * step, 1)
    log += shared[group] * (behaviour != "flat")[:, None]
    slope = column(0.008, 0.035, "trend") * rng.choice((-1, 1), (count, 1), p=(0.3, 0.7))
    log += slope * when
    turn = 2 * np.pi * (when + phase[group][:, None] + rng.normal(0, 0.4, (count, 1))) / 12
    log += column(0.15, 0.5, "season") * np.sin(turn)
    quarter = (when + phase[group][:, None]) % 3 == 0
    year = (when + phase[group][:, None]) % 12 == 0
    lift = column(0.4, 3.0, "quarter_spike") * quarter + column(0.6, 4.0, "year_spike") * year
    lift *= np.exp(rng.normal(0, 0.08, (count, months)))
    balance = level[:, None] * np.exp(log) * (1 + lift)
    clearing = behaviour == "clearing"                      # moves about zero, changes sign
    noise = rng.normal(0, 0.4, (count, months))
    balance[clearing] = (level[:, None] * noise)[clearing]
    dormant = behaviour == "dormant"                        # stands still, often at zero
    still = np.where(rng.random(count) < 0.4, 0, level)
    balance[dormant] = still[dormant, None]
    balance *= rng.choice((-1, 1), (count, 1), p=(0.35, 0.65))
    return np.round(balance, 2), level, quarter, year & (behaviour == "year_spike")[:, None]


def _habits(rng, tie, level, quarter, first):
    """The habitual differences, and the change of a difference that is no habit (limit)."""
    count, months = quarter.shape
    size = np.maximum(level * _log_uniform(rng, 3e-4, 1e-2, count), 5)[:, None]
    shape, when = (count, months), np.arange(months)
    normal = rng.normal(0, 1, shape) * size
    sign = rng.choice((-1, 1), (count, 1))
    cents = rng.uniform(-0.6, 0.6, shape)
    broken = rng.random(shape) < rng.uniform(0.08, 0.3, (count, 1))
    if first > 0:                                           # the habit is seen before `first`
        broken[np.arange(count), rng.integers(0, min(first, months), count)] = True
    base = np.zeros(shape)                                  # what is to be expected
    sigma, rest = np.zeros((count, 1)), np.zeros(shape)     # the surprise about it

    def put(name, expected, surprise, sigmas):
        at = tie == name
        base[at] = np.broadcast_to(expected, shape)[at]
        rest[at] = np.broadcast_to(surprise, shape)[at]
        sigma[at] = np.broadcast_to(sigmas, (count, 1))[at]

    put("cents", 0, cents, 0)
    put("standing", sign * size * 5, cents, 0)
    put("noisy", 0, normal, size)
    put("timing", 0, broken * size * rng.choice((-1, 1), shape)
        * np.exp(rng.normal(0, 0.4, shape)), size * 0.25)
    put("quarterly", 0, quarter * sign * size * np.exp(rng.normal(0, 0.25, shape)), 0)
    put("creep", sign * size * rng.uniform(0.1, 0.5, (count, 1)) * (when + 1),
        normal * 0.05, size * 0.15)
    put("walk", 0, np.cumsum(normal * 0.4, 1), size * 0.4)
    surprise = np.abs(rest).max(1, keepdims=True)
    least = np.maximum(5, 1e-4 * level)[:, None]
    limit = np.maximum(np.maximum(2 * surprise, 6 * sigma), least) * np.ones(months)
    off_quarter = (tie == "quarterly")[:, None] & ~quarter & (when >= 7)
    limit = np.where(off_quarter, np.maximum(0.7 * size, least), limit)
    return np.round(base + rest, 2), limit


class _Errors:
    """Puts errors into a ledger, one at a time, where there is room and where they show."""

    def __init__(self, rng, ledger, level, limit, first, busy):
        self.rng, self.ledger, self.level, self.limit = rng, ledger, level, limit
        self.first, self.busy = first, busy
        self.habit = ledger.gl - ledger.ihub
        self.largest = np.abs(np.diff(ledger.gl, axis=1)).max(1, initial=0)

    def put(self, kind, most):
        """Try one error of at most `most` labelled months; the number labelled (0: no)."""
        rng, (count, months) = self.rng, self.busy.shape
        account, start = int(rng.integers(count)), int(rng.integers(self.first, months))
        if kind == DRIFT:
            length = int(rng.integers(3, 13))
        else:
            odds = (0.85, 0.1, 0.05) if kind in (SPIKE, FLIP, SCALE) else (0.5, 0.3, 0.2)
            length = 1 + int(rng.choice(3, p=odds))
            length = length if kind == JUMP else min(length, most)
        if kind == DRIFT and start + 3 > months or kind == STALE and start == 0:
            return 0
        length = min(length, months - start)
        after = start + length + (4 if kind == JUMP else 2)
        if self.busy[account, max(start - 2, 0):after].any():
            return 0
        span = slice(start, start + length)
        if kind == JUMP:
            return self._jump(account, start, length)
        gl, ihub = self.ledger.gl[account, span].copy(), self.ledger.ihub[account, span].copy()
        limit = self.limit[account, span]
        side = gl if rng.random() < 0.5 else ihub
        labels = np.full(length, kind)
        if kind == DRIFT:
            if self.ledger.tie[account] in ("creep", "walk"):
                return 0
            steps = limit.max() * rng.uniform(0.25, 0.8) * rng.uniform(0.7, 1.3, length)
            total = np.cumsum(steps)
            side += rng.choice((-1, 1)) * total
            seen = total >= limit
            seen &= np.cumsum(seen) <= most                 # put right when there is enough
            labels[~seen] = ONSET
            keep = int(np.flatnonzero(seen)[-1]) + 1 if seen.any() else 0
            if seen.sum() < 2:
                return 0
            gl, ihub, labels, limit = gl[:keep], ihub[:keep], labels[:keep], limit[:keep]
            span = slice(start, start + keep)
        else:
            self._one(kind, account, start, gl, ihub, side, limit)
        np.round(gl, 2, out=gl)
        np.round(ihub, 2, out=ihub)
        shown = np.abs(gl - ihub - self.habit[account, span]) >= limit - 0.02
        shown &= np.abs(gl - ihub) >= 1.5
        if not shown[labels == kind].all():
            return 0
        self.ledger.gl[account, span], self.ledger.ihub[account, span] = gl, ihub
        self.ledger.kind[account, span] = labels
        self.busy[account, span] = True
        return int((labels == kind).sum())

    def _one(self, kind, account, start, gl, ihub, side, limit):
        """Change gl or ihub (a few months) in place, for the kinds of constant size."""
        rng, least = self.rng, limit.max()
        level, sign = self.level[account], rng.choice((-1, 1))
        if kind == SPIKE:
            side += sign * _log_uniform(rng, 1.2 * least, max(8 * least, 0.5 * level))
        elif kind == FLIP:
            side *= -1
        elif kind == STALE:
            ihub[:] = self.ledger.ihub[account, start - 1]
        elif kind == DUPLICATE:                             # of the month's move, or a part
            move = self.ledger.ihub[account, start] - self.ledger.ihub[account, start - 1]
            part = sign * level * _log_uniform(rng, 0.005, 0.4)
            side += move if start and rng.random() < 0.5 else part
        elif kind == ONE_SIDED:                             # a side is missing, or a posting
            if rng.random() < 0.5:
                side[:] = 0
            else:
                side += sign * level * _log_uniform(rng, 0.01, 0.8)
        elif kind == SCALE:
            side *= rng.choice((0.001, 0.01, 0.1, 10, 100, 1000), p=(.1, .2, .2, .25, .2, .05))

    def _jump(self, account, start, length):
        """Move both sides, for good or for a few months; the first month is labelled."""
        rng, ledger, months = self.rng, self.ledger, self.busy.shape[1]
        if start == 0:
            return 0
        least = max(2 * self.largest[account], 0.25 * self.level[account], 50)
        # The month's own move may go against the jump, so that is added on top.
        own = abs(ledger.gl[account, start] - ledger.gl[account, start - 1])
        size = np.round(rng.choice((-1, 1), p=(.4, .6))
                        * (own + least * _log_uniform(rng, 1.1, 4)), 2)
        stays = rng.random() < 0.5
        end = months if stays else start + length
        if stays and self.busy[account, start:].any():
            return 0                                        # later errors rest on the level
        for side in (ledger.gl, ledger.ihub):
            side[account, start:end] = np.round(side[account, start:end] + size, 2)
        last = start + 3 if stays else end + 1
        ledger.kind[account, start + 1:last] = ONSET
        ledger.kind[account, start] = JUMP
        self.busy[account, start:last] = True
        self.largest[account] = max(self.largest[account], abs(size))
        return 1


def _fill(rng, errors, total):
    """Put `total` labelled months in, the kinds by equal shares."""
    done, fails = np.zeros(len(KINDS), int), np.zeros(len(KINDS), int)
    order = rng.permutation(len(KINDS))                     # who goes first if few are wanted
    while done.sum() < total:
        left = int(total - done.sum())
        alive = [k for k in order if fails[k] < MAX_TRIES and (k != DRIFT or left > 1)]
        if not alive:
            break
        kind = min(alive, key=lambda k: done[k])
        most = min(left, max(2, total // len(KINDS)))
        got = errors.put(kind, most)
        done[kind] += got
        fails[kind] = 0 if got else fails[kind] + 1


def make(seed, rows, months, share, family, first=3):
    """A Ledger of about `rows` rows, round(share * rows) of them labelled, from `first` on."""
    if not 0 <= first < months:
        raise ValueError("first must be a month of the ledger")
    behaviours, ties, members, spread = FAMILIES[family]
    rng = np.random.default_rng([seed, rows, months, sorted(FAMILIES).index(family)])
    count = max(1, round(rows / months))
    groups = max(1, round(count / members))
    group = np.sort(rng.integers(0, groups, count))
    scale = np.exp(rng.normal(np.log(2e5), spread, groups))
    phase = rng.integers(0, 12, groups)
    behaviour, tie = _pick(rng, BEHAVIOURS, behaviours, count), _pick(rng, TIES, ties, count)
    ihub, level, quarter, year = _balances(rng, behaviour, group, scale, phase, months)
    habit, limit = _habits(rng, tie, level, quarter, first)
    gl = np.round(ihub + habit, 2)
    kind = np.full(gl.shape, USUAL)
    new = year & (np.cumsum(year, 1) == 1)                  # the first of its sort: who knows?
    new[:, :first] = False
    new[:, 1:] |= new[:, :-1].copy()
    kind[new] = ONSET
    ledger = Ledger(gl, ihub, kind)
    ledger.behaviour, ledger.tie = behaviour, tie
    _fill(rng, _Errors(rng, ledger, level, limit, first, new.copy()), round(share * rows))
    ledger.difference = np.round(ledger.gl - ledger.ihub, 2)
    return ledger
