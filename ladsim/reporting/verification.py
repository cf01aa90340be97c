"""What verification found, in words: a table for the screen, a page with each closed form drawn beside its simulation, a page for the documentation.

In: a `Verification`, a language. Out: rows of text, a `Page`, Markdown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from itertools import groupby

from ladsim.i18n import Locale
from ladsim.i18n.numerals import DASH
from ladsim.reporting.figure_style import GAIN, INK, QUIET, WIDTH, Chart, finish, paper, style
from ladsim.reporting.page_model import Cell, Command, Page, Picture, Points, Section, grid, text_cell
from ladsim.verifying.verify import FAILS, HOLDS, SKIPPED, Line, Verification

HEADS = ("row", "model", "value", "engine", "found", "error", "formula", "bound", "verdict")
_PICTURED = 3  # values from which a model is drawn


def model(line: Line, locale: Locale) -> str:
    """What a line's model is called."""
    return locale.text(f"verify.row_{line.name}")


def value(line: Line, locale: Locale) -> str:
    """What a line's number is called."""
    return locale.text(f"verify.value_{line.value}") if line.value else ""


def rows(found: Verification, locale: Locale) -> list[list[str]]:
    """The whole table: row, model, value, engine, found, standard error, formula, bound, verdict."""
    return [
        [
            line.row,
            model(line, locale),
            value(line, locale),
            locale.text(f"verify.engine_{line.engine}"),
            *(_number(number, locale) for number in (line.found, line.error, line.formula, line.bound)),
            locale.text(f"verify.{line.verdict}"),
        ]
        for line in found.lines
    ]


def heads(locale: Locale) -> list[str]:
    """The heads of its columns."""
    return [locale.text(f"verify.h_{key}") for key in HEADS]


def short_rows(found: Verification, locale: Locale) -> list[list[str]]:
    """The table for a screen of usual width: row, number, found, formula, bound, verdict; by which engine where there are several."""
    many = len({line.engine for line in found.lines if line.engine != "fit"}) > 1
    short = []
    for row in rows(found, locale):
        what = f"{row[1]}: {row[2]}" if row[2] else row[1]
        short.append([row[0], f"{what} ({row[3]})" if many else what, row[4], *row[6:]])
    return short


def short_heads(locale: Locale) -> list[str]:
    """The heads of its columns."""
    return [heads(locale)[at] for at in (0, 2, 4, 6, 7, 8)]


def _number(number: float, locale: Locale) -> str:
    return DASH if math.isnan(number) else locale.number(number, 7 if abs(number) >= 1_000 else 5)


def verdict(found: Verification, locale: Locale) -> str:
    """How many numbers hold, fail, were skipped."""
    counts = [sum(line.verdict == kind for line in found.lines) for kind in (HOLDS, FAILS, SKIPPED)]
    key = "verify.all_hold" if not counts[1] else "verify.some_fail"
    held, failed, skipped = (locale.whole(count) for count in counts)
    said = locale.text(key, held=held, failed=failed)
    return said + (" " + locale.text("verify.some_skipped", skipped=skipped) if counts[2] else "")


def reasons(found: Verification, locale: Locale) -> list[str]:
    """Why something was skipped, a line each."""
    return [
        locale.text(
            "verify.why_skipped", row=line.row, model=model(line, locale), engine=locale.text(f"verify.engine_{line.engine}"),
            reason=locale.text(f"verify.reason_{line.reason}", source=line.source),
        )
        for line in found.skipped
    ]  # fmt: skip


