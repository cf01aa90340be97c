"""The one-page answer: the base on its ladder, what moves in a month, what can be promised, how far to trust it, what the data cannot tell.

In: a `Forecast`. Out: a `Page`, sentences, JSON values, the tables of a screen. No customer is in any of it.
"""

from __future__ import annotations

from typing import Any

from ladsim.errors import without_control
from ladsim.fitting.words import told as fits_told
from ladsim.i18n import Locale
from ladsim.i18n.catalogue import loose
from ladsim.placing.told import about, month_rows, rung_rows
from ladsim.planning.forecast import Forecast, tables_of
from ladsim.planning.studies import view_of
from ladsim.planning.targets import Targets
from ladsim.reporting.backtest import BacktestWords
from ladsim.reporting.page_model import Cell, Command, Grid, Page, Picture, Points, Section, grid, text_cell
from ladsim.reporting.placing_picture import draw_placement
from ladsim.scenario.naming import Namer

MONTHS_SHOWN = 12


class ForecastWords:
    """What is said of a forecast, in its language."""

    def __init__(self, found: Forecast) -> None:
        self.found, self.locale = found, Locale(found.language)

    def text(self, key: str, **values: Any) -> str:
        """One of the texts of `forecast`."""
        return self.locale.text(f"forecast.{key}", **values)

    def verdict(self) -> str:
        """How many are there, and the promise of the first customer rung above new ones."""
        said = [self._base()]
        if self.found.targets is None:
            return " ".join([*said, self.text("without_targets")])
        if promise := self._promise(self.found.targets):
            said.append(promise)
        return "\n".join(said)

    def _base(self) -> str:
        placed = self.found.placed
        people = placed.rungs().set_index("rung")
        ordered = placed.facts.has_ordered()
        gone = float(sum(people.loc[name, "people"] for name, on in self._rungs() if not on))
        at_end = [name for name, on in self._rungs() if not on]
        n = int(ordered.sum()) or placed.customers
        limits = ""
        if placed.has_interval and len(at_end) == 1:
            low, high = float(people.loc[at_end[0], "low"]), float(people.loc[at_end[0], "high"])
            limits = self.text(
                "limits", low=self.locale.between(self.locale.people(max(0.0, n - high)), self.locale.people(n - low))
            )
        day = self.locale.date(placed.end) if placed.end is not None else ""
        if self.found.base is None:
            on = self.locale.people(placed.customers - gone)
            return self.text(
                "verdict_crm", day=day, on=on, people=self.locale.whole(placed.customers), gone=self.locale.people(gone)
            )
        return self.text(
            "verdict",
            day=day,
            active=self.locale.people(n - gone),
            people=self.locale.whole(n),
            gone=self.locale.people(gone),
            limits=limits,
        )

    def _rungs(self) -> list[tuple[str, bool]]:
        rule = self.found.placed.rule
        return list(zip(rule.names, rule.on_ladder, strict=True))

    def _promise(self, study: Targets) -> str:
        """The promise of the highest rung that has people."""
        namer = Namer(study.runs.source)
        rows = study.rungs[(study.rungs["meets"] == "at least") & (study.rungs["commit"] > 0)]
        if rows.empty:
            return ""
        row = rows.iloc[-1]
        locale = namer.locale
        return self.text(
            "promise",
            month=locale.month(study.month),
            rung=namer.rung(row["rung"]),
            commit=locale.people(row["commit"]),
            expect=locale.people(row["expect"]),
        )

    def trust(self) -> list[str]:
        """How far to trust it: the backtest's sentences, or why there is none."""
        if self.found.backtest is None:
            return [self.text("trust_no_backtest"), self.text(f"no_backtest_{self.found.no_backtest}")]
        return [
            *BacktestWords(self.found.backtest).sentences(),
            self.text("trust_what" if self.found.base else "trust_orders_alone"),
        ]

    def cannot(self) -> list[str]:
        """What the data cannot tell: of the months to come, then what the fits leave open."""
        own = [
            self.text(f"open_{key}", **{name: self._written(name, value) for name, value in values})
            for key, values in self.found.open_questions()
        ]
        rest = fits_told(self.found.found, self.locale)[-1].lines
        return [*own, *(str(line) for line in rest)]

    def _written(self, name: str, value: object) -> str:
        return (
            str(self.locale.percent(float(str(value))))
            if name in ("growth", "error")
            else str(self.locale.whole(float(str(value))))
        )

    def moves(self) -> Grid | None:
        """Who moved, month by month."""
        rows = month_rows(self.found.placed, self.locale)[-MONTHS_SHOWN:]
        if not rows:
            return None
        head = [self.locale.text(f"placing.{key}") for key in ("month", "new", "up", "down", "lapsed", "back")]
        cells: list[list[str | Cell]] = [[text_cell(first), *map(Cell, rest)] for first, *rest in rows]
        return grid(self.text("t_moves"), head, cells, self.text("n_moves"))

    def base(self) -> Grid:
        """How many stand on each rung."""
        head = [self.locale.text(f"placing.{key}") for key in ("rung", "people", "interval", "share")]
        rows: list[list[str | Cell]] = [
            [text_cell(first), *map(Cell, rest)] for first, *rest in rung_rows(self.found.placed, self.locale)
        ]
        return grid(self.locale.text("placing.base"), head, rows)

    def targets(self) -> list[Grid]:
        """Commit, expect and stretch of each rung: as the page of targets has them."""
        study = self.found.targets
        return [] if study is None else [one for one in view_of(study).gist(study).tables if isinstance(one, Grid)]

    def read(self) -> list[str]:
        """What was read of each file, and how everybody was placed."""
        lines = [line for one in self.found.data for line in one.report.lines(self.locale)]
        return [loose(line.strip()) for line in (*lines, *about(self.found.placed, self.locale))]

    def files(self) -> Grid:
        """What lies beside the page."""
        names = file_names(self.found)
        rows: list[list[str | Cell]] = [[text_cell(name), text_cell(self.text(f"file_{key}"))] for key, name in names.items()]
        return grid(self.text("s_files"), (self.text("h_file"), self.text("h_what")), rows)


