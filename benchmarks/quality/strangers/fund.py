"""Ledgers as a fund administrator and insurer would make them up: fund positions, premiums and
reserves, claims cash, quiet books, and a wide mix of all.

Written without sight of the detector and of the other generators. An account has a behaviour
(marked to market, premiums earned year to date, reserves in steps, run-off, lumpy cash, ...)
and a tie (its customary difference: none, cents, timing breaks that clear, trade date against
settlement date, a price source that is off by a rate, ...). A family is a mix of both, with its
own sizes and its own speed of correction.

Visible size: an account's unit is the smallest departure worth a word there, above everything
its difference ever did of its own accord and at least 2.00. An error moves the difference by
VISIBLE units at least; a matched jump moves both sides by well over their largest move.

Labels: the month in which something goes wrong carries the kind. While the same error stays
uncorrected the months are ONSET: nobody is blamed or praised for flagging an old item. The
month of the correction is USUAL; only the way back of a matched jump, itself an unheard-of
move, is ONSET (a jump that remains is a new level, and USUAL). A drift is ONSET while it builds
up and labelled in its last one to three months, when it is ripe.
"""
from typing import NamedTuple

import numpy as np

from ledgers import KINDS, ONSET, USUAL, pick
from strangers.common import finished, is_free, log_uniform, quotas

GL, IHUB = 0, 1
VISIBLE = 2.0                   # units by which an error has to move the difference


class Calendar(NamedTuple):
    t: np.ndarray               # 0, 1, 2, ...
    month: np.ndarray           # 0 = January ... 11 = December
    market: np.ndarray          # return of the market that month, shared by all accounts


class Family(NamedTuple):
    behaviours: dict            # name -> weight
    ties: dict                  # name -> weight
    magnitude: tuple            # log10 of the balance, from and to
    negative: float             # share of accounts with credit balances
    stay: float                 # chance that an error is not corrected the next month


FAMILIES = {
    "fund_positions": Family(
        dict(marked=6, settlement=2, accrual=2, quarter_peak=1, flat=1),
        dict(exact=4, cents=2, price_source=2, trade_date=2, timing=2),
        (5.0, 8.5), 0.15, 0.2),
    "premiums_reserves": Family(
        dict(year_to_date=4, renewal=4, steps=4, run_off=2, year_peak=1),
        dict(exact=6, constant=2, growing=2, quarter_break=1, price_source=1),
        (4.0, 7.5), 0.7, 0.4),
    "claims_cash": Family(
        dict(lumpy=5, settlement=3, wandering=3, run_off=1, sleeping=1),
        dict(exact=3, timing=4, noisy=3, cents=1, trade_date=1),
        (2.5, 6.5), 0.4, 0.15),
    "quiet_books": Family(
        dict(flat=4, sleeping=3, accrual=4, steps=2, year_peak=1, wandering=1),
        dict(exact=9, cents=3, constant=2),
        (2.0, 7.0), 0.5, 0.6),
    "wide": Family(
        dict(marked=1, flat=1, accrual=1, renewal=1, year_to_date=1, quarter_peak=1,
             year_peak=1, steps=1, sleeping=1, lumpy=1, settlement=1, run_off=1, wandering=1),
        dict(exact=8, cents=2, constant=1, timing=2, trade_date=1, price_source=1, growing=1,
             quarter_break=1, noisy=1),
        (1.5, 9.0), 0.4, 0.3),
}


def sign(rng):
    return 1.0 if rng.random() < 0.5 else -1.0


def jitter(rng, n, low=0.001, high=0.05):
    """Factors around 1; how far around differs from account to account."""
    return 1 + rng.normal(0, log_uniform(rng, low, high), n)


# ---- behaviours: the balance over time, about 1 in size -------------------------------------

def marked(rng, cal):
    own = rng.normal(0, rng.uniform(0.005, 0.05), len(cal.t))
    return np.exp(np.cumsum(rng.uniform(0.3, 1.5) * cal.market + own))


def flat(rng, cal):
    return np.ones(len(cal.t)) if rng.random() < 0.4 else jitter(rng, len(cal.t), 1e-4, 0.02)


