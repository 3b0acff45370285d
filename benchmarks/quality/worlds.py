"""A third family of made-up ledgers, in which each ledger is its own world.

ledgers.py and postings.py mix accounts of every temper within fixed ranges. Here the ledger draws
its ranges first: the law of its noise (normal, Laplace, Student's t, uniform), how restless its
balances are, which season they have, how often the two sides part and by how little, how large
errors are (from 0.3 % of a balance on, and at least a multiple, drawn as well, of what the
account's difference did of itself), how long they last and how drifts grow. KINDS, Ledger and
the marks are ledgers.py's.
"""
import numpy as np

from ledgers import KINDS, ONSET, USUAL, Ledger

# how the balance behaves, how the difference does: the weights of a family
FAMILIES = {
    "rare": ("walk flat level season", "tied tied tied rare"),
    "tails": ("walk level", "wide wide fixed tied"),
    "close": ("season half close walk", "tied tied atclose fixed"),
    "round": ("count flat level", "tied fixed items"),
    "growth": ("ramp decay walk", "tied fixed share ramp"),
    "swings": ("revert season walk", "tied wide items"),
    "world": ("walk flat level season half close count ramp decay revert",
              "tied tied tied rare wide fixed atclose items share ramp"),
}


def law(rng, name, shape):
    """Noise of about unit size."""
    if name == "laplace":
        return rng.laplace(0, 0.7, shape)
    if name == "student":
        return rng.standard_t(4, shape) / 1.41
    if name == "uniform":
        return rng.uniform(-1.7, 1.7, shape)
    return rng.normal(size=shape)


class World:
    def __init__(self, rng, family):
        self.balances, self.ties = (text.split() for text in FAMILIES[family])
        self.law = rng.choice(["normal", "laplace", "student", "uniform"])
        self.low = rng.uniform(2, 5)
        self.decades = rng.uniform(1, 5)
        self.restless = 10 ** rng.uniform(-2.5, -1.2)
        self.clear = rng.uniform(3, 8)
        self.least = 10 ** rng.uniform(-2.5, -1)
        self.most = 10 ** rng.uniform(-0.5, 0.3)
        self.stays = rng.uniform(0, 0.5)
        self.whole = rng.random() < 0.3  # errors hit the GL as often as the sub-ledger


class Account:
    def __init__(self, rng, world, months):
        self.world, self.rng, self.months = world, rng, months
        self.size = 10 ** (world.low + rng.uniform(0, world.decades))
        self.balance, self.tie = rng.choice(world.balances), rng.choice(world.ties)
        self.gl = self.draw_balance() * rng.choice([1, 1, -1])
        usual = self.draw_difference()
        if self.balance == "count":
            unit = 10 ** np.floor(np.log10(self.size) - 1)
            self.gl, usual = np.round(self.gl / unit) * unit, np.round(usual / unit) * unit
        self.gl, usual = np.round(self.gl, 2), np.round(usual, 2)
        self.ihub = self.gl - usual
        calm = usual - np.median(usual)
        self.usual = min(np.abs(calm).max(), np.abs(np.diff(usual)).max(initial=0.0))
        if self.tie in ("wide", "items", "rare"):
            self.usual = np.abs(calm).max()
        self.moves = np.abs(np.diff(self.gl)).max(initial=0.0)
        self.held = np.median(np.abs(self.gl)) + 0.01 * self.size
        self.kind = np.full(months, USUAL)

    def draw_balance(self):
        rng, t = self.rng, np.arange(self.months)
        noise = law(rng, self.world.law, self.months)
        vary = self.world.restless * rng.uniform(0.3, 2)
        start = rng.integers(12)
        level = np.ones(self.months) + vary * noise
        if self.balance == "walk":
            level = np.exp(np.cumsum(vary * noise))
        elif self.balance == "flat":
            level = 1 + np.cumsum((rng.random(self.months) < 0.15) * 3 * vary * noise)
        elif self.balance == "season":
            phase = 2 * np.pi * (t + start) / 12
            level += rng.uniform(0.05, 0.5) * (np.cos(phase) + 0.5 * np.cos(2 * phase))
        elif self.balance == "half":
            level += ((t + start) % 6 == 5) * rng.uniform(0.1, 0.8)
        elif self.balance == "close":
            level += ((t + start) % 12 == 11) * rng.uniform(0.1, 0.8)
        elif self.balance == "ramp":
            level = 1 + rng.uniform(0.01, 0.08) * t + vary * noise
        elif self.balance == "decay":
            level = rng.uniform(0.9, 0.99) ** t * np.exp(0.2 * vary * noise)
        elif self.balance == "revert":
            level = np.ones(self.months)
            for k in range(1, self.months):
                level[k] = 1 + 0.7 * (level[k - 1] - 1) + 3 * vary * noise[k]
        return self.size * level

    def draw_difference(self):
        rng, t = self.rng, np.arange(self.months)
        noise = law(rng, self.world.law, self.months)
        part = rng.choice([1, -1]) * self.size * 10 ** rng.uniform(-3.5, -1)
        if self.tie == "rare":
            return (rng.random(self.months) < 0.05) * 0.02 * part * noise
        if self.tie == "wide":
            return part * (rng.choice([0, 1]) + 0.3 * noise)
        if self.tie == "fixed":
            return np.full(self.months, part)
        if self.tie == "atclose":
            return ((t + rng.integers(3)) % rng.choice([3, 6]) == 2) * part * (1 + 0.1 * noise)
        if self.tie == "items":
            left, out = 0.0, np.zeros(self.months)
            for k in range(self.months):
                new = rng.random() < (0.3 if left == 0 else 0.1)
                left = part * rng.uniform(0.2, 0.4) if new else left * (rng.random() < 0.6)
                out[k] = left
            return out
        if self.tie == "share":
            return self.gl * abs(part) / self.size
        if self.tie == "ramp":
            return part * (1 + rng.uniform(0.02, 0.3) * t)
        return np.zeros(self.months)

    def clear(self, change):
        least = max(5.0, self.world.clear * self.usual, self.world.least * self.held)
        return np.abs(change) >= least

    def amount(self):
        world = self.world
        part = np.exp(self.rng.uniform(np.log(world.least), np.log(world.most)))
        return self.rng.choice([1, -1]) * self.held * part

    def side(self):
        gl_too = 0.5 if self.world.whole else 0.1
        return self.gl if self.rng.random() < gl_too else self.ihub


