"""From an export to one answer: read, place, calibrate, go on from the base, and say what can be promised and how far to trust it.

In: files of customers' data. Out: a `Forecast`: what ``read_data``, ``place``, ``calibrate``, ``set_targets`` and ``backtest`` gave, each called as
anybody calls it, and the scenario between them. Where there are orders, it goes on from the placed base (``placing.going_on``); where
there are rungs of a CRM with their days, it is the one that ``calibrate`` makes, everybody on the rung where they were last seen. Ctrl-C
ends it early with what is done.
"""

from __future__ import annotations

import datetime
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pandas as pd

from ladsim.data.read import CustomerData, known_day, read_data
from ladsim.errors import DataError, OutputError
from ladsim.files import read_at_most, temporary_folder
from ladsim.fitting.calibration import Calibration, calibrate
from ladsim.fitting.fitted import Fact
from ladsim.fitting.joint import joint_file, write_joint
from ladsim.i18n import Locale
from ladsim.placing.going_on import GoingOn, going_on
from ladsim.placing.place import Placement, place
from ladsim.planning.backtest import Backtest, backtest
from ladsim.planning.targets import Targets, set_targets
from ladsim.scenario.load import load
from ladsim.scenario.spec import Scenario

MONTHS = 12
REPLICATIONS = 200
PART_OF_A_BACKTEST = 40  # futures of each ladder
SCENARIO = "scenario.toml"
_MOST_BYTES = 10_000_000


@dataclass(frozen=True)
class Forecast:
    """What customers' data say of the base today and of the months to come."""

    data: tuple[CustomerData, ...]
    placed: Placement = field(repr=False)
    found: Calibration = field(repr=False)
    base: GoingOn | None = field(repr=False)  # where there are orders; None: the rungs of a CRM say where everybody stands
    text: str = field(repr=False)  # the scenario, whose ranges are drawn from `draws`
    draws: pd.DataFrame = field(repr=False)
    scenario: Scenario = field(repr=False)
    targets: Targets | None = field(repr=False)  # None: it was interrupted before
    backtest: Backtest | None = field(repr=False)
    no_backtest: str = ""  # why there is none: name of a text `forecast.no_backtest_NAME`
    interrupted: bool = False
    language: str = "en"

    @property
    def months(self) -> int:
        """How far it looks ahead."""
        return int(self.scenario.months)

    def open_questions(self) -> list[Fact]:
        """What the data cannot tell of the months to come, besides what the fits leave open: texts `forecast.open_NAME`."""
        said: list[Fact] = []
        kinds = {one.kind for one in self.data}
        if self.base is None:
            said.append(("crm", ()))
        elif self.base.new is None:
            said.append(("no_new", ()))
        else:
            said.append(
                (
                    "growth",
                    (("growth", self.base.new.growth), ("error", self.base.new.growth_error), ("n", self.base.new.counts.size)),
                )
            )
        said.append(("season", ()))
        if self.base is not None and not self.placed.has_interval:
            said.append(("gone", ()))
        if "referrals" not in kinds:
            said.append(("referrals", ()))
        if "contacts" not in kinds:
            said.append(("campaigns", ()))
        return [*said, ("money", ())]


