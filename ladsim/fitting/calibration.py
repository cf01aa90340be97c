"""Customers' data in, a scenario with its doubt out: `calibrate`, and the command of that name.

In: files, or data that were read; perhaps a ladder. Out: a `Calibration`: a `Fitted` for each kind of data, and the text of a scenario
file in which each fitted number is a range, its central 90 %, with its source. Each kind has a function in `_FITS`.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd

from ladsim.data.panels import is_panel
from ladsim.data.read import CustomerData, read_data
from ladsim.errors import DataError, OutputError
from ladsim.files import write_text
from ladsim.fitting.campaigns import fit_campaign
from ladsim.fitting.deals import fit_deals
from ladsim.fitting.fitted import Fact, Fitted
from ladsim.fitting.hazards import Pair, fit_hazards, named, stays_of
from ladsim.fitting.joint import joint_draws, joint_file, with_joint, write_joint
from ladsim.fitting.on_ladder import Placed, placed, rung_called, steps_of
from ladsim.fitting.orders import best_of, fit_spend, from_the_left, summary
from ladsim.fitting.panel import fit_panel
from ladsim.fitting.referrals import fit_referrals
from ladsim.fitting.renewals import fit_failed_payments, fit_renewals, renewals_of
from ladsim.fitting.rung_orders import fit_rung_orders
from ladsim.fitting.skeletons import of_parts, of_stages
from ladsim.i18n import Locale
from ladsim.scenario.edit import text_with
from ladsim.scenario.load import find, load, loads
from ladsim.scenario.spec import Scenario
from ladsim.scenario.starter import place_for

Source = str | os.PathLike[str] | CustomerData
Tables = Mapping[str, Sequence[pd.DataFrame]]  # clean tables by kind of data, up to the last day watched
_FIRST_DAYS = {
    "stages": "date",
    "transactions": "date",
    "deals": "created",
    "subscriptions": "start",
}  # of files that list customers
MOST_RUNGS = 60  # of a table of rungs; beyond, its column is taken for another (an assumption)
_MOST_DRAWS = 500  # of a number in a scenario file


@dataclass(frozen=True)
class Asked:
    """What the user says of the fits."""

    until: datetime.date | None
    control: str | None
    randomised: bool
    period_months: int | None
    ladder: Scenario | None
    customers: pd.DataFrame | None = None  # customer, date (the first) of all rows that say who is a customer; None: no file does
    written: datetime.date | None = None  # the day after that on which the files were written; None: not all are files


@dataclass(frozen=True)
class Calibration:
    """Fits of customers' data, and the scenario that they make."""

    fits: tuple[tuple[Fitted, str], ...]  # each fit with the file, or files, that it comes from
    text: str  # the scenario file; empty where the data have no ladder, and none is given
    placed: tuple[Placed, ...]  # the ranges in it
    left: tuple[Fact, ...]  # numbers that found no place in it, with the reason
    language: str = "en"  # of the file's texts

    folder: Path | None = None  # where paths in the scenario start
    tables: Tables | None = field(default=None, repr=False, compare=False)  # what was fitted to
    asked: Asked | None = field(default=None, repr=False, compare=False)

    def scenario(self) -> Scenario:
        """The scenario. Raises DataError where there is none."""
        if not self.text:
            raise DataError(
                "found no rungs, orders, deals or subscriptions, must be some to make a scenario of, or a ladder to put numbers into (--ladder)"
            )
        return loads(self.text, self.folder, trust=True)

    def draws(self) -> pd.DataFrame:
        """Joint draws of all numbers that were fitted, by "model.number": a row is as probable as another, and correlations are kept."""
        return joint_draws(self.fits)

    def write(self, path: str | os.PathLike[str], force: bool = False) -> Path:
        """Write the scenario, and beside it the draws as ``NAME.posterior.parquet``, from which its ranges are drawn together; its path.

        Without ranges of a fit in the scenario there is no such file. Raises DataError where there is no scenario, OutputError where
        something cannot be written.
        """
        scenario = self.scenario()
        place = place_for(Path(path), force)
        beside = joint_file(place)
        if beside.exists() and not force:
            raise OutputError(f"{beside}: exists already; choose another name, or --force to replace it")
        text, table = with_joint(self.text, scenario, self.placed, self.draws(), beside.name)
        if text != self.text:
            write_joint(table, beside)
        write_text(place, text)
        return place


