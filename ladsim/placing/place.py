"""``place``: every customer of real data on a rung of a ladder.

In: files (or data that were read), and a rule from behaviour to rung. Out: a `Placement`: who stands where, with what probability, how many stand
on each rung, who moved, who is about to fall. Facts are joined by id (``facts``), the rule decides (``rule``, ``assign``), silence is
judged by each customer's own orders (``activity``), and a CRM has its say where there are no orders (``crm``).
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.data import per_customer
from ladsim.data.read import CustomerData, known_day, read_data
from ladsim.data.store import Store
from ladsim.errors import DataError, OutputError
from ladsim.files import in_one_move
from ladsim.placing import moves as moving
from ladsim.placing.assign import Chances, Leaving, chances_of, leaving_of
from ladsim.placing.crm import Crm, crm_of
from ladsim.placing.facts import EVER, UNDATED, Facts, facts_of
from ladsim.placing.rule import BY_SILENCE, Rule, default_rule, read_rule, rule_for
from ladsim.placing.silence import silence_of
from ladsim.scenario.formulas import no_formula
from ladsim.scenario.library import library
from ladsim.scenario.spec import Scenario
from ladsim.scenario.texts import LANGUAGES

WRITTEN = (".csv", ".parquet")
SURE = 0.995  # a probability that is shown as certain in counts of those who are


@dataclass(frozen=True)
class Placement:
    """Customers on the rungs of a ladder. N customers, R rungs from the bottom up, those beside the ladder at the end."""

    rule: Rule
    facts: Facts = field(repr=False)
    leaving: Leaving = field(repr=False)  # how it was told who has gone
    chances: Chances = field(repr=False)
    crm: Crm | None = field(repr=False)
    data: tuple[CustomerData, ...] = field(repr=False)

    @property
    def customers(self) -> int:
        """How many customers were placed."""
        return self.facts.size

    @property
    def end(self) -> datetime.date | None:
        """The day on which they stand there: the last one of the data; None where these have no date."""
        return self.facts.end if self.facts.end != UNDATED else None

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """(N, R) The probability of every customer for every rung; rows add up to 1."""
        return self.chances.all()

    @cached_property
    def falling(self) -> NDArray[np.bool_]:
        """(N,) Who is about to fall: silent for longer than four in five of their own gaps between orders, and probably still there."""
        return moving.about_to_fall(self.facts, self.chances)

    @property
    def has_interval(self) -> bool:
        """Whether it is known how far the counts may be off: not where days of silence alone say who has gone."""
        return self.leaving.way not in ("days", BY_SILENCE)

    def rungs(self) -> pd.DataFrame:
        """rung, label, people, low, high, share: expected people on each rung from the top down, the ends of a 90 % interval, share of all.

        Where there is no interval (``has_interval``), `low` and `high` hold nothing of who has gone, and mean little.
        """
        people, low, high = self.chances.counts()
        table = pd.DataFrame({"rung": self.rule.names, "label": self.rule.labels, "people": people, "low": low, "high": high})
        table["share"] = table["people"] / max(1, self.customers)
        return table.iloc[self._from_the_top()].reset_index(drop=True)

    def _from_the_top(self) -> list[int]:
        ladder = [place for place, on in enumerate(self.rule.on_ladder) if on]
        return ladder[::-1] + [place for place, on in enumerate(self.rule.on_ladder) if not on]

    def table(self, with_ids: bool = False) -> pd.DataFrame:
        """A row a customer: customer, rung (the likeliest), probability, p_RUNG of each, orders, silent_days, about_to_fall.

        `customer` is a number, in the order of first orders; the id of the source `with_ids`.
        """
        likeliest = self.probabilities.argmax(axis=1)
        who = self.facts.ids if with_ids else np.arange(1, self.customers + 1)
        made: dict[str, Any] = {"customer": who, "rung": pd.Categorical.from_codes(likeliest, list(self.rule.names))}
        made["probability"] = np.round(self.probabilities.max(axis=1), 4)
        made |= {f"p_{name}": np.round(self.probabilities[:, place], 4) for place, name in enumerate(self.rule.names)}
        if "orders" in self.facts.columns:
            made["orders"] = self.facts.columns["orders"].astype(np.int64)
            made["silent_days"] = pd.array(self.facts.columns["silent_days"], dtype="Int64")
        made["about_to_fall"] = self.falling
        return pd.DataFrame(made)

    @cached_property
    def _moves(self) -> tuple[pd.DataFrame, float]:
        if self.facts.buying == "transactions":
            return moving.moves_by_orders(self.facts, self.rule, self.leaving)
        return (
            (self.crm.moves, 1.0)
            if self.crm is not None
            else (pd.DataFrame({"month": [], "from": [], "to": [], "people": []}), 1.0)
        )

    def moves(self) -> pd.DataFrame:
        """month, from, to, people: moves between the ends of neighbouring months; `from` is empty for who was new."""
        found, each = self._moves
        found = found[found["from"] != found["to"]]
        names = np.array([*self.rule.names, ""], object)
        return pd.DataFrame(
            {
                "month": found["month"].to_numpy(),
                "from": names[found["from"].to_numpy(int)],
                "to": names[found["to"].to_numpy(int)],
                "people": found["people"].to_numpy(float) * each,
            }
        )

    def stays(self) -> pd.DataFrame:
        """month, from, to, people, as ``moves``, but rungs by their places (−1: was new), and with those who stayed."""
        found, each = self._moves
        return found.assign(people=found["people"] * each)

    def months(self) -> pd.DataFrame:
        """month, new, up, down, lapsed, back: people who moved within each month, from rung to rung."""
        found, each = self._moves
        table = moving.by_month(found, self.rule)
        return table.assign(**{way: table[way] * each for way in moving.WAYS})

    def fits(self) -> dict[str, list[str]]:
        """The tactics and channels of the library that fit each rung, by the rung's role."""
        every = [(name, item["fits"]) for items in library().values() for name, item in items.items()]
        return {
            name: [tactic for tactic, roles in every if role in roles]
            for name, role in zip(self.rule.names, self.rule.roles, strict=True)
        }

    def write(self, path: str | os.PathLike[str], with_ids: bool = False) -> None:
        """Write the table of customers as .csv or .parquet, with numbers in place of their ids unless `with_ids`.

        In a .csv a text that a spreadsheet would run as a formula (= + - @) gets an apostrophe before it. Raises DataError where it ends
        in something else or would replace a source, OutputError where it cannot be written.
        """
        place = self.refuse_place(path)
        table = self.table(with_ids)
        table["rung"] = table["rung"].astype(str)
        is_csv = place.suffix.lower() == ".csv"
        store = Store()
        store.table("placed", table)
        columns = store.with_texts("SELECT * FROM placed", no_formula) if is_csv else "SELECT * FROM placed"
        form = "FORMAT csv, HEADER true" if is_csv else "FORMAT parquet"

        def write(new: Path) -> None:
            store.execute(f"COPY ({columns}) TO '{str(new).replace(chr(39), 2 * chr(39))}' ({form})")

        _in_one_move(place, write)
        store.discard()

    def refuse_place(self, path: str | os.PathLike[str]) -> Path:
        """Raise DataError where the table cannot go to a place."""
        return written_place(path, [one._source for one in self.data])

    def scenario(self) -> str:
        """The start of a scenario as TOML: people on every rung, on top of the scenario whose ladder it is."""
        from ladsim.placing.start import scenario_text

        return scenario_text(self)

    def write_scenario(self, path: str | os.PathLike[str], force: bool = False) -> None:
        """Write ``scenario()``; with `force` a file that is there keeps all that is in it but the people on rungs where some are placed.

        Raises DataError where the file does not end in .toml or is a source or the scenario below, OutputError where it cannot be
        written or stands there already (unless `force`), ScenarioError where what stands there is no scenario.
        """
        place = toml_place(path, [*(one._source for one in self.data), self.rule.scenario], force)
        from ladsim.placing.start import brought_up_to_date

        said = brought_up_to_date(_text_of(place), place, self) if place.exists() else self.scenario()
        _in_one_move(place, lambda new: new.write_text(said, encoding="utf-8"))


