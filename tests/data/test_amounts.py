"""Amounts: whatever the way of writing, the number that was meant comes back, or both readings are shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladsim.data.amounts import amounts_of, cleaned, number
from ladsim.data.store import Store
from ladsim.errors import DataError

CENTS = st.integers(-99_999_999, 99_999_999)
WAYS = {
    "danish": (lambda cents: f"{cents / 100:,.2f}".translate(str.maketrans(",.", ".,")), ","),
    "english": (lambda cents: f"{cents / 100:,.2f}", "."),
    "norwegian": (lambda cents: f"{cents / 100:,.2f}".replace(",", " ").replace(".", ","), ","),
    "comma": (lambda cents: f"{cents / 100:.2f}".replace(".", ","), ","),
    "point": (lambda cents: f"{cents / 100:.2f}", "."),
}


def column(texts: list[str]) -> Store:
    """A store whose table `work` has one column of these texts."""
    import pandas

    store = Store()
    store.load([pandas.DataFrame({0: texts}, dtype=object)], [0], 1)
    store.execute("CREATE TABLE work AS SELECT * FROM raw")
    return store


def read(texts: list[str], **more: object) -> list[float]:
    """The numbers of a column."""
    store = column(texts)
    options = {"nordic": False, "separator": ",", "asked": None} | more
    found = amounts_of(store, "file", "c0", "Amount", **options)  # type: ignore[arg-type]
    assert found.unreadable == 0
    return [float(row[0]) for row in store.execute("SELECT number FROM work JOIN seen ON cell = c0 ORDER BY line").fetchall()]


@pytest.mark.parametrize("way", list(WAYS))
@settings(max_examples=10)
@given(cents=st.lists(CENTS, min_size=1, max_size=20))
def test_a_column_is_read_back(way: str, cents: list[int]) -> None:
    """Two decimals say by themselves which mark they have."""
    write, _ = WAYS[way]
    assert read([write(one) for one in cents]) == [one / 100 for one in cents]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("kr 1.234,50", 1234.5), ("1 234,50 kr.", 1234.5), ("DKK 99,5", 99.5), ("€ 12", 12.0), ("$1,234.56", 1234.56), ("(12.50)", -12.5),
        ("12,50-", -12.5), ("−3,5", -3.5), ("100,-", 100.0), ("100.-", 100.0), ("1'234.50", 1234.5), ("1.234.567", 1234567.0),
        ("1,234,567", 1234567.0), ("0,123", 0.123), ("1.5e3", 1500.0), ("+7", 7.0), (".5", 0.5),
        ("5 euro", 5.0), ("12,50 Euros", 12.5), ("100 kroner", 100.0),
        ("12 5", None), ("12-50", None), ("twelve", None), ("1.2.3,4,5", None),
    ],
)  # fmt: skip
def test_ways_to_write_an_amount(text: str, value: float | None) -> None:
    """Signs, blanks, brackets and minuses; two numbers in a cell are none."""
    if value is None:
        store = column([text])
        row = store.first(f"SELECT {number(cleaned('c0'), 'each.')} FROM raw")
        assert row[0] is None
    else:
        assert read([text]) == [value]


def test_both_readings_are_shown() -> None:
    """1.234 alone may be a thousand or one and a bit; the table's language or the option tells."""
    with pytest.raises(DataError, match=r"may be 1,234 \(then say --decimal comma\) or 1.234 \(then say --decimal point\)"):
        read(["1.234", "2.345"])
    assert read(["1.234", "950"], nordic=True) == [1234.0, 950.0]
    assert read(["1.234", "950"], asked="point") == [1.234, 950.0]
    assert read(["1.234", "12345"]) == [1.234, 12345.0]
    assert read(["1,234"] * 5) == [1234.0] * 5
    with pytest.raises(DataError, match="may be 1,234"):
        read(["1,234", "1.234"])


def test_a_column_of_words_is_no_column_of_amounts() -> None:
    """More than one in twenty that are no numbers: refused, with one of them."""
    with pytest.raises(DataError, match="found 'many' and 1 more that are no amounts"):
        read(["1", "2", "3", "many", "much"])
