"""Ledgers as a retail bank's controller would make them up: loan book, deposits, accruals,
suspense, dormant accounts, branches.

Written without sight of the detector and of the other generators. An account draws how its
balance behaves (BEHAVIOURS) and how its two sides tie out (TIES), with the weights of a family.
A tie also says which difference it expects; the account's custom is the largest departure from
that so far, and at least 1.00.

Visible size: an error leaves the expected difference by FACTOR customs at least, a matched jump
is FACTOR times the largest move so far. A break that merely gets smaller is no error.

Labels: the month in which something goes wrong carries the kind. The months until it is
corrected are ONSET, the corrected month is USUAL. A drift is ONSET while it builds up and
labelled in every month in which it is ripe. After a matched jump the next two months are ONSET
or, if it is taken back, all until then. An honest event without precedent in the account (the
first year-end peak, the first timing break) is ONSET too: nobody is blamed for asking about it.
"""
import zlib
from dataclasses import dataclass

import numpy as np

from ledgers import KINDS, ONSET, USUAL, pick
from strangers.common import finished, is_free, multiplied, on_one_side, quotas

FACTOR = 4.0        # an error is at least so many times the account's custom
TRIES = 600         # places tried for one error before another kind is taken
STAYS = {"spike": .4, "sign_flip": .2, "stale": .15, "duplicate": .4, "one_sided": .2,
         "scale": .15}  # chance that an error outlives its month
FILL_ORDER = ("drift", "stale", "duplicate", "matched_jump", "sign_flip", "scale", "one_sided",
              "spike")  # the hardest to place come first


@dataclass
class Family:
    """A mix of accounts: weights of behaviours and ties, sizes and signs."""
    behaviours: dict
    ties: dict
    digits: tuple       # mean and spread of log10 of the balance
    credit: float       # share of accounts with a negative balance


FAMILIES = {
    "loan_book": Family(
        {"trending": 4, "amortising": 3, "flat": 1, "steps": 2, "walk": 1},
        {"exact": 8, "cents": 1, "constant": .5, "proportional": .5}, (6.3, 1.0), .03),
    "deposits": Family(
        {"walk": 4, "seasonal": 3, "trending": 2, "year_peak": 1, "quarter_peak": 1},
        {"exact": 5, "cents": 2, "timing": 2, "noisy": 1}, (5.8, .9), .95),
    "accruals": Family(
        {"quarter_accrual": 4, "year_accrual": 2, "quarter_peak": 2, "year_peak": 1, "flat": 1},
        {"exact": 5, "cents": 2, "proportional": 2, "growing": 1, "constant": 1},
        (4.6, .8), .6),
    "suspense": Family(
        {"suspense": 5, "sleeping": 2, "steps": 1, "walk": 1},
        {"exact": 4, "timing": 3, "noisy": 1, "growing": 1, "constant": 1, "unfed": .3},
        (4.0, 1.0), .5),
    "dormant": Family(
        {"fixed": 4, "sleeping": 4, "flat": 2, "amortising": 1},
        {"exact": 6, "constant": 2, "cents": 1, "growing": .5}, (4.5, 1.2), .4),
    "branches": Family(
        {"flat": 1, "fixed": 1, "trending": 1, "amortising": 1, "seasonal": 1, "walk": 1,
         "steps": 1, "quarter_peak": 1, "year_peak": 1, "quarter_accrual": 1, "suspense": 1,
         "sleeping": 1},
        {"exact": 6, "cents": 1, "petty": 1, "constant": 1, "timing": 1, "proportional": 1,
         "growing": .6, "noisy": .6}, (4.8, 1.4), .35),
}


# ---- how balances behave: (rng, calendar, level) -> a balance for every month --------------
# calendar counts months from some January: 2, 5, 8, 11 are quarter-ends, 11 a year-end.

