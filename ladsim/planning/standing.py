"""Who is ahead of all others, at the horizon and after it: what both say, in one sentence where they differ.

In: what each strategy earns in every future, until the horizon and until some months later. Out: a `Standing` of each time, and words.
A strategy is named where it is surely ahead of every other and of the market without any (base); base is, where every strategy is surely
behind it; else nobody is. A headline of which the longer look makes another says both and advises nothing. Whose place against base the
longer look changes, and which strategy does best in the mean, is told under the headline, whoever it names.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
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
    best, *others = leads.ranked()
    open_to = [name for name in others if not leads.surely(best, name)]
    other = (open_to or others)[0]
    return Standing(best, other, leads.of(best, other), not open_to, base, len(profits) - 1)


def sentence_of(found: Standing, labels: Mapping[str, str], currency: str, locale: Locale) -> str:
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
    """The verdict, a line each, with what the longer look says of it: in its first line, where that names another or nobody; below it, of
    every strategy whose place against base it changes.

    `candidates`: the strategies that count, base among them; `leads`: see ``standing``, at the horizon. Without a look the verdict is as it was.
    """
    first = runs[base]
    if first.after is None:
        return verdict_now
    locale = Locale(first.source.language, first.source.start_date)
    paired = any(len(run.parameters.columns) for run in runs.values())
    ours = {name: by_future(runs[name], "profit") for name in candidates}
    earlier = leads if leads is not None else Leads(ours, paired)
    later = Leads({name: _later(runs[name]) for name in candidates}, paired)
    now, then = standing(ours, base, paired, earlier), standing(later.profits, base, paired, later)
    times = _times((float(first.histories[0].months[-1]), float(first.after.times[-1])), locale)
    labels, currency = {name: run.label for name, run in runs.items()}, first.scenario.currency
    headline, *others = verdict_now.splitlines()
    if now.named == then.named:
        said_of = frozenset({base})
        others += [] if now.named is None else [loose(locale.text("looks.stands", **times))]
    else:  # the headline chooses, and no choice stands that turns
        said_of = frozenset({base, now.best, then.best})
        said = {"now": sentence_of(now, labels, currency, locale), "then": sentence_of(then, labels, currency, locale)}
        headline = loose(locale.text("looks.both", **said, **times))
    few = locale.text("looks.few", n=locale.number(first.after.futures)) if first.after.futures < first.count else ""
    turned = changes(earlier, later, base, labels, locale, {**times, "few": few}, said_of)
    return "\n".join([headline, *others, *turned])


def changes(
    now: Leads,
    then: Leads,
    base: str,
    labels: Mapping[str, str],
    locale: Locale,
    times: Mapping[str, str],
    left_out: Collection[str] = (),
) -> list[str]:
    """A sentence for each strategy whose place against base the longer look changes (surely before, surely behind, open), and one where
    another strategy has the best mean.

    `times`: what stands in the sentences as {short}, {long} and {few} (which futures were played on, where not all); `left_out`: of whom
    the headline tells; it tells of the best where it tells of others than base.
    """
    if base not in then.profits:  # another strategy does nothing, too, and counts in its place
        return []
    strategies = [name for name in then.profits if name != base]
    found = []
    for name in strategies:
        before, after = _place(now, name, base), _place(then, name, base)
        if before != after and name not in left_out:
            found.append(loose(locale.text(f"looks.from_{before}_to_{after}", label=labels[name], **times)))
    means = [{name: float(leads.profits[name].mean()) for name in strategies} for leads in (now, then)]
    best, other = (max(each, key=lambda name: each[name]) for each in means)
    if means[1][other] > means[1][best] and not set(left_out) - {base}:
        found.append(loose(locale.text("looks.another_best", one=labels[best], other=labels[other], **times)))
    return found


def _place(leads: Leads, name: str, base: str) -> str:
    """Where a strategy stands against base."""
    return "more" if leads.surely(name, base) else "less" if leads.surely(base, name) else "open"


def _later(run: Replications) -> Floats:
    assert run.after is not None
    return run.after.until_end


def _times(months: tuple[float, float], locale: Locale) -> dict[str, str]:
    """Both times in words."""
    short, long = (locale.text("count.months", n=marked(locale.language, f"{one:g}")) for one in months)
    return {"short": short, "long": long}
