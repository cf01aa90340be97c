"""The JSON Schema of scenario files, made from their records: editors complete and check by it what is typed."""

from __future__ import annotations

import json

from ladsim.scenario.spec import Scenario


def schema_json() -> str:
    """The JSON Schema of scenario files as a text, for editors that complete and check TOML by it."""
    schema = Scenario.model_json_schema(by_alias=True)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "ladsim-scenario-1", **schema}
    schema["title"] = "ladsim scenario"
    schema["properties"]["extends"] = {"type": "string", "description": "another scenario file that this one is a change of"}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