def noise(rng, calendar, low, high):
    """Relative noise around one; how strong it is differs between accounts."""
    return 1 + rng.uniform(low, high) * rng.standard_normal(len(calendar))


def flat(rng, calendar, level):
    return level * noise(rng, calendar, .0005, .02)


def fixed(rng, calendar, level):
    return np.full(len(calendar), level)


def trending(rng, calendar, level):
    growth = rng.uniform(-.008, .025)
    months = np.arange(len(calendar))
    return level * (1 + growth * months) * noise(rng, calendar, .0002, .006)


def amortising(rng, calendar, level):
    return level * rng.uniform(.96, .995) ** np.arange(len(calendar))


def seasonal(rng, calendar, level):
    wave = np.sin(2 * np.pi * (calendar + rng.uniform(0, 12)) / 12)
    return level * (1 + rng.uniform(.08, .5) * wave) * noise(rng, calendar, .002, .02)


def quarter_peak(rng, calendar, level):
    peak = rng.uniform(.2, 3) * (calendar % 3 == 2)
    return level * (1 + peak) * noise(rng, calendar, .005, .05)


def year_peak(rng, calendar, level):
    peak = rng.uniform(.3, 4) * (calendar % 12 == 11)
    return level * (1 + peak) * noise(rng, calendar, .005, .04)


def quarter_accrual(rng, calendar, level):
    """Interest accrued month by month and settled after the quarter-end."""
    return level * (calendar % 3 + 1) * noise(rng, calendar, .002, .05)


def year_accrual(rng, calendar, level):
    return level * (calendar % 12 + 1) / 6 * noise(rng, calendar, .001, .015)


def steps(rng, calendar, level):
    """Level for months, then a tranche is drawn or repaid."""
    happens = rng.random(len(calendar)) < rng.uniform(.1, .35)
    size = rng.uniform(.05, .25, len(calendar)) * rng.choice([-1, 1], len(calendar))
    return level * np.exp(np.cumsum(happens * size))


def walk(rng, calendar, level):
    moves = rng.uniform(.005, .06) * rng.standard_normal(len(calendar))
    return level * np.exp(np.cumsum(moves))


def suspense(rng, calendar, level):
    """Whatever happens to be unallocated at month-end, of either sign, often nothing."""
    balance = level * rng.standard_t(5, len(calendar))
    return np.where(rng.random(len(calendar)) < rng.uniform(0, .35), 0.0, balance)


def sleeping(rng, calendar, level):
    """Nothing for long, seldom a posting; a third of these sleep at zero."""
    start = 0.0 if rng.random() < .33 else level
    wakes = rng.random(len(calendar)) < .04
    return start + np.cumsum(wakes * level * rng.uniform(-.4, .8, len(calendar)))


BEHAVIOURS = {f.__name__: f for f in (
    flat, fixed, trending, amortising, seasonal, quarter_peak, year_peak, quarter_accrual,
    year_accrual, steps, walk, suspense, sleeping)}


# ---- how the sides tie out: (rng, gl, size) -> difference, expected difference, scale ------
# scale: a departure from the expected that is nothing special even if not yet seen.

def power(rng, low, high):
    return 10 ** rng.uniform(low, high)


def exact(rng, gl, size):
    odd = rng.integers(-60, 61, len(gl)) / 100 * (rng.random(len(gl)) < .05)
    return odd * (rng.random() < .4), np.zeros(len(gl)), 1.0


def cents(rng, gl, size):
    return rng.integers(-99, 100, len(gl)) / 100, np.zeros(len(gl)), 1.0


def petty(rng, gl, size):
    spread = rng.uniform(1, 15)
    return spread * rng.standard_normal(len(gl)), np.zeros(len(gl)), 2 * spread


def constant(rng, gl, size):
    """An old item nobody wrote off."""
    expected = np.full(len(gl), size * power(rng, -3, -.7) * rng.choice([-1, 1]))
    return expected + rng.integers(-9, 10, len(gl)) / 100 * (rng.random() < .3), expected, 1.0


