"""A second family of made-up ledgers, built the other way round: not balances that are spoilt, but
postings that reach the two sides.

An account has a monthly number of postings with amounts of its own; what it holds follows from
them. The sub-ledger gets the same postings, some a month late where the account has such a
habit, translated at other rates or short of a provision where it has that one. An anomaly is a
fault in that process: a posting booked twice (one really made that month), a load that fails for
some months, a fault that leaks a part of the balance every month. So sizes follow from the
account's business, and a fault may stay for some months; only the month in which something goes
wrong is labelled. KINDS, Ledger and the marks are ledgers.py's.
"""
import numpy as np

from ledgers import KINDS, ONSET, USUAL, Ledger

# weights: how the balance behaves, what the account's difference is used to
BUSINESS = {"deposits": 4, "loans": 2, "accrual": 2, "clearing": 1, "reserve": 2}
HABITS = {"prompt": 6, "late": 2, "translated": 1, "old_items": 1, "netted": 1}

FAMILIES = {
    "bank": (BUSINESS, HABITS),
    "prompt": ({"deposits": 2, "loans": 1, "reserve": 1}, {"prompt": 1}),
    "late": (BUSINESS, {"late": 3, "old_items": 1, "prompt": 1}),
    "young": ({"deposits": 1, "accrual": 1}, {"prompt": 2, "translated": 1, "netted": 1}),
}

CERTAIN = 6.0  # times the largest usual difference or change of it: the least an anomaly is


def choose(rng, weights):
    names = list(weights)
    share = np.array([weights[name] for name in names], float)
    return names[rng.choice(len(names), p=share / share.sum())]


class Account:
    """One account's postings by month, balances gl and ihub, and kind of anomaly by month."""

    def __init__(self, rng, months, family):
        businesses, habits = FAMILIES[family]
        self.business, self.habit = choose(rng, businesses), choose(rng, habits)
        if self.business in ("reserve", "clearing") and self.habit in ("late", "old_items"):
            self.habit = "prompt"  # a first late posting there is no habit but an error
        self.post(rng, months)
        self.gl = self.opening + np.cumsum([own.sum() for own in self.postings])
        self.held = np.abs(self.gl).mean()
        usual = self.usual_difference(rng, months)
        self.ihub = self.gl - usual
        self.usual = max(np.abs(np.diff(usual)).max(initial=0.0),
                         np.abs(usual - np.median(usual)).max())
        self.kind = np.full(months, USUAL)

    def post(self, rng, months):
        amount = 10 ** rng.uniform(1, 6)
        rate, spread = rng.uniform(3, 25), rng.uniform(0.3, 1.2)
        sign = rng.choice([1, 1, -1])
        self.opening = sign * amount * rate * 10 ** rng.uniform(0, 1.5)
        self.postings = []
        for month in range(months):
            own = amount * np.exp(spread * rng.normal(size=rng.poisson(rate)))
            if self.business == "loans":
                own *= -0.2 * sign
            elif self.business == "accrual":
                own *= sign
            else:
                own *= rng.choice([1, -1], size=len(own))
            if self.business == "reserve" and rng.random() < 0.8:
                own = own[:0]
            self.postings.append(np.round(own, 2))
        self.routine = list(self.postings)
        if self.business == "accrual":
            self.settle(3)
        elif self.business == "clearing":
            self.opening = 0.0
            self.settle(1)

    def settle(self, every):
        """Clears what came before every so many months, by one posting more."""
        run = 0.0
        for month, own in enumerate(self.postings):
            if month % every == 0:
                self.postings[month] = np.append(own, -run)
                run = 0.0
            run += own.sum()

    def usual_difference(self, rng, months):
        usual = np.zeros(months)
        if self.habit == "late":
            share = rng.uniform(0.15, 0.4)
            for month, own in enumerate(self.routine):  # a late settlement is an error
                usual[month] = own[rng.random(len(own)) < share].sum()
        elif self.habit == "translated":
            usual = self.gl * 10 ** rng.uniform(-5, -2.5) * rng.normal(size=months)
        elif self.habit == "old_items":
            item, left = 10 ** rng.uniform(-3, -1) * self.held, 0.0
            for month in range(months):
                left *= rng.random() < 0.5
                left += (rng.random() < 0.6) * item * rng.uniform(0.5, 1.5)
                usual[month] = left
        elif self.habit == "netted":
            usual += rng.uniform(0.01, 0.3) * self.held
        return np.round(usual, 2)

    def certain(self, change):
        return np.abs(change) >= max(25.0, CERTAIN * self.usual, 0.02 * self.held)