def calibrate(
    sources: Sequence[Source],
    *,
    ladder: str | Path | None = None,
    put: Mapping[str, str] | None = None,
    until: datetime.date | str | None = None,
    control: str | None = None,
    randomised: bool = False,
    period_months: int | None = None,
    draws: int = 0,
    language: str = "en",
    name: str = "",
) -> Calibration:
    """Fit customers' data, and make a scenario of the numbers: each a range, its posterior's central 90 %, with its source.

    `sources`: files as ``read_data`` reads them, or what it gave. `ladder`: a scenario whose numbers are replaced where a fitted one has
    exactly one place; without it, the rungs of the data are the ladder. `put`: fitted number → dotted key, for all others. `until`: the
    last day watched. `control`, `randomised`: which arm of campaigns was held out, and whether the lot did it. `period_months`: of
    subscriptions. `draws`: so many values of each posterior (up to 500) in place of its range. `language`, `name`: of a scenario without
    a ladder. Needs the extra `data`.

    Raises DataError where data cannot be read or fitted, ScenarioError where the ladder or a key is wrong.

    >>> import os, tempfile
    >>> rows = "\\n".join(f"{c};2026-01-01;Lead\\n{c};2026-{2 + c % 9:02}-01;Kunde" for c in range(50))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = os.path.join(folder, "trin.csv")
    ...     with open(file, "w", encoding="utf-8") as stream:
    ...         _ = stream.write("Kundenr;Dato;Trin\\n" + rows)
    ...     found = calibrate([file], until="2026-12-31")
    >>> [(one.key, round(one.low, 1), round(one.high, 1)) for one in found.placed]
    [('steps.lead.kunde.rate', 0.2, 0.3)]
    """
    if not 0 <= draws <= _MOST_DRAWS:
        raise DataError(f"draws: found {draws}, must be a whole number from 0 to {_MOST_DRAWS}")
    read = [one if isinstance(one, CustomerData) else read_data(one) for one in sources]
    if not read:
        raise DataError("found no file, must be at least one")
    for one in read:
        _refuse_many(one)
    base = load(ladder, trust=True) if ladder is not None else None
    asked = Asked(_day(until), control, randomised, period_months, base)
    tables = {kind: [_up_to(one.table(), asked.until) for one in read if one.kind == kind] for kind in _FITS}
    files = {kind: ", ".join(Path(one.report.file).name for one in read if one.kind == kind) for kind in _FITS}
    asked = replace(asked, customers=_customers(tables), written=_written(read))
    fits = [(fitted, files[kind]) for kind, fit in _FITS.items() if tables[kind] for fitted in fit(tables[kind], asked)]
    fits = _by_rung(tables, files, asked) + fits
    locale = Locale(base.language if base is not None else language)
    called = name or ", ".join(dict.fromkeys(Path(one.report.file).stem for one in read))[:200]
    text = find(ladder).read_bytes().decode("utf-8-sig") if ladder is not None else _of_data(tables, asked, called, locale, fits)
    if not text:
        return Calibration(tuple(fits), "", (), (("left_no_ladder", ()),), locale.language, None, tables, asked)
    scenario = base or loads(text)
    found, left = placed(fits, scenario, put)
    text = text_with(text, scenario, *_changes(found, locale, draws))
    folder = find(ladder).parent if ladder is not None else None
    loads(text, folder, trust=True)  # raises where it is no scenario
    return Calibration(tuple(fits), text, tuple(found), tuple(left), locale.language, folder, tables, asked)


