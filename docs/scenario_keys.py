"""The reference of all keys of a scenario file, made from the schema itself so that it cannot go stale.

In: the records of ``ladsim.scenario.spec`` and its kin (limits, defaults, descriptions) and the notes below, for keys whose record says
nothing. Out: one Markdown table per TOML table, by the directive ``{scenario-keys}``. A key without a meaning, and a note
without a key, are errors: ``tests/test_docs.py`` finds them before Sphinx does.

A new table of the schema needs a line in `TABLES`; kinds of programme are found by themselves, each with the keys of its own.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ladsim.scenario import lever_spec, opinion_spec, spec
from ladsim.scenario.programs.kinds import RECORDS
from ladsim.scenario.programs.record import Joining, Level, Program

TABLES: tuple[tuple[str, type[BaseModel]], ...] = (
    ("top of the file", spec.Scenario),
    ("[[rungs]]", spec.Rung),
    ("[[steps]]", spec.Step),
    ("[basket]", spec.Basket),
    ("[[order_kinds]]", spec.OrderKind),
    ("[heterogeneity]", spec.Heterogeneity),
    ("[heterogeneity] orders, messages, basket", spec.Spread),
    ("[[segments]]", spec.Segment),
    ("[start]", spec.Start),
    ("[[arrivals]]", spec.Arrival),
    ("[[word_of_mouth]]", spec.Layer),
    ("[[word_of_mouth]] graph", spec.Graph),
    ("[[word_of_mouth]] graph.columns", spec.TieColumns),
    ("[money]", spec.Money),
    ("[money.returns]", spec.Returns),
    ("[[channels]]", spec.Channel),
    ("[[tactics]]", spec.Tactic),
    ("response of a channel or tactic", spec.Response),
    ("today of a channel or tactic", spec.Today),
    ("effects of a channel, tactic or shock", spec.Effect),
    ("[[campaigns]]", spec.Campaign),
    ("contact_response of a campaign", spec.ContactResponse),
    ("[[shocks]]", spec.Shock),
    ("[[prices]]", lever_spec.Price),
    ("[[seasons]]", lever_spec.Season),
    ("[contacts]", lever_spec.Contacts),
    ("[engagement]", lever_spec.Engagement),
    ("[[policies]]", spec.Policy),
    ("[[goals]]", spec.Goal),
    ("[satisfaction]", opinion_spec.Satisfaction),
    ("[recommendation]", opinion_spec.Recommendation),
    ("[survey]", opinion_spec.Survey),
    ("[[programs]]", Program),
    *((f'[[programs]] kind = "{kind}"', record) for kind, record in RECORDS.items()),
    ("[[programs]] joins", Joining),
    ("[[programs]] levels", Level),
    ("[strategies.NAME]", spec.Strategy),
)

EVERYWHERE = {
    "name": "how the rest of the file, strategies and reports refer to it; letters, digits and _",
    "label": "what reports show instead of the name; a text, or texts by language",
    "source": "where the numbers come from, or the word `assumption`",
    "from_month": "first month, counted from the start",
    "to_month": "month at which it ends; without one it lasts to the horizon",
}

# What stands behind a key's meaning, wherever it is.
BESIDE: dict[str, str] = {
    "statement_every_months": "a statement tires nobody, however often it comes: it is none of the contacts of [contacts]",
}
NOTES: dict[str, str] = {
    "Scenario.schema": "version of the file format",
    "Scenario.name": "title of the scenario",
    "Scenario.description": "what it is about, for the report",
    "Scenario.trade": "kind of business; `run` and `wheel` then show beside their figures what others have measured in it, with sources",
    "Scenario.language": "language of labels and reports: English, Danish, Norwegian bokmål",
    "Scenario.satisfaction": "experiences, satisfaction and what it moves; without the table nobody feels anything",
    "Scenario.recommendation": "how satisfaction becomes the likelihood to recommend",
    "Scenario.survey": "how a survey of that likelihood is simulated",
    "Scenario.programs": "loyalty programmes",
    "Strategy.programs": "programmes that come with the strategy, behind the scenario's own",
    "Program.kind": f"what it gives: {', '.join(RECORDS)} (rules in a file of yours); the keys of each stand below",
    "Level.spend": "spend in the trailing 12 months from which on the level is reached",
    "Level.orders": "orders in the trailing 12 months from which on the level is reached",
    "Level.factors": "benefits as factors",
    "Level.cost_per_member": "what a member on this level costs",
    "Satisfaction.start": "satisfaction of everybody at the start, 0 to 10",
    "Satisfaction.expectation": "what everybody expects at the start, 0 to 10",
    "Satisfaction.quality_spread": "standard deviation of an experience's quality",
    "Satisfaction.learning": "share of a surprise (quality − expectation) by which satisfaction moves",
    "Satisfaction.adaptation": "share of a surprise by which the expectation follows",
    "Satisfaction.service_failure_probability": "chance that an order or a renewal is a failure of service",
    "Satisfaction.service_failure_quality": "how a failure is felt, 0 to 10",
    "Satisfaction.recovery_probability": "share of failures that are made good",
    "Satisfaction.recovery_quality": "how a recovery is felt, after the failure",
    "Recommendation.base": "a of a + b · satisfaction",
    "Recommendation.per_satisfaction": "b of a + b · satisfaction",
    "Survey.invited": "customers asked, drawn without repetition",
    "Survey.response_share": "share of them that answers",
    "Scenario.months": "length of the simulation in months; a fraction must be whole ticks (1/30 month)",
    "Scenario.market_size": "everybody who could become a customer, non-customers included",
    "Scenario.start_date": "calendar date of month 0: `seasons` count from its month on, pages say first and last day",
    "Scenario.currency": "code of the one currency of the file",
    "Scenario.amounts_include_vat": "VAT rate that is inside the baskets (0.25 is 25 %); 0 where amounts are without VAT",
    "Scenario.rungs": "the ladder from below, and the states beside it",
    "Scenario.steps": "the ways between rungs",
    "Scenario.basket": "what an order is worth",
    "Scenario.order_kinds": "kinds of order",
    "Scenario.heterogeneity": "how much customers differ",
    "Scenario.segments": "parts of the market",
    "Scenario.start": "how the market stands at month 0",
    "Scenario.arrivals": "people who come into the market later",
    "Scenario.word_of_mouth": "layers of word of mouth",
    "Scenario.money": "margin, costs, discounting",
    "Scenario.channels": "ways to reach people",
    "Scenario.tactics": "what one does for people",
    "Scenario.campaigns": "campaigns of every strategy",
    "Scenario.shocks": "dated changes that cost nothing",
    "Scenario.prices": "changes of price, and what they do to orders and leaving",
    "Scenario.seasons": "a factor for each month of the year",
    "Scenario.contacts": "who may be contacted, and how contacts tire",
    "Scenario.engagement": "a stock that fades when nothing is done",
    "Scenario.policies": "Python functions that act as the market develops",
    "Scenario.goals": "what is to be reached, judged by every study",
    "Scenario.strategies": "named changes on top of the scenario",
    "Scenario.engine": "which engine runs it; both give the same history",
    "Rung.off_ladder": "`true`, `outside`, `lapsed` or `lost` for a state beside the ladder; `true` takes its kind from the name",
    "Rung.orders_per_month": "mean orders of one customer a month",
    "Rung.basket_factor": "multiplies the basket of those who stand here",
    "Step.from": "rung that is left",
    "Step.to": "rung that is entered",
    "Step.trigger": "when it happens",
    "Step.by_months": "months in which `cumulative_share` was measured",
    "Basket.law": "distribution of one order's value",
    "Basket.mean": "mean value of an order, in the currency",
    "OrderKind.share": "share of all orders",
    "OrderKind.basket_factor": "multiplies the basket of such an order",
    "Heterogeneity.orders": "of the order rate",
    "Heterogeneity.messages": "of the message rate",
    "Heterogeneity.basket": "of the basket",
    "Spread.gamma_shape": "a gamma factor of mean 1 and this shape: small is much difference",
    "Spread.inverse_gamma_shape": "an inverse-gamma factor of mean 1 and this shape",
    "Segment.factors": "multipliers by what they act on: `orders`, `messages`, `basket`, `cost`, a step, a rung's own number",
    "Start.orders": "orders that everybody on the ladder has placed at month 0; or a number per rung",
    "Arrival.to": "rung they enter",
    "Arrival.per_month": "people a month; fractions are carried over",
    "Graph.kind": "how the graph is made; see above for what each kind needs",
    "Graph.rewired_share": "watts_strogatz: share of ties that are rewired",
    "Graph.seed": "seed of the graph's own luck",
    "TieColumns.from": "who may tell: name in the first line, or place from 1",
    "TieColumns.to": "whom",
    "TieColumns.weight": "how much the tie weighs",
    "Graph.directed": "file: ties lead from the first to the second name",
    "Layer.layer": "name of the layer",
    "Layer.graph": "who talks to whom",
    "Layer.budget": "how messages are counted",
    "Money.cost_per_order": "cost of each order beside the margin, in the currency",
    "Money.fixed_cost_per_month": "cost a month whatever happens, in the currency",
    "Money.discount_per_year": "yearly interest by which later money counts less (0.08 is 8 %)",
    "Money.returns": "orders that come back",
    "Response.curve": "shape of the response",
    "ContactResponse.curve": "shape of the response",
    "Channel.response": "how spend becomes effect",
    "Channel.effects": "what it changes",
    "Tactic.carry_over": "share of the pressure that stays a month later",
    "Tactic.effects": "what it changes",
    "Effect.full": "the change at full effect, the same on every rung",
    "Campaign.channel": "channel that carries it",
    "Campaign.tactic": "tactic it pays for",
    "Campaign.segments": "segments it is aimed at; default: all",
    "Campaign.setup_cost": "paid once, when it starts, in the currency",
    "Shock.effects": "what it changes",
    "Policy.file": "Python file, relative to the scenario file",
    "Policy.function": "function in that file",
    "Policy.options": "passed to the function by name",
    "Goal.name": "what reports call it",
    "Goal.rung": "rung to be filled",
    "Goal.number": "rung: people on it; step: people who have taken it",
    "Goal.by_month": "month at which it is judged",
    "Strategy.description": "what it tries, in a sentence",
    "Strategy.campaigns": "campaigns, in addition to those of the scenario",
    "Strategy.shocks": "shocks, in addition to those of the scenario",
    "Strategy.policies": "policies, in addition to those of the scenario",
}  # fmt: skip


def fields() -> list[tuple[type[BaseModel], str, FieldInfo]]:
    """Every key a scenario file may hold: its record, its name in the file, its field."""
    return [(record, field.alias or name, field) for _, record in TABLES for name, field in own_fields(record).items()]


def own_fields(record: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a record by attribute; of a kind of programme without those that every programme has."""
    shared = set(Program.model_fields) if record in RECORDS.values() else set()
    return {name: field for name, field in record.model_fields.items() if name not in shared}


