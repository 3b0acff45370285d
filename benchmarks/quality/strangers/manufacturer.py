"""Ledgers as an ERP consultant would make them up: of a factory, a retail chain, a shared
service centre, a holding, a company after a migration, a builder of plants.

Written without sight of the detector and of the other generators. The books are made the way an
ERP makes them: an account's behaviour gives what is debited and credited to it each month
(invoices and their payment, stock received and issued, accruals that are reversed, ...), the
totals are split into documents, and GL is what the documents add up to. The tie says how the
sub-ledger usually differs: by cents, by a break left over from a migration, by documents posted
after the cut-off, by a share of the balance, ... Month 0 is a January.

Visible size: the custom is the most that the difference ever strays without an error. An error
moves the difference by VISIBLE customs at least and leaves it 1.2 customs off its middle; a
matched jump exceeds every movement of the account.

Labels:
    spike, duplicate, a document of the wrong sign: the document is wrong once. Its month is
        labelled; while it stays uncorrected the months are ONSET.
    sign_flip (whole balance), stale, one_sided, scale: an interface fails anew at each
        month-end. Every month of the failure is labelled if it can be seen, else ONSET.
    drift: labelled where more than about half of its full size is reached, ONSET before.
    matched_jump: the month of the jump is labelled. If it is reversed, the months up to and
        with the reversal are ONSET; if it stays for good, the next two months are.
The month in which a difference is put right again is USUAL.
"""
from dataclasses import dataclass

import numpy as np

from ledgers import KINDS, ONSET, USUAL, pick
from strangers.common import finished, is_free, log_uniform, multiplied, on_one_side

VISIBLE = 1.5       # an error moves the difference by this many times the custom at least
TRIES = 300         # places tried for one error before its kind is given up


@dataclass
class Family:
    """A sort of company: its accounts, how they tie out, and how its errors look."""
    behaviours: dict            # weight of each behaviour
    ties: dict                  # weight of each tie
    size: tuple                 # median balance, spread of its logarithm
    documents: tuple            # fewest and most documents of one account a month
    unrest: float               # noise of the months' totals
    errors: tuple               # smallest and largest free error, in customs
    stays: float                # chance that a wrong document is still there next month
    fails_again: float          # chance that a failed interface fails next month too


FAMILIES = {
    "factory": Family(
        dict(inventory=5, goods_receipt=3, payables=4, receivables=3, assets=2,
             depreciation=2, intercompany=1, accrual=2, dormant=1),
        dict(exact=60, cents=10, constant=6, late=14, proportional=4, growing=2, items=4),
        (4e5, 1.6), (5, 60), .12, (2, 60), .35, .2),
    "retail_chain": Family(
        dict(till_clearing=5, receivables=2, inventory=4, payables=3, year_to_date=4,
             payroll=2, bonus=1, accrual=1),
        dict(exact=45, cents=15, late=22, quarter_late=6, proportional=8, items=4),
        (6e4, 1.2), (20, 120), .18, (1.8, 25), .15, .1),
    "shared_service": Family(
        dict(intercompany=5, accrual=4, quarter_accrual=3, provision=2, bonus=2,
             payroll=2, year_to_date=2, loan=1, dormant=2),
        dict(exact=55, cents=8, constant=12, late=8, quarter_late=7, growing=6, items=4),
        (2e5, 2.0), (2, 15), .2, (2, 100), .6, .3),
    "holding": Family(
        dict(dormant=6, interest=4, assets=4, depreciation=3, loan=4, provision=3,
             intercompany=2, quarter_accrual=1),
        dict(exact=80, cents=4, constant=10, proportional=3, growing=3),
        (5e6, 1.8), (1, 5), .05, (3, 300), .5, .25),
    "after_migration": Family(
        dict(receivables=4, payables=4, inventory=3, goods_receipt=3, intercompany=2,
             assets=1, till_clearing=2, year_to_date=1, dormant=1),
        dict(exact=32, cents=12, constant=18, late=14, proportional=8, growing=8, items=8),
        (1.5e5, 1.7), (4, 50), .25, (1.6, 8), .45, .35),
    "plant_builder": Family(
        dict(project=5, receivables=2, payables=3, provision=2, assets=2, accrual=2,
             intercompany=1, quarter_accrual=1, dormant=1),
        dict(exact=62, cents=6, constant=8, late=12, growing=4, items=8),
        (1.5e6, 1.5), (2, 12), .45, (2, 40), .4, .15),
}