def _written(read: Sequence[CustomerData]) -> datetime.date | None:
    """The day after that on which the last of the files was written, whatever the time zone; None where one is no file."""
    places = [Path(one._source) for one in read]
    if not all(place.is_file() for place in places):
        return None
    last = max(place.stat().st_mtime for place in places)
    return datetime.datetime.fromtimestamp(last, datetime.UTC).date() + datetime.timedelta(days=1)


def _refuse_many(read: CustomerData) -> None:
    """Raise DataError where a column of rungs may hold names of people: these are shown nowhere."""
    found = read.report.value("many_stages")
    found = found if found is not None else read.report.value("stages") if read.kind == "stages" else 0
    if read.report.value("many_stages") is not None or int(str(found or 0)) > MOST_RUNGS:
        raise DataError(
            f"rungs: found {found} different ones, must be at most {MOST_RUNGS}, each on many rows: is this the right column?"
        )


def _up_to(table: pd.DataFrame, until: datetime.date | None) -> pd.DataFrame:
    """The rows of what had begun by the last day watched; what is not dated stays."""
    if until is None:
        return table
    for day in ("date", "created", "start"):
        if day in table:
            began = pd.to_datetime(table[day])
            began = began.fillna(pd.to_datetime(table["won"])) if day == "created" and "won" in table else began
            table = table[~(began > pd.Timestamp(until))]
    return table.reset_index(drop=True)


def _customers(tables: Tables) -> pd.DataFrame | None:
    """Everybody in the files that list customers, with their first day; None where there is no such file."""
    found = [
        one.reindex(columns=["customer", day]).set_axis(["customer", "date"], axis=1)
        for kind, day in _FIRST_DAYS.items()
        for one in tables[kind]
    ]
    if not found:
        return None
    table = pd.concat([one.assign(date=pd.to_datetime(one["date"]).astype("datetime64[s]")) for one in found], ignore_index=True)
    return table.groupby("customer", sort=False)["date"].min().reset_index()


def _by_rung(tables: Tables, files: Mapping[str, str], asked: Asked) -> list[tuple[Fitted, str]]:
    """Orders by rung, where there are rungs with the days of steps, and orders of the same customers."""
    if not (tables["stages"] and tables["transactions"]):
        return []
    rungs, orders = _joined(tables["stages"]), _joined(tables["transactions"])
    if is_panel(rungs) or not orders["customer"].isin(rungs["customer"]).any():
        return []
    return [(fit_rung_orders(rungs, orders, until=asked.until), f"{files['stages']}, {files['transactions']}")]


def _changes(found: Sequence[Placed], locale: Locale, draws: int) -> tuple[dict[str, Any], dict[str, str]]:
    """Values and sources by dotted key."""
    values: dict[str, Any] = {one.key: {"low": one.low, "high": one.high} for one in found}
    if draws:
        values = {one.key: {"law": "draws", "values": one.values(draws)} for one in found}
    sources = {one.key: locale.text("fitting.source", file=one.file, n=one.n, number=locale.whole(one.n)) for one in found}
    return values, sources


def _day(until: datetime.date | str | None) -> datetime.date | None:
    if isinstance(until, str):
        try:
            return datetime.date.fromisoformat(until)
        except ValueError:
            raise DataError(f"until: found {until!r}, must be a day such as 2027-01-31") from None
    return until


