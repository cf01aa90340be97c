"""``ladsim tactics``: the library's tactics and channels, which a campaign may name without the file defining them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ladsim.cli import messages
from ladsim.cli.options import Language
from ladsim.errors import StudyError, nearest

if TYPE_CHECKING:
    from ladsim.i18n import Locale


def tactics(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", show_default=False, help="A tactic or channel, to see its numbers.")
    ] = "",
    language: Language = None,
) -> None:
    """List the tactics and channels that come with ladsim, the part of the loyalty wheel each belongs to, and the rungs it fits.

    With a name: what it does on each rung unless the file says otherwise, from what spend (in the currency of the language), and
    where each number comes from.

    \b
    Examples:
      ladsim tactics
      ladsim tactics recognition --language da
    """
    from ladsim.i18n import Locale
    from ladsim.i18n.catalogue import loose
    from ladsim.scenario.library import in_language, library
    from ladsim.scenario.texts import known_language

    wanted = known_language(language or "en", "--language")
    locale = Locale(wanted)
    every = {called: item for items in library().values() for called, item in items.items()}
    if name and name not in every:
        close = nearest(name, every)
        raise StudyError(
            f"NAME: found {name!r}, " + (f"did you mean {close!r}?" if close else f"must be one of {', '.join(every)}")
        )
    for called, item in every.items() if not name else [(name, every[name])]:
        label, says = in_language(item["label"], wanted), in_language(item["description"], wanted)
        spoke = locale.text(f"wheel.{item['spoke']}")
        messages.out(loose(f"{called}  ({label}; {spoke}; {_roles(item['fits'], locale)})\n    {says}"))
    if name:
        for line in _numbers(every[name], locale):
            messages.out(loose(f"    {line}"))


def _roles(roles: list[str], locale: Locale) -> str:
    return ", ".join(locale.text(f"tactics.role_{role}") for role in roles)


def _numbers(item: Any, locale: Locale) -> Iterator[str]:
    """What a tactic or channel does by default, and where that comes from."""
    from ladsim.scenario.currency import OF_LANGUAGE
    from ladsim.scenario.library import half_at_in, in_language, said

    means, language = item["means"], locale.language
    yield locale.text("tactics.touchpoints", places=", ".join(in_language(item["touchpoints"], language)))
    currency = OF_LANGUAGE[language]
    half_at = half_at_in(means["response"]["half_at"], currency)
    amount, kept = locale.money(half_at, currency), locale.percent(means["carry_over"])
    yield locale.text("tactics.half", amount=amount, kept=kept, source=said(means["response"]["source"], language))
    if means["needs_consent"]:
        yield locale.text("tactics.consent")
    yield locale.text("tactics.full")
    for effect in means["effects"]:
        on = effect["on"]
        adds = on in ("satisfaction", "engagement")
        sizes = [
            f"{locale.text(f'tactics.role_{role}')} {_signed(size, locale, adds)}" for role, size in effect["per_role"].items()
        ]
        yield f"  {locale.text(f'tactics.on_{on}')}: {', '.join(sizes)} ({said(effect['source'], language)})"


def _signed(size: float, locale: Locale, adds: bool) -> str:
    """A change with its sign: points where it is added, else per cent."""
    from ladsim.i18n.numerals import MINUS

    return (MINUS if size < 0 else "+") + (locale.number(abs(size)) if adds else locale.percent(abs(size)))