def meaning(record: type[BaseModel], key: str, field: FieldInfo) -> str:
    """What a key means: the schema's own words, else a note, and what stands beside it; empty where nobody has said it."""
    said = field.description or NOTES.get(f"{record.__name__}.{key}") or EVERYWHERE.get(key, "")
    return "; ".join(filter(None, (said, BESIDE.get(key))))


def allowed(schema: dict[str, Any]) -> str:
    """A JSON Schema as words: `number from 0 to 1, or uncertain`."""
    if "$ref" in schema:
        return "a table"
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "anyOf" in schema:
        return _one_of([part for part in schema["anyOf"] if part.get("type") != "null"])
    kind = schema.get("type", "")
    if schema.get("format") == "date":
        return "date"
    if kind in ("number", "integer"):
        return _number(kind, schema)
    if kind == "array":
        inner = schema.get("items") or (schema.get("prefixItems") or [{}])[0]
        pair = "two" if schema.get("maxItems") == 2 else "list of"
        return f"{pair} {_plural(allowed(inner))}"
    if kind == "object" and "en" in schema.get("properties", ()):
        return "a text per language"
    if kind == "object":
        inner = schema.get("additionalProperties") or next(iter(schema.get("patternProperties", {}).values()), {})
        return f"table: name → {allowed(inner)}" if isinstance(inner, dict) and inner else "table"
    return {"string": "text", "boolean": "`true`, `false`"}.get(kind, "anything")