def accrual(rng, cal):
    slope = log_uniform(rng, 0.003, 0.06)
    return 1 + slope * np.cumsum(jitter(rng, len(cal.t), 0.01, 0.4))


def renewal(rng, cal):
    angle = 2 * np.pi * (cal.month - rng.integers(12)) / 12
    return (1 + rng.uniform(0.1, 0.6) * np.cos(angle)) * jitter(rng, len(cal.t))


def year_to_date(rng, cal):
    """Earned since January; the books are closed to nil at the turn of the year."""
    flow = rng.lognormal(0, rng.uniform(0.02, 0.4), len(cal.t)) / 6
    total, path = cal.month[0] / 6, np.empty(len(cal.t))
    for t, month in enumerate(cal.month):
        total = flow[t] + (0 if month == 0 else total)
        path[t] = total
    return path


def quarter_peak(rng, cal):
    return (1 + rng.uniform(0.3, 3) * (cal.month % 3 == 2)) * jitter(rng, len(cal.t))


def year_peak(rng, cal):
    return (1 + rng.uniform(0.3, 3) * (cal.month == 11)) * jitter(rng, len(cal.t))


def steps(rng, cal):
    """Reserves: left alone until a review sets them anew, quarterly or now and then."""
    review = cal.month % 3 == 2 if rng.random() < 0.5 else rng.random(len(cal.t)) < 0.25
    change = rng.uniform(0.02, 0.25) * rng.uniform(-0.8, 1, len(cal.t))
    return np.cumprod(1 + review * change)


def sleeping(rng, cal):
    if rng.random() < 0.4:
        return np.zeros(len(cal.t))
    return np.cumprod(1 + (cal.month == 11) * rng.choice([0.0, 0.005, 0.02]))


def lumpy(rng, cal):
    return rng.lognormal(0, rng.uniform(0.2, 0.8), len(cal.t))


def settlement(rng, cal):
    """Receivable one month, payable the next."""
    return rng.normal(rng.uniform(-0.5, 0.5), 1, len(cal.t))


def run_off(rng, cal):
    return np.exp(-log_uniform(rng, 0.01, 0.12) * cal.t) * jitter(rng, len(cal.t), 0.001, 0.03)


def wandering(rng, cal):
    memory, path = rng.uniform(0.4, 0.95), rng.normal(0, rng.uniform(0.03, 0.3), len(cal.t))
    for t in range(1, len(path)):
        path[t] += memory * path[t - 1]
    return np.exp(path)


BEHAVIOURS = {f.__name__: f for f in (
    marked, flat, accrual, renewal, year_to_date, quarter_peak, year_peak, steps, sleeping,
    lumpy, settlement, run_off, wandering)}


# ---- ties: the customary difference, and that part of it which follows a law ----------------

def typical(balance):
    return max(float(np.median(np.abs(balance))), 1000.0)


def exact(rng, balance, cal):
    return 0 * balance, 0 * balance


def cents(rng, balance, cal):
    return np.clip(rng.normal(0, rng.uniform(0.02, 0.4), len(balance)), -.95, .95), 0 * balance


def constant(rng, balance, cal):
    law = np.full(len(balance), sign(rng) * typical(balance) * log_uniform(rng, 1e-4, 0.03))
    return law, law


def timing(rng, balance, cal):
    """Breaks that come and clear; one falls into the first months, so the custom is known."""
    n = len(balance)
    size = typical(balance) * log_uniform(rng, 1e-4, 0.03) * rng.lognormal(0, 0.4, n)
    signs = rng.choice([-1, 1], n) if rng.random() < 0.4 else np.full(n, sign(rng))
    there = rng.random(n) < rng.uniform(0.2, 0.6)
    there[rng.integers(min(3, n))] = True
    return there * signs * size, 0 * balance


def trade_date(rng, balance, cal):
    """GL books on trade date, IHub on settlement date: part of the month's move is open."""
    part = rng.uniform(0.03, 0.3) * rng.uniform(0.5, 1, len(balance))
    return part * np.diff(balance, prepend=balance[0]), 0 * balance


