"""What a scenario names, in a reader's words: numbers and ranges, rungs, dotted keys, steps, causes of money, campaigns.

In: a scenario and a name such as ``steps.prospect.customer.monthly``. Out: "prospect → customer: chance a month". What has no words
of its own keeps its name, with spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ladsim.i18n import ENGLISH, Locale
from ladsim.i18n.numerals import SPACE
from ladsim.i18n.written import Number
from ladsim.scenario.address import campaign_names, step_names
from ladsim.scenario.key_paths import item_names
from ladsim.scenario.programs.record import Program
from ladsim.scenario.spec import Campaign, Distribution, Range, Rung, Scenario

# Causes of money that every market has, and that of orders that come back.
CAUSES = ("revenue", "goods", "handling", "rung_cost", "entry_cost", "fixed_cost", "returns")
# Causes that each programme has, as ``PROGRAM:fees``.
OF_PROGRAMS = ("fees", "discounts", "rewards", "running")
# Lists whose items are called by what they are and their own name: "change of price (spring): …".
KINDS_OF_ITEM = ("prices", "seasons", "order_kinds", "word_of_mouth", "arrivals")
# Tables within a table, in which a key may mean another thing than elsewhere.
INNER = ("joins", "levels", "returns")


def value_words(value: float | Range | Distribution, kind: str = "rate", locale: Locale = ENGLISH) -> str:
    """A number, a range or a law as text; a share as a percentage, an effect (kind "real") as one with its sign.

    >>> value_words(Range(low=0.06, high=0.14), "share"), value_words(1.5), value_words(0.3, "real")
    ('6\\xa0% to 14\\xa0%', '1.5', '+30\\xa0%')
    """

    def one(x: float) -> str:
        if kind == "real":
            return Number(("+" if x > 0 else "") + locale.number(100 * x) + f"{SPACE}%", x, "share")
        return locale.percent(x, 3) if kind == "share" else locale.number(x)

    if isinstance(value, Range):
        return locale.between(one(value.low), one(value.high))
    if isinstance(value, Distribution):
        if value.law == "draws":
            values = value.values or (0.0,)
            return f"{locale.text('ladder.calibrated')} {locale.between(one(min(values)), one(max(values)))}"
        given = ((name, getattr(value, name)) for name in type(value).model_fields if name not in ("law", "values"))
        said = (f"{locale.text(f'law.{name}')} {locale.number(x)}" for name, x in given if x is not None)
        return f"{locale.text(f'law.{value.law}')} ({', '.join(said)})"
    return one(float(value))


def label_of(rung: Rung) -> str:
    """The words for a rung: its label, else its name with spaces."""
    return rung.label or rung.name.replace("_", " ")


class Namer:
    """Labels of everything that a scenario and its strategies name."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.locale = Locale(scenario.language, scenario.start_date)
        self.rungs = {rung.name: label_of(rung) for rung in scenario.rungs}
        self.segments = {s.name: s.label or _plain(s.name) for s in scenario.segments}
        self.critical = {name for name, step in zip(step_names(scenario), scenario.steps, strict=True) if step.negative}
        self.layers = {layer.layer: layer.label or _plain(layer.layer) for layer in scenario.word_of_mouth}
        self.levers = {c.name: c.label or _plain(c.name) for c in scenario.channels}
        self.levers |= {t.name: t.label or _plain(t.name) for t in scenario.tactics}
        self.campaigns = dict(self._campaigns())
        self.programs: dict[str, str] = {}
        self.records: dict[str, Program] = {}
        self._name_programs()
        self.levels = {
            level.name: level.label for program in self._every_program() for level in program.levels_of_members if level.label
        }

    def _every_program(self) -> Iterator[Program]:
        yield from self.scenario.programs
        for strategy in self.scenario.strategies.values():
            yield from strategy.programs

    def _campaigns(self) -> Iterator[tuple[str, str]]:
        for owner in ((), *(s.campaigns for s in self.scenario.strategies.values())):
            together = (*self.scenario.campaigns, *owner)
            for name, campaign in zip(campaign_names(together), together, strict=True):
                yield name, self.campaign(campaign, name)

    def _name_programs(self) -> None:
        """What programmes are called, and the programmes themselves by their names; of strategies that share a name, the last one's."""
        for owner in ((), *(s.programs for s in self.scenario.strategies.values())):
            together = (*self.scenario.programs, *owner)
            for name, program in zip(item_names("programs", together), together, strict=True):
                called = _plain(program.name) if program.name else self.locale.text(f"programs.kind_{program.kind}")
                self.programs[name], self.records[name] = program.label or called, program

    def program(self, name: str) -> str:
        """What a programme is called: its label, its name, else its kind."""
        return self.programs.get(name, _plain(name))

    def campaign(self, campaign: Campaign, name: str = "") -> str:
        """What a campaign is called."""
        lever = campaign.tactic or campaign.channel or ""
        return campaign.label or (_plain(campaign.name) if campaign.name else self.levers.get(lever, _plain(lever or name)))

    def rung(self, name: str) -> str:
        """A rung's label."""
        return self.rungs.get(name, _plain(name))

    def event(self, after: str) -> str:
        """What sets a campaign off: ``first_order``, ``entered.RUNG``, ``joined.PROGRAM`` … in words."""
        kind, _, of = after.partition(".")
        return self.locale.text(f"event.{kind}", where=self.rung(of) if kind == "entered" else self.program(of))

    def layer(self, name: str) -> str:
        """What a layer of word of mouth is called."""
        return self.layers.get(name, _plain(name))

    def step(self, name: str) -> str:
        """A step's name ``FROM.TO[.TRIGGER]`` as "from → to (by …)"."""
        parts = name.split(".")
        if len(parts) < 2:
            return _plain(name)
        trigger = f" ({self.trigger(parts[2], name)})" if len(parts) > 2 else ""
        return f"{self.rung(parts[0])} → {self.rung(parts[1])}{trigger}"

    def goal(self, name: str, month: float) -> str:
        """A goal's name; one without a name of its own, called "RUNG by month …", by its rung or step."""
        head = name.removesuffix(f" by month {month:g}")
        if head == name or " " in head:
            return name
        return self.step(head) if "." in head else self.rung(head)

    def cause(self, name: str) -> str:
        """A cause of money."""
        if name.startswith("policy:"):
            return self.locale.text("cause.policy", name=_plain(name.removeprefix("policy:")))
        head, _, part = name.rpartition(":")
        if head and part in OF_PROGRAMS:
            if not self.is_program(name):
                return self.cause(head)  # a campaign after an event: all it has is spend
            return self.locale.text("cause.program", program=self.program(head), what=self.locale.text(f"cause.{part}"))
        if name in CAUSES:
            return self.locale.text(f"cause.{name}")
        return self.locale.text("cause.campaign", name=self.campaigns.get(name, _plain(name)))

    def is_program(self, cause: str) -> bool:
        """Whether a cause of money is a programme's."""
        head, _, part = cause.rpartition(":")
        return part in OF_PROGRAMS and head in self.programs

    def key(self, dotted: str) -> str:
        """A dotted key."""
        parts = dotted.split(".")
        if parts[0] == "strategies" and "set" in parts[:3]:
            strategy = self.scenario.strategies.get(parts[1])
            return f"{self.key('.'.join(parts[3:]))} ({strategy.label if strategy and strategy.label else _plain(parts[1])})"
        if parts[0] == "strategies" and len(parts) > 3:
            strategy = self.scenario.strategies.get(parts[1])
            return f"{self.key('.'.join(parts[2:]))} ({strategy.label if strategy and strategy.label else _plain(parts[1])})"
        if parts[0] == "steps" and len(parts) >= 4:
            ends = 4 if len(parts) > 4 and self.locale.has(f"trigger.{parts[3]}") else 3
            return f"{self.step('.'.join(parts[1:ends]))}: {self._tail(parts[ends:])}"
        if parts[0] == "rungs" and len(parts) >= 3:
            return f"{self.rung(parts[1])}: {self._tail(parts[2:])}"
        if parts[0] in ("channels", "tactics", "campaigns", "shocks") and len(parts) >= 3:
            names = self.campaigns if parts[0] == "campaigns" else self.levers
            return f"{names.get(parts[1], _plain(parts[1]))}: {self._effect(parts[2:])}"
        if parts[0] == "programs" and len(parts) >= 3:
            return f"{self.program(parts[1])}: {self._tail(parts[2:], 'programs')}"
        if parts[0] == "segments" and len(parts) >= 3:
            return f"{self.segments.get(parts[1], _plain(parts[1]))}: {self._tail(parts[2:], 'segments')}"
        table, _, place = parts[0].partition("[")
        if table in KINDS_OF_ITEM and len(parts) >= 2:
            rest = parts[1:] if place else parts[2:]
            called = self._item(table, int(place.rstrip("]"))) if place else self.layer(parts[1])
            return f"{self._word(table)}{f' ({called})' if called else ''}: {self._tail(rest, table)}"
        return f"{self._tail(parts[:1])}: {self._tail(parts[1:], parts[0])}" if len(parts) > 1 else self._tail(parts)

    def _item(self, table: str, place: int) -> str:
        """What an item without a name is called: newcomers by where they come to, others by their place where there are several."""
        items = getattr(self.scenario, table)
        if table == "arrivals" and place < len(items):
            return self.rung(items[place].to)
        return str(place + 1) if len(items) > 1 else ""

    def trigger(self, name: str, step: str = "") -> str:
        """What makes a step happen; a message to a step that answers criticism is no recommendation."""
        if step in self.critical:
            name = "criticism"
        return self.locale.text(f"trigger.{name}") if self.locale.has(f"trigger.{name}") else _plain(name)

    def _tail(self, parts: list[str], table: str = "") -> str:
        """The words for the rest of a key, `table` being where it stands; names of rungs and levels are their labels."""
        said: list[str] = []
        for place, part in enumerate(parts):
            before = parts[place - 1] if place else ""
            if part in ("response", "contact_response") and place + 1 < len(parts):
                table = part
                continue  # what follows says whose
            if before == "factors":
                return ", ".join([*said, self._target(parts[place:])])
            if before in ("per_rung", "factors_per_rung", "messages_per_month"):
                said.append(self.rung(part))
            elif before == "levels":
                said[-1] += f" {self.levels.get(part, _plain(part))}"
            elif before == "options":
                said.append(_plain(part))
            else:
                said.append(self._word(part, table))
                table = part if part in INNER else table
        return ", ".join(said)

    def _target(self, parts: list[str]) -> str:
        """What a factor acts on: ``orders``, ``steps.lead.prospect``, ``rungs.repeat.orders_per_month``."""
        if parts[0] == "steps" and len(parts) > 2:
            return self.step(".".join(parts[1:]))
        if parts[0] == "rungs" and len(parts) > 2:
            return f"{self.rung(parts[1])}, {self._tail(parts[2:])}"
        return self._tail(parts)

    def _word(self, part: str, table: str = "") -> str:
        """The words for one part of a key, in `table` where it means another thing there; ``climbing_2`` is the second of its kind."""
        if table and self.locale.has(f"key.of_{table}.{part}"):
            return self.locale.text(f"key.of_{table}.{part}")
        if self.locale.has(f"key.{part}"):
            return self.locale.text(f"key.{part}")
        again = re.fullmatch(r"(\w+)_(\d+)", part)
        if again and self.locale.has(f"key.{again[1]}"):
            return f"{self._word(again[1])} ({again[2]})"
        return _plain(part)

    def _effect(self, parts: list[str]) -> str:
        if parts[0] != "effects" or len(parts) < 3:
            return self._tail(parts)
        on = ".".join(parts[1:])
        head, _, rung = on.partition(".per_rung.")
        head = head.removesuffix(".full")
        what = self.step(head.removeprefix("steps.")) if head.startswith("steps.") else self._word(head)
        return self.locale.text("key.effect_on", what=what) + (f", {self.rung(rung)}" if rung else "")


def _plain(name: str) -> str:
    return name.replace("_", " ").strip()