def written_place(path: str | os.PathLike[str], sources: Sequence[Any] = ()) -> Path:
    """Where a table of customers may go. Raises DataError."""
    from ladsim.data.sources import refuse_place

    place = Path(path)
    if place.suffix.lower() not in WRITTEN:
        raise DataError(f"{place}: found {place.suffix or 'no ending'}, must end in {' or '.join(WRITTEN)}")
    for source in sources:
        refuse_place(place, source)
    return place


def toml_place(path: str | os.PathLike[str], sources: Sequence[Any] = (), force: bool = False) -> Path:
    """Where a scenario or a rule may go: never in the place of what it is made from. Raises DataError and OutputError."""
    from ladsim.data.sources import refuse_place
    from ladsim.scenario.starter import place_for

    place = Path(path)
    if place.suffix.lower() != ".toml":
        raise DataError(f"{place}: found {place.suffix or 'no ending'}, must end in .toml")
    for source in sources:
        refuse_place(place, source)
    return place_for(place, force)


def _text_of(place: Path) -> str:
    from ladsim.scenario.load import find

    return find(place).read_bytes().decode("utf-8-sig", errors="replace")


def _in_one_move(place: Path, write: Callable[[Path], object]) -> None:
    try:
        in_one_move(place, write)
    except OSError as problem:
        raise OutputError(f"{place}: cannot be written ({problem.strerror or problem}); nothing was left behind") from problem