def timing(rng, gl, size):
    """Items in transit: breaks that come, sometimes stay a month, and clear."""
    base, often = size * power(rng, -3.5, -1.2), rng.uniform(.15, .5)
    usual = base * rng.lognormal(0, .6, len(gl)) * rng.choice([-1, 1], len(gl))
    usual *= rng.random(len(gl)) < often
    for month in range(1, len(gl)):
        if usual[month - 1] and rng.random() < .25:
            usual[month] = usual[month - 1]
    return usual, np.zeros(len(gl)), 2 * base


def proportional(rng, gl, size):
    ratio = power(rng, -3, -1) * rng.choice([-1, 1])
    usual = ratio * gl * noise(rng, gl, 0, .04)
    return usual, ratio * gl, .2 * abs(ratio) * size


def growing(rng, gl, size):
    """A break that grows by about the same amount month by month."""
    pace = size * power(rng, -4, -2) * rng.choice([-1, 1])
    expected = pace * (rng.uniform(0, 12) + np.arange(len(gl)))
    return expected + pace * .15 * rng.standard_normal(len(gl)), expected, 1.5 * abs(pace)


def noisy(rng, gl, size):
    """Revaluation on one side only: always some break, never the same."""
    spread = size * power(rng, -4, -1.7)
    expected = np.full(len(gl), spread * rng.uniform(-3, 3))
    return expected + spread * rng.standard_normal(len(gl)), expected, 2 * spread


def unfed(rng, gl, size):
    """No sub-ledger at all: IHub is always zero. No error of a side can be told here."""
    return gl.copy(), gl.copy(), np.inf


TIES = {f.__name__: f for f in (
    exact, cents, petty, constant, timing, proportional, growing, noisy, unfed)}


# ---- the clean ledger -----------------------------------------------------------------------

@dataclass
class Book:
    """The ledger being made, with what is customary in it (all accounts by months)."""
    gl: np.ndarray
    ihub: np.ndarray
    expected: np.ndarray    # the difference to be expected
    custom: np.ndarray      # customary departure from it, known before the month
    moved: np.ndarray       # largest move of the balance so far
    size: np.ndarray        # typical absolute balance, per account
    kind: np.ndarray
    busy: np.ndarray        # months in which an error lies
    behaviour: np.ndarray
    tie: np.ndarray


def before(values):
    """The largest value in the months before each one (zero in the first)."""
    largest = np.maximum.accumulate(values, axis=1)
    return np.hstack([np.zeros((len(values), 1)), largest[:, :-1]])


def unheard_of(gl, move, departure):
    """Honest months without precedent in the account: a break or a move far above all past."""
    breaks = departure > FACTOR * np.maximum(before(departure), 1)
    moves = (move > 3 * before(move)) & (move > .1 * before(np.abs(gl))) & (move > 100)
    unheard = breaks | moves
    unheard[:, 0] = False
    return unheard


def clean_book(rng, accounts, months, family):
    behaviour = pick(rng, family.behaviours, accounts)
    tie = pick(rng, family.ties, accounts)
    sign = np.where(rng.random(accounts) < family.credit, -1, 1)
    level = sign * np.maximum(10 ** rng.normal(*family.digits, accounts), 150)
    calendar = rng.integers(12) + np.arange(months)
    gl, usual, expected = (np.zeros((accounts, months)) for _ in range(3))
    slack = np.zeros((accounts, 1))
    for a in range(accounts):
        gl[a] = np.round(BEHAVIOURS[behaviour[a]](rng, calendar, level[a]), 2)
        size = max(np.median(np.abs(gl[a])), .2 * abs(level[a]))
        usual[a], expected[a], slack[a] = TIES[tie[a]](rng, gl[a], size)
    departure = np.abs(usual - expected)
    move = np.abs(np.diff(gl, axis=1, prepend=gl[:, :1]))
    return Book(gl, np.round(gl - usual, 2), expected,
                np.maximum(np.maximum(before(departure), 1), slack),
                np.maximum.accumulate(move, axis=1),
                np.maximum(np.median(np.abs(gl), axis=1), .2 * np.abs(level)),
                np.where(unheard_of(gl, move, departure), ONSET, USUAL),
                np.zeros((accounts, months), bool), behaviour, tie)