def forecast(
    sources: Sequence[str | os.PathLike[str] | CustomerData],
    *,
    months: int = MONTHS,
    until: datetime.date | str | None = None,
    replications: int = REPLICATIONS,
    with_backtest: bool = True,
    seed: int = 1,
    processes: int | None = None,
    language: str = "en",
    name: str = "",
    progress: Callable[[str, int, int], None] | None = None,
) -> Forecast:
    """Read customers' data, place everybody, fit, go on from there for some months, and say what can be promised.

    `sources`: files as ``read_data`` reads them, or what it gave: transactions, or rungs of a CRM with their days; beside them whatever
    there is. `months`: how far ahead. `until`: the last day that counts; without it the last of the data. `replications`: futures.
    `with_backtest`: whether the forecast of the last third of the orders is judged, too. `progress` is told the step, how much of it is
    done, and of how much. Needs the extra `data`. Ctrl-C during the targets or the backtest keeps what is done.

    Raises DataError where the data cannot be read, placed or fitted, or hold neither orders nor rungs with days.

    >>> import pandas as pd, tempfile, os
    >>> days = pd.Timestamp("2024-01-01") + pd.to_timedelta([37 * k * k % 364 for k in range(900)], unit="D")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = os.path.join(folder, "sales.csv")
    ...     pd.DataFrame({"customer": [k % 150 for k in range(900)], "date": days.date}).to_csv(file, index=False)
    ...     found = forecast([file], months=3, replications=40, with_backtest=False, processes=1)
    >>> int(found.placed.customers), "repeat" in set(found.targets.rungs["rung"])
    (150, True)
    """
    if not 1 <= months <= 60:
        raise DataError(f"months: found {months}, must be a whole number from 1 to 60")
    last = known_day(until)

    def tell(step: str, done: int = 0, total: int = 0) -> None:
        if progress is not None:
            progress(step, done, total)

    tell("read")
    data = tuple(one if isinstance(one, CustomerData) else read_data(one, until=last) for one in sources)
    refuse_unfit(data)
    tell("place")
    placed = place(*data, until=last, language=language)
    tell("calibrate")
    locale = Locale(language)
    called = name or ", ".join(dict.fromkeys(Path(one.report.file).stem for one in data))[:200]
    found = calibrate(data, until=placed.end if last is None else last, language=language, name=called)
    base = None
    if has_orders(data):
        base = going_on(placed, found, months, called, locale, joint_file(Path(SCENARIO)).name)
    with temporary_folder() as folder:
        scenario, text, draws = _written(folder, base, found, months, placed.end)
        made = Forecast(data, placed, found, base, text, draws, scenario, None, None, "", False, language)
        try:
            studied = set_targets(
                scenario, None, replications=replications, seed=seed, processes=processes, store=False,
                progress=lambda done, total, left: tell("targets", done, total),
            )  # fmt: skip
        except KeyboardInterrupt:
            return replace(made, interrupted=True, no_backtest="interrupted")
    made = replace(made, targets=studied)
    if studied.interrupted:
        return replace(made, interrupted=True, no_backtest="interrupted")
    if not with_backtest:
        return replace(made, no_backtest="not_asked")
    return _judged(made, last, seed, lambda done, total: tell("backtest", done, total))


def has_orders(data: Sequence[CustomerData]) -> bool:
    """Whether the forecast goes on from orders: where there are no rungs with the days of steps."""
    return any(one.kind == "transactions" for one in data) and not any(one.kind == "stages" for one in data)


def refuse_unfit(data: Sequence[CustomerData]) -> None:
    """Raise DataError where there are neither orders nor rungs with days."""
    if not data:
        raise DataError("found no file, must be at least one")
    kinds = {one.kind for one in data}
    if not kinds & {"transactions", "stages"}:
        raise DataError(
            f"found {', '.join(sorted(kinds))}, must be orders of customers, or rungs of a CRM with their days, to go on from"
        )


def _written(
    folder: Path, base: GoingOn | None, found: Calibration, months: int, end: datetime.date | None
) -> tuple[Scenario, str, pd.DataFrame]:
    """The scenario, loaded from a folder in which it stands beside its draws."""
    from ladsim.files import write_text

    place = folder / SCENARIO
    if base is not None:
        write_joint(base.table, joint_file(place))
        write_text(place, base.text)
    else:
        found.write(place)
        write_text(place, _from_day(place.read_text(encoding="utf-8"), months, end))
    draws = pd.read_parquet(joint_file(place)) if joint_file(place).exists() else pd.DataFrame()
    return load(place), place.read_text(encoding="utf-8"), draws


