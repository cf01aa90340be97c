"""Closed forms know what they are asked of: a key that is new to them is refused, and never taken for absent."""

from __future__ import annotations

import pytest
from pydantic import Field, create_model

from ladsim.scenario import plan_spec, spec
from ladsim.scenario.load import load, loads, shipped
from ladsim.scenario.tables import tables
from ladsim.theory.known import KNOWN, unknown_keys
from ladsim.theory.markov import reason_not

RECORDS = {name: getattr(spec, name, None) or getattr(plan_spec, name) for name in KNOWN}
PLAIN = """
name = "plain"
months = 12
market_size = 100
rungs = [{ name = "lead", share = 1.0 }, { name = "customer", orders_per_month = 1.0 }]
steps = [{ from = "lead", to = "customer", monthly = 0.1 }]
"""


@pytest.mark.parametrize("record", KNOWN)
def test_every_key_has_been_thought_of(record: str) -> None:
    """A new key of a record belongs into the list, once it is known what it does to expectations; one that is gone belongs out of it."""
    assert KNOWN[record] == set(RECORDS[record].model_fields)


@pytest.mark.parametrize("name", shipped())
def test_shipped_scenarios_say_nothing_unknown(name: str) -> None:
    """So that each has the closed form it had, or the reason why not."""
    assert unknown_keys(load(name)) == []


@pytest.mark.parametrize("record", ["Rung", "Step", "Scenario"])
def test_a_key_that_nobody_has_thought_of_is_refused(record: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record with one key more: at its default there is a closed form, with a value the reason names the key."""
    scenario = loads(PLAIN)
    assert reason_not(tables(scenario)) is None
    grown = create_model(record, __base__=RECORDS[record], gravity=(float, Field(1.0)))
    for value, reason in ((1.0, None), (9.8, f"{record.lower()}.gravity")):
        if record == "Scenario":
            changed = grown.model_construct(**dict(scenario), gravity=value)
        else:
            key = f"{record.lower()}s"
            records = getattr(scenario, key)
            changed = scenario.model_copy(update={key: (grown.model_construct(**dict(records[0]), gravity=value), *records[1:])})
        said = unknown_keys(changed)
        assert said == ([] if reason is None else [reason])
    laid_out = tables(scenario)
    monkeypatch.setattr("ladsim.theory.markov.unknown_keys", lambda scenario: ["rung.gravity"])
    assert reason_not(laid_out) == "closed forms do not know yet what rung.gravity means"
