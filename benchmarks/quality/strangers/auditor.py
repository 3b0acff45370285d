"""Ledgers as an audit firm's statistician would make them up: of a bank, an insurer, a shop, a
holding, and of leftovers that fit nowhere.

Written without sight of the detector and of the other generators. A balance is a level process
(LEVELS, about 1 in size) times the account's size and sign, a difference is a tie process
(TIES). Column 0 is a January. Timing breaks and steps show themselves once before month
`first`, so that the past tells the custom.

Visible size: an account's custom is its largest change of difference so far, or the root mean
square of all its usual changes if that is more, or FLOOR. An error puts the difference CLEAR
customs off last month's at least, and 1.5 customs out of the range of the past; a matched jump
is twice the largest move so far. Sizes are even in the logarithm from just visible to a good
part of the balance; a family's `subtle` pushes them to the low end.

Labels: the month in which something goes wrong carries the kind. What stays is ONSET until it
is put right: the news is old, the break is not. The month put right is USUAL. A matched jump
stays for good (then USUAL) or comes back after one to three months (ONSET, with the month of
the return). A drift is ONSET while it builds up and labelled in its last one to three months,
at half its size and four customs at least. The first year end or release of an accrual is ONSET
where it would pass for a matched jump.
"""
import numpy as np

from ledgers import KINDS, ONSET, USUAL, pick
from strangers.common import finished, is_free, quotas

FLOOR = 2.0     # smallest custom of a difference
CLEAR = 3.0     # customs an error is at least off

# weights of levels and ties, decimal exponents of the scale, share of credit accounts, subtlety
FAMILIES = {
    "bank": dict(
        levels=dict(wander=4, clearing=3, flat=2, quarter=1, trend=2, sleep=2, step=1),
        ties=dict(exact=11, cents=3, timing=3, noise=1, constant=1),
        size=(4.5, 8.0), credit=.5, subtle=1.5),
    "insurer": dict(
        levels=dict(season=3, year=2, saw=3, trend=3, quarter=2, flat=1, step=1),
        ties=dict(exact=14, cents=2, proportional=3, growing=3, constant=2, quarter=1),
        size=(4.0, 7.5), credit=.8, subtle=1.7),
    "shop": dict(
        levels=dict(season=4, clearing=3, wander=3, year=2, trend=1, step=1),
        ties=dict(exact=12, cents=4, timing=4, noise=2, proportional=1),
        size=(2.5, 5.5), credit=.3, subtle=1.6),
    "holding": dict(
        levels=dict(flat=4, sleep=5, step=3, saw=2, trend=2),
        ties=dict(exact=14, cents=1, constant=3, growing=1),
        size=(3.5, 8.5), credit=.5, subtle=1.2),
    "leftovers": dict(
        levels=dict(clearing=3, step=2, wander=2, year=1, quarter=2, saw=1, sleep=1),
        ties=dict(timing=3, noise=3, proportional=3, growing=2, quarter=2, constant=1, exact=4),
        size=(3.0, 7.0), credit=.5, subtle=2.0),
}
# chance that an error is not put right the next month
STAY = dict(spike=.3, sign_flip=.2, stale=.2, duplicate=.35, one_sided=.2, scale=.2)
ORDER = ("matched_jump", "drift", "stale", "duplicate", "sign_flip", "one_sided", "scale",
         "spike")


# ---- levels: (rng, months, first) -> about 1 ------------------------------------------------

def log_between(rng, low, high, power=1.0):
    """Even in the logarithm between low and high; a power above 1 leans to low."""
    return low * (high / low) ** (rng.random() ** power)


def noise(rng, months, low=.0005, high=.03):
    return log_between(rng, low, high) * rng.standard_normal(months)


def flat(rng, months, first):
    return np.ones(months) + (rng.random() < .7) * noise(rng, months, .0001, .02)


def trend(rng, months, first):
    slope = rng.choice((-1, 1, 1)) * log_between(rng, .002, .03)
    return np.exp(slope * np.arange(months)) * (1 + noise(rng, months, .0005, .01))


def wander(rng, months, first):
    return np.exp(np.cumsum(noise(rng, months, .005, .08)))


def season(rng, months, first):
    wave = np.sin(2 * np.pi * (np.arange(months) + rng.integers(12)) / 12)
    return 1 + rng.uniform(.1, .5) * wave + noise(rng, months)