def _from_day(text: str, months: int, end: datetime.date | None) -> str:
    """The scenario for so many months from the day after `end` on; its comments stay."""
    import tomlkit

    document = tomlkit.parse(text)
    document["months"] = months
    if end is not None:
        document["start_date"] = end + datetime.timedelta(days=1)
    return tomlkit.dumps(document)


def _judged(made: Forecast, until: datetime.date | None, seed: int, tell: Callable[[int, int], None]) -> Forecast:
    """With the backtest of the orders; where these are too few weeks, with the reason."""
    orders = [one for one in made.data if one.kind == "transactions"]
    if not orders:
        return replace(made, no_backtest="no_orders")
    try:
        judged = backtest(
            orders, until=until, replications=PART_OF_A_BACKTEST, seed=seed, language=made.language, progress=tell
        )  # fmt: skip
    except DataError as error:
        return replace(made, no_backtest="too_short" if "weeks before the first forecast" in str(error) else "no_fit")
    except KeyboardInterrupt:
        return replace(made, no_backtest="interrupted", interrupted=True)
    return replace(made, backtest=judged)


def tables_of(made: Forecast) -> Mapping[str, pd.DataFrame]:
    """The tables of the answer by the names of their files: rungs, moves, targets, draws' summary, weeks of the backtest."""
    found = {"rungs.csv": made.placed.rungs(), "months.csv": made.placed.months()}
    if made.targets is not None:
        found |= {
            "targets_rungs.csv": made.targets.rungs,
            "targets_steps.csv": made.targets.steps,
            "checkpoints.csv": made.targets.checkpoints,
        }
    if made.backtest is not None:
        found |= {"backtest_totals.csv": made.backtest.totals, "backtest_weeks.csv": made.backtest.weeks}
    return found


def files_of(made: Forecast, with_ids: bool = False) -> dict[str, bytes]:
    """The files beside the tables by their names: the scenario, its draws, and the placed customers (numbers in place of ids unless `with_ids`)."""
    with temporary_folder() as folder:
        customers = folder / "customers.csv"
        made.placed.write(customers, with_ids)
        found = {SCENARIO: _signed(made.text).encode("utf-8"), "customers.csv": customers.read_bytes()}
        if len(made.draws):
            write_joint(made.draws, joint_file(folder / SCENARIO))
            found[joint_file(Path(SCENARIO)).name] = joint_file(folder / SCENARIO).read_bytes()
    return found


def write(made: Forecast, folder: str | os.PathLike[str], with_ids: bool = False) -> Path:
    """Write the scenario, its draws, the placed customers and the tables into a folder that need not be there; its path. Raises OutputError."""
    from ladsim.files import write_file
    from ladsim.planning.csv_files import csv_bytes

    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    refuse_edited(place / SCENARIO)
    files = files_of(made, with_ids) | {name: csv_bytes(table) for name, table in tables_of(made).items()}
    for name, data in files.items():
        write_file(place / name, partial(_filled, data))
    return place


def _filled(data: bytes, place: Path) -> None:
    place.write_bytes(data)


_SIGN = "# ladsim forecast "  # the last line of a scenario that nobody has edited: of what stands above it


def _signed(text: str) -> str:
    """The scenario with a line at its end by which it is known whether somebody has edited it."""
    return f"{text}{_SIGN}{hashlib.sha256(text.encode()).hexdigest()[:16]}\n"


def refuse_edited(place: Path) -> None:
    """Raise OutputError where a scenario that somebody has edited would be replaced."""
    if not place.is_file():
        return
    text = read_at_most(place, _MOST_BYTES).decode("utf-8", errors="replace").replace("\r\n", "\n")
    body, mark, _ = text.rpartition(_SIGN)
    if not mark or _signed(body) != text:
        raise OutputError(
            f"{place}: has been edited since ladsim wrote it; name another folder (--out), or --force to replace it"
        )
