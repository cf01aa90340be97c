"""The JSON Schema: it knows every key, and allows what the loader allows."""

from __future__ import annotations

import json
import tomllib

from ladsim.scenario.json_schema import schema_json
from ladsim.scenario.programs.kinds import KINDS
from ladsim.scenario.spec import Scenario
from ladsim.scenario.starter import TEMPLATE


def test_json_schema() -> None:
    """The schema is JSON, knows every key as files write it, with limits and words; it allows what the loader allows."""
    schema = json.loads(schema_json())
    assert {"schema", "rungs", "steps", "extends", "strategies"} <= set(schema["properties"])
    step = schema["$defs"]["Step"]["properties"]
    assert "from" in step
    assert "from_" not in step
    assert "monthly" in step
    assert schema["additionalProperties"] is False
    allowed = {field.alias or name for name, field in Scenario.model_fields.items()} | {"extends"}
    assert set(schema["properties"]) == allowed
    listed = schema["properties"]["programs"]["items"]
    assert listed["discriminator"]["mapping"].keys() == set(KINDS) and len(listed["oneOf"]) == len(KINDS)
    assert schema["$defs"]["Points"]["properties"].keys() - schema["$defs"]["Club"]["properties"].keys() >= {
        "reward_at",
        "goal_gradient",
    }
    assert set(tomllib.loads(TEMPLATE.read_text(encoding="utf-8"))) <= allowed