def price_source(rng, balance, cal):
    law = sign(rng) * log_uniform(rng, 1e-4, 0.03) * balance
    return law * jitter(rng, len(balance), 0.001, 0.1), law


def growing(rng, balance, cal):
    slope = sign(rng) * typical(balance) * log_uniform(rng, 1e-5, 3e-3)
    law = slope * (cal.t + rng.integers(24))
    return law + slope * rng.normal(0, rng.uniform(0, 0.2), len(balance)), law


def quarter_break(rng, balance, cal):
    size = sign(rng) * typical(balance) * log_uniform(rng, 1e-4, 0.02)
    return size * (cal.month % 3 == 2) * jitter(rng, len(balance), 0.01, 0.2), 0 * balance


def noisy(rng, balance, cal):
    return rng.normal(0, typical(balance) * log_uniform(rng, 1e-4, 0.01), len(balance)), \
        0 * balance


TIES = {f.__name__: f for f in (
    exact, cents, constant, timing, trade_date, price_source, growing, quarter_break, noisy)}


# ---- errors: change row[GL] and row[IHUB] from month m to month end -------------------------

def either(rng, gl_share=0.5):
    return GL if rng.random() < gl_share else IHUB


def amount(rng, row, m, unit, low, high):
    """A break: some units, or a part of the balance if that is more."""
    part = abs(row[GL, m]) * log_uniform(rng, low, high)
    return sign(rng) * max(unit * rng.uniform(VISIBLE, 3 * VISIBLE), part)


def spike(rng, row, m, end, unit):
    row[either(rng), m:end + 1] += amount(rng, row, m, unit, 1e-4, 0.5)


def sign_flip(rng, row, m, end, unit):
    row[either(rng), m:end + 1] *= -1


def stale(rng, row, m, end, unit):
    row[IHUB, m:end + 1] = row[IHUB, m - 1]


def duplicate(rng, row, m, end, unit):
    """Booked twice: the month's movement, one posting out of the balance, or all of it."""
    move, balance = row[GL, m] - row[GL, m - 1], row[GL, m]
    what = rng.choice(3, p=[0.5, 0.4, 0.1])
    row[either(rng), m:end + 1] += (move, balance * log_uniform(rng, 0.005, 0.5), balance)[what]


def one_sided(rng, row, m, end, unit):
    row[either(rng, 0.3), m:end + 1] = 0


def scale(rng, row, m, end, unit):
    row[either(rng), m:end + 1] *= rng.choice([10, 100, 1000, 0.1, 0.01, 0.001])


ERRORS = {f.__name__: f for f in (spike, sign_flip, stale, duplicate, one_sided, scale)}


def try_error(rng, name, row, m, unit, stay, room):
    """An error of one month that may stay for up to three more.  -> (labels) or None."""
    end = m + (rng.integers(1, 4) if rng.random() < stay else 0)
    end = min(end, row.shape[1] - 1)
    before = row[:, m].copy()
    ERRORS[name](rng, row, m, end, unit)
    np.round(row, 2, out=row)
    change = (row[GL, m] - row[IHUB, m]) - (before[GL] - before[IHUB])
    if abs(change) < VISIBLE * unit:
        return None
    return [True] + [False] * (end - m)


def try_drift(rng, name, row, m, unit, stay, room):
    """A break that builds up over three to nine months and is then cleared."""
    length = int(rng.integers(3, 10))
    ripe = min(int(rng.integers(1, 4)), length - 2, room)
    if m + length > row.shape[1]:
        return None
    way = np.arange(1, length + 1) * rng.uniform(0.8, 1.2, length) / length
    path = np.sort(way) ** rng.uniform(0.8, 1.6) * amount(rng, row, m, 1.5 * unit, 1e-4, 0.03)
    if abs(path[-ripe]) < VISIBLE * unit:
        return None
    row[either(rng), m:m + length] += path
    np.round(row, 2, out=row)
    return [False] * (length - ripe) + [True] * ripe