def file_names(found: Forecast) -> dict[str, str]:
    """The files of the answer, but for its page: what each is → its name."""
    first = {
        "scenario": "scenario.toml",
        **({"posterior": "scenario.posterior.parquet"} if len(found.draws) else {}),
        "customers": "customers.csv",
    }
    return first | {name.removesuffix(".csv"): name for name in tables_of(found)}


def page(found: Forecast, command: str = "") -> Page:
    """The answer on one page."""
    words = ForecastWords(found)
    locale = words.locale
    placed = found.placed

    def draw(width: float = 7.6) -> Any:
        return draw_placement(placed, locale, width=width)

    trust: list[Any] = [Points(tuple(words.trust()))]
    if found.backtest is not None:
        told = BacktestWords(found.backtest)
        trust += [told.totals(found.backtest.origins[0]), told.picture(0)]
    moves = words.moves()
    sections = [
        *([Section("moves", words.text("s_moves"), (), (moves,))] if moves is not None else []),
        Section("trust", words.text("s_trust"), (), tuple(trust)),
        Section("cannot", words.text("s_cannot"), (), (Points(tuple(words.cannot())),)),
        Section("read", words.text("s_read"), (), (Points(tuple(words.read())),)),
        Section("files", words.text("s_files"), (), (words.files(),)),
    ]
    if command:
        sections.append(Section("made", locale.text("page.s_made"), (), (Command(command),)))
    files = ", ".join(without_control(one.report.file.replace("\\", "/").rpartition("/")[2]) for one in found.data)
    count = found.targets.runs.count if found.targets is not None else 0
    notes = [words.text("stopped", futures=locale.text("count.futures", n=count))] if found.interrupted and count else []
    return Page(
        title=words.text("title"),
        overline=words.text(
            "overline", files=files, people=locale.whole(placed.customers), day=locale.date(placed.end) if placed.end else "",
            months=locale.whole(found.months), futures=locale.text("count.futures", n=count),
        ),
        verdict=words.verdict(),
        caveat="",
        notes=tuple(notes),
        answers=(),
        first=(*words.targets(), Picture(draw, words.text("base_read" if found.placed.has_interval else "base_read_alone"))),
        sections=tuple(sections),
        language=locale.language,
    )  # fmt: skip


def answer(found: Forecast) -> dict[str, Any]:
    """The answer as JSON values."""
    words = ForecastWords(found)
    tables = {name.removesuffix(".csv"): table for name, table in tables_of(found).items()}
    told = {}
    for name, table in tables.items():
        days = {column: str for column in ("origin", "last_day", "month") if column in table and name != "checkpoints"}
        told[name] = table.astype(days).astype(object).where(table.notna(), None).to_dict("records")
    return {
        "kind": "forecast", "files": [one.report.file for one in found.data], "day": found.placed.end.isoformat() if found.placed.end else None,
        "customers": found.placed.customers, "months": found.months, "interrupted": found.interrupted, "verdict": words.verdict().splitlines(),
        "read": words.read(), "trust": words.trust(), "cannot_tell": words.cannot(), "tables": told,
    }  # fmt: skip
