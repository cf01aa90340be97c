"""What a later version will simulate has its place in the schema, and is refused by name: never ignored, never "unknown"."""

from __future__ import annotations

import json
from typing import Annotated

import pytest

from ladsim.errors import ScenarioError
from ladsim.scenario.check import _later
from ladsim.scenario.edit import schema_json
from ladsim.scenario.kinds import Table
from ladsim.scenario.later import Later
from ladsim.scenario.load import loads
from tests.scenario.texts import with_end


class _Soon(Table):
    """A table with a key that has its place, and no meaning yet."""

    key: Annotated[float | None, Later("tides")] = None
    other: float = 1.0


def test_refused_by_name() -> None:
    """A marked key that is given is refused at its place, with what it comes; one that is not given is not."""
    assert not list(_later(_Soon(other=2.0)))
    (problem,) = _later(_Soon(key=3.0))
    assert (problem.place, problem.found) == ("key", "3.0")
    assert problem.allowed == "cannot be simulated yet (coming with tides)"


def test_editors_know_these_keys() -> None:
    """The JSON Schema offers programmes with their kinds, satisfaction, prices and the rest."""
    schema = json.loads(schema_json())
    wanted = {"satisfaction", "recommendation", "survey", "programs", "prices", "seasons", "contacts", "engagement"}
    assert wanted <= set(schema["properties"])
    assert "referral_reward" in schema["$defs"]["Program"]["properties"]["kind"]["enum"]
    assert {"after", "delay_days", "wrong_rung_share", "test_group_share"} <= set(schema["$defs"]["Campaign"]["properties"])


def test_wrong_values_are_told_too() -> None:
    """A kind of programme that is none is answered with the kinds there are."""
    with pytest.raises(ScenarioError, match="did you mean 'points'"):
        loads(with_end('[[programs]]\nkind = "pionts"'))
