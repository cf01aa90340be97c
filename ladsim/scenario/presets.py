"""The scenarios that come with ladsim: a list of them, and a copy of one in one language.

In: a name, a language. Out: `Listed` lines, or a file of one's own. A shipped file holds its texts in several languages, and so do
its comments: a line ``# da: Hvem der står hvor`` is Danish. A copy keeps one language of both.

To add a preset: a file in ``scenarios/`` with every text in every language, and its name in `GROUPS`. A shipped file that
no group names is listed under examples, what lies in ``scenarios/classics`` under published models, which are opened but not copied.

>>> print(in_language('# en: Rungs\\n# da: Trin\\nschema = 1\\nlabel = { en = "Lead", da = "Potentiel kunde" }', "da"))
# Trin
schema = 1
language = "da"
label = "Potentiel kunde"
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ladsim.errors import OutputError, StudyError, nearest
from ladsim.files import write_text
from ladsim.scenario.currency import OF_LANGUAGE, in_currency
from ladsim.scenario.load import SHIPPED, classics, load, read, shipped
from ladsim.scenario.starter import place_for
from ladsim.scenario.texts import LANGUAGES, known_language, pick

# In the order in which they are listed.
GROUPS: dict[str, tuple[str, ...]] = {
    "ladders": ("ladder_five", "ladder_six", "ladder_partner", "ladder_guide", "ladder_sales"),
    "industries": ("web_shop", "subscription_software", "telecom", "coffee_chain", "b2b", "local_shop", "restaurant"),
    "programmes": ("program_points", "program_tiers", "program_club", "program_cashback"),
}
EXAMPLES, CLASSICS = "examples", "classics"
HEADINGS: dict[str, dict[str, str]] = {
    "ladders": {"en": "Ladders", "da": "Stiger", "nb": "Stiger"},
    "industries": {"en": "Industries", "da": "Brancher", "nb": "Bransjer"},
    "programmes": {"en": "Loyalty programmes", "da": "Loyalitetsprogrammer", "nb": "Lojalitetsprogrammer"},
    "examples": {"en": "Examples", "da": "Eksempler", "nb": "Eksempler"},
    "classics": {
        "en": "Published models (open one by its name: ladsim run classics/bass_large)",
        "da": "Publicerede modeller (åbn en ved dens navn: ladsim run classics/bass_large)",
        "nb": "Publiserte modeller (åpne en ved navnet: ladsim run classics/bass_large)",
    },
}
_COMMENT = re.compile(rf"^(\s*)# ({'|'.join(LANGUAGES)}): ?(.*)$")
_TEXT = r'"(?:[^"\\]|\\.)*"'
_TEXTS = re.compile(rf"\{{\s*(?:(?:{'|'.join(LANGUAGES)})\s*=\s*{_TEXT}\s*,?\s*)+\}}")
_LANGUAGE = re.compile(r'^language = "\w*"', re.MULTILINE)


@dataclass(frozen=True)
class Listed:
    """A shipped scenario in a line: its group, name, what it is, the rungs of its ladder by label, currency and own language."""

    group: str
    name: str
    line: str
    rungs: tuple[str, ...]
    currency: str
    language: str


def listed(language: str) -> Iterator[Listed]:
    """Every shipped scenario, group by group, its texts in `language`."""
    grouped = {name for names in GROUPS.values() for name in names}
    others = tuple(name for name in shipped() if name not in grouped)
    for group, names in (*GROUPS.items(), (EXAMPLES, others), (CLASSICS, tuple(classics()))):
        for name in names:
            scenario = load(name, language)
            rungs = tuple(rung.label or rung.name.replace("_", " ") for rung in scenario.rungs if not rung.off_ladder)
            line = scenario.description or scenario.heading
            yield Listed(group, name, line, rungs, scenario.currency, own_language(name))


def own_language(name: str) -> str:
    """The language that a shipped scenario is written for."""
    return load(name).language


def write(name: str, path: str | Path, language: str | None = None, force: bool = False, currency: str | None = None) -> Path:
    """Copy a shipped scenario to `path`, its texts and comments in one language, with the policy files it names; returns the path.

    Without a `language` it is the scenario's own; in Danish it is in DKK and in Norwegian in NOK, unless a `currency` is asked for.
    Raises StudyError for an unknown name, ScenarioError for an unknown language or currency,
    OutputError where something stands there already (unless `force`) or cannot be written.
    """
    if name not in shipped():
        close = nearest(name, shipped())
        hint = f" (did you mean {close!r}?)" if close else ""
        raise StudyError(f"--preset: found {name!r}, must be one of {', '.join(shipped())}{hint}")
    wanted = own_language(name) if language is None else known_language(language, "--language")
    place = place_for(path, force)
    beside = {source: place.parent / source.name for source in _policies(name)}
    for target in beside.values():
        if target.exists() and not force:
            raise OutputError(f"{target}: exists already, and {name} brings a file of that name; use --force to replace it")
    text = in_language((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"), wanted)
    own = load(name).currency
    money = currency or (own if language in (None, "en") else OF_LANGUAGE[wanted])
    if money != own:
        text = in_currency(_with_inherited_amounts(name, text, own), money)
    write_text(place, text)
    for source, target in beside.items():
        write_text(target, source.read_text(encoding="utf-8"))
    return place


def _with_inherited_amounts(name: str, text: str, currency: str) -> str:
    """The text of a preset that builds on another with what an order is worth and costs there, so that nothing stays in its money."""
    given = tomllib.loads(text)
    if "extends" not in given:
        return text
    merged = read(SHIPPED / f"{name}.toml")
    lines = [text.rstrip("\n")]
    for table in ("basket", "money"):
        for key, value in merged.get(table, {}).items() if table not in given else ():
            if f"[{table}]" not in lines:
                lines += ["", f"[{table}]"]
            lines.append(f"{key} = {json.dumps(value, ensure_ascii=False)}")
    first, rest = "\n".join(lines).split("extends = ", 1)
    return f'{first}currency = "{currency}"\nextends = {rest}\n'


def _policies(name: str) -> list[Path]:
    """The shipped policy files that a scenario and its strategies name."""
    scenario = load(name)
    policies = [*scenario.policies, *(policy for strategy in scenario.strategies.values() for policy in strategy.policies)]
    return [path for path in sorted({Path(policy.file) for policy in policies}) if path.is_relative_to(SHIPPED)]


def in_language(text: str, language: str) -> str:
    """A scenario file with comments, texts and `language` in one language.

    Comments that name no language stay. Where there are none in the one wanted, the English ones are kept.
    """
    lines = text.splitlines()
    spoken = {match[2] for match in map(_COMMENT.match, lines) if match}
    kept = language if language in spoken else "en"
    out = []
    for line in lines:
        match = _COMMENT.match(line)
        if match is None:
            out.append(_TEXTS.sub(lambda found: _picked(found[0], language), line))
        elif match[2] == kept:
            out.append(f"{match[1]}# {match[3]}".rstrip())
    return _with_language("\n".join(out) + ("\n" if text.endswith("\n") else ""), language)


def _picked(texts: str, language: str) -> str:
    """One text of an inline table, as TOML."""
    return json.dumps(pick(tomllib.loads(f"texts = {texts}")["texts"], language), ensure_ascii=False)


def _with_language(text: str, language: str) -> str:
    """The file with its `language` set: where it stood, else before the name or behind the schema's version."""
    line = f'language = "{language}"'
    if _LANGUAGE.search(text):
        return _LANGUAGE.sub(line, text, count=1)
    behind = re.search(r"^(?:schema|extends) = .*$", text, re.MULTILINE)
    if behind is None:
        return f"{line}\n{text}"
    return f"{text[: behind.end()]}\n{line}{text[behind.end() :]}"
