"""Numbers on sliders: which bytes of the market differ at each stop, found by Python, so that the page need not know what a number does.

In: markets, dotted keys. Out: `Slider`: its stops and, for each market, the words that it sets at each of them. Two sliders may not set the
same word, and none may set what numbers drawn set too: where that cannot be kept, a key that was asked for is refused in words, and one
that ladsim has chosen is left out. ``check`` holds settings at random against the bytes that Python lays out for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ladsim.engine.run import RunOptions, future
from ladsim.errors import LadsimError, Problem, ScenarioError, StudyError
from ladsim.pages.market import Market, OtherLayoutError, Words
from ladsim.scenario.address import NumberAt, numbers, place_of
from ladsim.scenario.distributions import ends
from ladsim.scenario.spec import Scenario
from ladsim.streams import parameter_uniform

STOPS = 21
MOST = 7  # sliders that ladsim chooses
_TRIED = 40  # numbers whose effect on the answer is looked at
_SETTINGS = 36
_MOVED = 3  # in so many of five settings a slider is moved


@dataclass(frozen=True, eq=False)
class Slider:
    """A number of the scenario that the reader may move."""

    number: NumberAt
    values: tuple[float, ...]
    middle: int  # the stop that is nearest to what the file says
    words: tuple[tuple[Words, ...], ...]  # (markets, stops)

    @property
    def key(self) -> str:
        """The dotted key."""
        return self.number.key

    def touched(self, place: int) -> set[int]:
        """The words of a market that it sets."""
        return set(self.words[place][0])


class _Unfit(Exception):
    """Why a number cannot be on a slider of its own: what was found, what is allowed."""

    def __init__(self, found: str, allowed: str) -> None:
        super().__init__(found, allowed)
        self.found, self.allowed = found, allowed


def sliders_of(scenario: Scenario, markets: Sequence[Market], keys: Sequence[str] | None) -> list[Slider]:
    """The sliders that are asked for, or those that ladsim chooses. Raises ScenarioError where a key cannot be on one."""
    known = numbers(scenario)
    if keys is None:
        return _chosen(scenario, markets, known)
    problems, found = list[Problem](), list[Slider]()
    for key in dict.fromkeys(keys):
        place = f"--sliders {key}"
        try:
            at = place_of(scenario, key, place)
            if at.key not in known:
                raise _Unfit("no number", "must be the dotted key of a number that is set")
            found.append(_slider(markets, known[at.key], found))
        except ScenarioError as error:
            problems += error.problems
        except _Unfit as reason:
            problems.append(Problem(place, reason.found, reason.allowed))
    if problems:
        raise ScenarioError(problems)
    return found


def _chosen(scenario: Scenario, markets: Sequence[Market], known: Mapping[str, NumberAt]) -> list[Slider]:
    """First the numbers on which the difference of the first two markets leans most, then those that move all of them."""
    found: list[Slider] = []
    for number in _by_weight(markets, known):
        if len(found) == MOST:
            break
        try:
            found.append(_slider(markets, number, found))
        except _Unfit:
            continue
    return found


def _by_weight(markets: Sequence[Market], known: Mapping[str, NumberAt]) -> list[NumberAt]:
    """Numbers by how far the answer moves when they go from one end of their slider to the other, uncertain ones first."""
    able = [number for number in known.values() if number.given and _ends(number) is not None]
    able.sort(key=lambda number: not number.uncertain and not number.decided)
    two = [markets[0], markets[-1]] if len(markets) > 1 else [markets[0]]
    weights = {}
    for number in able[:_TRIED]:
        low, high = _ends(number) or (0.0, 0.0)
        gains = []
        for value in (low, high):
            try:
                gains.append([_profit(market, {number.key: value}) for market in two])
            except LadsimError:
                break
        if len(gains) == 2:
            moved = [b - a for a, b in zip(*gains, strict=True)]
            weights[number.key] = max(abs(moved[0] - moved[-1]), 0.1 * max(map(abs, moved)))
    return [known[key] for key in sorted(weights, key=lambda key: -weights[key]) if weights[key] > 0.0]


def _profit(market: Market, values: Mapping[str, float]) -> float:
    options = RunOptions(market.strategy, market.seed, 0, customers=False)
    history = future(market.tables_with(values, None), market.world, options)
    return history.profit_units * history.scale / history.unit


def _ends(number: NumberAt) -> tuple[float, float] | None:
    """From where to where its slider goes: the ends of its range, or half around what the file says; None where it has none."""
    if number.uncertain:
        low, high = ends(number.value)
    else:
        assert isinstance(number.value, float | int)
        low, high = sorted((0.5 * number.value, 1.5 * number.value))
    limits = number.limits
    low = low if limits.lower is None else max(low, limits.lower)
    high = high if limits.upper is None else min(high, limits.upper)
    return (low, high) if low < high and limits.holds(high) else None


def _values(number: NumberAt) -> tuple[tuple[float, ...], int]:
    """The stops of its slider, and which of them is what the file says, or nearest to the middle of its range."""
    found = _ends(number)
    if found is None:
        raise _Unfit(f"{number.value}", "must be a number that may be smaller and larger, which nought is not")
    low, high = found
    values = [float(f"{low + (high - low) * stop / (STOPS - 1):.4g}") for stop in range(STOPS)]
    values = sorted({value for value in values if number.limits.holds(value)})
    if number.uncertain:
        return tuple(values), len(values) // 2
    assert isinstance(number.value, float | int)
    middle = int(np.argmin(np.abs(np.array(values) - number.value)))
    values[middle] = float(number.value)
    return tuple(values), middle


def _slider(markets: Sequence[Market], number: NumberAt, others: Sequence[Slider]) -> Slider:
    """The slider of a number beside those that are there. Raises _Unfit."""
    values, middle = _values(number)
    words = tuple(_stops(market, number.key, values) for market in markets)
    if not any(stop for stops in words for stop in stops):
        raise _Unfit("a number that changes nothing under these strategies", "must be one that does")
    made = Slider(number, values, middle, words)
    for place, market in enumerate(markets):
        for other in others:
            if made.touched(place) & other.touched(place):
                raise _Unfit(f"a number that acts in the same place as {other.key}", "must be one of the two alone")
        if market.paired:
            _alone(market, made, place)
    return made


def _stops(market: Market, key: str, values: Sequence[float]) -> tuple[Words, ...]:
    """The words that differ from the image at any stop, as they are at each of them. Raises _Unfit."""
    found = []
    for value in values:
        try:
            tables = market.tables_with({key: value}, None)
            found.append(market.words_of(tables))
        except OtherLayoutError:
            raise _Unfit("a number that changes how much room the market takes", "must be one that does not") from None
        except LadsimError:
            raise _Unfit(f"{value:g}", "must be allowed at every stop, from half of what the file says to half more") from None
        if market.luck_of(tables, 0) != market.lucks[0] and not market.paired:
            raise _Unfit(
                "a number that changes who stands where at the start",
                "must be one that does not, for a page draws the start once",
            )
        if market.paired and not _same_start(market, tables):
            raise _Unfit(
                "a number that changes who stands where at the start",
                "must be one that does not, for a page draws the start once",
            )
    places = {place for words in found for place in words}
    return tuple({place: words.get(place, market.value_at(place)) for place in places} for words in found)


def _same_start(market: Market, tables: Any) -> bool:
    return market.luck_of(tables, 0) == market.luck_of(market.image.tables, 0)


def _alone(market: Market, slider: Slider, place: int) -> None:
    """Raise _Unfit where numbers that are drawn set the same words: then what a stop means would hang on them."""
    for draw, stop in ((0, 0), (1, len(slider.values) - 1), (0, len(slider.values) // 2)):
        if draw < len(market.differences) and wrong(market, {slider: stop}, place, 2 * draw):
            raise _Unfit(
                "a number that acts in the same place as others that are ranges", "must be one that acts alone: fix the others"
            )


def composed(market: Market, settings: Mapping[Slider, int], place: int, draw: int) -> Words:
    """The words that differ from the image as the page puts them together: the draw's, but where sliders say otherwise."""
    made = dict(market.differences[draw if len(market.differences) > 1 else 0])
    for slider, stop in settings.items():
        made |= slider.words[place][stop]
    return {at: word for at, word in made.items() if word != market.value_at(at)}


