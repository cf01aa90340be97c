"""Names that look alike and are not: Cyrillic or Greek letters among Latin ones, wide letters of Asian keyboards, two Unicode forms.

In: a scenario. Out: problems, and warnings of names that many fonts draw alike (``Ioyal``, ``l0yal`` and ``loyal``). Two names of one list
that read the same are refused: nobody could tell which one a table means. Names of a file are compared in one Unicode form (NFC), to which
the loader brings its texts (`composed`). The letters are those that Unicode's list of confusables (UTS 39) gives for a to z, æ, ø and å, as
far as keyboards have them.

>>> skeleton("lеad") == skeleton("lead"), skeleton("ｌｅａｄ") == skeleton("lead"), skeleton("lead") == skeleton("leads")
(True, True, False)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ladsim.errors import Problem
from ladsim.scenario.key_paths import NUMBERS
from ladsim.scenario.spec import Scenario
from ladsim.scenario.texts import INVISIBLE

_CYRILLIC = "аеорсухіјѕԁһԛԝуАВЕКМНОРСТХІЈЅӕӔ", "aeopcyxijsdhqwyABEKMHOPCTXIJSæÆ"
_GREEK = "οανικτυρΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oaviktupABEZHIKMNOPTYX"
_OTHERS = "ıɡøØⅼⅰ", "igøØli"
_ALIKE = str.maketrans(
    "".join(part[0] for part in (_CYRILLIC, _GREEK, _OTHERS)), "".join(part[1] for part in (_CYRILLIC, _GREEK, _OTHERS))
)
_DRAWN = str.maketrans("I1|0O", "lllOO") | str.maketrans("o", "O")  # letters and digits that many fonts draw alike
UNUSUAL = "[^ -~\u00c0-\u00ff]|  "  # a pattern of names that may look like another one
_UNUSUAL = re.compile(UNUSUAL)
_PATHS = frozenset({"path", "file", "extends"})  # the system's own names, which stay as they are


def skeleton(name: str) -> str:
    """What a name looks like."""
    return unicodedata.normalize("NFKC", name).translate(_ALIKE)


def seen(name: str) -> str:
    """What is seen of a person's name: what it looks like, without characters that take no room, and with single spaces.

    >>> seen("Anna\u200b  Bеrg") == "Anna Berg", seen("Anna") == seen("anna")
    (True, False)
    """
    return " ".join(INVISIBLE.sub("", skeleton(name)).split())


def twins_to_the_eye(names: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of different names that look the same, such as two Annas of which one has a Cyrillic letter.

    Only a name with characters beyond the letters of Western Europe, or with two spaces in a row, can look like another one: of these alone it is
    asked how they look, so that a million usual names take no time.
    """
    odd = [name for name in names if _UNUSUAL.search(name)]
    if not odd:
        return []
    looks: dict[str, str] = {}
    pairs = []
    wanted = {name: seen(name) for name in odd}
    plain = set(wanted.values()).intersection(names)
    for name, look in wanted.items():
        other = look if look in plain and look != name else looks.setdefault(look, name)
        if other != name:
            pairs.append((other, name))
    return pairs


def composed(value: Any, key: str = "") -> Any:
    """The raw tables of a file with all texts and keys in one Unicode form, but for paths."""
    if isinstance(value, Mapping):
        return {unicodedata.normalize("NFC", name): composed(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [item if type(item) in NUMBERS else composed(item, key) for item in value]  # there may be a million
    return unicodedata.normalize("NFC", value) if isinstance(value, str) and key not in _PATHS else value


def _names(scenario: Scenario) -> dict[str, list[str]]:
    """The names of each list that has names."""
    lists: dict[str, list[str]] = {
        "rungs": [rung.name for rung in scenario.rungs],
        "segments": [segment.name for segment in scenario.segments],
        "order_kinds": [kind.name for kind in scenario.order_kinds],
        "channels": [channel.name for channel in scenario.channels],
        "tactics": [tactic.name for tactic in scenario.tactics],
        "programs": [program.name or "" for program in scenario.programs],
        "word_of_mouth": [layer.layer for layer in scenario.word_of_mouth],
        "campaigns": [campaign.name for campaign in scenario.campaigns if campaign.name],
        "strategies": list(scenario.strategies),
    }
    for called, strategy in scenario.strategies.items():
        lists[f"strategies.{called}.campaigns"] = [campaign.name for campaign in strategy.campaigns if campaign.name]
    return lists


def warn_look_alikes(scenario: Scenario) -> Iterator[Problem]:
    """A warning for each name that is an earlier one of the same list but for a capital I, an l and a 1, or an O and a 0."""
    for key, names in _names(scenario).items():
        earlier: dict[str, str] = {}
        for name in names:
            other = earlier.setdefault(name.translate(_DRAWN), name)
            if other.casefold() != name.casefold():
                signs = ", ".join(f"{a}/{b}" for a, b in dict.fromkeys(zip(other, name, strict=True)) if a != b)
                yield Problem(
                    f"{key}.{name}",
                    f"a name that looks like {other!r} in many fonts ({signs})",
                    "one is easily taken for the other",
                )


def look_alikes(scenario: Scenario) -> Iterator[Problem]:
    """A problem for each name that reads like an earlier one of the same list."""
    for key, names in _names(scenario).items():
        first: dict[str, str] = {}
        for name in names:
            other = first.setdefault(skeleton(name), name)
            if other != name:
                odd = ", ".join(unicodedata.name(sign, "?").title() for sign in sorted(set(name) - set(other))[:3])
                yield Problem(
                    f"{key}.{name}",
                    f"a name that looks like {other!r} but has other letters ({odd})",
                    "must differ to the eye, too",
                )