def page(found: Verification, locale: Locale, command: str = "") -> Page:
    """The table, and each model of several values with its closed form drawn beside the simulation."""
    made = [Section("made", locale.text("page.s_made"), (), (Command(command),))] if command else []
    table = [
        [text_cell(text) if at in (0, 1, 2, 3, 8) else Cell(text) for at, text in enumerate(row)] for row in rows(found, locale)
    ]
    return Page(
        title=locale.text("verify.title"),
        overline=locale.text("verify.overline"),
        verdict=verdict(found, locale),
        caveat="",
        notes=tuple(reasons(found, locale)),
        answers=(),
        first=(grid(locale.text("verify.table"), heads(locale), table, dense=True),),
        sections=(
            Section("pictures", locale.text("verify.pictures"), (locale.text("verify.how_picture"),), tuple(pictures(found, locale))),
            Section("how", locale.text("verify.how"), (), (Points((locale.text("verify.how_bound"), locale.text("verify.how_open"))),)),
            *made,
        ),
        language=locale.language,
    )  # fmt: skip


def pictures(found: Verification, locale: Locale) -> list[Picture]:
    """A picture of each model of which several numbers of one kind were simulated."""
    made = []
    for (_, engine), group in groupby(found.lines, key=lambda line: (line.name, line.engine)):
        lines = list(group)
        if len(lines) >= _PICTURED and engine in ("fast", "simpy") and not math.isnan(lines[0].error):
            caption = f"{lines[0].row}: {model(lines[0], locale)} ({locale.text(f'verify.engine_{engine}')}), {lines[0].scenario}"
            made.append(Picture(partial(_drawn, lines, locale), caption, half=True))
    return made


def _drawn(lines: Sequence[Line], locale: Locale, width: float = WIDTH / 2) -> Chart:
    """Closed form as a line, the mean of the futures as points with the bound as bars; numbers by their ratio where they differ in kind."""
    name = f"verify-{lines[0].name}-{lines[0].engine}"
    kinds = {line.value[0] for line in lines}
    scale = [1.0 if len(kinds) == 1 else line.formula for line in lines]
    at = range(len(lines))
    with style(name):
        figure = paper(2.4, width)
        axes = figure.add_axes((0.14, 0.22, 0.82, 0.64))
        formula = [line.formula / by for line, by in zip(lines, scale, strict=True)]
        axes.plot(at, formula, color=INK, linewidth=1.2, label=locale.text("verify.closed_form"))
        axes.errorbar(
            at, [line.found / by for line, by in zip(lines, scale, strict=True)], [line.bound / by for line, by in zip(lines, scale, strict=True)],
            fmt="o", markersize=4, color=GAIN, capsize=3, linewidth=1.0, label=locale.text("verify.simulated"),
        )  # fmt: skip
        axes.set_xticks(list(at), [value(line, locale) for line in lines], fontsize=6.4, rotation=20, ha="right")
        axes.yaxis.set_major_formatter(lambda number, _: locale.number(number, 3))
        axes.set_title(model(lines[0], locale), fontsize=8, color=INK)
        axes.legend(fontsize=6.4, frameon=False, labelcolor=QUIET)
        said = "; ".join(
            f"{value(line, locale)}: {_number(line.found, locale)} / {_number(line.formula, locale)}" for line in lines
        )
        return finish(figure, name, model(lines[0], locale), said)


def markdown(found: Verification, command: str) -> str:
    """The page of the documentation."""
    locale = Locale("en")
    lines = [
        "# Verification, played again", "",
        f"Made by `{command}`: each row is a published model or a printed fit; what it means, and how close is close, stands in [](verification.md). "
        "Each scenario opens by its name, such as `ladsim run classics/bass_large`.", "",
        verdict(found, locale), "",
        "| " + " | ".join([*heads(locale)[:3], "scenario", *heads(locale)[3:]]) + " |", "|" + "---|" * (len(HEADS) + 1),
    ]  # fmt: skip
    for line, row in zip(found.lines, rows(found, locale), strict=True):
        lines.append("| " + " | ".join([*row[:3], f"`{line.scenario}`", *row[3:]]) + " |")
    lines += ["", *(f"- {reason}" for reason in reasons(found, locale))]
    return "\n".join(lines).rstrip() + "\n"
