"""``ladsim verify``: published models played and fitted again, and whether they agree with their closed forms.

In: which rows. Out: a table, JSON, a page (.html), the page of the documentation (.md).
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from ladsim.cli import messages
from ladsim.cli.options import Json, Language
from ladsim.errors import StudyError

SCREEN = "-"
_ENGINES = {"fast": ("fast",), "simpy": ("simpy",), "both": ("fast", "simpy")}
WRITTEN = (".html", ".md", ".csv")


def verify(
    rows: Annotated[
        list[str] | None, typer.Argument(metavar="[ROW]…", help="V1 … V11; without any, all of them.", show_default=False)
    ] = None,
    engine: Annotated[
        str, typer.Option("--engine", metavar="fast|simpy|both", help="Which engine plays; both take some minutes.")
    ] = "fast",
    large: Annotated[
        bool, typer.Option("--large", help="Play as many customers as the bounds are named for, by the fast engine: minutes.")
    ] = False,
    data: Annotated[
        str | None,
        typer.Option(
            "--data", metavar="FOLDER", help="Real data for the fits of V5 and V6: cdnow/CDNOW_sample.txt.", show_default=False
        ),
    ] = None,
    json: Json = None,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FILE", help="Also write it as a page (.html, .md) or as .csv.", show_default=False),
    ] = None,
    language: Language = None,
) -> None:
    """Play published models again, and hold what is found against their closed forms.

    Each is a scenario that you can open, such as `ladsim run classics/bass_large`. Exit code 1 where a number does not hold.

    \b
    Examples:
      ladsim verify
      ladsim verify V3 V4 --out spreading.html --language da
      ladsim verify V5 V6 --data shared/data
    """
    from ladsim.files import write_text
    from ladsim.i18n import Locale
    from ladsim.scenario.texts import known_language

    locale = Locale(known_language(language or "en", "--language"))
    messages.speak(locale.language)
    if engine not in _ENGINES:
        raise StudyError(f"--engine: found {engine!r}, must be one of {', '.join(_ENGINES)}")
    if out is not None and Path(out).suffix.lower() not in WRITTEN:
        raise StudyError(f"--out: found {out!r}, must end in .html, .md or .csv")
    from ladsim.verifying.verify import verify as verified

    found = verified(rows or (), engines=_ENGINES[engine], large=large, data=data, progress=messages.note)
    command = [
        "ladsim",
        "verify",
        *(rows or []),
        *(["--engine", engine] if engine != "fast" else []),
        *(["--large"] if large else []),
    ]
    command += ["--data", "FOLDER"] if data is not None else []
    if json == SCREEN:
        messages.out(found.json())
    else:
        from ladsim.cli.screen import printed, table
        from ladsim.i18n.catalogue import loose
        from ladsim.reporting.verification import reasons, short_heads, short_rows, verdict

        messages.out(printed(table(locale.text("verify.title"), short_heads(locale), short_rows(found, locale))))
        messages.lines(map(loose, [verdict(found, locale), *reasons(found, locale)]))
        if json is not None:
            write_text(Path(json), found.json())
            messages.note(f"JSON: {json}")
    if out is not None:
        from ladsim.planning.csv_files import csv_bytes
        from ladsim.reporting.page import rendered
        from ladsim.reporting.verification import markdown, page

        ending = Path(out).suffix.lower()
        if ending == ".csv":
            text = csv_bytes(found.table()).decode("utf-8")
        else:
            text = markdown(found, shlex.join(command)) if ending == ".md" else rendered(page(found, locale, shlex.join(command)))
        write_text(Path(out), text)
        messages.note(locale.text("verify.written", file=out))
    if found.failed:
        raise typer.Exit(1)
