"""``ladsim runs``: what is kept of futures that were simulated, on the command line.

In: what is to be done (list, show, compare, delete, sizes) and the names of runs. Out: a text, or JSON.
"""

from __future__ import annotations

import dataclasses
import json as json_format
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ladsim.cli import keeping, messages, options
from ladsim.cli.request import SCREEN

if TYPE_CHECKING:
    from ladsim.i18n import Locale
    from ladsim.planning.runs import KeptRun, RunDifference

ACTIONS = {"list": (0, 0), "show": (1, 1), "compare": (2, 2), "delete": (0, None), "sizes": (0, 0)}  # how many runs each takes


def runs(
    action: Annotated[
        str, typer.Argument(metavar="[list|show|compare|delete|sizes]", help="What to do; without it, list.", show_default=False)
    ] = "list",
    named: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RUN]...", help="Runs, by the beginnings of their names as the list shows them."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="With delete: everything that is kept.")] = False,
    store: keeping.Store = None,
    json: options.Json = None,
    language: options.Language = None,
    quiet: options.Quiet = False,
) -> None:
    """List the futures that are kept so that they need not be simulated again; show, compare or delete them.

    A run is all kept futures of one strategy of one scenario with one seed and number of people.

    \b
    Examples:
      ladsim runs
      ladsim runs show 3f2a9c
      ladsim runs compare 3f2a9c 81d044
      ladsim runs delete --all
    """
    messages.be_quiet(quiet)
    from ladsim.i18n import Locale
    from ladsim.scenario.texts import known_language

    spoken = known_language(language or "en", "--language")
    messages.speak(spoken)
    given = list(named or ())
    _refuse(action, given, everything)
    text, said = _ACTIONS[action](given, everything, store, Locale(spoken))
    if json is not None:
        _write(json_format.dumps(_plain(said), ensure_ascii=False, allow_nan=False, indent=1), json)
    if json != SCREEN:
        messages.out(text)


def _refuse(action: str, named: list[str], everything: bool) -> None:
    """Raise BadParameter where what was typed makes no sense."""
    if action not in ACTIONS:
        raise typer.BadParameter(f"found {action!r}, must be one of {', '.join(ACTIONS)}")
    least, most = ACTIONS[action]
    if len(named) < least or (most is not None and len(named) > most):
        raise typer.BadParameter(f"{action}: found {len(named)} runs, must be {least}")
    if everything and action != "delete":
        raise typer.BadParameter("--all: must come with delete")
    if action == "delete" and bool(named) == everything:
        raise typer.BadParameter("delete: must come with the names of runs, or with --all")


def _listed(named: list[str], everything: bool, store: str | None, locale: Locale) -> tuple[str, Any]:
    from ladsim.cli.screen import printed, table
    from ladsim.planning.runs import listed, store_size

    found = listed(store)
    folder, size = store_size(store)
    where = locale.text("runs.where", folder=folder, size=_bytes(size, locale))
    said = {"store": folder, "bytes": size, "runs": found.to_dict("records")}
    if found.empty:
        return f"{locale.text('runs.none')}\n{where}", said
    head = [
        "",
        *(
            locale.text(f"runs.{name}")
            for name in ("scenario", "strategy", "seed", "people", "months", "futures", "size", "used")
        ),
    ]
    rows = [
        [
            row["run"], row["scenario"], _strategy(row["strategy"], row["what"], locale), str(row["seed"]), locale.whole(row["people"]),
            locale.number(row["months"]), locale.whole(row["futures"]), _bytes(row["bytes"], locale), str(row["last_used"] or ""),
        ]
        for row in found.to_dict("records")
    ]  # fmt: skip
    return f"{printed(table(locale.text('runs.title'), head, rows)).rstrip()}\n\n{where}", said


def _sizes(named: list[str], everything: bool, store: str | None, locale: Locale) -> tuple[str, Any]:
    from ladsim.cli.screen import printed, table
    from ladsim.planning.runs import listed, store_size

    found = listed(store)
    folder, size = store_size(store)
    sums = found.groupby("scenario", sort=False)[["futures", "bytes"]].sum().sort_values("bytes", ascending=False).reset_index()
    where = locale.text("runs.where", folder=folder, size=_bytes(size, locale))
    said = {"store": folder, "bytes": size, "scenarios": sums.to_dict("records")}
    rows = [[one["scenario"], locale.whole(one["futures"]), _bytes(one["bytes"], locale)] for one in said["scenarios"]]
    head = [locale.text(f"runs.{name}") for name in ("scenario", "futures", "size")]
    return (
        f"{printed(table(locale.text('runs.title'), head, rows))}\n{where}" if rows else f"{locale.text('runs.none')}\n{where}",
        said,
    )


