"""The ladder itself, in words: what each rung and step says, and a picture of it for the terminal.

In: a scenario. Out: text. ``ladder_text`` prints the rungs from top to bottom with what leads up and down between them, then the
states beside the ladder; ``ladder_picture`` draws the same.

>>> from ladsim.scenario.spec import Step
>>> step_words(Step(**{"from": "a", "to": "b", "monthly": 0.02}))
'2\\xa0% a month'
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ladsim.i18n import ENGLISH, Locale
from ladsim.i18n.numerals import SPACE
from ladsim.scenario.address import step_names
from ladsim.scenario.distributions import ends
from ladsim.scenario.naming import label_of, value_words
from ladsim.scenario.spec import Distribution, Range, Rung, Scenario, Step

LEAST_WIDTH = 18


def step_words(step: Step, locale: Locale = ENGLISH) -> str:
    """When a step happens and how often, in a few words."""
    if step.trigger == "time":
        if step.cumulative_share is not None:
            number = locale.text(
                "ladder.step_reached",
                share=value_words(step.cumulative_share, "share", locale),
                months=locale.number(step.by_months or 0.0),
            )
        elif step.monthly is not None:
            number = locale.text("ladder.step_monthly", share=value_words(step.monthly, "share", locale))
        else:
            number = _rate_words(step.rate or 0.0, locale)
    else:
        chance = _chance_words(step, locale)
        key: str = "complaint" if step.trigger == "message" and step.negative else step.trigger
        key = "renewal_monthly" if step.trigger == "renewal" and step.months == 1.0 else key
        number = locale.text(f"ladder.step_{key}", share=chance, months=locale.number(step.months or 0.0))
        if step.trigger == "order" and step.from_order > 1:
            number += locale.text("ladder.step_after", k=step.from_order)
        if step.within_months is not None:
            number += locale.text("ladder.step_within", months=locale.number(step.within_months))
    return number + (locale.text("ladder.step_is_order") if step.is_order else "")


def _rate_words(rate: float | Range | Distribution, locale: Locale) -> str:
    """A rate as the share that it takes in a month, 1 − e^−rate, with the rate in brackets."""
    said = value_words(rate, "rate", locale)
    if isinstance(rate, Distribution):
        return locale.text("ladder.step_rate", rate=said)
    low, high = (-math.expm1(-end) for end in ends(rate))
    share: float | Range = low if low == high else Range(low=low, high=high)
    return locale.text("ladder.step_rate_share", share=value_words(share, "share", locale), rate=said)


def _chance_words(step: Step, locale: Locale) -> str:
    if step.beta is None:
        return value_words(step.probability or 0.0, "share", locale)
    a, b = step.beta
    if isinstance(a, int | float) and isinstance(b, int | float):
        return locale.text("ladder.step_beta", mean=locale.percent(a / (a + b)))
    return locale.text("ladder.step_beta_unknown")


def rung_words(rung: Rung, share: bool = True, locale: Locale = ENGLISH, market_size: int = 0, heads: bool = False) -> list[str]:
    """What is said of a rung, beside its name: the share that starts there (with a market's size the people, too; with `heads` these
    alone), orders, basket …"""
    said = []
    if share:
        said.append(locale.text("ladder.rung_share", share=value_words(rung.share, "share", locale)))
        if market_size and ends(rung.share)[1] > 0.0:
            key = "ladder.rung_heads" if heads else "ladder.rung_people"
            people = locale.text(key, number=_heads(rung, market_size, locale))
            said[0] = people if heads else f"{said[0]}, {people}"
    if rung.orders_per_month != 0.0:
        said.append(_counted("order", rung.orders_per_month, locale))
    if rung.messages_per_month != 0.0:
        said.append(_counted("message", rung.messages_per_month, locale))
    if rung.announces:
        said.append(locale.text("ladder.rung_announces"))
    if rung.basket_factor != 1.0:  # last: a picture with room for three says rather who talks
        said.append(locale.text("ladder.rung_basket", factor=value_words(rung.basket_factor, "rate", locale)))
    return said


def _heads(rung: Rung, market_size: int, locale: Locale) -> str:
    """How many people start on a rung, to the last one; of a range both ends."""
    low, high = (locale.number(round(share * market_size), 12) for share in ends(rung.share))
    return low if low == high else locale.between(low, high)


def _counted(what: str, value: float | Range | Distribution, locale: Locale) -> str:
    """ "1 order a month", "2 orders a month"."""
    key = f"ladder.rung_{what}" if value == 1.0 else f"ladder.rung_{what}s"
    return locale.text(key, number=value_words(value, "rate", locale))


@dataclass(frozen=True)
class Order:
    """Rungs in the order of the picture: those on the ladder from the bottom, then the states beside it."""

    ladder: tuple[Rung, ...]
    before: tuple[Rung, ...]  # outside: not yet in the market
    beside: tuple[Rung, ...]  # lapsed, lost and the like


def order_of(scenario: Scenario) -> Order:
    """Which rungs stand on the ladder, before it and beside it."""
    before = tuple(r for r in scenario.rungs if r.off_ladder == "outside" or (r.off_ladder is True and r.name == "outside"))
    beside = tuple(r for r in scenario.rungs if r.off_ladder and r not in before)
    return Order(tuple(r for r in scenario.rungs if not r.off_ladder), before, beside)


def ladder_text(scenario: Scenario, addresses: bool = False) -> str:
    """The ladder as plain text with box-drawing characters, rungs from top to bottom, no line ends in a space.

    With `addresses` each rung and step has the dotted key by which ``--set`` and a strategy's ``set`` find it.
    """
    order, locale = order_of(scenario), Locale(scenario.language)
    wide = max([LEAST_WIDTH, *(len(label_of(r)) + 4 for r in order.ladder)])
    lines = [ladder_head(scenario, locale), "", f"  ║{' ' * wide}║"]

    def said_of(rung: Rung) -> list[str]:
        words = rung_words(rung, locale=locale, market_size=scenario.market_size)
        return [*words, f"[rungs.{rung.name}]"] if addresses else words

    for i in reversed(range(len(order.ladder))):
        rung = order.ladder[i]
        lines.append(f"  ╠{'═' * wide}╣")
        lines.append(f"  ║{label_of(rung).center(wide)}║  {' · '.join(said_of(rung))}".rstrip())
        lines.append(f"  ╠{'═' * wide}╣")
        lines += [f"  ║{' ' * wide}║  {text}".rstrip() for text in leaving(scenario, rung, locale, addresses)] or [
            f"  ║{' ' * wide}║"
        ]
    lines.append(f"  ╨{' ' * wide}╨")
    for where, rungs in (("before", order.before), ("beside", order.beside)):
        for rung in rungs:
            lines += [
                "",
                f"  {locale.text(f'ladder.text_{where}')} {label_of(rung)}  ({' · '.join(said_of(rung))})",
            ]
            lines += [f"      {text}" for text in leaving(scenario, rung, locale, addresses)]
    return "\n".join(lines).replace(SPACE, " ") + "\n"


def ladder_head(scenario: Scenario, locale: Locale) -> str:
    """What a scenario is called, how many people, how long."""
    people, months = locale.number(scenario.market_size, 12), locale.number(scenario.months, 5)
    return locale.text("ladder.text_head", name=scenario.heading, people=people, months=months)


def leaving(scenario: Scenario, rung: Rung, locale: Locale, addresses: bool = False) -> list[str]:
    """A line per step that leaves a rung: ▲ climbs, ▼ falls, ↻ stays, → leaves the ladder or leads back to it."""
    labels = {other.name: label_of(other) for other in scenario.rungs}
    place = {other.name: i for i, other in enumerate(order_of(scenario).ladder)}
    said = []
    for name, step in zip(step_names(scenario), scenario.steps, strict=True):
        if step.from_ != rung.name:
            continue
        here, there = place.get(step.from_), place.get(step.to)
        sign = "→"
        if here is not None and there is not None:
            sign = "▲" if there > here else "▼" if there < here else "↻"
        key = f"  [steps.{name}]" if addresses else ""
        said.append((("▲", "↻", "▼", "→").index(sign), f"{sign} {labels[step.to]}: {step_words(step, locale)}{key}"))
    for arrival in scenario.arrivals:
        if rung.off_ladder == "outside":
            words = locale.text("ladder.text_arrivals", number=value_words(arrival.per_month, "rate", locale))
            said.append((3, f"→ {labels[arrival.to]}: {words}"))
    return [text for _, text in sorted(said, key=lambda pair: pair[0])]
