"""``ladsim explain``: what a measure means, in English, Danish or Norwegian."""

from __future__ import annotations

from typing import Annotated

import typer

from ladsim.cli import messages
from ladsim.cli.options import Language


def explain(
    measure: Annotated[
        str | None, typer.Argument(metavar="MEASURE", help="Name of a measure; without it, all are listed.")
    ] = None,
    language: Language = None,
) -> None:
    """Say what a measure means: in plain words, formula, how it is computed, how to read it, pitfalls, source.

    \b
    Examples:
      ladsim explain repurchase_rate
      ladsim explain nps --language da
    """
    from ladsim.measures.explanation import explain as explanation
    from ladsim.measures.explanation import explanations
    from ladsim.scenario.texts import known_language

    wanted = known_language(language or "en", "--language")
    messages.speak(wanted)
    if measure is not None:
        messages.out(str(explanation(measure, wanted)))
        return
    every = explanations(wanted)
    wide = max(len(name) for name in every)
    messages.out("\n".join(f"{name:{wide}}  {found.line}" for name, found in every.items()))