def wrong(market: Market, settings: Mapping[Slider, int], place: int, one: int) -> str:
    """What differs between the page's bytes of a future and Python's own; empty where nothing does."""
    draw = one // 2
    tables = market.tables_with({slider.key: slider.values[stop] for slider, stop in settings.items()}, draw)
    try:
        own = market.words_of(tables)
    except OtherLayoutError:
        return "layout"
    if own != composed(market, settings, place, draw):
        return "bytes"
    return "" if market.luck_of(tables, one) == market.lucks[one] else "start"


def check(markets: Sequence[Market], sliders: Sequence[Slider], settings: int = _SETTINGS, seed: int = 1) -> int:
    """Hold settings at random against Python's own bytes; gives how many. Raises StudyError where one differs."""
    tried = settings if sliders else len(markets)
    for n in range(tried):
        place = _one_of(len(markets), seed, n, "market")
        moved = {
            one: _one_of(len(one.values), seed, n, f"stop of {one.key}")
            for one in sliders
            if _one_of(5, seed, n, f"moved {one.key}") < _MOVED
        }
        future_ = _one_of(markets[place].futures, seed, n, "future")
        if wrong(markets[place], moved, place, future_):
            raise StudyError("--sliders: found other bytes than those of Python, must be the same: nothing is written")
    return tried


def _one_of(count: int, seed: int, n: int, what: str) -> int:
    """A place among so many, by luck."""
    return min(int(parameter_uniform(seed, n, f"page: {what}") * count), count - 1)
