"""Who is ahead of all others, at the horizon and after it: what both say, in one sentence where they differ.

In: what each strategy earns in every future, until the horizon and until some months later. Out: a `Standing` of each time, and words.
A strategy is named where it is surely ahead of every other and of the market without any (base); base is, where every strategy is surely
behind it; else nobody is. A headline of which the longer look makes another says both and advises nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladsim.i18n import Locale
from ladsim.i18n.catalogue import loose
from ladsim.i18n.numerals import marked
from ladsim.planning import verdict
from ladsim.planning.leads import Leads
from ladsim.planning.measure_table import by_future
from ladsim.planning.pairs import Estimate
from ladsim.planning.replications import Replications

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Standing:
    """Who earns most, and who is nearest to it."""

    best: str  # name
    other: str  # of the others that may be ahead of it the best; where none may, the best of all
    gain: Estimate  # best − other, mean and 95 % interval
    sure: bool  # the best is surely ahead of all others
    base: str  # the market without any of them
    strategies: int  # without base

    @property
    def named(self) -> str | None:
        """Who is surely ahead of all others, if anybody is."""
        return self.best if self.sure else None


def standing(profits: Mapping[str, Floats], base: str, paired: bool, leads: Leads | None = None) -> Standing:
    """Who is ahead. `profits` by name, (futures,); base and at least one other.

    `leads`: how far one is ahead of another, where that is not to be the mean with its t interval.
    """
    leads = leads if leads is not None else Leads(profits, paired)
    ranked = sorted(profits, key=lambda name: -float(profits[name].mean()))
    best, *others = ranked
    open_to = [name for name in others if not leads.surely(best, name)]
    other = (open_to or others)[0]
    return Standing(best, other, leads.of(best, other), not open_to, base, len(profits) - 1)


def in_words(found: Standing, labels: Mapping[str, str], currency: str, locale: Locale) -> str:
    """What a standing says, as a part of a sentence."""
    gain, is_base = found.gain, found.base in (found.best, found.other)
    if found.best == found.base:
        gain = Estimate(-gain.value, -gain.high, -gain.low)
    one = found.other if found.best == found.base else found.best
    said = {
        "one": labels[one],
        "other": labels[found.other],
        "amount": verdict.amount(gain.value, currency, signed=True, locale=locale),
        "number": verdict.number_words(found.strategies, locale),
    }
    if not math.isnan(gain.low):
        ends = verdict.interval(gain.low, gain.high, gain.value, currency, locale=locale)
        said["amount"] = locale.text("looks.amount", amount=said["amount"], limits=locale.text("verdict.limits", interval=ends))
    key = "none" if found.sure and found.best == found.base else "ahead" if found.sure else "unsure"
    key += "" if key == "none" else "_base" if is_base else "_rival"
    few = "_one" if found.strategies == 1 and key in ("none", "unsure_base") else ""
    return locale.text(f"looks.{key}{few}", **said)


def second_look(
    verdict_now: str, runs: Mapping[str, Replications], candidates: Sequence[str], base: str, leads: Leads | None = None
) -> str:
    """The verdict, a line each, with what the longer look says of it: in its first line, where that names another or nobody.

    `candidates`: the strategies that count, base among them; `leads`: see ``standing``, at the horizon. Without a look the verdict is as it was.
    """
    first = runs[base]
    if first.after is None:
        return verdict_now
    locale = Locale(first.source.language, first.source.start_date)
    paired = any(len(run.parameters.columns) for run in runs.values())
    now = standing({name: by_future(runs[name], "profit") for name in candidates}, base, paired, leads)
    then = standing({name: _later(runs[name]) for name in candidates}, base, paired)
    times = _times((float(first.histories[0].months[-1]), float(first.after.times[-1])), locale)
    if now.named == then.named:
        return verdict_now if now.named is None else "\n".join([verdict_now, loose(locale.text("looks.stands", **times))])
    labels, currency = {name: run.label for name, run in runs.items()}, first.scenario.currency
    said = {"now": in_words(now, labels, currency, locale), "then": in_words(then, labels, currency, locale)}
    others = verdict_now.splitlines()[1:]  # the first one chooses, and no choice stands that turns
    return "\n".join([loose(locale.text("looks.both", **said, **times)), *others])


def _later(run: Replications) -> Floats:
    assert run.after is not None
    return run.after.until_end


def _times(months: tuple[float, float], locale: Locale) -> dict[str, str]:
    """Both times in words."""
    short, long = (locale.text("count.months", n=marked(locale.language, f"{one:g}")) for one in months)
    return {"short": short, "long": long}
