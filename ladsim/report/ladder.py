"""The ladder itself, in words: what each rung and step says, and a picture of it for the terminal.

In: a scenario. Out: text. ``ladder_text`` prints the rungs from top to bottom with what leads up and down between them, then the
states beside the ladder; ``ladder_picture`` draws the same.

>>> from ladsim.scenario.spec import Step
>>> step_words(Step(**{"from": "a", "to": "b", "monthly": 0.02}))
'2\\xa0% a month'
"""

from __future__ import annotations

from dataclasses import dataclass

from ladsim.report import numerals
from ladsim.report.words import WORDS
from ladsim.scenario.spec import Distribution, Range, Rung, Scenario, Step

LEAST_WIDTH = 18


def value_words(value: float | Range | Distribution, kind: str = "rate") -> str:
    """A number, a range or a law as text; a share as a percentage, an effect (kind "real") as one with its sign.

    >>> value_words(Range(low=0.06, high=0.14), "share"), value_words(1.5), value_words(0.3, "real")
    ('6\\xa0% to 14\\xa0%', '1.5', '+30\\xa0%')
    """

    def one(x: float) -> str:
        if kind == "real":
            return ("+" if x > 0 else "") + numerals.number(100 * x) + f"{numerals.SPACE}%"
        return numerals.percent(x, 3) if kind == "share" else numerals.number(x)

    if isinstance(value, Range):
        return numerals.between(one(value.low), one(value.high))
    if isinstance(value, Distribution):
        if value.law == "draws":
            values = value.values or (0.0,)
            return f"{WORDS['calibrated']} {numerals.between(one(min(values)), one(max(values)))}"
        given = ((name, getattr(value, name)) for name in type(value).model_fields if name not in ("law", "values"))
        return f"{value.law} ({', '.join(f'{name} {numerals.number(x)}' for name, x in given if x is not None)})"
    return one(float(value))


def step_words(step: Step) -> str:
    """When a step happens and how often, in a few words."""
    if step.trigger == "time":
        if step.reached is not None:
            number = WORDS["step_reached"].format(
                share=value_words(step.reached, "share"), months=numerals.number(step.by_months or 0.0)
            )
        elif step.monthly is not None:
            number = WORDS["step_monthly"].format(share=value_words(step.monthly, "share"))
        else:
            number = WORDS["step_rate"].format(rate=value_words(step.rate or 0.0))
    else:
        chance = _chance_words(step)
        key = "step_complaint" if step.trigger == "message" and step.negative else f"step_{step.trigger}"
        number = WORDS[key].format(share=chance, months=numerals.number(step.months or 0.0))
        if step.trigger == "order" and step.after > 1:
            number += WORDS["step_after"].format(k=step.after)
        if step.within_months is not None:
            number += WORDS["step_within"].format(months=numerals.number(step.within_months))
    return number + (WORDS["step_is_order"] if step.is_order else "")


def _chance_words(step: Step) -> str:
    if step.beta is None:
        return value_words(step.probability or 0.0, "share")
    a, b = step.beta
    if isinstance(a, int | float) and isinstance(b, int | float):
        return WORDS["step_beta"].format(mean=numerals.percent(a / (a + b)))
    return WORDS["step_beta_unknown"]


def rung_words(rung: Rung, share: bool = True) -> list[str]:
    """What is said of a rung, beside its name: the share that starts there, orders, messages, basket."""
    said = []
    if share:
        said.append(WORDS["rung_share"].format(share=value_words(rung.share, "share")))
    if rung.orders_per_month != 0.0:
        said.append(_counted("rung_order", rung.orders_per_month))
    if rung.messages_per_month != 0.0:
        said.append(_counted("rung_message", rung.messages_per_month))
    if rung.announces:
        said.append(WORDS["rung_announces"])
    if rung.basket_factor != 1.0:  # last: a picture with room for three says rather who talks
        said.append(WORDS["rung_basket"].format(factor=value_words(rung.basket_factor)))
    return said


def _counted(key: str, value: float | Range | Distribution) -> str:
    """ "1 order a month", "2 orders a month"."""
    return WORDS[key if value == 1.0 else f"{key}s"].format(number=value_words(value))


def label_of(rung: Rung) -> str:
    """The words for a rung: its label, else its name with spaces."""
    return rung.label or rung.name.replace("_", " ")


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


def ladder_text(scenario: Scenario) -> str:
    """The ladder as plain text with box-drawing characters, rungs from top to bottom, no line ends in a space."""
    order = order_of(scenario)
    wide = max([LEAST_WIDTH, *(len(label_of(r)) + 4 for r in order.ladder)])
    people, months = numerals.number(scenario.market_size, 12), numerals.number(scenario.months, 5)
    lines = [WORDS["text_head"].format(name=scenario.heading, people=people, months=months), "", f"  ║{' ' * wide}║"]
    place = {rung.name: i for i, rung in enumerate(order.ladder)}
    for i in reversed(range(len(order.ladder))):
        rung = order.ladder[i]
        lines.append(f"  ╠{'═' * wide}╣")
        lines.append(f"  ║{label_of(rung).center(wide)}║  {' · '.join(rung_words(rung))}".rstrip())
        lines.append(f"  ╠{'═' * wide}╣")
        lines += [f"  ║{' ' * wide}║  {text}".rstrip() for text in _leaving(scenario, rung, place)] or [f"  ║{' ' * wide}║"]
    lines.append(f"  ╨{' ' * wide}╨")
    for words, rungs in (("text_before", order.before), ("text_beside", order.beside)):
        for rung in rungs:
            lines += ["", f"  {WORDS[words]} {label_of(rung)}  ({' · '.join(rung_words(rung))})"]
            lines += [f"      {text}" for text in _leaving(scenario, rung, place)]
    return "\n".join(lines).replace(numerals.SPACE, " ") + "\n"


def _leaving(scenario: Scenario, rung: Rung, place: dict[str, int]) -> list[str]:
    """A line per step that leaves a rung: ▲ climbs, ▼ falls, ↻ stays, → leaves the ladder or leads back to it."""
    labels = {other.name: label_of(other) for other in scenario.rungs}
    said = []
    for step in scenario.steps:
        if step.from_ != rung.name:
            continue
        here, there = place.get(step.from_), place.get(step.to)
        sign = "→"
        if here is not None and there is not None:
            sign = "▲" if there > here else "▼" if there < here else "↻"
        said.append((("▲", "↻", "▼", "→").index(sign), f"{sign} {labels[step.to]}: {step_words(step)}"))
    for arrival in scenario.arrivals:
        if rung.off_ladder == "outside":
            words = WORDS["text_arrivals"].format(number=value_words(arrival.per_month))
            said.append((3, f"→ {labels[arrival.to]}: {words}"))
    return [text for _, text in sorted(said, key=lambda pair: pair[0])]