def quarter(rng, months, first):
    peak = np.arange(months) % 3 == 2
    return 1 + rng.uniform(.2, 1.5) * peak * (1 + noise(rng, months)) + noise(rng, months)


def year(rng, months, first):
    peak = np.arange(months) % 12 == 11
    return 1 + rng.uniform(.2, 1.2) * peak + noise(rng, months)


def step(rng, months, first):
    """A new plateau every few months, the first one before month `first`."""
    moved = rng.random(months) < rng.uniform(.1, .25)
    moved[rng.integers(1, max(first, 2))] = True
    size = rng.uniform(.1, .4) * rng.uniform(.7, 1.1, months) * rng.choice((-1, 1), months)
    ripple = (rng.random() < .5) * noise(rng, months, .0001, .005)
    return np.exp(np.cumsum(moved * size)) + ripple


def sleep(rng, months, first):
    """At rest, often at nil; some earn interest by the quarter."""
    if rng.random() < .3:
        return np.zeros(months)
    interest = (rng.random() < .5) * log_between(rng, .001, .02)
    return (1 + interest) ** (np.arange(1, months + 1) // 3)


def clearing(rng, months, first):
    """Hardly a memory: what happens to be open that day; a few change sides."""
    return np.exp(rng.uniform(.1, .6) * rng.standard_normal(months)) - (rng.random() < .2)


def saw(rng, months, first):
    """An accrual that builds up and is released."""
    period = rng.choice((3, 3, 6, 12))
    height = np.arange(months) % period + rng.uniform(.3, 1.5)
    return height / period + noise(rng, months, .001)


LEVELS = dict(flat=flat, trend=trend, wander=wander, season=season, quarter=quarter, year=year,
              step=step, sleep=sleep, clearing=clearing, saw=saw)


# ---- ties: (rng, balance, unit, first) -> difference; unit is a size fit for a break ---------

def tie_exact(rng, balance, unit, first):
    seen = rng.random(balance.size) < rng.choice((0, 0, .1, .5))
    return seen * rng.uniform(-.6, .6, balance.size)


def tie_cents(rng, balance, unit, first):
    return rng.uniform(.3, 4) * rng.standard_normal(balance.size)


def tie_constant(rng, balance, unit, first):
    carried = rng.choice((0, .3)) * rng.standard_normal(balance.size)
    return rng.choice((-1, 1)) * unit * rng.uniform(1, 5) + carried


def tie_timing(rng, balance, unit, first):
    """Breaks that come and clear, some after two months; one of them before `first`."""
    come = rng.random(balance.size) < rng.uniform(.2, .5)
    come[rng.integers(0, max(first, 1))] = True
    size = unit * np.exp(rng.uniform(.1, .4) * rng.standard_normal(balance.size))
    sign = rng.choice((-1, 1), balance.size) if rng.random() < .3 else rng.choice((-1, 1))
    breaks = come * size * sign
    late = ~come[1:] & (rng.random(balance.size - 1) < rng.choice((0, .3)))
    breaks[1:] += late * breaks[:-1]
    return breaks + rng.choice((0, .2)) * rng.standard_normal(balance.size)


def tie_quarter(rng, balance, unit, first):
    peak = np.arange(balance.size) % 3 == 2
    return unit * rng.choice((-1, 1)) * peak * rng.uniform(.7, 1.3, balance.size)


def tie_proportional(rng, balance, unit, first):
    rate = rng.choice((-1, 1)) * log_between(rng, .0005, .03)
    return balance * rate * (1 + noise(rng, balance.size, .001, .05))


def tie_growing(rng, balance, unit, first):
    months = np.arange(balance.size) + rng.integers(1, 24)
    slope = rng.choice((-1, 1)) * unit * rng.uniform(.05, .3)
    return slope * (months + noise(rng, balance.size, .01, .3))


def tie_noise(rng, balance, unit, first):
    shocks, memory = rng.standard_normal(balance.size), rng.uniform(0, .6)
    for month in range(1, balance.size):
        shocks[month] += memory * shocks[month - 1]
    return unit * .7 * shocks


TIES = dict(exact=tie_exact, cents=tie_cents, constant=tie_constant, timing=tie_timing,
            quarter=tie_quarter, proportional=tie_proportional, growing=tie_growing,
            noise=tie_noise)


def usual(rng, accounts, months, family, first):
    """A ledger without errors."""
    mix = FAMILIES[family]
    behaviour, tie = pick(rng, mix["levels"], accounts), pick(rng, mix["ties"], accounts)
    gl, ihub = np.empty((accounts, months)), np.empty((accounts, months))
    for row in range(accounts):
        size = 10 ** rng.uniform(*mix["size"]) * (-1 if rng.random() < mix["credit"] else 1)
        gl[row] = np.round(size * LEVELS[behaviour[row]](rng, months, first), 2) + 0.  # no -0.
        unit = max(5., abs(size) * log_between(rng, 1e-4, 3e-2))
        ihub[row] = gl[row] - np.round(TIES[tie[row]](rng, gl[row], unit, first), 2)
    return finished(gl, ihub, np.full((accounts, months), USUAL), behaviour, tie)


# ---- errors: (rng, gl, ihub, span, custom, subtle) change one account's rows in place --------

def custom_of(series, month, floor):
    """The largest change before the month, or the usual one of the whole series, or floor."""
    change = np.abs(np.diff(series))
    return max(change[:month - 1].max(initial=0), np.sqrt(np.mean(change ** 2)), floor)


def one_side(rng, gl, ihub):
    return gl if rng.random() < .4 else ihub


def size_of(rng, custom, gl, subtle, low=1.2 * CLEAR, part=.1):
    """From just visible to a part of the usual balance, at random up or down."""
    high = max(15 * custom, part * np.median(np.abs(gl)), 300.)
    return rng.choice((-1, 1)) * log_between(rng, low * custom, max(high, low * custom), subtle)


def spike(rng, gl, ihub, span, custom, subtle):
    size = size_of(rng, custom, gl, subtle)
    one_side(rng, gl, ihub)[span] += size


def sign_flip(rng, gl, ihub, span, custom, subtle):
    one_side(rng, gl, ihub)[span] *= -1


def stale(rng, gl, ihub, span, custom, subtle):
    ihub[span] = ihub[span.start - 1]


def duplicate(rng, gl, ihub, span, custom, subtle):
    """The month's whole move, or a part of the balance, or all of it, once more."""
    balance, move = gl[span.start], gl[span.start] - gl[span.start - 1]
    part = balance * log_between(rng, .002, .3)
    one_side(rng, gl, ihub)[span] += rng.choice((move, part, balance), p=(.4, .5, .1))


def one_sided(rng, gl, ihub, span, custom, subtle):
    one_side(rng, gl, ihub)[span] = 0


def scale(rng, gl, ihub, span, custom, subtle):
    one_side(rng, gl, ihub)[span] *= rng.choice((10., 100., 1000., .1, .01, .001))


def drift(rng, gl, ihub, span, custom, subtle):
    """Uneven steps, all in one direction, up to the size drawn."""
    size = size_of(rng, custom, gl, subtle, low=6., part=.02)
    path = np.cumsum(rng.uniform(.6, 1.4, span.stop - span.start))
    one_side(rng, gl, ihub)[span] += size * path / path[-1]


def matched_jump(rng, gl, ihub, span, custom, subtle):
    """Both sides move as they never did; away from nil if the jump is beyond the balance."""
    month = span.start
    moved = custom_of(gl, month, max(20., .01 * np.abs(gl[:month]).max()))
    size = size_of(rng, moved, gl, subtle, part=.8)
    if abs(size) > abs(gl[month]):
        size = np.copysign(size, gl[month])
    gl[span] += size
    ihub[span] += size


ERRORS = dict(spike=spike, sign_flip=sign_flip, stale=stale, duplicate=duplicate,
              one_sided=one_sided, scale=scale, drift=drift, matched_jump=matched_jump)


def span_of(rng, kind, month, months):
    """The months an error changes, or None where it does not fit."""
    if kind == "drift":
        stop = month + int(rng.integers(4, 9))
        return slice(month, stop) if stop <= months else None
    if kind == "matched_jump":
        stay = months if rng.random() < .5 else int(rng.integers(1, 4))
    else:
        stay = 1 + int(rng.integers(1, 4)) * (rng.random() < STAY[kind])
    return slice(month, min(month + stay, months))


def seen(kind, span, before, after, gl_before, gl_after, custom):
    """Could a good reconciler see it from the past?"""
    month = span.start
    if kind == "matched_jump":
        moved = custom_of(gl_before, month, 20.)
        return abs(gl_after[month] - gl_before[month - 1]) >= 2 * moved
    month = span.stop - 1 if kind == "drift" else month
    past, now = before[:span.start], after[month]
    beyond = max(now - past.max(), past.min() - now)
    return abs(now - before[month - 1]) >= CLEAR * custom and beyond >= 1.5 * custom


def labels_of(kind, span, months, before, after, custom, room):
    """Labels from the span's first month on, at most `room` of them the kind's own."""
    number, length = KINDS.index(kind), span.stop - span.start
    if kind == "drift":
        size = np.abs(after[span] - before[span])
        ripe = size >= max(4 * custom, .5 * size[-1])
        ripe[:max(2, length - min(3, room))] = False
        return np.where(ripe, number, ONSET)
    if kind == "matched_jump":
        length = 1 if span.stop == months else length + 1
    return np.array([number] + [ONSET] * (length - 1))


def try_error(rng, ledger, touched, clean, kind, row, month, subtle, room):
    """Books one error if it fits and shows; the number of rows labelled."""
    months = touched.shape[1]
    span = span_of(rng, kind, month, months)
    if span is None:
        return 0
    before, custom = clean[row], custom_of(clean[row], month, FLOOR)
    gl, ihub = ledger.gl[row].copy(), ledger.ihub[row].copy()
    ERRORS[kind](rng, gl, ihub, span, custom, subtle)
    gl, ihub = np.round(gl, 2), np.round(ihub, 2)
    after = np.round(gl - ihub, 2)
    labels = labels_of(kind, span, months, before, after, custom, room)
    stop = month + len(labels)
    if not is_free(touched[row], month, stop):
        return 0
    if not seen(kind, span, before, after, ledger.gl[row], gl, custom):
        return 0
    ledger.gl[row], ledger.ihub[row], ledger.difference[row] = gl, ihub, after
    ledger.kind[row, month:stop], touched[row, month:stop] = labels, True
    return int((labels >= 0).sum())


def place(rng, ledger, touched, clean, kind, wanted, subtle, first):
    """Tries random accounts and months until `wanted` rows are labelled; the rows missing."""
    accounts, months = touched.shape
    for _ in range(60 * wanted + 200 if accounts and months > first else 0):
        if wanted <= 0:
            break
        row, month = int(rng.integers(accounts)), int(rng.integers(first, months))
        again = (ledger.kind[row] == KINDS.index("matched_jump")).any()
        if kind == "matched_jump" and again:
            continue
        wanted -= try_error(rng, ledger, touched, clean, kind, row, month, subtle, wanted)
    return wanted


def excuse_first_peaks(ledger, gl, first):
    """Marks ONSET what the calendar explains but the account's own past does not yet."""
    for row in np.flatnonzero(np.isin(ledger.behaviour, ("year", "saw"))):
        for month in range(first, gl.shape[1]):
            move, custom = gl[row, month] - gl[row, month - 1], custom_of(gl[row], month, 20.)
            if abs(move) >= 2 * custom and ledger.kind[row, month] == USUAL:
                ledger.kind[row, month] = ONSET


def make(seed, rows, months, share, family, first=3):
    """A ledger of about `rows` rows with round(share * rows) labelled anomalies.

    Matched jumps come first, as later errors are measured on the balances they leave. What a
    kind cannot place is made up for by spikes, which fit nearly everywhere.
    """
    first = max(first, 2)
    rng = np.random.default_rng([seed, rows, months, list(FAMILIES).index(family)])
    ledger = usual(rng, rows // months, months, family, first)
    clean, touched = ledger.difference.copy(), np.zeros(ledger.gl.shape, bool)
    usual_gl = ledger.gl.copy()
    subtle, missing = FAMILIES[family]["subtle"], 0
    kinds = [kind for kind in ORDER if kind != "drift" or months - first >= 4]
    for kind, wanted in quotas(rng, kinds, round(share * rows)).items():
        missing += place(rng, ledger, touched, clean, kind, wanted, subtle, first)
    place(rng, ledger, touched, clean, "spike", missing, subtle, first)
    excuse_first_peaks(ledger, usual_gl, first)
    return ledger
