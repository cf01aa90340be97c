"""What a later version will simulate has its place in the schema, and is refused by name: never ignored, never "unknown"."""

from __future__ import annotations

import json

import pytest

from ladsim.errors import ScenarioError
from ladsim.scenario.edit import schema_json
from ladsim.scenario.load import loads
from tests.scenario.texts import with_end, with_top

SEARCH = '[[channels]]\nname = "search"\nresponse = { half_at = 1.0 }\n'
CAMPAIGN = SEARCH + '[[campaigns]]\nchannel = "search"\nmonthly_spend = 10\n'

# text, place, words
LATER: dict[str, tuple[str, str, str]] = {
    "price": (with_end("[price]\nchange = 0.05\nper_rung = { customer = -1.2 }"), "price", "price"),
    "contacts": (with_end("[contacts]\nconsent_share = 0.6"), "contacts", "consent"),
    "triggered": (with_end(CAMPAIGN + 'after = "first_order"'), "campaigns.search.after", "triggered"),
    "delay": (with_end(CAMPAIGN + "delay_days = 7"), "campaigns.search.delay_days", "triggered"),
    "wrong rung": (with_end(CAMPAIGN + "wrong_rung_share = 0.15"), "campaigns.search.wrong_rung_share", "believed rungs"),
    "test group": (with_end(CAMPAIGN + "test_group_share = 0.1"), "campaigns.search.test_group_share", "test groups"),
    "in a strategy": (
        with_end(SEARCH + '[strategies.a]\ncampaigns = [{ channel = "search", delay_days = 7 }]'),
        "strategies.a.campaigns.search.delay_days", "triggered",
    ),
    "another word below": (with_end(CAMPAIGN + "consent_share = 0.5"), "campaigns.search.consent_share", "consent"),
    "season": (with_top("seasonality = [1.0, 0.9]"), "seasonality", "shock"),
}  # fmt: skip


@pytest.mark.parametrize("case", LATER)
def test_refused_by_name(case: str) -> None:
    """It is said at its place that it cannot be simulated yet, with what it comes, and nothing else is said there."""
    text, place, words = LATER[case]
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    here = [str(problem) for problem in caught.value.problems if problem.place == place]
    assert len(here) == 1, f"at {place}: {caught.value}"
    assert "cannot be simulated yet" in here[0]
    assert words in here[0]
    assert "unknown" not in str(caught.value)


def test_editors_know_these_keys() -> None:
    """The JSON Schema offers programmes with their kinds, satisfaction, price and the rest."""
    schema = json.loads(schema_json())
    assert {"satisfaction", "recommendation", "survey", "programs", "price", "contacts"} <= set(schema["properties"])
    assert "referral_reward" in schema["$defs"]["Program"]["properties"]["kind"]["enum"]
    assert {"after", "delay_days", "wrong_rung_share", "test_group_share"} <= set(schema["$defs"]["Campaign"]["properties"])


def test_wrong_values_are_told_too() -> None:
    """A kind of programme that is none is answered with the kinds there are."""
    with pytest.raises(ScenarioError, match="did you mean 'points'"):
        loads(with_end('[[programs]]\nkind = "pionts"'))