# ---- the errors: (rng, book, account, month, end) -> what is added to gl and to ihub ---------
# for the months month..end-1; the caller judges whether it shows.

def amount(rng, book, a, t):
    """The size of a break: a multiple of the custom, or a share of the balance."""
    least = FACTOR * book.custom[a, t]
    value = least * np.exp(rng.uniform(.1, 4))
    if rng.random() < .5:
        value = max(least * 1.1, book.size[a] * power(rng, -2.5, -.1))
    if value > 2000 and rng.random() < .15:
        value = np.ceil(value / 100) * 100      # a round sum, as typed by hand
    return value * rng.choice([-1, 1])


def spike(rng, book, a, t, end):
    return on_one_side(rng, np.full(end - t, amount(rng, book, a, t)))


def sign_flip(rng, book, a, t, end):
    return multiplied(rng, book, a, slice(t, end), -1.0)


def stale(rng, book, a, t, end):
    return np.zeros(end - t), book.ihub[a, t - 1] - book.ihub[a, t:end]


def duplicate(rng, book, a, t, end):
    """Twice booked: the month's posting, a part of it, one posting of many, or a whole load."""
    posting = book.gl[a, t] - book.gl[a, t - 1]
    how = rng.choice(4, p=[.4, .25, .25, .1])
    if how == 1:
        posting *= rng.uniform(.15, .9)
    elif how == 2:
        posting = book.size[a] * power(rng, -2, -.5) * rng.choice([-1, 1])
    elif how == 3:
        posting = book.gl[a, t]
    return on_one_side(rng, np.full(end - t, posting))


def one_sided(rng, book, a, t, end):
    return multiplied(rng, book, a, slice(t, end), 0.0)


def scale(rng, book, a, t, end):
    return multiplied(rng, book, a, slice(t, end), 10.0 ** rng.choice([-3, -2, -1, 1, 2, 3]))


ERRORS = {f.__name__: f for f in (spike, sign_flip, stale, duplicate, one_sided, scale)}


# ---- putting errors in ----------------------------------------------------------------------

def put(book, a, t, added, labels):
    """Write an error from month t on; labels may reach further than the error or less far."""
    end, marked = t + len(added[0]), t + len(labels)
    book.gl[a, t:end] += added[0]
    book.ihub[a, t:end] += added[1]
    book.kind[a, t:marked] = labels
    book.busy[a, t:marked] = True


def try_error(rng, book, kind, a, t, wanted):
    """Put in an error of one side; the number of rows labelled (none if it does not show)."""
    end = t + 1
    if rng.random() < STAYS[kind]:
        end = min(t + rng.integers(2, 5), book.gl.shape[1])
    if not is_free(book.busy[a], t, end) or np.isinf(book.custom[a, t]):
        return 0
    added = ERRORS[kind](rng, book, a, t, end)
    break_ = book.gl[a, t] + added[0][0] - book.ihub[a, t] - added[1][0]
    departure = abs(break_ - book.expected[a, t])
    larger = departure > 1.5 * abs(book.gl[a, t] - book.ihub[a, t] - book.expected[a, t])
    smaller = abs(break_) < abs(book.expected[a, t])    # looks like a clearing, not an error
    if smaller or not larger or departure < FACTOR * book.custom[a, t]:
        return 0
    put(book, a, t, added, [KINDS.index(kind)] + [ONSET] * (end - t - 1))
    return 1