def drift(account, k):
    rng = account.rng
    length = int(rng.integers(3, 9))
    if k + length > account.months:
        return False
    step = np.arange(1, length + 1.0)
    if rng.random() < 0.3:
        step = 1.4 ** step
    step *= np.exp(0.15 * rng.normal(size=length))
    grown = account.amount() * step / step[-1] * 2
    ripe = account.clear(grown) & (np.arange(length) >= length // 3)
    if not ripe[-1]:
        return False
    account.ihub[k:k + length] += grown
    account.kind[k:k + length] = np.where(ripe, KINDS.index("drift"), ONSET)
    return True


def jump(account, k):
    rng = account.rng
    factor = rng.uniform(1.8, 5) if rng.random() < 0.7 else -rng.uniform(0.5, 3)
    amount = account.gl[k] * (factor - 1)
    if account.balance in ("half", "close") or abs(amount) < 4 * account.moves + account.held:
        return False
    end = account.months if rng.random() < 0.6 else k + 1
    account.gl[k:end] += amount
    account.ihub[k:end] += amount
    account.kind[k] = KINDS.index("matched_jump")
    return True


def stale(account, k):
    rng, ihub = account.rng, account.ihub
    end = min(account.months, k + (1 if rng.random() < 0.5 else int(rng.integers(2, 5))))
    moved = account.clear(ihub[k:end] - ihub[k - 1])
    if not moved[0]:
        return False
    account.kind[k:end] = np.where(moved, KINDS.index("stale"), ONSET)
    ihub[k:end] = ihub[k - 1]
    return True


def spoil(account, k, name):
    """Puts one error at month k >= 1. False where it would leave no clear trace."""
    rng, side = account.rng, account.side()
    if name in ("drift", "matched_jump", "stale"):
        return {"drift": drift, "matched_jump": jump, "stale": stale}[name](account, k)
    end = min(account.months, k + (int(rng.integers(2, 5)) if rng.random() <
                                   account.world.stays else 1))
    if name == "spike":
        change = account.amount()
    elif name == "duplicate":
        change = side[k] - side[k - 1] if rng.random() < 0.5 else account.amount() / 2
    else:
        change = {"sign_flip": -2.0, "one_sided": -1.0,
                  "scale": 10.0 ** rng.choice([-3, -2, -1, 1, 2, 3]) - 1}[name] * side[k]
        end = k + 1
    if not account.clear(change):
        return False
    side[k:end] += change
    account.kind[k] = KINDS.index(name)
    return True


def make(seed, rows, months, share, family="world", first=3):
    """A ledger of about `rows` rows; errors from month `first` (0-based) on."""
    rng = np.random.default_rng([seed, rows, months, 4711, len(family)])
    world = World(rng, family)
    accounts = [Account(rng, world, months) for _ in range(max(rows // months, 1))]
    wanted = max(1, int(round(share * len(accounts) * months)))
    made = tries = 0
    while made < wanted and tries < 60 * wanted + 100:
        tries += 1
        account, k = accounts[rng.integers(len(accounts))], int(rng.integers(first, months))
        near = account.kind[max(k - 6, 0):k + 10]
        if (near == USUAL).all():
            spoil(account, k, KINDS[rng.integers(len(KINDS))])
            made += int((near >= 0).sum())
    ledger = Ledger(*(np.array([getattr(a, name) for a in accounts])
                      for name in ("gl", "ihub", "kind")))
    ledger.behaviour = np.array([a.balance for a in accounts])
    ledger.tie = np.array([a.tie for a in accounts])
    return ledger