def place(
    *sources: str | os.PathLike[str] | CustomerData,
    rule: Rule | str | os.PathLike[str] | None = None,
    ladder: Scenario | str | None = None,
    until: datetime.date | str | None = None,
    language: str = "en",
) -> Placement:
    """Every customer of some sources on a rung: with probability 1 where the rule and the data leave no doubt, else with one for each rung.

    `sources` are files (as ``read_data`` reads them) or what it gave: transactions, rungs in a CRM, referrals, survey answers, deals,
    subscriptions, joined by id. `rule` is the TOML file of a rule; by default that for the rungs of `ladder` (a scenario, or its
    name), else for lead, prospect, customer, repeat buyer, ambassador and lapsed. They stand as they do on `until`, and nothing that is
    dated later counts; by default on the last day of the orders.

    Raises DataError for what cannot be read, joined or placed, ScenarioError for a `ladder` that cannot.

    >>> import ladsim, os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = os.path.join(folder, "sales.csv")
    ...     with open(file, "w", encoding="utf-8") as stream:
    ...         _ = stream.write("customer,date,amount\\n007,2024-01-13,9\\n007,2024-02-13,9\\n012,2024-02-20,5\\n")
    ...     placed = ladsim.place(file)
    >>> placed.rungs()[["rung", "people"]].head(3)
             rung  people
    0  ambassador     0.0
    1      repeat     1.0
    2    customer     1.0
    """
    _refuse_twice(sources)
    until = known_day(until)
    data = tuple(one if isinstance(one, CustomerData) else read_data(one) for one in sources)
    if not data:
        raise DataError("place: found no file, must be one file at least, such as sales.csv")
    chosen = rule_asked(rule, ladder, language)
    facts = facts_of(data, until)
    crm = crm_of(facts.kinds["stages"], chosen, until or EVER) if "stages" in facts.kinds else None
    silence = (0, 0)
    days = 0
    if facts.buying == "transactions":
        kind = facts.kinds["transactions"]
        silence = silence_of(per_customer.gap_counts(kind, facts.end))
        days = (facts.end - (kind.first_day("date") or facts.end)).days
    leaving = leaving_of(facts, chosen, silence)
    if leaving.spells is not None:
        facts = facts.with_comebacks(*leaving.spells.last(facts.size))
    return Placement(chosen, facts, leaving, chances_of(facts, chosen, leaving, crm, days), crm, data)


def _refuse_twice(sources: Sequence[Any]) -> None:
    """Raise DataError where a file is given twice: its orders would count twice."""
    named = [one._source if isinstance(one, CustomerData) else one for one in sources]
    files = [os.path.realpath(one) for one in named if os.path.exists(one)]
    twice = next((one for at, one in enumerate(files) if one in files[:at]), None)
    if twice is not None:
        raise DataError(f"{Path(twice).name}: found twice among the files, must be given once")


def rule_asked(rule: Rule | str | os.PathLike[str] | None, ladder: Scenario | str | None, language: str = "en") -> Rule:
    """The rule of a file, or that for a ladder, or the default. Raises DataError and ScenarioError."""
    if isinstance(rule, Rule):
        return rule
    if rule is not None:
        return read_rule(rule, language)
    if ladder is None:
        return default_rule(language)
    if isinstance(ladder, Scenario):
        return rule_for(ladder, ladder.file, language)
    from ladsim.scenario.load import load

    return rule_for(load(ladder, language), str(ladder), language, [load(ladder, other) for other in LANGUAGES])
