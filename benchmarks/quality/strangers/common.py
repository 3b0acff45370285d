"""What more than one of the strangers' generators needs.

Each of them was written without sight of the others; what they turned out to share was put here
afterwards, and their ledgers stayed the same to the bit.
"""
import numpy as np

from ledgers import Ledger

APART = 8  # months from the last row of an error to the first one of the account's next


def finished(gl, ihub, kind, behaviour, tie):
    """The ledger, without negative zeros."""
    made = Ledger(np.round(gl, 2) + 0.0, np.round(ihub, 2) + 0.0, kind)
    made.behaviour, made.tie = np.array(behaviour), np.array(tie)
    return made


def log_uniform(rng, low, high):
    """Even in the logarithm between low and high."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def is_free(busy, start, end):
    """Is an account, whose months with errors are marked, free for one in start..end-1?"""
    return not busy[max(0, start - APART + 1):end + APART - 1].any()


def quotas(rng, kinds, total):
    """Labelled rows wanted of each kind: equal parts, the rest by chance."""
    more = set(rng.permutation(kinds)[:total % len(kinds)])
    return {kind: total // len(kinds) + (kind in more) for kind in kinds}


def on_one_side(rng, added, gl_chance=.5):
    """The amounts as what is added to GL and to the sub-ledger, one of them nothing."""
    nothing = np.zeros(len(added))
    return (added, nothing) if rng.random() < gl_chance else (nothing, added)


def multiplied(rng, book, account, months, factor, gl_chance=.5):
    """What is added to GL and to the sub-ledger so that one is multiplied by a factor."""
    gl, ihub = ((factor - 1) * side[account, months] for side in (book.gl, book.ihub))
    nothing = np.zeros(len(gl))
    return (gl, nothing) if rng.random() < gl_chance else (nothing, ihub)
