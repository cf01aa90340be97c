"""How something spreads that everybody takes up once: by oneself and by imitation, from friend to friend, from tree to tree.

Bass (1969): who has not yet adopted does so at the rate p + q·F, F the share of those around who have. Where everybody knows everybody, F
is the market's; in a market of M people exactly n/(M − 1) (a pure birth chain); on a graph, that of the neighbours, each of whom weighs q
over the number of neighbours (Fibich & Gibori 2010). A chain of announcements (independent cascade; Kempe, Kleinberg & Tardos 2003) is bond
percolation, and so is an epidemic without an end of its own (Newman 2002). Times in the unit of the rates.

>>> float(bass_adoption(0.03, 0.38, 5.0).round(7)), round(bass_peak(0.03, 0.38), 6)
(0.3311986, 6.192619)
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ladsim.errors import StudyError

Floats = NDArray[np.float64]
_MOST_PEOPLE = 1_000  # of a market whose chain is solved
_MOST_TIES = 22  # of a graph whose subgraphs are gone through


def bass_adoption(p: float, q: float, t: ArrayLike) -> Floats:
    """Share that has adopted by t where everybody knows everybody in a large market: (1 − e^−(p+q)t)/(1 + q/p · e^−(p+q)t).

    Raises nothing. Source: Bass (1969).

    >>> bass_adoption(0.03, 0.38, [1, 5]).round(7).tolist()
    [0.0357582, 0.3311986]
    """
    decay = np.exp(-(p + q) * np.asarray(t, np.float64))
    return np.asarray((1.0 - decay) / (1.0 + q / p * decay), np.float64)


def bass_peak(p: float, q: float) -> float:
    """When most adopt: ln(q/p)/(p + q), and at once where fewer imitate than innovate. Raises nothing. Source: Bass (1969).

    >>> round(bass_peak(0.03, 0.38), 6), bass_peak(0.4, 0.2)
    (6.192619, 0.0)
    """
    return max(0.0, math.log(q / p) / (p + q)) if q > 0.0 else 0.0


def finite_bass_adoption(people: int, p: float, q: float, t: ArrayLike) -> Floats:
    """Expected share that has adopted by t of so many people who all know each other: exact, from the chain n → n + 1.

    Raises StudyError for more than 1,000 people, whose chain takes too long; ``bass_adoption`` is near then.

    >>> finite_bass_adoption(10, 0.03, 0.38, [1, 5]).round(7).tolist()
    [0.035551, 0.2907387]
    """
    if not 2 <= people <= _MOST_PEOPLE:
        raise StudyError(f"people: found {people:,}, must be a whole number from 2 to {_MOST_PEOPLE:,}")
    from scipy.linalg import expm

    n = np.arange(people + 1.0)
    rate = (people - n) * (p + q * n / (people - 1.0))
    generator = np.diag(-rate) + np.diag(rate[:-1], 1)
    return np.array([expm(generator * time)[0] @ n / people for time in np.atleast_1d(np.asarray(t, np.float64))])


def regular_bass_adoption(degree: int, p: float, q: float, t: ArrayLike) -> Floats:
    """Share that has adopted by t where everybody has so many friends, in a large random graph: a pair (1), a cycle (2), three friends (3).

    A tie has not brought the news with probability ψ: ψ' = −(q/d)(ψ − e^(−pt) ψ^(d−1)), and 1 − e^(−pt) ψ^d have adopted. Source: Fibich &
    Gibori (2010), whose closed form on the cycle is 1 − exp(−(p+q)t + q(1 − e^(−pt))/p).
    Raises nothing.

    >>> regular_bass_adoption(3, 0.03, 0.38, [1, 15]).round(7).tolist()
    [0.0352481, 0.8898997]
    """
    from scipy.integrate import solve_ivp

    times = np.atleast_1d(np.asarray(t, np.float64))
    span = (0.0, float(times.max(initial=0.0)) or 1.0)

    def change(time: float, psi: Floats) -> Floats:
        return np.asarray(-q / degree * (psi - np.exp(-p * time) * psi ** (degree - 1)))

    found = solve_ivp(change, span, [1.0], t_eval=np.unique(times), rtol=1e-11, atol=1e-13, method="LSODA")
    psi = np.interp(times, found.t, found.y[0])
    return np.asarray(1.0 - np.exp(-p * times) * psi**degree, np.float64)


def cascade_size(ties: Sequence[tuple[Hashable, Hashable]], seed: Hashable, probability: float) -> float:
    """Expected number of people that a chain of announcements reaches from one, itself included, each convincing with a probability.

    Exact: who is reached is who is joined to the start when each tie is kept with that probability, added up over all sets of ties.
    Raises StudyError for more than 22 ties, or a start that has none. Source: Kempe, Kleinberg & Tardos (2003).

    >>> round(cascade_size([("a", "b"), ("b", "c"), ("c", "a")], "a", 0.5), 6)
    2.25
    """
    reached = _reached(tuple(ties), seed)
    kept = np.arange(reached.size)
    return float(reached @ (probability**kept * (1.0 - probability) ** (reached.size - 1 - kept)))


@lru_cache(maxsize=8)
def _reached(ties: tuple[tuple[Hashable, Hashable], ...], seed: Hashable) -> Floats:
    """By how many ties are kept: people reached, added up over all such sets of ties."""
    if len(ties) > _MOST_TIES:
        raise StudyError(f"ties: found {len(ties)}, must be at most {_MOST_TIES} to go through all their sets")
    people = list(dict.fromkeys(end for tie in ties for end in tie))
    if seed not in people:
        raise StudyError(f"seed: found {seed!r}, must be one of those who have ties: {', '.join(map(str, people))}")
    subsets = np.arange(1 << len(ties), dtype=np.int32)
    reach = np.full(subsets.size, 1 << people.index(seed), np.int32)
    for _ in people:
        before = reach.copy()
        for place, (one, other) in enumerate(ties):
            both = np.int32((1 << people.index(one)) | (1 << people.index(other)))
            reach[(subsets >> place & 1 == 1) & (reach & both != 0)] |= both
        if np.array_equal(reach, before):
            break
    sizes, kept = _bits(reach, len(people)), _bits(subsets, len(ties))
    return np.bincount(kept, sizes, minlength=len(ties) + 1).astype(np.float64)


def _bits(numbers: NDArray[np.int32], width: int) -> NDArray[np.int64]:
    """How many of its first bits each has."""
    return np.sum([numbers >> place & 1 for place in range(width)], axis=0, dtype=np.int64)


def epidemic_size(mean_degree: float, probability: float) -> float:
    """Share that a large outbreak reaches on a random graph of so many ties a head: S = 1 − e^(−c·T·S); 0 below the threshold T = 1/c.

    Raises nothing. Source: Newman (2002).

    >>> round(epidemic_size(4, 0.5), 7)
    0.7968121
    """
    reach = mean_degree * probability
    if reach <= 1.0:
        return 0.0
    from scipy.optimize import brentq

    return float(brentq(lambda share: 1.0 - math.exp(-reach * share) - share, 1e-9, 1.0, xtol=1e-14))


def referral_trees(factor: float, *, equal_time: bool = True) -> tuple[float, float, float]:
    """Mean, variance of the number of people in a tree of referrals, and the chance that it is one person: each brings `factor` (below 1).

    With `equal_time` all recommend equally long, and bring a Poisson number (Borel's law); otherwise for an exponential time, and bring a
    geometric one. Raises StudyError for a factor that is not below 1. Source: Harris (1963).

    >>> referral_trees(0.5)[:2]
    (2.0, 4.0)
    """
    if not 0.0 <= factor < 1.0:
        raise StudyError(f"factor: found {factor:g}, must be from 0 to below 1: else trees never end")
    spread = factor if equal_time else factor + factor * factor
    alone = math.exp(-factor) if equal_time else 1.0 / (1.0 + factor)
    return 1.0 / (1.0 - factor), spread / (1.0 - factor) ** 3, alone


def time_to_everybody(people: int, rate: float) -> tuple[float, float]:
    """Mean and standard deviation of the time until all of so many know who all know each other, one at first, a tie telling at a rate.

    The waits Σ 1/(rate·n·(M − n)) are independent. Raises nothing. Source: Bailey (1957).

    >>> [round(x, 6) for x in time_to_everybody(100, 0.01)]
    [10.354755, 1.864635]
    """
    n = np.arange(1.0, people)
    waits = 1.0 / (rate * n * (people - n))
    return float(waits.sum()), float(np.sqrt((waits**2).sum()))


def seeded_value(p: float, q: float, seeds: float, discount: float) -> float:
    """Present value of one unit per adoption and person of a large market, a share `seeds` adopting at 0, at a continuous rate of discount.

    s + ∫ e^(−δt) dF, F' = (p + qF)(1 − F), F(0) = s; by the time u = F as variable. Source: Libai, Muller & Peres (2013), without competition.
    Raises nothing.

    >>> [round(seeded_value(0.03, 0.38, seeds, 0.1), 7) for seeds in (0.0, 0.01, 0.05)]
    [0.5362948, 0.5533226, 0.6088799]
    """
    from scipy.integrate import quad

    def since_start(share: float) -> float:
        """When so many have adopted."""
        return math.log((p + q * share) * (1.0 - seeds) / ((p + q * seeds) * (1.0 - share))) / (p + q)

    return seeds + float(quad(lambda share: math.exp(-discount * since_start(share)), seeds, 1.0, epsabs=1e-12, limit=200)[0])
