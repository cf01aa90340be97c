"""A calibration in words: a table of each fit, what was found beside it, and what the data cannot tell.

In: a `Calibration` and a language. Out: `Part`, a heading, the head and rows of a table, lines below it. What comes from a file (names of rungs and
arms) is shown as a screen may show it. Texts stand in ``i18n/fitting.LANGUAGE.toml``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from ladsim.errors import without_control
from ladsim.fitting.calibration import Calibration
from ladsim.fitting.fitted import Fact, Fitted
from ladsim.i18n import Locale
from ladsim.i18n.catalogue import loose
from ladsim.i18n.numerals import DASH

_SHARES = frozenset(["share", "seen", "said"])
_ENDS = frozenset(["won_in_the_end"])  # facts whose ends are shares
_POINTS = frozenset(["lift", "difference", "lift_or_none"])  # facts whose values are told in percentage points
_OF_ARMS = ("share", "lift", "effect", "orders")


@dataclass(frozen=True)
class Part:
    """A part of what is told."""

    title: str
    head: tuple[str, ...] = ()  # of the table; none: there is no table
    rows: tuple[tuple[str, ...], ...] = ()
    lines: tuple[str, ...] = ()  # below it


def told(found: Calibration, locale: Locale) -> list[Part]:
    """All parts in their order: the fits, the ranges of the scenario, what is not in it, what the data cannot tell."""
    parts = [_of_fit(fitted, file, locale) for fitted, file in found.fits]
    if found.placed:
        head = (locale.text("fitting.head_key"), locale.text("fitting.head_interval"), locale.text("fitting.head_number"))
        rows = tuple(
            (one.key, locale.between(locale.number(one.low), locale.number(one.high)), _plain(one.number)) for one in found.placed
        )
        parts.append(Part(locale.text("fitting.placed_title"), head, rows))
    if found.left:
        parts.append(Part(locale.text("fitting.left_title"), lines=tuple(said(locale, fact) for fact in found.left)))
    models: dict[str, list[str]] = {}  # what cannot be told → the models that cannot
    for fitted, _ in found.fits:
        for fact in fitted.cannot_tell:
            models.setdefault(said(locale, fact), []).append(locale.text(f"fitting.model_{fitted.model}"))
    lines = tuple(f"{_together(called, locale)}: {still_open}." for still_open, called in models.items())
    return [*parts, Part(locale.text("fitting.cannot"), lines=lines or (locale.text("fitting.nothing_open"),))]


def _together(models: list[str], locale: Locale) -> str:
    """Several models by one name: what they are of once, then each."""
    first, *others = dict.fromkeys(models)
    subject = first.rpartition(": ")[0]
    short = [one.removeprefix(f"{subject}: ") if subject else one for one in others]
    return str(loose(locale.listed([first, *short])))


def _of_fit(fitted: Fitted, file: str, locale: Locale) -> Part:
    """A fit: its numbers, what was found beside them, what to look at."""
    model = locale.text(f"fitting.model_{fitted.model}")
    title = locale.text("fitting.heading", model=model, n=locale.whole(fitted.n), file=_plain(file))
    head = tuple(locale.text(f"fitting.head_{name}") for name in ("number", "estimate", "error", "interval"))
    rows = tuple(_row(fitted, name, locale) for name in fitted.parameters)
    return Part(title, head if rows else (), rows, tuple(_lines(fitted, locale)))


def _row(fitted: Fitted, name: str, locale: Locale) -> tuple[str, ...]:
    unit = fitted.units.get(name, "")
    share = unit in ("share", "more", "per renewal")
    low, high = fitted.interval(name)
    values = [
        locale.percent(x, 3) if share else locale.number(x)
        for x in (fitted.parameters[name], fitted.standard_errors[name], low, high)
    ]
    if math.isnan(fitted.standard_errors[name]):
        values[1] = type(values[1])(DASH, math.nan)
    words = locale.text(f"fitting.unit_{unit.replace(' ', '_')}") if unit else ""
    estimate = f"{values[0]} {words}".strip()
    return _name(name, locale), estimate, str(values[1]), locale.between(values[2], values[3])


def _name(name: str, locale: Locale) -> str:
    """What a number is called."""
    first, _, arm = name.partition(" ")
    if first in _OF_ARMS and arm:
        return locale.text(f"fitting.number_{first}", arm=_plain(arm))
    return locale.text(f"fitting.number_{name}") if locale.has(f"fitting.number_{name}") else _plain(name)


def _lines(fitted: Fitted, locale: Locale) -> Iterator[str]:
    for fact in fitted.facts:
        yield said(locale, fact)
    if not math.isnan(fitted.log_likelihood):
        yield locale.text("fitting.likelihood", value=locale.number(fitted.log_likelihood, 7))
    if fitted.pareto_k is not None and math.isfinite(fitted.pareto_k):
        yield locale.text("fitting.pareto_k_is", value=locale.number(fitted.pareto_k, 2))
    if fitted.prior:
        yield locale.text(f"fitting.{fitted.prior}")
    if fitted.prior_medians:
        usual = [f"{_name(name, locale)} {locale.number(value)}" for name, value in fitted.prior_medians.items()]
        yield locale.text("fitting.prior_medians", names="; ".join(usual))
    for fact in fitted.warnings:
        yield f"{locale.text('fitting.look_at')} {said(locale, fact)}"


def said(locale: Locale, fact: Fact) -> str:
    """A fact in words."""
    key, values = fact
    return loose(locale.text(f"fitting.{key}", **{name: _written(locale, key, name, value) for name, value in values}))


def _written(locale: Locale, key: str, name: str, value: object) -> object:
    if isinstance(value, int):
        return locale.whole(value)
    if isinstance(value, float):
        if key in _POINTS:
            return locale.number(100.0 * value)
        is_share = name in _SHARES or (name in ("low", "high") and key in _ENDS)
        return locale.percent(value, 3) if is_share else locale.number(value)
    text = str(value)
    return locale.text(f"fitting.model_{text}").rpartition(": ")[2] if locale.has(f"fitting.model_{text}") else _plain(text)


def _plain(text: str) -> str:
    return without_control(" ".join(text.split()))
