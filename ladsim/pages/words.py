"""What the page says, in each language: the catalogue's texts, and what rungs, strategies and sliders are called.

In: a scenario, markets, sliders. Out: texts by language and key. Names that a file gives in several languages are read from it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ladsim.errors import LadsimError
from ladsim.i18n import LANGUAGES, Locale, catalogue
from ladsim.pages.market import Market
from ladsim.pages.sliders import Slider
from ladsim.planning.run import label_of as strategy_label
from ladsim.scenario.load import load
from ladsim.scenario.naming import Namer, label_of, value_words
from ladsim.scenario.spec import Scenario

# What the page itself says; its modules know these by what stands behind the dot.
KEYS = (
    "market_page.own_name",
    "market_page.title",
    "market_page.overline",
    "market_page.language",
    "market_page.what_if",
    "market_page.undo",
    "market_page.redo",
    "market_page.reset",
    "market_page.as_in_file",
    "market_page.no_sliders",
    "market_page.source",
    "market_page.no_source",
    "market_page.decision",
    "market_page.profit",
    "market_page.people_on",
    "market_page.rung",
    "market_page.months",
    "market_page.band",
    "market_page.strategy",
    "market_page.profit_end",
    "market_page.people_end",
    "market_page.between",
    "market_page.link",
    "market_page.csv",
    "market_page.toml",
    "market_page.wait",
    "market_page.playing",
    "market_page.played",
    "verdict.earns",
    "verdict.loses",
    "market_page.verdict_choose",
    "market_page.verdict_ahead",
    "market_page.verdict_tie",
    "market_page.verdict_none",
    "market_page.verdict_tie_base",
    "market_page.verdict_same",
    "market_page.verdict_few",
    "market_page.expects",
    "market_page.pays",
    "market_page.pays_unsure",
    "market_page.about",
    "market_page.again",
    "market_page.needs",
    "market_page.broken",
    "market_page.wrong_link",
    "market_page.stopped_money",
    "market_page.stopped_messages",
    "market_page.stopped_rule",
    "market_page.from_range",
)


def texts_of(scenario: Scenario, markets: Sequence[Market], sliders: Sequence[Slider]) -> dict[str, dict[str, Any]]:
    """All texts of the page: language → key → text."""
    return {language: _in(language, scenario, markets, sliders) for language in LANGUAGES}


def _in(language: str, scenario: Scenario, markets: Sequence[Market], sliders: Sequence[Slider]) -> dict[str, Any]:
    own, locale = _read_in(language, scenario), Locale(language)
    namer = Namer(own)
    said: dict[str, Any] = {key.partition(".")[2]: catalogue.text(language, key) for key in KEYS}
    said["heading"] = own.heading
    for place, rung in enumerate(own.rungs):
        said[f"rung_{place}"] = label_of(rung)
    for place, market in enumerate(markets):
        said[f"strategy_{place}"] = strategy_label(own, market.strategy)
    for place, slider in enumerate(sliders):
        kind, number = slider.number.kind, slider.number
        said[f"slider_{place}"] = namer.key(number.key)
        said[f"stops_{place}"] = [_said(value, kind, own.currency, locale) for value in slider.values]
        value = _said(number.value, kind, own.currency, locale)
        said[f"file_{place}"] = said["from_range"].format(value=value) if number.uncertain else value
    return said


def _said(value: Any, kind: str, currency: str, locale: Locale) -> str:
    """A number or a range in words, an amount with its currency."""
    if kind == "amount" and isinstance(value, float | int):
        return locale.money(value, currency)
    return value_words(value, kind, locale)


def _read_in(language: str, scenario: Scenario) -> Scenario:
    """The scenario with its names in a language, where its file can be read."""
    changed = scenario.model_copy(update={"language": language})
    if not scenario.file or not Path(scenario.file).is_file():
        return changed
    try:
        read = load(scenario.file, language, trust=True)  # names alone: nothing of it is run
    except LadsimError:
        return changed
    same = [rung.name for rung in read.rungs] == [rung.name for rung in scenario.rungs] and set(read.strategies) == set(
        scenario.strategies
    )
    return read if same else changed
