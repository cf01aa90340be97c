"""Two arms of a test, customer by customer: what may be said of them at every moment, so that one may stop early.

*Converted or not.* Who is in which arm was drawn. If the campaign does nothing, the next customer to convert is one of those who have not
yet converted, each as likely as any other: treated with the probability q = treated left ÷ all left, whatever has happened, and however
much customers talk to one another. So each conversion is a Bernoulli trial, and for a ratio of hazards θ

    e = Π θ^(treated) / (θ q + 1 − q)

is a test that may be looked at after every conversion: it is above 1/α ever with probability α at the most (Ville 1939; the safe logrank
test of Ter Schure, Pérez-Ortiz, Ly & Grünwald 2024). θ is not known: half of the weight lies on the one that the test is planned for, half
on a grid of ratios from 1.02 to 4. Above and below 1 are tested apart, each with α/2, so that the direction is sure, too.

*Money* is skewed and has no such trial. Customers of each arm are put into blocks of at least `LEAST_BLOCK`, whose means are nearly
normal; the differences of block means have a t interval. Where it is looked at after every month, each look has α ÷ looks (Bonferroni).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
LEAST_BLOCK = 500  # customers of an arm whose mean spend is taken for normal
FEWEST_BLOCKS = 4  # fewer say nothing of how much they differ
GRID = tuple(float(f"{ratio:.6g}") for ratio in np.geomspace(1.02, 4.0, 12))  # ratios of hazards that a test is prepared for
BETTER, WORSE, OPEN = 1, -1, 0


def evidence(treated: Bools, in_treated: int, in_control: int, planned: float) -> Floats:
    """ln e after every conversion, (2, C): that the treated convert more often, and that they do so less often.

    `treated`: (C,) whether each who converted, in order of time, is treated; `in_treated` and `in_control`: how many customers are in the
    arms; `planned`: the ratio of hazards that the test is planned for, above 1 (for the second its reciprocal is).

    >>> evidence(np.array([True, True, True]), 10, 10, 2.0).round(2).tolist()
    [[0.28, 0.6, 0.94], [-0.4, -0.77, -1.12]]
    """
    left = in_treated - np.cumsum(treated) + treated
    both = in_treated + in_control - np.arange(treated.size)
    q = left / both
    ratios = np.array([planned, *GRID])
    weights = np.log(np.array([0.5, *(0.5 / len(GRID) for _ in GRID)]))
    return np.stack([_mixed(treated, q, sign * np.log(ratios), weights) for sign in (1.0, -1.0)])


def _mixed(treated: Bools, q: Floats, log_ratios: Floats, weights: Floats) -> Floats:
    """ln Σ w Π θ^treated / (θ q + 1 − q), after every conversion."""
    from scipy import special

    steps = treated * log_ratios[:, None] - np.log(np.exp(log_ratios)[:, None] * q + 1.0 - q)
    return np.asarray(special.logsumexp(np.cumsum(steps, axis=1) + weights[:, None], axis=0), np.float64)


def verdict_after(treated: Bools, in_treated: int, in_control: int, planned: float, alpha: float) -> tuple[int, int]:
    """What the test says if it is looked at after every conversion, and after how many it says so: `BETTER`, `WORSE`, or `OPEN` after all.

    >>> verdict_after(np.array([True] * 12), 100, 100, 2.0, 0.05)
    (1, 11)
    """
    if not (treated.size and in_treated and in_control):
        return OPEN, int(treated.size)
    beyond = evidence(treated, in_treated, in_control, planned) >= math.log(2.0 / alpha)
    first = [int(np.argmax(row)) if row.any() else treated.size for row in beyond]
    if min(first) == treated.size:
        return OPEN, int(treated.size)
    return (BETTER, first[0] + 1) if first[0] < first[1] else (WORSE, first[1] + 1)


def seen_at_once(converted: tuple[int, int], customers: tuple[int, int], alpha: float) -> int:
    """What the usual test of two shares says, looked at once: (control, treated) converted, of so many customers.

    >>> seen_at_once((100, 140), (1_000, 1_000), 0.05), seen_at_once((100, 110), (1_000, 1_000), 0.05)
    (1, 0)
    """
    n0, n1 = customers
    if not (n0 and n1):
        return OPEN
    from scipy import special

    together = sum(converted) / (n0 + n1)
    error = math.sqrt(together * (1.0 - together) * (1.0 / n0 + 1.0 / n1))
    apart = converted[1] / n1 - converted[0] / n0
    if abs(apart) <= float(special.ndtri(1.0 - alpha / 2.0)) * error:
        return OPEN
    return BETTER if apart > 0.0 else WORSE


def money_verdict(control: Floats, treated: Floats, alpha: float, looks: int = 1) -> int:
    """What blocks of customers say of money: each arm's, a number per customer; `OPEN` where there are fewer than `FEWEST_BLOCKS`.

    >>> money_verdict(np.zeros(400), np.ones(400), 0.05)
    0
    """
    blocks = min(control.size, treated.size) // LEAST_BLOCK
    if blocks < FEWEST_BLOCKS:
        return OPEN
    from scipy import special

    apart = _block_means(treated, blocks) - _block_means(control, blocks)
    error = float(apart.std(ddof=1)) / math.sqrt(blocks)
    middle = float(apart.mean())
    if abs(middle) <= float(special.stdtrit(blocks - 1, 1.0 - alpha / looks / 2.0)) * error:
        return OPEN
    return BETTER if middle > 0.0 else WORSE


def _block_means(values: Floats, blocks: int) -> Floats:
    """Means of as many blocks; every so-manieth customer is in the same, so that those who come first are in all of them."""
    block = np.arange(values.size) % blocks
    return np.asarray(np.bincount(block, values) / np.bincount(block), np.float64)