def _one_of(parts: list[dict[str, Any]]) -> str:
    uncertain = any(part.get("type") == "object" and {"low", "high"} <= set(part.get("properties", ())) for part in parts)
    if uncertain:
        return f"{allowed(parts[0])}, or uncertain"
    return " or ".join(dict.fromkeys(allowed(part) for part in parts))


def _number(kind: str, schema: dict[str, Any]) -> str:
    word = "whole number" if kind == "integer" else "number"
    low, above, high = schema.get("minimum"), schema.get("exclusiveMinimum"), schema.get("maximum")
    start = f" from {low:g}" if low is not None else f" above {above:g}" if above is not None else ""
    return f"{word}{start}" + (f" to {high:,.10g}" if high is not None else "")


def _plural(words: str) -> str:
    return {"a table": "tables", "text": "texts"}.get(words, words.replace("number", "numbers", 1))


def default(field: FieldInfo) -> str:
    """The default as it would stand in the file."""
    if field.is_required():
        return "**required**"
    value = field.get_default(call_default_factory=True)
    if value in (None, "", (), {}) or isinstance(value, BaseModel):
        return ""
    return f"`{json.dumps(value)}`"


def reference() -> str:
    """The whole reference as Markdown: a heading and a table of keys for each table of the file."""
    parts = []
    for heading, record in TABLES:
        properties = record.model_json_schema(by_alias=True)["properties"]
        rows = [f"### {heading}" if heading[0] != "[" else f"### `{heading}`", "", record.__doc__ or "", ""]
        rows += ["| key | meaning | allowed | default |", "|---|---|---|---|"]
        for name, field in own_fields(record).items():
            key = field.alias or name
            cells = (f"`{key}`", meaning(record, key, field), allowed(properties[key]), default(field))
            rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts)


def setup(app: Any) -> dict[str, Any]:
    """Sphinx's entry point: registers the directive."""
    from sphinx.util.docutils import SphinxDirective

    class ScenarioKeys(SphinxDirective):
        def run(self) -> list[Any]:
            self.env.note_dependency(spec.__file__)
            self.env.note_dependency(__file__)
            return self.parse_text_to_nodes(reference(), allow_section_headings=True)

    app.add_directive("scenario-keys", ScenarioKeys)
    return {"parallel_read_safe": True}


if __name__ == "__main__":
    print(reference())