def amount_of(account, rng, k, name):
    """What is added to a side by a fault of one month."""
    if name == "spike":
        return account.held * 10 ** rng.uniform(-1.3, 0.7) * rng.choice([1, -1])
    own = account.postings[k]
    largest = own[np.argsort(-np.abs(own))[:3]]
    return rng.choice(largest) if len(largest) else 0.0


def leak(account, rng, k):
    length = int(rng.integers(4, 10))
    if k + length > len(account.gl):
        return False
    rate = account.held * 10 ** rng.uniform(-1.7, -0.7)
    leaked = rate * np.cumsum(rng.uniform(0.6, 1.4, length))
    ripe = (np.arange(length) >= 2) & account.certain(leaked)
    if not ripe.any():
        return False
    account.ihub[k:k + length] -= leaked * rng.choice([1, -1])
    account.kind[k:k + length] = np.where(ripe, KINDS.index("drift"), ONSET)
    return True


def spoil(account, rng, k, name):
    """Puts one anomaly at month k. False where it would leave no clear trace."""
    months, gl, ihub = len(account.gl), account.gl, account.ihub
    end = min(months, k + (1 + rng.geometric(0.5) if rng.random() < 0.4 else 1))
    side = ihub if rng.random() < 0.65 else gl
    if name == "drift":
        return leak(account, rng, k)
    if name == "stale":
        end = min(months, k + int(rng.integers(1, 4)))
        if not account.certain(ihub[k:end] - ihub[k - 1]).all():
            return False
        ihub[k:end] = ihub[k - 1]
        account.kind[k:end] = KINDS.index(name)
        return True
    if name == "matched_jump":
        jump = account.held * rng.uniform(0.8, 5) * rng.choice([1, 1, -1])
        moves = np.abs(np.diff(gl)).max(initial=0.0)
        if account.business in ("clearing", "accrual") or abs(jump) < 5 * moves:
            return False
        end = months if rng.random() < 0.5 else k + 1
        gl[k:end] += jump
        ihub[k:end] += jump
    elif name in ("spike", "duplicate"):
        amount = amount_of(account, rng, k, name)
        if not account.certain(amount):
            return False
        side[k:end] += amount
    else:
        new = {"sign_flip": -side[k], "one_sided": 0.0,
               "scale": side[k] * 10.0 ** rng.choice([-3, -2, 2, 3])}[name]
        if not account.certain(new - side[k]):
            return False
        side[k] = new
    account.kind[k] = KINDS.index(name)
    return True


def make(seed, rows, months, share, family="bank", first=3):
    """A ledger of about `rows` rows; anomalies from month `first` (0-based) on."""
    rng = np.random.default_rng([seed, rows, months, 77])
    accounts = [Account(rng, months, family) for _ in range(max(rows // months, 1))]
    wanted = max(1, int(round(share * len(accounts) * months)))
    made = tries = 0
    while made < wanted and tries < 80 * wanted + 100:
        tries += 1
        account = accounts[rng.integers(len(accounts))]
        k = int(rng.integers(min(first, months - 1), months))
        near = account.kind[max(k - 6, 0):k + 10]
        if (near == USUAL).all():
            spoil(account, rng, k, KINDS[rng.integers(len(KINDS))])
            made += int((near >= 0).sum())
    ledger = Ledger(*(np.array([getattr(a, name) for a in accounts])
                      for name in ("gl", "ihub", "kind")))
    ledger.behaviour = np.array([a.business for a in accounts])
    ledger.tie = np.array([a.habit for a in accounts])
    return ledger
