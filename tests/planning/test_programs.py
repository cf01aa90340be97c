"""What programmes are worth: numbers counted by hand, the jackknife, tables, and the same study made again."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ladsim.errors import StudyError
from ladsim.i18n.numerals import DASH
from ladsim.model.layout import MEMBER_COUNTS
from ladsim.planning.columns import columns_of, meanings_of
from ladsim.planning.output import write_study
from ladsim.planning.program_months import cost_of_unit, result_fans
from ladsim.planning.programs import ALL, ProgramValue, program_value
from ladsim.planning.reproduce import again
from ladsim.planning.tables import tables_of
from ladsim.reporting.programs import ProgramWords
from ladsim.scenario.load import validated
from tests.programs.played import market
from tests.programs.test_kinds import friends

EVERYBODY = {"joins": {"probability": 1.0}}
IDLE = {"kind": "points", "name": "idle", "points_per_order": 1.0, "reward_at": 3.0, "reward_cost": 0.0, **EVERYBODY}
DEAR = {"kind": "discount", "name": "dear", "discount_share": 0.0, "cost_per_member": 2.0, **EVERYBODY}
DEARER = DEAR | {"name": "dearer", "cost_per_member": 3.0}
STAMPS = IDLE | {"name": "stamps", "reward_cost": 6.0}


def value(programs: list[dict[str, Any]], **changes: Any) -> ProgramValue:
    """Six futures of sixty customers who stay for six months."""
    return program_value(validated(market(programs, **changes)), replications=6, processes=1)


def test_a_programme_that_changes_nothing_is_worth_nothing() -> None:
    """Free rewards without any pull: profit and orders are the twin's in every future, so the interval is 0 wide."""
    row = value([IDLE]).table.iloc[0]
    assert (row["incremental_profit"], row["low"], row["high"], row["cost"], row["extra_orders"]) == (0.0, 0.0, 0.0, 0.0, 0.0)
    assert row["p_pays"] == 0.0 and math.isnan(row["cost_per_extra_order"])
    assert row["members"] == 60.0 and row["liability"] == 0.0


def test_a_programme_that_only_costs_loses_just_that() -> None:
    """2 a member-month for 60 members over 6 months: −720 exactly, in every future."""
    row = value([DEAR]).table.iloc[0]
    assert (row["incremental_profit"], row["low"], row["high"]) == (-720.0, -720.0, -720.0)
    assert row["cost"] == 720.0 and row["extra_orders"] == 0.0 and row["p_pays"] == 0.0
    assert math.isnan(row["liability"])  # a discount has no balance


def test_two_programmes_add_up() -> None:
    """Programmes that do not touch one another: the row of all together is the sum of both."""
    study = value([DEAR, DEARER])
    table = study.table.set_index("program")
    assert list(table.index) == ["dear", "dearer", ALL]
    assert table["incremental_profit"].tolist() == [-720.0, -1080.0, -1800.0]
    assert table["cost"].tolist() == [720.0, 1080.0, 1800.0]
    assert set(study.twins) == {"without_dear", "without_dearer", "without programmes"}
    assert table.loc[[ALL], "members"].isna().all()


def test_a_programme_may_be_called_all() -> None:
    """The market without a programme of that name is not taken for the one without any."""
    table = value([DEAR | {"name": "all"}, DEARER]).table
    assert table["incremental_profit"].tolist() == [-720.0, -1080.0, -1800.0]


def test_points_for_a_referral_need_the_points_programme() -> None:
    """In the twin market without the points programme a reward in points is worth nothing: it does not become money."""
    referral = {"kind": "referral_reward", "name": "talk", "referrer_reward": 500.0, "referred_reward": 500.0, "reward": "points"}
    study = program_value(validated(friends([STAMPS, referral])), replications=4, processes=1)
    without = study.twins["without_stamps"].histories
    assert sum(h.new_customers[:, :, 1].sum() for h in without) > 0
    assert all(h.members[:, 0, MEMBER_COUNTS.index("rewards")].sum() == 0 for h in without)
    assert all(h.daily[:, h.causes.index("talk:rewards")].sum() == 0 for h in without)


def test_a_campaign_after_joining_needs_the_programme() -> None:
    """In the twin market without the programme nobody joins it, so nobody is contacted."""
    tactic = {"name": "hello", "response": {"half_at": 1.0}, "effects": []}
    campaign = {"name": "hello", "tactic": "hello", "after": "joined.stamps", "cost_per_contact": 1.0, "delay_days": 1.0}
    study = value([STAMPS], tactics=[tactic], campaigns=[campaign])
    place = study.runs.histories[0].program_names.index("hello")
    contacts = MEMBER_COUNTS.index("contacts")
    assert all(h.members[:, place, contacts].sum() == 60 for h in study.runs.histories)
    for history in study.twins["without_stamps"].histories:
        assert history.members[:, history.program_names.index("hello"), contacts].sum() == 0


