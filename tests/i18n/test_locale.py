"""Numbers, money, percents and dates as Danish and Norwegian readers write them.

Tests: ``i18n/months.py``, ``i18n/numerals.py``.
"""

from __future__ import annotations

import datetime

import pytest

from ladsim.i18n import ENGLISH, LANGUAGES, Locale

DANISH, NORWEGIAN = Locale("da"), Locale("nb")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_decimal_commas_and_thousands() -> None:
    """Danish parts thousands with a point, Norwegian with a space; both have a decimal comma."""
    assert [plain(w.number(12_345.6)) for w in (ENGLISH, DANISH, NORWEGIAN)] == ["12,300", "12.300", "12 300"]
    assert [w.number(0.125) for w in (ENGLISH, DANISH, NORWEGIAN)] == ["0.125", "0,125", "0,125"]
    assert [plain(w.people(999.6)) for w in (ENGLISH, DANISH, NORWEGIAN)] == ["1,000", "1.000", "1 000"]
    assert [plain(w.whole(-1234)) for w in (ENGLISH, DANISH, NORWEGIAN)] == ["−1,234", "−1.234", "−1 234"]


@pytest.mark.parametrize(
    ("value", "english", "danish", "norwegian"),
    [
        (1_243_000, "KR 1.24 million", "1,24 mio. kr", "1,24 mill. kr"),
        (-2.5e9, "KR −2.5 billion", "−2,5 mia. kr", "−2,5 mrd. kr"),
        (812.4, "KR 812", "812 kr", "812 kr"),
        (49.5, "KR 49.50", "49,50 kr", "49,50 kr"),
        (0.001, "KR 0", "0 kr", "0 kr"),
        (999_960, "KR 1 million", "1 mio. kr", "1 mill. kr"),
    ],
)
def test_money(value: float, english: str, danish: str, norwegian: str) -> None:
    """The krone is kr in its own country and stands behind the amount; English keeps the code in front."""
    assert plain(ENGLISH.money(value, "KR")) == english
    assert plain(DANISH.money(value, "DKK")) == danish
    assert plain(NORWEGIAN.money(value, "NOK")) == norwegian


def test_foreign_money() -> None:
    """Another country's krone keeps its code, the euro has its sign, and what is no currency stays as it is."""
    assert plain(DANISH.money(5000, "NOK")) == "5.000 NOK"
    assert plain(NORWEGIAN.money(5000, "EUR")) == "5 000 €"
    assert plain(DANISH.money(5000, "<b>")) == "5.000 <b>"
    assert plain(DANISH.money(300, "DKK", signed=True)) == "+300 kr"
    assert plain(NORWEGIAN.money_between(900_000, 1_620_000, "NOK")) == "900 000 til 1 620 000 kr"
    assert plain(DANISH.money_between(5, 5, "DKK")) == "5,00 kr"


def test_what_is_no_number() -> None:
    """Missing and boundless numbers have signs of their own in every language."""
    for words in map(Locale, LANGUAGES):
        assert words.number(float("nan")) == words.month(float("nan")) == "–"
        assert words.money(float("-inf"), "EUR") == "−∞"
        assert (
            words.percent(0.9999) == ">99\u00a0%" and words.percent(0.0001) == "<1\u00a0%" and words.percent(1.0) == "100\u00a0%"
        )


def test_dates_have_names_of_months() -> None:
    """A date is said with its month's name."""
    day = datetime.date(2026, 10, 4)
    assert [words.date(day) for words in map(Locale, LANGUAGES)] == ["4 October 2026", "4. oktober 2026", "4. oktober 2026"]


def test_plurals() -> None:
    """One is singular, also where the number comes as text."""
    assert [ENGLISH.text("count.futures", n=n) for n in (0, 1, 2, "1", "2,000")] == [
        "0 futures", "1 future", "2 futures", "1 future", "2,000 futures",
    ]  # fmt: skip


def test_an_unknown_language_is_refused() -> None:
    """A language that nobody has written is told with those there are."""
    with pytest.raises(ValueError, match="en, da, nb"):
        Locale("de")