def make(seed, rows, months, share, family, first=3):
    """A ledger of about `rows` rows, round(share * rows) of them labelled anomalies."""
    place = list(FAMILIES).index(family)
    rng = np.random.default_rng([seed, rows, months, int(share * 1e6), place, first])
    books = clean_books(rng, FAMILIES[family], max(1, rows // months), months)
    add_errors(rng, books, FAMILIES[family], round(share * rows), first)
    return finished(books.gl, books.ihub, books.kind, books.behaviour, books.tie)


# --- behaviours: opening balance, debits and credits a month, for a balance of size 1 -------

def wobble(rng, count, unrest):
    """Factors around 1."""
    return np.exp(rng.normal(0, unrest, count))


def season(rng, count, start=0):
    """A yearly pattern from month `start` on: a wave, and perhaps a December peak."""
    month = (np.arange(count) + start) % 12
    wave = 1 + rng.uniform(0, .35) * np.sin(2 * np.pi * (month - rng.integers(12)) / 12)
    return wave * np.where(month == 11, rng.choice([1, 1, 1.6, 2.2]), 1)


def open_items(rng, months, unrest, lags):
    """Invoices, and their payment after as many months as `lags` (shares) say."""
    before = len(lags) - 1
    growth = np.exp(rng.normal(.003, .008) * np.arange(months + before))
    billed = season(rng, months + before, -before) * growth
    billed *= wobble(rng, months + before, unrest) / 1.5
    paid = np.convolve(billed, lags)[:months + before]
    opening = billed[:before].sum() - paid[:before].sum()
    return opening, billed[before:], -paid[before:]


def receivables(rng, months, unrest):
    return open_items(rng, months, unrest, [.05, .45, .3, .15, .05])


def payables(rng, months, unrest):
    opening, billed, paid = open_items(rng, months, unrest, [.1, .65, .25])
    return -opening, -billed, -paid


def goods_receipt(rng, months, unrest):
    opening, received, invoiced = open_items(rng, months, unrest, [.7, .25, .05])
    return -opening, -received, -invoiced


def inventory(rng, months, unrest):
    """Stock is bought back towards a target that runs ahead of demand."""
    demand = season(rng, months + 1) * wobble(rng, months + 1, unrest) * .6
    stock, bought = 1., np.zeros(months)
    for month in range(months):
        wanted = .6 + .7 * demand[month + 1] - stock + demand[month]
        bought[month] = max(0, wanted * rng.uniform(.6, 1.1))
        stock += bought[month] - min(demand[month], stock)
    return 1., bought, -demand[:months]


def assets(rng, months, unrest):
    """Steps: something is bought now and then, seldom scrapped."""
    bought = (rng.random(months) < .2) * rng.uniform(.01, .15, months)
    sold = (rng.random(months) < .05) * rng.uniform(.01, .08, months)
    return 1., bought, -sold


def depreciation(rng, months, unrest):
    return -rng.uniform(.2, 1.), -wobble(rng, months, unrest / 10) / 60, np.zeros(months)


def loan(rng, months, unrest):
    rate = rng.uniform(.002, .012)
    return -1., rate * wobble(rng, months, .01), np.zeros(months)


def accrual(rng, months, unrest):
    """Accrued each month-end, reversed on the next first day."""
    accrued = wobble(rng, months + 1, unrest) * season(rng, months + 1)
    return -accrued[0], -accrued[1:], accrued[:-1]


def quarter_accrual(rng, months, unrest):
    """Accrued at quarter-ends only; a small rest in between."""
    ends = np.arange(months + 1) % 3 == 0           # element 0 is the month before
    accrued = np.where(ends, wobble(rng, months + 1, unrest), rng.choice([0, .1]))
    return -accrued[0], -accrued[1:], accrued[:-1]


def intercompany(rng, months, unrest):
    """Charges either way, netted every quarter (or every month) to a small rest."""
    every, rest = rng.choice([1, 3, 3]), rng.uniform(.02, .3)
    charged = wobble(rng, months, unrest) * rng.uniform(.3, .6)
    balance, settled = rest, np.zeros(months)
    for month in range(months):
        if month % every == every - 1:
            settled[month] = -balance * (1 - rest)
        balance += charged[month] + settled[month]
    return rest, charged, settled


def year_to_date(rng, months, unrest):
    """Revenue or cost: adds up over the year, starts from 0 in January."""
    earned = season(rng, months) * wobble(rng, months, unrest) / 6
    closed = np.zeros(months)
    closed[12::12] = [-earned[year - 12:year].sum() for year in range(12, months, 12)]
    return 0., earned, closed


def bonus(rng, months, unrest):
    """Built up month by month, paid once a year."""
    paid_in, built = rng.integers(1, 5), wobble(rng, months, unrest / 4) / 8
    balance = opening = (12 - paid_in) / 8
    paid = np.zeros(months)
    for month in range(months):
        if month % 12 == paid_in:
            paid[month] = -balance
        balance += built[month] + paid[month]
    return -opening, -built, -paid


def provision(rng, months, unrest):
    """Measured anew in December (some: each quarter), used a little in between."""
    every = rng.choice([3, 12])
    anew = np.where(np.arange(months) % every == every - 1, rng.normal(.02, .1, months), 0)
    used = (rng.random(months) < .5) * rng.uniform(0, .02, months)
    return -1., -anew, used


def till_clearing(rng, months, unrest):
    """Level with noise, higher at quarter-ends in some shops."""
    peak = np.where(np.arange(months + 1) % 3 == 0, rng.choice([1, 1, 1.5, 2.5]), 1)
    level = wobble(rng, months + 1, unrest) * peak * season(rng, months + 1, -1)
    return level[0], level[1:] * 3, -(level[1:] * 2 + level[:-1])


def payroll(rng, months, unrest):
    """Flat, with a thirteenth salary in November or December."""
    month = np.arange(months + 1) % 12
    level = wobble(rng, months + 1, unrest / 6)
    level *= np.where(month == rng.choice([11, 0]), rng.uniform(1.5, 2), 1)
    return -level[0], -level[1:], level[:-1]


def project(rng, months, unrest):
    """Work in progress that is billed at milestones every few months."""
    every, cost = rng.integers(3, 8), wobble(rng, months, unrest) * .25
    balance = opening = rng.uniform(.1, .8)
    billed = np.zeros(months)
    for month in range(months):
        if (month + 1) % every == 0:
            billed[month] = -balance * rng.uniform(.7, 1)
        balance += cost[month] + billed[month]
    return opening, cost, billed


def interest(rng, months, unrest):
    """Sleeps but for a quarter's interest."""
    ends = np.arange(months) % 3 == 2
    return 1., ends * rng.uniform(.001, .01), np.zeros(months)


def dormant(rng, months, unrest):
    return float(rng.random() < .85), np.zeros(months), np.zeros(months)


BEHAVIOURS = {f.__name__: f for f in (
    receivables, payables, goods_receipt, inventory, assets, depreciation, loan, accrual,
    quarter_accrual, intercompany, year_to_date, bonus, provision, till_clearing, payroll,
    project, interest, dormant)}


# --- ties: the usual difference of an account ----------------------------------------------

def exact(rng, gl, documents):
    """Nothing, seldom a cent or two of rounding."""
    return (rng.random(gl.size) < .05) * rng.integers(-3, 4, gl.size) / 100


def cents(rng, gl, documents):
    return rng.normal(0, rng.choice([.05, .2, .8]), gl.size)


def constant(rng, gl, documents):
    """Left over from a migration; some with cents on top."""
    left = rng.choice([-1, 1]) * np.exp(rng.normal(6, 2))
    return left + rng.choice([0, 0, .1]) * rng.normal(0, 1, gl.size)


def late(rng, gl, documents, when=None):
    """Documents that miss the cut-off: in the GL now, in the sub-ledger next month."""
    sizes = np.abs(documents[documents != 0])
    if not sizes.size:
        return exact(rng, gl, documents)
    some = rng.random(gl.size) < rng.uniform(.35, .9) if when is None else when
    some[rng.integers(3)] |= when is None           # the custom shows from the beginning
    ordinary = (documents != 0) & (np.abs(documents) <= np.quantile(sizes, .7))
    chance = np.where(ordinary, rng.random(documents.shape), 0)
    last = np.argsort(-chance, axis=0)[:rng.integers(1, 4)]
    held = np.take_along_axis(np.where(ordinary, documents, 0), last, axis=0).sum(axis=0)
    return held * some


def quarter_late(rng, gl, documents):
    return late(rng, gl, documents, np.arange(gl.size) % 3 == 2)


def proportional(rng, gl, documents):
    """Another exchange rate, or a tax rate, in the sub-ledger."""
    rate = rng.choice([-1, 1]) * log_uniform(rng, .0005, .03)
    return gl * rate * wobble(rng, gl.size, rng.choice([0, .02, .08]))


def growing(rng, gl, documents):
    """An unallocated discount or fee is added every month."""
    step = rng.choice([-1, 1]) * np.exp(rng.normal(5, 1.3))
    return step * (rng.uniform(0, 20) + np.cumsum(wobble(rng, gl.size, rng.choice([0, .1]))))


def items(rng, gl, documents):
    """A few open items that come by chance and are cleared little by little."""
    size = np.exp(rng.normal(5, 1.3))
    new, left = rng.normal(0, size, gl.size), np.zeros(gl.size)
    left[0] = new[0]
    for month in range(1, gl.size):
        left[month] = .6 * left[month - 1] + new[month]
    return left


TIES = {f.__name__: f for f in (exact, cents, constant, late, quarter_late, proportional,
                                growing, items)}


# --- clean books ---------------------------------------------------------------------------

@dataclass
class Books:
    """The ledger in the making [accounts, months], and what is known of its customs."""
    gl: np.ndarray
    ihub: np.ndarray
    voucher: np.ndarray         # one of the larger documents of the month
    kind: np.ndarray
    busy: np.ndarray            # an error, or what is left of it
    behaviour: np.ndarray
    tie: np.ndarray
    usual: np.ndarray = None    # the difference without errors
    custom: np.ndarray = None   # [accounts] the most the difference strays by itself
    reach: np.ndarray = None    # [accounts] the largest movement of the balance
    level: np.ndarray = None    # [accounts] mean absolute balance


def clean_books(rng, family, accounts, months):
    shape = accounts, months
    books = Books(*(np.zeros(shape) for _ in range(3)), np.full(shape, USUAL),
                  np.zeros(shape, bool), pick(rng, family.behaviours, accounts),
                  pick(rng, family.ties, accounts))
    for account in range(accounts):
        one_account(rng, family, books, account)
    books.usual = books.gl - books.ihub
    books.custom = np.maximum(1, custom_of(books.usual))
    moves = np.maximum(np.abs(np.diff(books.gl)), np.abs(np.diff(books.ihub)))
    books.reach = moves.max(axis=1)
    books.level = np.abs(books.gl).mean(axis=1)
    return books


def one_account(rng, family, books, account):
    """Fills in one account: documents, GL, sub-ledger."""
    months = books.gl.shape[1]
    behave = BEHAVIOURS[books.behaviour[account]]
    opening, debits, credits = behave(rng, months, family.unrest * rng.uniform(.3, 1.7))
    size = family.size[0] * np.exp(rng.normal(0, family.size[1])) * rng.choice([1, 1, 1, -1])
    documents = np.vstack([split(rng, family, total * size) for total in (debits, credits)])
    gl = np.round(opening * size + np.cumsum(documents.sum(axis=0)), 2) + 0.    # no -0
    if not documents.any() and books.tie[account] in ("late", "quarter_late", "items"):
        books.tie[account] = "exact"
    usual = TIES[books.tie[account]](rng, gl, documents)
    books.gl[account], books.ihub[account] = gl, np.round(gl - np.round(usual, 2), 2)
    largest = np.argsort(-np.abs(documents), axis=0)[:4]
    chosen = largest[rng.integers(len(largest), size=months), np.arange(months)]
    books.voucher[account] = documents[chosen, np.arange(months)]


def split(rng, family, totals):
    """The months' totals as documents [documents, months], few large and many small ones."""
    count = round(log_uniform(rng, *family.documents))
    weight = rng.lognormal(0, 1, (count, len(totals)))
    return np.round(weight / weight.sum(axis=0) * totals, 2)


def custom_of(usual):
    """How far differences stray from their middle, or from their usual step if that is less."""
    steps = np.diff(usual)
    stray = np.abs(usual - np.median(usual, axis=1, keepdims=True)).max(axis=1)
    step = np.abs(steps - np.median(steps, axis=1, keepdims=True)).max(axis=1)
    return np.minimum(stray, step)


# --- errors: what is added to (GL, sub-ledger) from the month on, and the labels -----------
# Each takes (rng, books, family, account, month, left) with `left` the rows still to label.

def free_size(rng, books, family, account):
    """A signed amount out of custom; where all ties out, a small part of the balance."""
    part = books.level[account] * 10 ** rng.uniform(-5.5, -3)
    least = max(3, books.custom[account], part)
    return rng.choice([-1, 1]) * least * log_uniform(rng, *family.errors)


def wrong_document(rng, books, family, month, kind, amount):
    """One posting on one side, until it is corrected."""
    length = min(rng.geometric(1 - family.stays), 10, books.gl.shape[1] - month)
    labels = np.full(length, ONSET)
    labels[0] = KINDS.index(kind)
    return *on_one_side(rng, np.full(length, amount)), labels


def failed_interface(rng, books, family, month, kind, left):
    """How many months the interface fails, as labels."""
    length = rng.geometric(1 - family.fails_again)
    return np.full(min(length, 4, left, books.gl.shape[1] - month), KINDS.index(kind))


def replaced(rng, books, account, month, labels, factor):
    """One side's balance times a factor for as long as there are labels."""
    months = slice(month, month + len(labels))
    return *multiplied(rng, books, account, months, factor, gl_chance=.35), labels


def spike(rng, books, family, account, month, left):
    """A document that reached one side only, or an amount of any origin."""
    amount = free_size(rng, books, family, account)
    if rng.random() < .35:
        amount = books.voucher[account, month]
    return wrong_document(rng, books, family, month, "spike", amount)


def sign_flip(rng, books, family, account, month, left):
    """The whole balance as a rule, at times only one document."""
    if rng.random() < .2:
        amount = -2 * books.voucher[account, month]
        return wrong_document(rng, books, family, month, "sign_flip", amount)
    labels = failed_interface(rng, books, family, month, "sign_flip", left)
    return replaced(rng, books, account, month, labels, -1)


def stale(rng, books, family, account, month, left):
    labels = failed_interface(rng, books, family, month, "stale", left)
    loaded = books.ihub[account, month:month + len(labels)]
    return np.zeros(len(labels)), books.ihub[account, month - 1] - loaded, labels


def duplicate(rng, books, family, account, month, left):
    """A document, the month's batch, or (seldom) the whole balance twice."""
    gl = books.gl[account]
    amount = rng.choice([books.voucher[account, month], gl[month] - gl[month - 1], gl[month]],
                        p=[.55, .35, .1])
    return wrong_document(rng, books, family, month, "duplicate", amount)


def one_sided(rng, books, family, account, month, left):
    labels = failed_interface(rng, books, family, month, "one_sided", left)
    return replaced(rng, books, account, month, labels, 0)


def scale(rng, books, family, account, month, left):
    labels = failed_interface(rng, books, family, month, "scale", left)
    factor = 10. ** rng.choice([-3, -2, -1, 1, 2, 3])
    return replaced(rng, books, account, month, labels, factor)


def drift(rng, books, family, account, month, left):
    length = min(rng.integers(5, 11), books.gl.shape[1] - month)
    if length < 4:
        return None
    part = (np.arange(length) + 1) / length
    full = free_size(rng, books, family, account) * 1.5
    built = full * np.clip(part * wobble(rng, length, .05), 0, 1) ** rng.uniform(.8, 2)
    built = np.sign(full) * np.maximum.accumulate(np.abs(built))
    ripe = np.abs(built) >= max(.55 * abs(full), VISIBLE * books.custom[account])
    ripe[:3] = False
    ripe &= np.cumsum(ripe) <= left
    return *on_one_side(rng, built), np.where(ripe, KINDS.index("drift"), ONSET)


def matched_jump(rng, books, family, account, month, left):
    """Both sides by the same amount: a misposting that is reversed, or one that stays."""
    if (books.kind[account] == KINDS.index("matched_jump")).any():
        return None
    least = max(books.reach[account], .02 * books.level[account], 50)
    amount = rng.choice([-1, 1]) * least * log_uniform(rng, 1.5, 8)
    rest = books.gl.shape[1] - month
    moved = books.gl[account, month] - books.gl[account, month - 1] + amount
    if abs(moved) < 1.3 * least:        # its own movement hides the jump
        return None
    jump = np.full(rest, round(amount, 2))
    length = min(3, rest)
    if rng.random() < .65 or books.busy[account, month:].any():
        stay = rng.integers(1, 5)
        jump, length = jump[:stay], min(stay + 1, rest)
    labels = np.full(length, ONSET)
    labels[0] = KINDS.index("matched_jump")
    return jump, jump, labels


ERRORS = (spike, sign_flip, stale, duplicate, one_sided, scale, drift, matched_jump)


def add_errors(rng, books, family, total, first):
    """Labels `total` rows, each kind its part; what a kind cannot place goes to the others."""
    able = list(rng.permutation(len(KINDS)))
    count = np.zeros(len(KINDS), int)
    while able and count.sum() < total:
        kind = min(able, key=lambda k: count[k])
        left = max(1, -(-total // len(KINDS)) - count[kind])
        placed = one_error(rng, books, family, kind, min(left, total - count.sum()), first)
        count[kind] += placed
        if not placed:
            able.remove(kind)


def one_error(rng, books, family, kind, left, first):
    """Tries places until an error fits; returns how many rows it labelled."""
    accounts, months = books.gl.shape
    for _ in range(TRIES):
        account, month = rng.integers(accounts), rng.integers(max(1, first), months)
        if not is_free(books.busy[account], month, month + 1):
            continue
        error = ERRORS[kind](rng, books, family, account, month, left)
        if error is None:
            continue
        add_gl, add_ihub, labels = (np.asarray(part) for part in error)
        if not is_free(books.busy[account], month, month + len(labels)):
            continue
        labels = seen(books, account, month, kind, add_gl - add_ihub, labels)
        if (labels == kind).any() and (labels[0] == kind or KINDS[kind] == "drift"):
            return enter(books, account, month, kind, add_gl, add_ihub, labels)
    return 0


def seen(books, account, month, kind, added, labels):
    """The labels, with ONSET where the error hides within the account's custom."""
    if KINDS[kind] == "matched_jump":
        return labels
    usual, custom = books.usual[account], books.custom[account]
    now = usual[month:month + len(labels)] + added
    hidden = np.abs(added) < max(3, VISIBLE * custom)
    hidden |= np.abs(now - np.median(usual)) < 1.2 * custom
    return np.where(hidden, ONSET, labels)


def enter(books, account, month, kind, add_gl, add_ihub, labels):
    """Puts an error into the books; returns how many rows it labelled."""
    for side, added in ((books.gl, add_gl), (books.ihub, add_ihub)):
        until = month + len(added)
        side[account, month:until] = np.round(side[account, month:until] + added, 2) + 0.
    books.kind[account, month:month + len(labels)] = labels
    books.busy[account, month:month + len(labels)] = True
    return int((labels == kind).sum())