def _shown(named: list[str], everything: bool, store: str | None, locale: Locale) -> tuple[str, Any]:
    from ladsim.cli.screen import printed, table
    from ladsim.planning.runs import kept_run

    found = kept_run(named[0], store)
    rows = [
        [_title(row["measure"], locale), *(locale.number(row[key]) for key in ("mean", "low", "high"))]
        for row in found.measures.to_dict("records")
    ]
    head = ["", *(locale.text(f"runs.{name}") for name in ("mean", "low", "high"))]
    text = _heading(found, locale)
    if rows:
        text += f"\n{printed(table(locale.text('runs.measures', currency=found.currency), head, rows))}"
    return text, found


def _compared(named: list[str], everything: bool, store: str | None, locale: Locale) -> tuple[str, Any]:
    from ladsim.cli.screen import printed, table
    from ladsim.planning.runs import compare_runs

    found = compare_runs(named[0], named[1], store)
    parts = [f"1: {_heading(found.one, locale)}", f"2: {_heading(found.other, locale)}"]
    if len(found.numbers):
        ends = ("one", "other")
        rows = [[str(row["key"]), *("–" if row[end] is None else str(row[end]) for end in ends)] for row in _told(found)]
        parts.append(printed(table(locale.text("runs.differs"), ["", "1", "2"], rows)))
    else:
        parts.append(locale.text("runs.alike"))
    if len(found.measures):
        rows = [
            [_title(row["measure"], locale), *(locale.number(row[key]) for key in ("one", "other", "difference", "low", "high"))]
            for row in found.measures.to_dict("records")
        ]
        head = ["", "1", "2", "1 − 2", *(locale.text(f"runs.{name}") for name in ("low", "high"))]
        parts.append(printed(table(locale.text("runs.measures", currency=found.one.currency), head, rows)))
        parts.append(locale.text("runs.paired" if found.is_paired else "runs.apart"))
    return "\n".join(parts), found


def _deleted(named: list[str], everything: bool, store: str | None, locale: Locale) -> tuple[str, Any]:
    from ladsim.planning.runs import delete_runs

    freed = delete_runs(*named, everything=everything, store=store)
    return locale.text("runs.deleted", size=_bytes(freed, locale)), {"freed": freed}


def _told(found: RunDifference) -> list[dict[Any, Any]]:
    """What differs and says something: not that a campaign which only one of them has leaves a number at 0."""
    rows = found.numbers.to_dict("records")
    return [
        row for row in rows if not (row["one"] is None and row["other"] == 0) and not (row["other"] is None and row["one"] == 0)
    ]


_ACTIONS: dict[str, Callable[[list[str], bool, str | None, Locale], tuple[str, Any]]] = {
    "list": _listed,
    "show": _shown,
    "compare": _compared,
    "delete": _deleted,
    "sizes": _sizes,
}


def _heading(found: KeptRun, locale: Locale) -> str:
    """What a run is, in a line."""
    return locale.text(
        "runs.heading",
        run=found.run,
        scenario=found.scenario,
        strategy=_strategy(found.strategy, found.what, locale),
        futures=locale.text("count.futures", n=found.futures),
        people=locale.whole(found.people),
        months=locale.number(found.months),
        seed=found.seed,
    )


def _strategy(name: str | None, what: str, locale: Locale) -> str:
    """A strategy, and what of it is kept where that is not its futures."""
    said = name or locale.text("runs.base")
    return said if what == "future" else f"{said} ({locale.text('runs.longer' if what == 'longer future' else 'runs.further')})"


def _title(measure: str, locale: Locale) -> str:
    """What a measure is called."""
    from ladsim.measures.dictionary import END
    from ladsim.measures.explanation import study_measures

    known = study_measures(locale.language)
    if measure in known:
        return known[measure].title
    return f"{known[f'{END}RUNG'].title}: {measure.removeprefix(END)}"


def _bytes(size: float, locale: Locale) -> str:
    """A size on disk."""
    return f"{locale.number(size / 1e6)} MB" if size >= 1e6 or not size else f"{locale.whole(-(-size // 1000))} kB"


def _plain(value: Any) -> Any:
    """What was found as values that JSON knows."""
    from ladsim.cli.answer import plain_value

    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {part.name: _plain(getattr(value, part.name)) for part in dataclasses.fields(value)}
    if hasattr(value, "to_dict"):
        return [_plain(row) for row in value.to_dict("records")]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else plain_value(value)


def _write(text: str, file: str) -> None:
    """JSON, where it was asked for."""
    if file == SCREEN:
        messages.out(text)
        return
    from ladsim.files import write_text

    write_text(file, text)
    messages.note(f"JSON: {file}")
