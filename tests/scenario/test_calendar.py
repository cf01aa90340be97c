"""Dates and months of the calendar: in a file, by --set, in options; seasons by days; months called by their names."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ladsim.cli.options import month_of as option_month
from ladsim.errors import ScenarioError, StudyError
from ladsim.i18n import Locale
from ladsim.scenario.calendar import LENGTH, month_of, shares
from ladsim.scenario.load import loads
from ladsim.scenario.overrides import override
from ladsim.scenario.season_tables import changes, factor_of
from ladsim.scenario.spec import Scenario

NEW_YEAR = datetime.date(2027, 1, 1)


def market(more: str = "", start: str = "start_date = 2027-01-01") -> Scenario:
    """A market of one rung with a campaign."""
    return loads(
        f'name = "x"\nmonths = 24\nmarket_size = 100\n{start}\n[[rungs]]\nname = "customer"\nshare = 1.0\norders_per_month = 0.1\n'
        f'[basket]\nmean = 10\n[[channels]]\nname = "post"\nresponse = {{ half_at = 0.1 }}\neffects = [{{ on = "orders", full = 0.2 }}]\n{more}'
    )


CAMPAIGN = '[[campaigns]]\nname = "c"\nchannel = "post"\nmonthly_spend = 10\nfrom_month = {first}\nto_month = {last}\n'


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ('"2027-03"', '"2027-05"', (2.0, 5.0)),
        ('"2027-01"', '"2028-12"', (0.0, 24.0)),
        ("2027-03-15", "2027-12-31", (2.4, pytest.approx(12.0, abs=1 / 30))),
        ('"2027-03-15"', "9", (2.4, 9.0)),
        ("3", "9.5", (3.0, 9.5)),
    ],
)
def test_dates_and_months_become_months_of_the_run(first: str, last: str, months: tuple[float, float]) -> None:
    """A calendar month begins with its first day and ends with its last; a date is the nearest tick."""
    campaign = market(CAMPAIGN.format(first=first, last=last)).campaigns[0]
    assert (campaign.from_month, campaign.to_month) == months


def test_goals_strategies_and_overrides_know_the_calendar_too() -> None:
    """Wherever a month stands: by_month, in a strategy's own campaign and its `set`, and --set."""
    more = CAMPAIGN.format(first=0, last=3) + '[[goals]]\nrung = "customer"\nnumber = 5\nby_month = "2027-12"\n'
    more += '[strategies.s]\nset = { "campaigns.c.to_month" = "2027-06" }\n'
    more += 'campaigns = [{ name = "d", channel = "post", monthly_spend = 1, from_month = "2027-10" }]\n'
    scenario = market(more)
    assert scenario.goals[0].by_month == 12.0
    assert scenario.strategies["s"].campaigns[0].from_month == 9.0
    assert scenario.strategies["s"].set["campaigns.c.to_month"] == 6.0
    assert override(scenario, {"campaigns.c.to_month": "2027-09"}).campaigns[0].to_month == 9.0


@pytest.mark.parametrize(
    ("value", "start"), [('"2027-03"', ""), ("2027-03-15", ""), ('"2026-11"', "start_date = 2027-01-01"), ('"marts"', "start_date = 2027-01-01")]
)  # fmt: skip
def test_a_date_that_is_no_month_of_the_run_is_refused(value: str, start: str) -> None:
    """Without a start, before it, or no date at all."""
    with pytest.raises(ScenarioError, match=r"from_month: found .*must be a number of months, or, in a file with a start_date"):
        market(CAMPAIGN.format(first=value, last=9), start)


def factors(start: datetime.date) -> list[float]:
    """The factors of fourteen months of a season from 1 (January) to 12."""
    season: dict[str, Any] = {"factors": tuple(range(1, 13))}
    base = market().model_copy(update={"start_date": start, "months": 14.0})
    scenario = Scenario.model_validate({**base.model_dump(by_alias=True, exclude_unset=True), "seasons": (season,)})
    found = {change[0]: 1.0 + change[2][0].full for _, change in changes(scenario)}
    return [found.get(float(month), 1.0) for month in range(14)]


def test_a_season_goes_by_days_where_the_run_starts_within_a_month() -> None:
    """From 31 January on the first month has one day of January, all of February and 1.4375 days of March."""
    by_hand = (1 * 1 + 28 * 2 + 1.4375 * 3) / 30.4375
    assert factors(datetime.date(2025, 1, 31))[0] == pytest.approx(by_hand, abs=1e-12)
    assert factors(datetime.date(2025, 11, 1)) == [11, 12, *range(1, 13)]


@pytest.mark.parametrize("day", [2, 15, 28, 31])
def test_the_days_of_a_month_of_the_run_are_shared_out(day: int) -> None:
    """Over years: each month has its 487 sixteenths, and what follows begins where it ends; counted day by day in sixteenths."""
    start = datetime.date(2023, 12, day)
    by_hand: dict[int, dict[int, int]] = {}
    for sixteenth in range(40 * LENGTH):
        calendar = (start + datetime.timedelta(days=sixteenth // 16)).month - 1
        part = by_hand.setdefault(sixteenth // LENGTH, {})
        part[calendar] = part.get(calendar, 0) + 1
    assert {month: dict(shares(start, month)) for month in range(40)} == by_hand


def test_a_season_that_is_the_same_all_year_stays_so_to_the_bit() -> None:
    """A mean of equal factors is that factor."""
    assert factor_of([0.7] * 12, datetime.date(2025, 1, 31), 5) == 0.7


def test_options_take_months_of_the_calendar() -> None:
    """--months 2027-12 and --by 2027-12: the end of December; told where there is no start, or where it is past."""
    scenario = market()
    assert option_month(scenario, "2027-12", "--by") == 12.0
    assert option_month(scenario, 7.0, "--by") == 7.0
    assert month_of("2027-02", NEW_YEAR, ends=True) == 2.0
    with pytest.raises(
        StudyError,
        match="--by: found '2027-12', must be a number of months, or the file needs start_date",
    ):
        option_month(market(start=""), "2027-12", "--by")
    with pytest.raises(StudyError, match="--by: found '2026-12', must be a month after the start, 2027-01-01"):
        option_month(scenario, "2026-12", "--by")


@pytest.mark.parametrize(
    ("language", "first", "within"),
    [
        ("en", "month 12 (December 2027)", "month 2 (from 17 March 2027)"),
        ("da", "måned 12 (december 2027)", "måned 2 (fra 17. marts 2027)"),
        ("nb", "måned 12 (desember 2027)", "måned 2 (fra 17. mars 2027)"),
    ],
)
def test_months_are_called_by_their_names(language: str, first: str, within: str) -> None:
    """Where the day of the start is known, and only whole months."""
    assert Locale(language, NEW_YEAR).month(12).replace("\u00a0", " ") == first
    assert Locale(language, datetime.date(2027, 2, 15)).month(2).replace("\u00a0", " ") == within
    assert "(" not in Locale(language, NEW_YEAR).month(2.5) + Locale(language).month(3) + Locale(language, NEW_YEAR).month(0)
