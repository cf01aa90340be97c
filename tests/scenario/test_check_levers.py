"""What is wrong with prices, seasons, audiences and campaigns set off by events is said at its place."""

from __future__ import annotations

import pytest

from ladsim.errors import ScenarioError
from ladsim.scenario.load import loads
from tests.scenario.texts import with_end

SEARCH = '[[channels]]\nname = "search"\nresponse = { half_at = 1.0 }\neffects = [{ on = "orders", full = 0.1 }]\n'
CAMPAIGN = SEARCH + '[[campaigns]]\nchannel = "search"\nmonthly_spend = 10\n'

# text, place, words
WRONG: dict[str, tuple[str, str, str]] = {
    "two elasticities": (with_end("[[prices]]\nchange = 0.1\nelasticity = -1\nper_rung = { customer = -1 }"), "prices.[0]", "at most one"),
    "a price for a rung that is none": (with_end("[[prices]]\nchange = 0.1\nper_rung = { custmer = -1 }"), "prices.[0].per_rung.custmer", "customer"),
    "a price that ends before it starts": (with_end("[[prices]]\nchange = 0.1\nfrom_month = 3\nto_month = 2"), "prices.[0].to_month", "after"),
    "free of charge": (with_end("[[prices]]\nchange = -1.0"), "prices.[0].change", "at least"),
    "eleven months": (with_end(f"[[seasons]]\nfactors = {[1.0] * 11}"), "seasons.[0].factors", "12"),
    "a season of something else": (with_end(f'[[seasons]]\non = "wether"\nfactors = {[1.0] * 12}'), "seasons.[0].on", "orders"),
    "an event that is none": (with_end(CAMPAIGN + 'after = "birthday"'), "campaigns.search.after", "first_order"),
    "a rung that is none": (with_end(CAMPAIGN + 'after = "entered.custmer"'), "campaigns.search.after", "customer"),
    "a programme that is none": (with_end(CAMPAIGN + 'after = "joined.points"'), "campaigns.search.after", "programs"),
    "a delay without an event": (with_end(CAMPAIGN + "delay_days = 7"), "campaigns.search.delay_days", "after"),
    "an event and wrong rungs": (with_end(CAMPAIGN + 'after = "order"\nwrong_rung_share = 0.1'), "campaigns.search.wrong_rung_share", "known"),
    "too many test groups": (
        with_end(SEARCH + "".join(f'[[campaigns]]\nname = "c{n}"\nchannel = "search"\ntest_group_share = 0.1\n' for n in range(13))),
        "campaigns", "fewer",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_refused_in_words(case: str) -> None:
    """The place, and what is allowed there."""
    text, place, words = WRONG[case]
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    here = [str(problem) for problem in caught.value.problems if problem.place.replace("[", ".[").replace("..", ".") == place]
    assert here, f"nothing at {place}: {caught.value}"
    assert words in here[0]