def try_jump(rng, book, kind, a, t, wanted):
    """Both sides jump together: for good, or for one to three months and back."""
    months = book.gl.shape[1]
    for_good = rng.random() < .5
    end = months if for_good else min(t + rng.integers(1, 4), months)
    marked = min(t + 3 if for_good else end + 1, months)
    if not is_free(book.busy[a], t, marked) or np.isinf(book.custom[a, t]):
        return 0
    if book.busy[a, t:].any():
        return 0            # what lies later was made from the balances as they were
    jump = max(FACTOR * book.moved[a, t], .12 * book.size[a], 100) * np.exp(rng.uniform(0, 2))
    sign = rng.choice([-1, 1])
    if jump > abs(book.gl[a, t]) > 0:
        sign = np.sign(book.gl[a, t])       # a loan does not jump into a deposit
    book.moved[a, t:] = np.maximum(book.moved[a, t:], jump)
    added = np.full(end - t, np.round(jump, 2) * sign)
    put(book, a, t, (added, added), [KINDS.index(kind)] + [ONSET] * (marked - t - 1))
    return 1


def try_drift(rng, book, kind, a, t, wanted):
    """A break building up over two to five months, then ripe for up to four, then cleared."""
    building, ripe = rng.integers(2, 6), min(rng.integers(1, 5), wanted)
    ripe = min(ripe, book.gl.shape[1] - t - building)
    end = t + building + ripe
    if ripe < 1 or book.tie[a] == "growing" or not is_free(book.busy[a], t, end):
        return 0
    custom = book.custom[a, t:end].max()
    if np.isinf(custom):
        return 0
    target = FACTOR * custom * np.exp(rng.uniform(.3, 3.5))
    if rng.random() < .4:
        target = max(target, book.size[a] * power(rng, -2.5, -1))
    pace = np.cumsum(rng.uniform(.6, 1.4, building + ripe)) ** rng.uniform(1, 1.5)
    sign = np.sign(book.expected[a, t]) or rng.choice([-1, 1])
    path = sign * target * pace / pace[building]
    on_gl, on_ihub = on_one_side(rng, np.round(path, 2))
    put(book, a, t, (on_gl, -on_ihub), [ONSET] * building + [KINDS.index(kind)] * ripe)
    return ripe


PLACERS = {"drift": try_drift, "matched_jump": try_jump}


def place(rng, book, kind, first, wanted):
    """Look for a place for one error of this kind; the number of rows labelled."""
    accounts, months = book.gl.shape
    for _ in range(TRIES):
        a, t = int(rng.integers(accounts)), int(rng.integers(max(first, 1), months))
        if book.kind[a, t] != USUAL:
            continue
        labelled = PLACERS.get(kind, try_error)(rng, book, kind, a, t, wanted)
        if labelled:
            return int(labelled)
    return 0


def put_errors(rng, book, first, budget):
    """Label exactly `budget` rows, in equal parts as far as the accounts allow it."""
    quota = quotas(rng, KINDS, budget)
    left = 0
    for kind in FILL_ORDER:
        wanted = quota[kind]
        while wanted > 0 and (labelled := place(rng, book, kind, first, wanted)):
            wanted -= labelled
        left += wanted
    open_kinds = [kind for kind in KINDS if kind != "drift"]
    while left > 0 and open_kinds:          # what one kind could not take goes to the others
        for kind in list(open_kinds):
            labelled = place(rng, book, kind, first, left) if left else 0
            left -= labelled
            if left and not labelled:
                open_kinds.remove(kind)


def make(seed, rows, months, share, family, first=3):
    """A ledger of about `rows` rows with round(share * rows) labelled errors."""
    rng = np.random.default_rng(
        [seed, rows, months, round(share * 1e6), first, zlib.crc32(family.encode())])
    book = clean_book(rng, max(1, rows // months), months, FAMILIES[family])
    put_errors(rng, book, first, round(share * rows))
    return finished(book.gl, book.ihub, book.kind, book.behaviour, book.tie)
