"""A plan that is followed, in words: on track or not and since when, how probable each target is by now, which step runs behind.

In: `Track`. Out: sentences, tables, JSON values, a page of its own.
"""

from __future__ import annotations

import math
from typing import Any

from ladsim.i18n.numerals import DASH
from ladsim.planning.commit_record import CommitRecord
from ladsim.planning.track import FEWEST, LINE, Track, blamed
from ladsim.reporting import commit_record
from ladsim.reporting.page_model import Cell, Command, Grid, Page, Points, Section, grid, text_cell
from ladsim.scenario.naming import Namer


class TrackWords:
    """What is said of a plan and its actuals, in the plan's language."""

    def __init__(self, track: Track) -> None:
        self.track, self.namer = track, Namer(track.plan.source)
        self.locale = self.namer.locale

    def text(self, key: str, **values: Any) -> str:
        """One of the texts of `track`."""
        return self.locale.text(f"track.{key}", **values)

    def name(self, name: str) -> str:
        """A rung or a step."""
        return self.namer.step(name) if "." in name else self.namer.rung(name)

    @property
    def heading(self) -> str:
        """Which plan it is, and until when there are actuals."""
        last = max(self.track.actuals.months)
        plan = self.track.plan
        return self.text(
            "heading", name=plan.source.heading, label=plan.label, month=self.locale.month(last), by=self.locale.month(plan.month)
        )

    def sentences(self) -> list[str]:
        """On track or not, since when, which step, what carries the probabilities."""
        found = self.track
        off = found.now[found.now["status"] != "fine"]
        if found.now.empty:
            said = [self.text("no_lines")]
        elif off.empty:
            said = [self.text("on_track")]
        else:
            said = [self.text("off_track")]
            for row in off.to_dict("records"):
                key = f"since_{row['status']}" + ("" if row["meets"] == "at least" else "_above")
                said.append(self.text(key, name=self.name(row["name"]), since=self.locale.month(row["since"])))
        step = blamed(found) if not off.empty else None
        if step is not None:
            key = "step" if step["measured"] else "step_near"
            said.append(self.text(key, step=self.name(step["step"]), behind=self.locale.number(step["behind"], 2)))
        elif not off.empty:
            said.append(self.text("no_step_measured" if found.steps["measured"].any() else "no_step"))
        return [*said, self._carried(), *commit_record.sentences(found.record, self.locale), *self._passed_over()]

    def _carried(self) -> str:
        found = self.track
        carried, count = self.locale.whole(found.carried_by), self.locale.text("count.futures", n=found.plan.runs.count)
        if found.outside:
            return self.text("outside", names=self.locale.listed([self.name(name) for name in found.outside]))
        if found.carried_by < FEWEST:
            return self.text("too_few", carried=carried, futures=count, fewest=self.locale.whole(FEWEST))
        said = self.text("carried", carried=carried, futures=count)
        return said if found.fit == LINE else f"{said} {self.text(f'fit_{found.fit}', figures=self.locale.whole(found.figures))}"

    def _passed_over(self) -> list[str]:
        actuals, said = self.track.actuals, []
        if actuals.unknown:
            said.append(self.text("unknown", names=self.locale.listed([f"“{name}”" for name in actuals.unknown[:8]])))
        if actuals.late:
            said.append(self.text("late", month=self.locale.month(actuals.late[0])))
        return said

    def months(self) -> Grid:
        """Every actual against its lines."""
        rows: list[list[str | Cell]] = []
        for row in self.track.months.to_dict("records"):
            alarm = self.locale.people(row["alarm"]) if math.isfinite(row["alarm"]) else DASH
            rows.append(
                [
                    text_cell(self.locale.month_number(row["month"])),
                    text_cell(self.name(row["name"])),
                    Cell(self.locale.people(row["actual"]), strong=row["status"] != "fine"),
                    Cell(self.locale.people(row["expect"])),
                    Cell(self.locale.people(row["warning"])),
                    Cell(alarm),
                    text_cell(self.text(f"is_{row['status']}")),
                ]
            )
        head = (
            self.locale.text("page.h_month"),
            *(self.text(f"h_{key}") for key in ("name", "actual", "expect", "warning", "alarm", "status")),
        )
        return grid(self.text("t_months"), head, rows)

    def targets(self) -> Grid:
        """How probable each target was, and is by now."""
        rows: list[list[str | Cell]] = []
        for row in self.track.targets.to_dict("records"):
            own = row["target"] in ("commit", "expect", "stretch")
            target = self.locale.text(f"page.h_{row['target']}") if own else self.namer.goal(row["target"], row["by_month"])
            target = self.text("goal") if target == self.name(row["name"]) else target
            known = math.isfinite(row["probability"])
            now = self.locale.percent(row["probability"]) if known else self.text("cannot_tell")
            ends = [self.locale.percent(row[f"probability_{end}"]) for end in ("low", "high")] if known else []
            wanted = self.locale.percent(row["wanted"]) if 0.0 < row["wanted"] < 1.0 else self.locale.people(row["wanted"])
            rows.append(
                [
                    text_cell(self.name(row["name"])),
                    text_cell(target),
                    text_cell(self.locale.month(row["by_month"])),
                    Cell(wanted),
                    Cell(self.locale.percent(row["before"])),
                    Cell(now, self.locale.between(*ends) if ends else "", strong=known),
                ]
            )
        head = ("", *(self.text(f"h_{key}") for key in ("target", "by", "wanted", "before", "now")))
        return grid(self.text("t_targets"), head, rows)


def tables(track: Track) -> dict[str, Any]:
    """The tables by name."""
    own = {"track_months": track.months, "track_now": track.now, "track_targets": track.targets, "track_steps": track.steps}
    return {**own, "track_record": (track.record or CommitRecord("", ())).table()}


def answer(track: Track) -> dict[str, Any]:
    """A track as JSON values."""
    step = blamed(track)
    return {
        "kind": "track",
        "scenario": track.plan.source.name,
        "strategy": track.plan.strategy,
        "month": max(track.actuals.months),
        "verdict": TrackWords(track).sentences(),
        "can_tell": track.can_tell,
        "carried_by": track.carried_by,
        "outside": list(track.outside),
        "fit": track.fit,
        "step": None if step is None else step["step"],
        "unknown": list(track.actuals.unknown),
        "record": commit_record.answer(track.record),
        "tables": {
            name: table.astype(object).where(table.notna(), None).to_dict("records") for name, table in tables(track).items()
        },
    }


def page(track: Track, command: str = "") -> Page:
    """The track on a page of its own."""
    told = TrackWords(track)
    first, *more = told.sentences()
    made = [Section("made", told.locale.text("page.s_made"), (), (Command(command),))] if command else []
    return Page(
        title=told.text("title", name=track.plan.source.heading),
        overline=told.heading,
        verdict=first,
        caveat="",
        notes=tuple(more),
        answers=(),
        first=(told.targets(), told.months(), *commit_record.entered(track.record, told.namer)),
        sections=(Section("how", told.text("how"), (), (Points((told.text("how_lines"), told.text("how_near"))),)), *made),
        language=told.locale.language,
    )
