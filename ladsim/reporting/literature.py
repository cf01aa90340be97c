"""What others have measured beside a study's own numbers, in words: a table for the page and the screen, and what it is not.

In: `Replications`. Out: a `Grid`, or None where the scenario names no trade. A figure outside of a range is told without a judgement.
"""

from __future__ import annotations

from typing import Any

from ladsim.i18n import Locale
from ladsim.measures.explanation import study_measures
from ladsim.planning.literature import literature, without_range
from ladsim.planning.replications import Replications
from ladsim.reporting.page_model import Cell, Grid, Points, grid, text_cell
from ladsim.scenario.naming import Namer


def literature_items(study: Replications) -> tuple[Grid | Points, ...]:
    """The table with its note; the note alone where no measure has a range; nothing where the scenario names no trade."""
    found, note = literature_grid(study), literature_note(study)
    if found is not None:
        return (found,)
    return (Points((note,)),) if note else ()


def literature_grid(study: Replications) -> Grid | None:
    """A row a range: own figure, what was measured elsewhere, how the two lie, of what, the source."""
    table = literature(study)
    if table.empty:
        return None
    namer = Namer(study.source)
    say = namer.locale.text
    rows = []
    for row in table.to_dict("records"):
        said = f"{row['where']}, {row['years']}: {row['of']}"
        rows.append([
            text_cell(_name(row, namer)),
            Cell(_number(row["mean"], row["unit"], namer.locale), _between(row["low"], row["high"], row["unit"], namer.locale)),
            Cell(_between(row["lit_low"], row["lit_high"], row["unit"], namer.locale) or _number(row["lit_low"], row["unit"], namer.locale)),
            text_cell(say(f"literature.side_{row['side']}")),
            text_cell(said, row["source"]),
        ])  # fmt: skip
    head = ("", *(say(f"literature.h_{key}") for key in ("own", "range", "side", "of")))
    return grid(say("literature.caption"), head, rows, literature_note(study))


def literature_lines(study: Replications) -> list[tuple[str, str, str]]:
    """The same for a screen: of each range a line on how the two lie, what was measured there, and the source."""
    found = literature_grid(study)
    if found is None:
        return []
    say = Namer(study.source).locale.text
    lines = []
    for name, own, there, lie, of in found.rows:
        mine = f"{own.text} ({own.small})" if own.small else own.text
        told = say("literature.line", name=name.text, own=mine, range=there.text, side=lie.text)
        lines.append((told, of.text, say("literature.source", source=of.small)))
    return lines


def literature_note(study: Replications) -> str:
    """What a range is not, and which measures have none; empty where the scenario names no trade."""
    missing = without_range(study)
    namer = Namer(study.source)
    say = namer.locale.text
    said = [say("literature.note")] if not literature(study).empty else []
    if missing:
        names = [_name({"measure": one, "program": ""}, namer) for one in missing]
        said.append(say("literature.none", measures=namer.locale.listed(names)))
    return " ".join(said)


def _name(row: dict[Any, Any], namer: Namer) -> str:
    """What a measure is called."""
    if row["program"]:
        return namer.locale.text(f"wheel.m_{row['measure']}", of=namer.program(row["program"]))
    known = study_measures(namer.locale.language)
    said = known[row["measure"]].title if row["measure"] in known else namer.locale.text(f"wheel.m_{row['measure']}")
    return said[:1].upper() + said[1:]


def _number(value: float, unit: str, locale: Locale) -> str:
    return locale.percent(value) if unit.startswith("share") else locale.number(value)


def _between(low: float, high: float, unit: str, locale: Locale) -> str:
    """An interval or a range; empty where there is none."""
    if not low < high:  # NaN, too
        return ""
    if unit.startswith("share"):
        shown = locale.percent_beside((low, high))
        return locale.between(shown(low), shown(high))
    return locale.between(locale.number(low), locale.number(high))
