"""Who is ahead, at the horizon and after it, and the one sentence in which both stand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ladsim.i18n import Locale
from ladsim.planning.leads import Leads
from ladsim.planning.standing import changes, sentence_of, standing

SURE = np.array([1.0, 1.1, 0.9, 1.0, 1.05, 0.95])
NOISE = np.array([9.0, -8.0, 10.0, -9.0, 8.0, -9.5])
BASE = np.zeros(6)


def test_who_is_named() -> None:
    """Only who is surely ahead of everybody: a strategy, or base, or nobody."""
    assert standing({"a": BASE + 1.0 + SURE, "b": SURE, "base": BASE}, "base", False).named == "a"
    assert standing({"a": -SURE, "b": -3.0 * SURE, "base": BASE}, "base", False).named == "base"
    assert standing({"a": SURE, "b": NOISE, "base": BASE}, "base", False).named is None, "b may be ahead"
    unsure = standing({"a": NOISE + 0.5, "b": NOISE - 0.5, "base": BASE}, "base", False)
    assert unsure.named is None and (unsure.best, unsure.other) == ("a", "base"), "surely ahead of b, and not of base"
    assert standing({"a": BASE, "base": BASE}, "base", False).named is None


def test_two_futures_of_one_draw_are_one() -> None:
    """Where there is but one draw nobody is named."""
    assert standing({"a": SURE[:2], "base": BASE[:2]}, "base", True).named is None


@pytest.mark.parametrize(
    ("profits", "wanted"),
    [
        ({"a": 9.0 + SURE, "b": SURE, "base": BASE}, "“A” is ahead of all others (DKK +9"),
        ({"a": SURE, "base": BASE}, "“A” earns back its money (DKK +1"),
        ({"a": -SURE, "b": -2 * SURE, "base": BASE}, "none of the two strategies earns back its money (the best, “A”: DKK −1"),
        ({"a": -SURE, "base": BASE}, "“A” does not earn back its money (DKK −1"),
        ({"a": 5.0 + SURE, "b": 5.0 + NOISE, "base": BASE - 50.0}, "“A” and “B” cannot be told apart (“A”: DKK +"),
        (
            {"a": NOISE, "b": NOISE - 9.0, "base": BASE},
            "it cannot be told whether any of the two strategies earns back its money (the",
        ),
        ({"a": NOISE, "base": BASE}, "it cannot be told whether “A” earns back its money (DKK +0.08"),
    ],
)
def test_in_words(profits: dict[str, Any], wanted: str) -> None:
    """Each finding as a part of a sentence, with its amount and interval; nobody is told to choose."""
    labels = {"a": "A", "b": "B", "base": "As today"}
    said = sentence_of(standing(profits, "base", False), labels, "DKK", Locale("en"))
    assert said.replace("\xa0", " ").startswith(wanted), said
    assert "95 % interval" in said.replace("\xa0", " ") and "hoose" not in said
    for language, word in (("da", "ælg"), ("nb", "elg ")):
        other = sentence_of(standing(profits, "base", False), labels, "DKK", Locale(language))
        assert word not in other and other != said


TIMES = {"short": "12 months", "long": "36 months", "few": ""}


@pytest.mark.parametrize(
    ("now", "then", "wanted"),
    [
        (-SURE, NOISE, "At 12 months “A” surely costs more than it brings; looked at for 36 months that cannot be told."),
        (
            -SURE,
            SURE,
            "At 12 months “A” surely costs more than it brings; looked at for 36 months it surely brings more than it costs.",
        ),
        (
            SURE,
            -SURE,
            "At 12 months “A” surely brings more than it costs; looked at for 36 months it surely costs more than it brings.",
        ),
        (SURE, NOISE, "At 12 months “A” surely brings more than it costs; looked at for 36 months that cannot be told."),
        (
            NOISE,
            SURE,
            "At 12 months it cannot be told whether “A” brings more than it costs; looked at for 36 months it surely brings more than it costs.",
        ),
        (
            NOISE,
            -SURE,
            "At 12 months it cannot be told whether “A” brings more than it costs; looked at for 36 months it surely costs more than it brings.",
        ),
    ],
)
def test_whose_place_the_longer_look_changes(now: Any, then: Any, wanted: str) -> None:
    """One sentence, in every language, that tells nobody to choose; none where nothing changes or the headline tells it."""
    labels = {"a": "A", "base": "As today"}
    leads = [Leads({"a": profit, "base": BASE}, False) for profit in (now, then)]

    def told(language: str, left_out: tuple[str, ...] = ()) -> list[str]:
        return changes(leads[0], leads[1], "base", labels, Locale(language), TIMES, left_out)

    assert [one.replace("\xa0", " ") for one in told("en")] == [wanted]
    assert told("en", ("base", "a")) == []
    assert changes(leads[0], leads[0], "base", labels, Locale("en"), TIMES) == []
    for language, word in (("da", "ælg"), ("nb", "elg ")):
        (other,) = told(language)
        assert word not in other and other != wanted and "A" in other


def test_another_strategy_does_best_later() -> None:
    """Told though neither is sure, and not told of a tie."""
    labels = {"a": "A", "b": "B", "base": "As today"}
    now, then = (Leads({"a": NOISE + one, "b": NOISE - one, "base": BASE}, False) for one in (0.5, -0.5))
    wanted = [
        "On average “A” does best at 12 months, and “B” when looked at for 36 months; neither is surely ahead of all others."
    ]
    assert [one.replace("\xa0", " ") for one in changes(now, then, "base", labels, Locale("en"), TIMES)] == wanted
    even = Leads({"a": NOISE, "b": NOISE, "base": BASE}, False)
    assert changes(now, even, "base", labels, Locale("en"), TIMES) == []
