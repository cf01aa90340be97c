"""The loyalty wheel in words and as a section of a page: its picture, its six spokes, what each moves.

In: a `LoyaltyWheel`. Out: sentences, rows, a `Section`, the picture. The terminal (``cli.wheel``) reads the same rows.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from ladsim.i18n.numerals import DASH
from ladsim.i18n.written import Several
from ladsim.measures.wheel import SPOKES
from ladsim.planning.replications import Replications
from ladsim.planning.wheel import LoyaltyWheel, loyalty_wheel
from ladsim.reporting.figure_style import WIDTH, Chart
from ladsim.reporting.page_model import Cell, Grid, Picture, Section, grid, text_cell
from ladsim.reporting.wheel_picture import Sector, wheel_picture
from ladsim.scenario.naming import Namer

Row = dict[Any, Any]


class WheelWords:
    """A wheel in the language of its scenario."""

    def __init__(self, wheel: LoyaltyWheel) -> None:
        self.wheel = wheel
        self.namer = Namer(wheel.runs.source)
        self.locale = self.namer.locale
        self.currency = wheel.runs.scenario.currency
        self.rows: list[Row] = wheel.spokes.to_dict("records")

    def text(self, key: str, **values: Any) -> str:
        """A text of the catalogue."""
        return self.locale.text(key, **values)

    def name(self, spoke: str) -> str:
        """What a spoke is called."""
        return self.locale.text(f"wheel.{spoke}")

    def by(self, row: Row) -> str:
        """What the score is a share of."""
        return self.locale.text(f"wheel.by_{row['measured_by'] or 'nothing'}")

    def score(self, row: Row) -> tuple[str, str]:
        """The score and its interval, whole numbers."""
        if not math.isfinite(row["score"]):
            return DASH, ""
        low, high = row["score_low"], row["score_high"]
        between = self.locale.between(self._whole(low), self._whole(high)) if math.isfinite(low) and low < high else ""
        return self._whole(row["score"]), between

    def spent(self, row: Row) -> str:
        """What is spent, and the share of all."""
        value = self.locale.money(row["spend"], self.currency)
        return self._with_share(value, row["spend_share"]) if row["spend"] else value

    def lost(self, row: Row) -> str:
        """Who left the ladder, and the share of all who did; a dash where no rung is the spoke's."""
        if row["spoke"] not in set(self.wheel.losses["spoke"]):
            return DASH
        value = self.locale.people(row["lost"])
        return self._with_share(value, row["lost_share"]) if row["lost"] else value

    def fallen(self, row: Row) -> str:
        """Who fell to a lower rung, where anybody did."""
        if row["fallen"] <= 0:
            return ""
        number = self.locale.people(row["fallen"])
        return Several(self.text("wheel.fallen", n=number), ((self.text("wheel.h_fallen"), number),))

    def places(self, row: Row) -> str:
        """The spoke's touchpoints, and whether they are in use."""
        return str(row["touchpoints"]) if row["in_use"] else self.text("wheel.not_used", places=row["touchpoints"])

    def moved(self, row: Row) -> tuple[str, str, str]:
        """What is moved, its mean and interval."""
        if row["measure"] == "step":
            what = self.namer.step(row["of"])
        else:
            what = self.locale.text(f"wheel.m_{row['measure']}", of=self.namer.program(row["of"]))
        if not math.isfinite(row["mean"]):
            return what, DASH, ""
        low, high = row["low"], row["high"]
        between = ""
        if math.isfinite(low) and low < high:
            between = self.locale.between(self._in(low, row["unit"]), self._in(high, row["unit"]))
        return what, self._in(row["mean"], row["unit"]), between

    def verdict(self) -> list[str]:
        """The answer: lowest and highest score, where the money goes, where people are lost."""
        said = []
        known = [row for row in self.rows if math.isfinite(row["score"])]
        if len(known) > 1:
            least, most = (pick(known, key=lambda row: row["score"]) for pick in (min, max))
            ends = {"weakest": self.name(least["spoke"]), "strongest": self.name(most["spoke"])}
            said.append(self.text("wheel.v_weakest", low=self._whole(least["score"]), high=self._whole(most["score"]), **ends))
        spend = sum(row["spend"] for row in self.rows)
        most = max(self.rows[: len(SPOKES)], key=lambda row: row["spend"])
        if most["spend"] > 0.0:
            share, total = self.locale.percent(most["spend_share"]), self.locale.money(spend, self.currency)
            said.append(self.text("wheel.v_spend", spoke=self.name(most["spoke"]), share=share, spend=total))
        else:
            said.append(self.text("wheel.v_no_spend"))
        losses = self.wheel.losses
        if losses["lost"].sum() > 0.0:
            worst = losses.loc[losses["lost"].idxmax()]
            share = self.locale.percent(worst["lost"] / losses["lost"].sum())
            rung, spoke, n = self.namer.rung(worst["rung"]), self.name(worst["spoke"]), self.locale.people(worst["lost"])
            said.append(self.text("wheel.v_lost", rung=rung, spoke=spoke, n=n, share=share))
        return said

    def picture(self, path: Path | None = None, width: float = WIDTH) -> Chart:
        """The wheel as a picture; written to `path` if that is given, with its title and what it shows in words, for it stands alone."""
        sectors = []
        for row in self.rows[: len(SPOKES)]:
            share = row["spend_share"] if math.isfinite(row["spend_share"]) else 0.0
            lines = [self.text("wheel.spent_line", value=self.spent(row))]
            if row["spoke"] in set(self.wheel.losses["spoke"]):
                lines.append(self.text("wheel.lost_line", value=self.lost(row)))
            number, low, high = self.score(row)[0], row["score_low"], row["score_high"]
            sectors.append(Sector(self.name(row["spoke"]), row["score"], low, high, number, share, tuple(lines)))
        said = "; ".join(self.text("wheel.said", spoke=one.label, score=one.number) for one in sectors)
        title = self.text("wheel.chart", label=self.wheel.label)
        key = self.text("wheel.c_chart") if path is not None else ""
        return wheel_picture(sectors, title, self.text("wheel.alt", said=said), key=key, path=path, width=width)

    def _whole(self, score: float) -> str:
        return self.locale.whole(round(score))

    def _with_share(self, value: str, share: float) -> str:
        if not math.isfinite(share):
            return value
        percent = self.locale.percent(share)
        return Several(
            self.text("wheel.share_of", value=value, share=percent), (("", value), (self.text("workbook.share"), percent))
        )

    def _in(self, value: float, unit: str) -> str:
        if unit == "share":
            return self.locale.percent(value)
        if unit == "currency":
            return self.locale.money(value, self.currency)
        return self.locale.people(value) if unit == "people" else self.locale.number(value)


