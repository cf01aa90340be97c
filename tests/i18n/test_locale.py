"""Numbers, money, percents and dates as Danish and Norwegian readers write them.

Tests: ``i18n/amounts.py``, ``i18n/dates.py``, ``i18n/months.py``, ``i18n/numbers.py``, ``i18n/numerals.py``.
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


def test_both_ends_of_a_range_are_told_in_one_unit() -> None:
    """A sentence that names two amounts tells both as `money_between` does, the currency beside each."""
    assert [*map(plain, DANISH.money_ends(-43_700, 1_520_000, "DKK"))] == ["−43.700 kr", "1.520.000 kr"]
    assert [*map(plain, NORWEGIAN.money_ends(1_510_000, 2_000_000, "NOK"))] == ["1,51 mill. kr", "2,00 mill. kr"]
    assert [*map(plain, ENGLISH.money_ends(-3e6, 4.25e6, "DKK", signed=True))] == ["DKK −3.00 million", "DKK +4.25 million"]
    assert [*map(plain, DANISH.money_ends(9.5, 120, "DKK"))] == ["9,5 kr", "120 kr"]
    assert DANISH.money_ends(1.0, float("nan"), "DKK")[1] == "–"
    for locale, currency in ((DANISH, "DKK"), (NORWEGIAN, "SEK"), (ENGLISH, "EUR"), (DANISH, "EUR"), (ENGLISH, "<b>")):
        for low, high in ((-43_700.0, 1.52e6), (98.11, 136.0), (0.0, 1.25e6), (1.51e9, 2e9)):
            found = locale.between(locale.money(low, currency), locale.money(high, currency))
            assert found == locale.money_between(low, high, currency)
    assert plain(DANISH.between(DANISH.money(-1, "DKK", True), DANISH.money(2e6, "DKK", True))) == "−1,00 kr til +2 mio. kr"


def test_small_shares_of_a_row_follow_one_rule() -> None:
    """Beside a share of 0.61 % none is told as <1 %; where none has digits, none gets any; what hardly is there is not 0 %."""
    mixed, small = (0.0021, 0.0061, 0.5), (0.0021, 0.0043, 0.5)
    assert [plain(DANISH.percent_beside(mixed)(share)) for share in mixed] == ["0,21 %", "0,61 %", "50 %"]
    assert [plain(DANISH.percent_beside(small)(share)) for share in small] == ["<1 %", "<1 %", "50 %"]
    assert plain(NORWEGIAN.percent_beside((2e-6, 0.0061))(2e-6)) == "<0,01 %"
    assert plain(DANISH.percent_beside((float("nan"), 0.0061))(0.0)) == "0 %"
    assert plain(ENGLISH.between(ENGLISH.percent(0.0021), ENGLISH.percent(0.0061))) == "0.21 % to 0.61 %"
    assert plain(ENGLISH.between(ENGLISH.percent(0.0021), ENGLISH.percent(0.5))) == "<1 % to 50 %"


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