def try_jump(rng, name, row, m, unit, stay, room):
    """Both sides leap; back the next month, or a new level for good."""
    largest = np.abs(np.diff(row, axis=1)).max()
    floor = max(100.0, 0.1 * np.abs(row[GL]).max())
    jump = sign(rng) * max(largest * log_uniform(rng, 1.8, 10), floor * rng.uniform(1, 5))
    if rng.random() < 0.3 + stay / 2:
        row[:, m:] += round(jump, 2)
        labels = [True]
    else:
        row[:, m] += round(jump, 2)
        labels = [True, False][:row.shape[1] - m]
    np.round(row, 2, out=row)
    return labels


# ---- the ledger ------------------------------------------------------------------------------

def make_account(rng, family, cal):
    """-> behaviour, tie, rows [GL, IHUB] without errors, unit."""
    behaviour, tie = pick(rng, family.behaviours, None), pick(rng, family.ties, None)
    level = 10 ** rng.uniform(*family.magnitude)
    balance = level * BEHAVIOURS[behaviour](rng, cal)
    balance = np.round(balance * (-1 if rng.random() < family.negative else 1), 2)
    if level > 1e5 and rng.random() < 0.15:
        balance = np.round(balance, -2)
    difference, law = TIES[tie](rng, balance, cal)
    row = np.round(np.stack([balance + difference, balance]), 2)
    own = np.abs(difference - law).max()
    slope = np.abs(np.diff(law)).max() if len(law) > 1 else 0
    return behaviour, tie, row, max(2.0, 1.25 * own, slope, 0.05 * np.abs(law).max())


class Injector:
    """Puts errors into books [accounts, 2, months] and keeps their labels."""

    def __init__(self, rng, books, units, stay, first):
        self.rng, self.books, self.units, self.stay = rng, books, units, stay
        self.first = min(max(first, 1), books.shape[2] - 1)
        self.kind = np.full((len(books), books.shape[2]), USUAL)

    def once(self, name, room):
        """Try one error somewhere; -> how many rows it labelled (0: did not fit)."""
        account = self.rng.integers(len(self.books))
        m = int(self.rng.integers(self.first, self.books.shape[2]))
        busy = self.kind[account] != USUAL
        if not is_free(busy, m, m + 1):
            return 0
        row = self.books[account].copy()
        attempt = dict(drift=try_drift, matched_jump=try_jump).get(name, try_error)
        labels = attempt(self.rng, name, row, m, self.units[account], self.stay, room)
        if labels is None or not is_free(busy, m, m + len(labels)):
            return 0
        self.books[account] = row
        labelled = np.where(labels, KINDS.index(name), ONSET)
        self.kind[account, m:m + len(labels)] = labelled
        return sum(labels)

    def fill(self, name, quota, tries):
        """Up to quota labelled rows of one kind; -> how many there was no room for."""
        for _ in range(tries):
            if quota <= 0:
                break
            quota -= self.once(name, quota)
        return quota


def inject(rng, injector, wanted):
    """Share the labels out among the kinds; what one kind has no room for, others take.

    Jumps come first: they may lift a whole account, and later errors then start from there.
    """
    order = ["matched_jump", "drift", "stale", "duplicate", "scale", "one_sided", "sign_flip",
             "spike"]
    left = 0
    for name, quota in quotas(rng, order, wanted).items():
        left += injector.fill(name, quota, 200 + 80 * quota)
    others = [str(name) for name in rng.permutation(order[2:])]
    for i in range(left):
        if injector.fill(others[i % len(others)], 1, 200):
            injector.fill("spike", 1, 20000)


def make(seed, rows, months, share, family, first=3):
    """A ledger of about `rows` rows with round(share * rows) labelled anomalies."""
    rng = np.random.default_rng([seed, list(FAMILIES).index(family)])
    mix, t = FAMILIES[family], np.arange(months)
    cal = Calendar(t, (t + rng.integers(12)) % 12, rng.normal(0.004, 0.035, months))
    accounts = [make_account(rng, mix, cal) for _ in range(max(rows // months, 1))]
    behaviour, tie, books, units = zip(*accounts)
    injector = Injector(rng, np.stack(books), units, mix.stay, first)
    inject(rng, injector, round(share * rows))
    return finished(injector.books[:, GL], injector.books[:, IHUB], injector.kind, behaviour,
                    tie)
