"""Dates: what a text may be, and the order that a whole column has."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladsim.data.dates import days_of, readings
from ladsim.errors import DataError
from tests.data.conftest import Desk, orders

Day = datetime.date
SOME = st.dates(Day(1990, 1, 1), Day(2060, 12, 31))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2024-01-31", {"2024-01-31"}),
        ("31/01/2024", {"2024-01-31"}),
        ("01/02/2024", {"2024-02-01", "2024-01-02"}),
        ("1. 2. 2024", {"2024-02-01", "2024-01-02"}),
        ("31.12.69", {"2069-12-31"}),
        ("31.12.70", {"1970-12-31"}),
        ("20240229", {"2024-02-29"}),
        ("20230229", set()),
        ("2024-W05", {"2024-01-29"}),
        ("2024-W05-3", {"2024-01-31"}),
        ("marts 2024", {"2024-03-01"}),
        ("Mandag den 5. februar 2024", {"2024-02-05"}),
        ("March 3rd, 2024", {"2024-03-03"}),
        ("3-MAR-24", {"2024-03-03"}),
        ("13/2-2024", {"2024-02-13"}),
        ("45306", {"2024-01-15"}),
        ("12", set()),
        ("2024", {"2024-01-01"}),
        ("Dato", set()),
        ("40112233", set()),
        ("3 blind mice", set()),
    ],
)
def test_readings_of_a_text(text: str, days: set[str]) -> None:
    """All days that a text may be; none where there is no such day."""
    assert {str(day) for day, _ in readings(text).values() if day is not None} == days


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y-%m-%d", "%Y%m%d", "%d.%m.%y", "%d %B %Y"])
@given(days=st.sets(SOME, min_size=1, max_size=30))
def test_a_column_is_read_back(form: str, days: set[Day]) -> None:
    """Whatever days are written in one form come back, or there is a doubt: then the truth is one of the two readings shown."""
    wanted = {day.strftime(form): day for day in days}
    found = days_of([(text, 1) for text in wanted])
    if found.doubt is not None:
        text, one, other = found.doubt
        assert wanted[text] in (one, other)
        assert one != other
    else:
        assert found.dates == wanted
        assert not found.unread


@given(days=st.sets(SOME, min_size=1, max_size=30))
def test_who_says_the_order_is_heard(days: set[Day]) -> None:
    """With the order asked for, or a table in Danish, there is no doubt."""
    wanted = {day.strftime("%d/%m/%Y"): day for day in days}
    texts = [(text, 1) for text in wanted]
    assert days_of(texts, asked="day-first").dates == wanted
    if all(day.day <= 12 for day in days):
        assert days_of(texts, day_first=True).dates == wanted


def rising(texts: list[str]) -> Callable[..., bool]:
    """Whether dates keep the texts in order of time."""

    def check(dates: dict[str, Day]) -> bool:
        found = [dates[text] for text in texts]
        return found == sorted(found)

    return check


def test_the_order_of_the_rows_decides() -> None:
    """The fifth and the ninth of every month: in order of time only with the day first."""
    texts = [f"{day:02d}/{month:02d}/2024" for month in range(1, 13) for day in (5, 9)]
    found = days_of([(text, 1) for text in texts], in_order=rising(texts))
    assert found.doubt is None
    assert found.dates["05/03/2024"] == Day(2024, 3, 5)
    mixed = days_of([(text, 1) for text in texts], in_order=lambda dates: True)
    assert mixed.doubt is not None


def test_three_orders_of_which_two_agree() -> None:
    """Day and month are the same in each text, so that only the year may stand first: both readings are shown."""
    found = days_of([("01-01-03", 1), ("02-02-04", 1)])
    assert found.doubt == ("01-01-03", Day(2003, 1, 1), Day(2001, 1, 3))


def test_both_readings_of_three_orders_are_shown(desk: Desk) -> None:
    """What the message advises is what gives that date."""
    table = "customer,date\nA,01-01-03\nB,02-02-04\n"
    with pytest.raises(
        DataError, match=r"2003-01-01 \(then say --dates day-first\) or 2001-01-03 \(then say --dates year-first\)"
    ):
        desk.read(table)
    assert orders(desk.read(table, dates="day-first")) == {("A", "2003-01-01"): None, ("B", "2004-02-02"): None}
    assert orders(desk.read(table, dates="year-first")) == {("A", "2001-01-03"): None, ("B", "2002-02-04"): None}


def test_a_few_that_are_no_days() -> None:
    """Two impossible days among a hundred are told; half of them are two orders in one column."""
    texts = [(f"{1 + place % 28}/{1 + place % 12}/2024", 1) for place in range(84)]
    found = days_of([*texts, ("31/02/2024", 1)])
    assert (found.unread, found.mixed) == ({"31/02/2024": 1}, None)
    both = days_of([("13/02/2024", 1), ("02/14/2024", 1), ("01/02/2024", 1)])
    assert both.mixed == ("13/02/2024", "02/14/2024")