def _told(study: Replications) -> WheelWords | None:
    """The wheel of a strategy's futures; None where most spokes have nothing to measure them by."""
    wheel = loyalty_wheel(study)
    return WheelWords(wheel) if wheel.told else None


def wheel_verdict(study: Replications) -> str:
    """The answer of the wheel; empty where there is none."""
    told = _told(study)
    return " ".join(told.verdict()) if told is not None else ""


def wheel_picture_of(study: Replications) -> Picture | None:
    """The wheel for a page; None where there is none."""
    told = _told(study)
    return Picture(told.picture, told.text("wheel.c_chart")) if told is not None else None


def wheel_section(study: Replications, pictured: bool = True) -> Section | None:
    """The section of a strategy's page, with the wheel's picture and answer (`pictured`) unless they stand on the page already."""
    told = _told(study)
    if told is None:
        return None
    wheel = told.wheel
    say = told.text
    moved = []
    for row in wheel.moves.to_dict("records"):
        what, mean, between = told.moved(row)
        moved.append([text_cell(what), text_cell(told.name(str(row["spoke"]))), Cell(mean, between)])
    return Section(
        "wheel",
        say("wheel.title"),
        (*([" ".join(told.verdict())] if pictured else []), say("wheel.convention")),
        (
            *filter(None, [wheel_picture_of(study) if pictured else None]),
            spokes(told),
            grid(
                say("wheel.t_moves"),
                (say("wheel.h_measure"), say("wheel.h_spoke"), say("page.h_mean")),
                moved,
                say("wheel.n_moves"),
            ),
        ),
    )


def spokes(told: WheelWords) -> Grid:
    """The six spokes: score, money, people lost, touchpoints."""
    rows = [
        [
            text_cell(told.name(row["spoke"]), told.by(row) if row["spoke"] in SPOKES else ""),
            Cell(*told.score(row)),
            Cell(told.spent(row)),
            Cell(told.lost(row), told.fallen(row)),
            text_cell(told.places(row)),
        ]
        for row in told.rows
    ]
    head = ("", *(told.text(f"wheel.h_{key}") for key in ("score", "spend", "lost", "touchpoints")))
    return grid(told.text("wheel.t_spokes"), head, rows, told.text("wheel.n_spokes"))