def test_rewards_are_cost_and_lower_profit_alike() -> None:
    """Rewards that move nobody: what they cost is what profit loses, 6 for each three stamps redeemed."""
    study = value([STAMPS])
    row, history = study.table.iloc[0], study.runs.histories
    rewards = np.mean([h.members[:, 0, 8].sum() for h in history])
    assert row["cost"] == 6.0 * rewards > 0.0
    assert row["incremental_profit"] == pytest.approx(-row["cost"], abs=1e-9)


def test_a_point_owed_costs_its_part_of_a_reward() -> None:
    """Three stamps are worth 6, so each outstanding one is a liability of 2."""
    study = value([STAMPS])
    assert cost_of_unit(study.runs, "stamps").tolist() == [2.0] * 6
    outstanding = [h.members[:, 0, 5].sum() - h.members[:, 0, 6].sum() for h in study.runs.histories]
    owed = result_fans(study.runs, "stamps")["liability"][:, -1]
    assert owed.tolist() == pytest.approx([2.0 * points / 1000 for points in outstanding])
    assert study.table["liability"].iloc[0] == pytest.approx(owed.mean())


def test_no_price_of_an_extra_order_where_there_is_none() -> None:
    """Fees above the cost, or fewer orders: the table has a dash and not an amount below 0; with both above 0 it has the price."""
    club = {"kind": "club", "name": "club", "fee": 9.0, "renewal_probability": 1.0, "factors": {"orders": 1.5}, **EVERYBODY}
    for program, has_price in (
        (club, False),
        (DEAR | {"factors": {"orders": 0.5}}, False),
        (DEAR | {"factors": {"orders": 2.0}}, True),
    ):
        told = ProgramWords(value([program]))
        price, interval = told.per_order(told.rows[0])
        assert (price != DASH) == has_price == bool(interval), program["name"]


def test_the_same_study_again(tmp_path: Path) -> None:
    """Tables by month, a meaning for every column, and the same bytes from the manifest."""
    study = value([STAMPS, DEAR])
    tables = tables_of(study)
    assert {"programs", "program_results", "program_members"} <= set(tables) and "recommendation" not in tables
    members = tables["program_members"].query("program == 'stamps'")
    assert members["p05"].tolist() == members["mean"].tolist() == [60.0] * 7
    assert columns_of({"programs": tables["programs"]}, "EUR", meanings_of(study))["meaning"].ne("").all()
    folder = write_study(tmp_path / "study", study)
    result = again(folder, processes=1)
    assert result.identical, result.differing


def test_what_happens_to_members_is_in_the_tables() -> None:
    """Who cancelled and who could not be charged, statements sent, and beside the programmes the contacts that events set off."""
    club = {"kind": "club", "name": "club", "fee": 2.0, "renewal_probability": 0.8, "failed_payment_share": 0.2, **EVERYBODY}
    stamps = STAMPS | {"redemption_probability": 0.5, "statement_every_months": 1.0, "statement_cost": 0.1}
    letter = {"name": "letter", "effects": [{"on": "orders", "full": 0.5}]}
    campaign = {"tactic": "letter", "after": "order", "lasts_days": 10.0, "cost_per_contact": 0.25}
    tables = tables_of(value([club, stamps], tactics=[letter], campaigns=[campaign]))
    of_club = tables["program_results"].query("program == 'club'").groupby("what")["mean"].sum()
    assert of_club["left"] == pytest.approx(of_club["cancelled"] + of_club["failed"]) and of_club["failed"] > 0.0
    assert tables["program_results"].query("program == 'stamps' and what == 'contacts'")["mean"].sum() > 60.0
    contacts = tables["triggered_campaigns"]
    assert set(contacts["campaign"]) == {"letter"} and "letter" not in set(tables["program_results"]["program"])
    sums = contacts.groupby("what")["mean"].sum()
    assert sums["contacts"] > 60.0 and sums["running_cost"] == pytest.approx(0.25 * sums["contacts"])
    assert columns_of({"triggered_campaigns": contacts}, "EUR")["meaning"].ne("").all()


def test_overrides_and_strategies() -> None:
    """A number set for the run counts, also in a strategy's programme."""
    data = market([], strategies={"club": {"programs": [DEAR]}})
    study = program_value(
        validated(data), strategy="club", replications=2, processes=1,
        overrides={"strategies.club.programs.dear.cost_per_member": 1.0},
    )  # fmt: skip
    assert study.table["incremental_profit"].tolist() == [-360.0]
    assert study.setting.overrides and study.strategy == "club"


def test_no_programme_is_refused_with_a_hint() -> None:
    """Where the market as it is has none, the strategies that have one are named."""
    with pytest.raises(StudyError, match=r"programs: found none in this scenario.*--strategy club has"):
        program_value(validated(market([], strategies={"club": {"programs": [DEAR]}})), replications=2, processes=1)
