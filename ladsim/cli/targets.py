"""Targets on the command line: the command, and what it shows.

In: options. Out: what can be promised for each rung and each step, and the goals of the file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ladsim.cli import backward as asking
from ladsim.cli import commit_record as recording
from ladsim.cli import messages, options, outcome, screen
from ladsim.cli.request import Request, study_command
from ladsim.i18n import Locale
from ladsim.i18n.catalogue import loose
from ladsim.i18n.numerals import DASH, SPACE

if TYPE_CHECKING:
    from rich.table import Table

    from ladsim.planning.targets import Targets


@study_command("find targets that will be met with 80, 50 and 20 % probability")
def targets(
    *,
    strategy: options.OneStrategy = None,
    month: options.Month = None,
    want: asking.Wanted = None,
    sure: asking.Sure = None,
    change: asking.Change = None,
    record: recording.Record = None,
    asked: Request,
) -> None:
    """Find the targets that a strategy will meet by a month with 80 % (commit), 50 % (expect) and 20 % probability (stretch).

    With --want it also says what it would take to reach a number: the smallest change of one spend, or of one number, that does it.

    \b
    Examples:
      ladsim targets acquisition_vs_retention --strategy retention_first --month 12
      ladsim targets my_shop.toml --strategy club --want ambassador=500 --by 2027-12 --sure 0.8
    """
    name = options.known(asked.changed, strategy)
    month = options.month_of(asked.changed, month, "--by")
    wanted = asking.asked(asked.changed, want, sure, change)
    from ladsim.planning.targets import plays_base, set_targets

    asked = _in_short(asked) if wanted is not None else asked
    outcome.announce(asked, 1 if plays_base(asked.changed, name) else 2)
    if wanted is not None:
        from ladsim.planning.backward import MOST_SEARCHED, plays

        n = plays(asked.changed, None if plays_base(asked.changed, name) else name, wanted)
        messages.note(asked.locale.text("targets.values", n=n, futures=min(asked.replications, MOST_SEARCHED)))

    book = recording.earlier(record, asked.folder)
    with outcome.simulating(asked) as progress:
        study = set_targets(asked.scenario, name, month, asked=wanted, record=book, **asked.options(progress))
    outcome.show(asked, lambda: targets_text(study))
    outcome.show(asked, lambda: asking.backward_text(study))
    outcome.finish(
        asked, study, [name], more=["--month", options.typed(study.month), *asking.again(wanted), *recording.again(record)]
    )


def _in_short(asked: Request) -> Request:
    """Many values are played: of a market of which nobody said how many people to simulate, as many as elsewhere."""
    whole = options.people(asked.changed, None, asked.command)
    return replace(asked, sample=options.people(asked.changed, None)) if asked.sample == whole else asked


def targets_text(study: Targets) -> str:
    """What can be promised for each rung and each step."""
    from ladsim.scenario.naming import Namer

    names = ("commit", "expect", "stretch")
    shown = study.together.set_index("kind")["each"].notna()
    also = {kind: ("together",) if shown[kind] else () for kind in ("rung", "step")}
    namer = Namer(study.scenario)
    locale = namer.locale
    rungs = [
        [
            namer.rung(one["rung"]),
            _meets(one["meets"], locale),
            *(_with_limits(one, name, locale) for name in names),
            *(locale.people(one[name]) for name in also["rung"]),
        ]
        for one in study.rungs.to_dict("records")
    ]
    steps = [
        [
            namer.step(one["step"]),
            _meets(one["meets"], locale),
            *_steps_taken(one, names, locale),
            *(locale.people(one[f"number_{n}"]) for n in also["step"]),
        ]
        for one in study.steps.to_dict("records")
    ]
    head = {kind: ["", "", *(locale.text(f"screen.{name}") for name in (*names, *also[kind]))] for kind in also}
    month = locale.month(study.month)
    tables = [screen.table(locale.text("screen.rungs", label=study.label, month=month), head["rung"], rungs)]
    tables.append(screen.table(locale.text("screen.steps", month=month), head["step"], steps))
    tables += _conversion_goals(study)
    said = "".join(f"\n{loose(line)}" for line in _notes(study, locale))
    return screen.printed(*tables, *screen.judged(study.goals.to_dict("records"), namer)) + said


def _steps_taken(row: dict[Any, Any], names: Sequence[str], locale: Locale) -> list[str]:
    """How many take a step, and which share."""
    percent = locale.percent_beside(row[f"rate_{name}"] for name in names)
    numbers = (locale.people(row[f"number_{name}"]) for name in names)
    rates = [row[f"rate_{name}"] for name in names]
    return [f"{number}  {percent(rate)}" if rate >= 0.0 else DASH for number, rate in zip(numbers, rates, strict=True)]


def _conversion_goals(study: Targets) -> list[Table]:
    """Conversion goals as on the page; none on a ladder without steps up."""
    from ladsim.reporting.conversion_goals import conversion_grid

    found = conversion_grid(study.conversion_goals, study.runs, study.month)
    if not found.rows:
        return []
    rows = [[screen.two_lines(cell.text, cell.small).replace(SPACE, " ") for cell in row] for row in found.rows]
    return [screen.table(found.caption, ["", *found.head[1:]], rows)]


def _notes(study: Targets, locale: Locale) -> list[str]:
    """How often all promises hold at once, and whose luck the numbers have; too few futures."""
    from ladsim.planning.breakdown import sample_note
    from ladsim.planning.notes import goals_of_the_start
    from ladsim.planning.targets import few_to_promise
    from ladsim.reporting import commit_record, target_bands
    from ladsim.reporting.targets import together_note
    from ladsim.scenario.naming import Namer

    few = few_to_promise(study)
    said = [
        locale.text(f"screen.{kind}s_at_once", said=note)
        for kind in ("rung", "step")
        if (note := together_note(study, kind, locale))
    ]
    namer = Namer(study.source)
    more = [target_bands.luck(study, namer), target_bands.goals_at_once(study, locale), target_bands.ever(study, namer)]
    said += [one for one in (*more, *commit_record.sentences(study.record, locale)) if one]
    notes = [
        sample_note(study.runs, as_market=True),
        *goals_of_the_start(study.runs),
        locale.text("note.few_to_promise", **few) if few else "",
    ]
    return [*said, *(locale.text("screen.note", note=note) for note in notes if note)]


def _with_limits(row: dict[Any, Any], name: str, locale: Locale) -> str:
    """A number, and below it its 95 % interval, where there are enough futures for one."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    known = math.isfinite(low) and math.isfinite(high) and low < high
    return screen.two_lines(locale.people(row[name]), locale.between(locale.people(low), locale.people(high)) if known else "")


def _meets(meets: str, locale: Locale) -> str:
    return locale.text("page.at_least" if meets == "at least" else "page.at_most")
