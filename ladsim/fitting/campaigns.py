"""What a campaign brought: lift over those whom the lot held out, with its interval; without them, no effect.

In: contacts (customer, campaign or arm, outcome), and which arm was held out. Out: a `Fitted` of each arm's share of reactions and of the lift.
People are counted, not contacts: who was written to five times is one, and reacted if they did once. A group that is held out is compared
with its own campaign: "Spring (control group)" with "Spring", one called "control" with all.
Shares have beta posteriors (Jeffreys' prior); the interval of a lift that is shown is Newcombe's (1998, "Interval Estimation for the
Difference Between Independent Proportions", method 10: both Wilson intervals), that of Agresti & Caffo (2000) stands beside it.

A difference is an effect only if the lot decided who was held out, which no table shows: it must be said. Before against after, without a
group held out, is told as what it is: whatever else changed is in it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from ladsim.data.words import cell_words, says
from ladsim.errors import DataError, StudyError, nearest
from ladsim.fitting.fitted import Fitted, closed_form
from ladsim.measures.uncertainty import quantile

_FEW = 20  # reactions below which an effect says little
MOST_ARMS = 60  # of a table; beyond, its column is taken for another, such as names of people (an assumption)
_GROUP = frozenset(["group", "arm", "gruppe", "gruppen"])  # words beside those that say that it was held out
_WHOLE = frozenset([("none",), ("ingen",)])  # that say so only as a whole name


_NO_EFFECT = (
    "before against after: found no group that was held out, must be compared with people whom the lot kept from the campaign: "
    "season, prices and whatever else changed are in this difference"
)


@dataclass(frozen=True)
class BeforeAfter:
    """Reactions before and after, without a group held out: a difference, and no effect."""

    before: float  # share that reacted before
    after: float  # share that reacted after
    difference: float
    low: float  # of Newcombe's 95 % interval of the difference
    high: float

    def as_range(self) -> tuple[float, float]:
        """Refused: a change over time is no effect of a campaign.

        Raises StudyError, always.
        """
        raise StudyError(_NO_EFFECT)


def before_after(before: tuple[int, int], after: tuple[int, int]) -> BeforeAfter:
    """Reactions and people before, and after, as what they are. Raises DataError where a count is impossible.

    >>> found = before_after((50, 1000), (80, 1000))
    >>> round(found.difference, 3), round(found.low, 4), round(found.high, 4)
    (0.03, 0.0084, 0.052)
    """
    low, high = newcombe(*after, *before)
    shares = [x / n for x, n in (before, after)]
    return BeforeAfter(shares[0], shares[1], shares[1] - shares[0], low, high)


def newcombe(reacted: int, people: int, reacted_without: int, people_without: int, share: float = 0.95) -> tuple[float, float]:
    """Newcombe's interval of a difference of two shares, method 10. Raises DataError where a count is impossible.

    >>> [round(x, 4) for x in newcombe(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    z = float(stats.norm.ppf(0.5 + 0.5 * share))
    p, low, high = _wilson(reacted, people, z)
    q, low_q, high_q = _wilson(reacted_without, people_without, z)
    down = math.sqrt((p - low) ** 2 + (high_q - q) ** 2)
    up = math.sqrt((high - p) ** 2 + (q - low_q) ** 2)
    return p - q - down, p - q + up


def agresti_caffo(
    reacted: int, people: int, reacted_without: int, people_without: int, share: float = 0.95
) -> tuple[float, float]:
    """The interval of a difference with one reaction and one failure more in each arm (Agresti & Caffo 2000).

    Raises DataError where a count is impossible.

    >>> [round(x, 4) for x in agresti_caffo(56, 70, 48, 80)]
    [0.0525, 0.3358]
    """
    _refuse_counts(reacted, people)
    _refuse_counts(reacted_without, people_without)
    z = float(stats.norm.ppf(0.5 + 0.5 * share))
    p, q = (reacted + 1) / (people + 2), (reacted_without + 1) / (people_without + 2)
    half = z * math.sqrt(p * (1 - p) / (people + 2) + q * (1 - q) / (people_without + 2))
    return max(-1.0, p - q - half), min(1.0, p - q + half)


def fit_campaign(table: pd.DataFrame, *, control: str | None = None, randomised: bool = False) -> Fitted:
    """Share that reacted in each arm, and the lift of each over the one held out, from contacts (campaign, outcome).

    One row a customer and campaign: several contacts are one, with a reaction where any had one. `control`: the arm that was held out; unless
    given, those whose names say so (control, no e-mail, kontrol …), each for the campaigns whose name it has. `randomised`:
    whether the lot decided who was held out. Only then are there numbers "lift ARM" (difference of shares) and "effect ARM" (0.3: 30 % more
    react, as effects of a scenario are given); else the differences are facts, and that they are no effect is among what the data cannot
    tell. Raises DataError where nobody's outcome is known, for an unknown arm, for more than 60, and where `control` is a time before the campaign.

    >>> sent = pd.DataFrame({"campaign": ["mail"] * 200 + ["control"] * 200, "outcome": ([True] + [False] * 9) * 20 + ([True] + [False] * 19) * 10})
    >>> found = fit_campaign(sent, randomised=True)
    >>> {name: round(value, 2) for name, value in found.parameters.items()}
    {'share control': 0.05, 'share mail': 0.1, 'lift mail': 0.05, 'effect mail': 0.96}
    """
    known = table[table["outcome"].notna()] if "outcome" in table else table.iloc[:0]
    if known.empty:
        raise DataError("campaigns: found no outcome, must be told of each whether they reacted")
    missing = len(table) - len(known)
    known, merged = _people_of(known)
    counts = {
        str(arm): (int(part.astype(bool).sum()), len(part)) for arm, part in known.groupby("campaign", sort=True)["outcome"]
    }
    if len(counts) > MOST_ARMS:
        raise DataError(f"campaigns: found {len(counts)} different ones, must be at most {MOST_ARMS}: is this the right column?")
    against = _controls(list(counts), control)
    held_out = list(dict.fromkeys(against.values()))
    arms = held_out + [arm for arm in counts if arm not in held_out]
    laws = {f"share {arm}": stats.beta(0.5 + counts[arm][0], 0.5 + counts[arm][1] - counts[arm][0]) for arm in arms}
    fitted = closed_form(
        "campaign", sum(n for _, n in counts.values()), laws, dict.fromkeys(laws, "share"), "prior_jeffreys_beta"
    )
    for arm in arms:
        fitted = fitted.told("reacted", arm=arm, n=counts[arm][0], of=counts[arm][1], share=counts[arm][0] / counts[arm][1])
    if missing:
        fitted = fitted.warned("no_outcome", n=missing)
    if merged:
        fitted = fitted.warned("contacts_merged", n=merged)
    if not held_out:
        return fitted.open("no_control")
    for arm in arms[len(held_out) :]:
        if arm not in against:
            fitted = fitted.open("no_control_of", arm=arm)
            continue
        fitted = _lifted(fitted, arm, against[arm], counts, randomised)
        if both := _in_both(known, arm, against[arm]):
            fitted = fitted.warned("in_both_arms", arm=arm, n=both)
    for arm in [] if randomised else held_out:
        fitted = fitted.open("not_randomised", arm=arm)
    return fitted


def _people_of(known: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """One row a customer and campaign, who reacted if any contact had a reaction; and how many rows that put together."""
    reacted = known.assign(outcome=known["outcome"].astype(bool), campaign=known["campaign"].astype(str))
    if "customer" not in known:
        return reacted, 0
    people = reacted.groupby(["campaign", "customer"], sort=False)["outcome"].any().reset_index()
    return people, len(known) - len(people)


def _in_both(people: pd.DataFrame, arm: str, held_out: str) -> int:
    """How many customers were contacted and held out."""
    if "customer" not in people:
        return 0
    one, other = (people.loc[people["campaign"] == name, "customer"] for name in (arm, held_out))
    return int(one.isin(other).sum())


def _lifted(fitted: Fitted, arm: str, held_out: str, counts: dict[str, tuple[int, int]], randomised: bool) -> Fitted:
    """The same, with the difference of an arm and the one held out: a number where the lot decided, else a fact."""
    low, high = newcombe(*counts[arm], *counts[held_out])
    other = agresti_caffo(*counts[arm], *counts[held_out])
    difference = counts[arm][0] / counts[arm][1] - counts[held_out][0] / counts[held_out][1]
    fact = "lift" if randomised else "difference"
    fitted = fitted.told(fact, arm=arm, difference=difference, low=low, high=high, low2=other[0], high2=other[1])
    if not randomised:
        return fitted
    with_it, without = fitted.column(f"share {arm}"), fitted.column(f"share {held_out}")
    columns = {f"lift {arm}": (with_it - without, "share"), f"effect {arm}": (with_it / without - 1.0, "more")}
    for name, (drawn, unit) in columns.items():
        fitted = _with_number(fitted, name, drawn, unit)
    if low <= 0 <= high:
        fitted = fitted.open("lift_or_none", arm=arm, low=low, high=high)
    if min(counts[arm][0], counts[held_out][0]) < _FEW:
        fitted = fitted.open("few_reacted", arm=arm, n=min(counts[arm][0], counts[held_out][0]))
    return fitted


def _with_number(fitted: Fitted, name: str, drawn: np.ndarray, unit: str) -> Fitted:
    """The same, with a number more that is made of the others; its value is the median of its draws where it comes of a ratio, else their mean."""
    value = float(quantile(drawn, 0.5)) if unit == "more" else float(np.mean(drawn))
    return replace(
        fitted,
        parameters=fitted.parameters | {name: value},
        standard_errors=fitted.standard_errors | {name: float(np.std(drawn))},
        draws=np.column_stack([fitted.draws, drawn]),
        units=fitted.units | {name: unit},
    )


def _controls(arms: Sequence[str], control: str | None) -> dict[str, str]:
    """Campaign → the arm that it is compared with: its own, by name; else the one said, or the only one that is for all."""
    if control is not None and control not in arms:
        near = nearest(control, tuple(arms))
        hint = f" (did you mean {near!r}?)" if near else ""
        raise DataError(f"control: found {control!r}, must be one of {', '.join(arms[:20])}{hint}")
    if control is not None and says(control, "before"):
        raise DataError(_NO_EFFECT)
    rests = {arm: rest for arm in arms if (rest := _held_out_of(arm)) is not None}
    own = _own(arms, {arm: rest for arm, rest in rests.items() if rest})
    for_all = [arm for arm, rest in rests.items() if not rest]
    if control is not None:
        for_all = [] if control in own.values() else [control]
    others = [arm for arm in arms if arm not in own and arm not in own.values() and arm not in for_all]
    return own | (dict.fromkeys(others, for_all[0]) if len(for_all) == 1 else {})


def _own(arms: Sequence[str], rests: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Campaign → the arm that is held out of it: the one with its name; else the one whose words are all among its own."""
    names = {arm: _words(arm) for arm in arms if arm not in rests and _held_out_of(arm) is None}
    found = {}
    for arm, words in names.items():
        fits = [one for one, rest in rests.items() if set(rest) <= set(words)]
        if fits:
            found[arm] = max(fits, key=lambda one: (rests[one] == words, len(rests[one])))
    return found


def _held_out_of(arm: str) -> tuple[str, ...] | None:
    """The words of an arm's name without those that say that it was held out; None where none says so."""
    words = _words(arm)
    for phrase in sorted((_words(one) for one in cell_words("control")), key=len, reverse=True):
        for place in range(len(words) - len(phrase) + 1):
            if words[place : place + len(phrase)] != phrase:
                continue
            rest = tuple(word for word in (*words[:place], *words[place + len(phrase) :]) if word not in _GROUP)
            if not rest or phrase not in _WHOLE:
                return rest
    return None


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", text.casefold()))


def _wilson(reacted: int, people: int, z: float) -> tuple[float, float, float]:
    """A share, and the ends of Wilson's interval (1927)."""
    _refuse_counts(reacted, people)
    p = reacted / people
    middle = (p + z * z / (2 * people)) / (1 + z * z / people)
    half = z / (1 + z * z / people) * math.sqrt(p * (1 - p) / people + z * z / (4 * people**2))
    return p, middle - half, middle + half


def _refuse_counts(reacted: int, people: int) -> None:
    if not 0 <= reacted <= people or people < 1:
        raise DataError(
            f"found {reacted} of {people} who reacted, must be at least one person, and no more reactions than people"
        )
