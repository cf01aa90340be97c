"""How many customers an arm of a test needs, in closed form: two shares of independent customers, looked at once.

In: the share that converts in each arm, how often a false verdict may come, how surely the difference is to be found. Out: customers an
arm, or the power that so many have. With p̄ = (p₀ + p₁)/2 and Φ the normal distribution,

    n = (z(1 − α/2) √(2 p̄ (1 − p̄)) + z(power) √(p₀(1 − p₀) + p₁(1 − p₁)))² / (p₁ − p₀)²      (Fleiss, Levin & Paik 2003, 4.14)

for a two-sided test without correction for continuity. It knows no word of mouth between the arms, and no look before the end.
"""

from __future__ import annotations

import math


def power_of_two_shares(control: float, treated: float, customers: float, alpha: float = 0.05) -> float:
    """The chance that a two-sided test at level `alpha` of `customers` in each arm, looked at once, finds the difference, in its direction.

    NaN where a share is not from 0 to 1.

    >>> round(power_of_two_shares(0.10, 0.12, 3_841), 3), power_of_two_shares(0.1, 0.1, 1_000)
    (0.8, 0.025)
    """
    if not (0.0 <= control <= 1.0 and 0.0 <= treated <= 1.0 and customers > 0.0):
        return math.nan
    if control == treated:
        return alpha / 2.0
    from scipy import special

    spread, under_null = _spreads(control, treated)
    if spread == 0.0:
        return 1.0
    size = abs(treated - control) * math.sqrt(customers) - float(special.ndtri(1.0 - alpha / 2.0)) * under_null
    return float(special.ndtr(size / spread))


def customers_for_two_shares(control: float, treated: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """How many customers in each arm find the difference of two shares with the probability `power`; infinite where there is none.

    >>> customers_for_two_shares(0.10, 0.12), customers_for_two_shares(0.1, 0.1)
    (3841.0, inf)
    """
    if control == treated:
        return math.inf
    from scipy import special

    spread, under_null = _spreads(control, treated)
    size = float(special.ndtri(1.0 - alpha / 2.0)) * under_null + float(special.ndtri(power)) * spread
    return float(math.ceil((max(size, 0.0) / (treated - control)) ** 2))


def _spreads(control: float, treated: float) -> tuple[float, float]:
    """√n times the standard error of the difference of two shares: as they are, and as if both were alike."""
    middle = (control + treated) / 2.0
    return math.sqrt(control * (1.0 - control) + treated * (1.0 - treated)), math.sqrt(2.0 * middle * (1.0 - middle))