def _of_data(tables: Tables, asked: Asked, called: str, locale: Locale, fits: Sequence[tuple[Fitted, str]]) -> str:
    """A scenario made of the data; empty where these have no rungs. The steps between rungs are those that were fitted."""
    if tables["stages"]:
        table = _joined(tables["stages"])
        last = table.sort_values("date", kind="stable").groupby("customer")["stage"].last()
        return of_stages(last, _steps_fitted(table, fits), called, locale)
    parts = {kind: _people(tables[kind]) for kind in ("deals", "transactions", "subscriptions") if tables[kind]}
    if not parts:
        return ""
    lists = (
        renewals_of(_joined(tables["subscriptions"]), until=asked.until, period_months=asked.period_months, written=asked.written)
        if tables["subscriptions"]
        else None
    )
    return of_parts(
        parts,
        called,
        locale,
        has_lost=any(one["lost"].notna().any() for one in tables["deals"] if "lost" in one),
        renewal_months=lists.period_months if lists else 0,
        fails=bool(lists and lists.has_reasons),
        leaves_at_orders=_better(fits),
    )


def _better(fits: Sequence[tuple[Fitted, str]]) -> bool:
    """Whether orders are likelier where customers leave after an order (BG/NBD) than where they leave over time (Pareto/NBD)."""
    likelihood = {fitted.model: fitted.log_likelihood for fitted, _ in fits}
    return likelihood.get("bg_nbd", 0.0) > likelihood.get("pareto_nbd", 0.0)


def _people(tables: Sequence[pd.DataFrame]) -> int:
    return int(_joined(tables)["customer"].nunique())


def _joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)


def _steps_fitted(table: pd.DataFrame, fits: Sequence[tuple[Fitted, str]]) -> list[Pair]:
    """The steps that a fit of a table of rungs has, in its order."""
    rungs = [str(rung) for rung in table["stage"].unique()]
    called = {named(pair): pair for pair in product(rungs, rungs)}
    return [called[name] for fitted, _ in fits if fitted.model in ("stage_history", "panel") for name in fitted.parameters]


def _stages(tables: Sequence[pd.DataFrame], asked: Asked) -> list[Fitted]:
    table = _joined(tables)
    if table["date"].isna().all():
        raise DataError(
            "rungs: found a single snapshot without dates, must be at least two days on which the same customers were seen"
        )
    steps = _steps_of_ladder(table, asked.ladder) if asked.ladder is not None else None
    if is_panel(table):
        return [fit_panel(table, steps)]
    return [fit_hazards(stays_of(table, until=asked.until), steps)]


def _steps_of_ladder(table: pd.DataFrame, ladder: Scenario) -> list[Pair] | None:
    """The ladder's steps over time between rungs of the data; None where it has none such: then those of the data are fitted, and told."""
    rungs = [str(rung) for rung in table["stage"].unique()]
    if not any(rung_called(ladder, rung) for rung in rungs):
        raise DataError(
            f"rungs: found {', '.join(rungs[:8])}, must be rungs of the ladder: {', '.join(rung.name for rung in ladder.rungs)}"
        )
    return list(steps_of(ladder, rungs)) or None


def _transactions(tables: Sequence[pd.DataFrame], asked: Asked) -> list[Fitted]:
    customers = summary(_joined(tables), until=asked.until)
    found = [from_the_left(one, customers) for one in best_of(customers)]
    if (customers["spend"] > 0).sum() >= 2:
        found.append(fit_spend(customers))
    return found


def _subscriptions(tables: Sequence[pd.DataFrame], asked: Asked) -> list[Fitted]:
    lists = renewals_of(_joined(tables), until=asked.until, period_months=asked.period_months, written=asked.written)
    return [fit_renewals(lists), *([fit_failed_payments(lists)] if lists.has_reasons else [])]


_Fit = Callable[[Sequence[pd.DataFrame], Asked], list[Fitted]]
_FITS: dict[str, _Fit] = {
    "stages": _stages,
    "deals": lambda tables, asked: [fit_deals(tables, until=asked.until, written=asked.written)],
    "transactions": _transactions,
    "subscriptions": _subscriptions,
    "referrals": lambda tables, asked: [
        fit_referrals(_joined(tables), customers=asked.customers, until=asked.until, written=asked.written)
    ],
    "contacts": lambda tables, asked: [fit_campaign(_joined(tables), control=asked.control, randomised=asked.randomised)],
}
