"""From a file to a `Scenario`, or to every problem of the file at once.

In: the path of a TOML file (or the bare name of a shipped scenario). Out: a frozen `Scenario` that can be simulated. The way
through: bytes → text → not too deep (``nesting``) → TOML → ``extends`` merged → paths made absolute → ``spec`` (shape) → ``check``
(sense). Where the shape is
wrong, what is wrong is left out and the rest is checked all the same, so that one reading of the messages is enough. Texts in
several languages become one text on the way (``texts``).

>>> from ladsim.errors import ScenarioError
>>> try:
...     loads("name = 'x'\\nmonths = 12\\nmarket_size = -1\\n[[rungs]]\\nname = 'lead'\\nshare = 0.9")
... except ScenarioError as error:
...     print(error)
market_size: found -1, must be at least 1
rungs: found shares that add up to 0.9, must add up to 1
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ladsim.errors import Problem, ScenarioError, nearest
from ladsim.files import no_file, read_at_most
from ladsim.scenario.check import problems as cross_problems
from ladsim.scenario.currency import PER_EURO, in_currency
from ladsim.scenario.input_hints import slip_in_list, slip_inside, toml_hint
from ladsim.scenario.key_paths import NUMBERS, frozen, get, shown
from ladsim.scenario.look_alikes import composed
from ladsim.scenario.merge import merged
from ladsim.scenario.nesting import in_tables, in_text
from ladsim.scenario.own_code import is_below, outside
from ladsim.scenario.people import counted_in, with_people
from ladsim.scenario.shape_errors import from_pydantic, renamed_at
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategy_templates import with_ready
from ladsim.scenario.texts import known_language
from ladsim.scenario.thousands import thousands
from ladsim.scenario.toml_words import parser_in_words, windows_path

MAX_BYTES = 2_000_000
MAX_EXTENDS = 8
_PACKAGE = Path(__file__).parent.parent
# Installed, the files lie in the package; in a checkout, and where that is installed to be edited, beside it.
SHIPPED = next(
    (place for place in (_PACKAGE / "scenarios", _PACKAGE.parent / "scenarios") if place.is_dir()), _PACKAGE / "scenarios"
)
_ENOUGH = 1_000  # problems of the wrong shape: who has so many mends them first
# Whose absence takes the ground from under the references of the rest.
_REFERRED_TO = frozenset({"rungs", "segments", "channels", "tactics"})


def shipped() -> list[str]:
    """Names of the scenarios that come with ladsim."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def classics() -> list[str]:
    """Names of the published models that come with ladsim as scenarios: ``classics/bass_large`` and others."""
    return sorted(f"classics/{path.stem}" for path in (SHIPPED / "classics").glob("*.toml"))


def load(path: str | Path, language: str | None = None, *, trust: bool = False) -> Scenario:
    """The scenario of a file, or of a shipped one's bare name, its texts in one language.

    `language` ("en", "da" or "nb") takes the place of the file's own. `trust`: Python that the file names may lie anywhere; otherwise
    only in the file's own folder or below. Raises ScenarioError with all problems of the file.

    >>> import ladsim
    >>> ladsim.load("acquisition_vs_retention", "da").title
    'Nye kunder eller fastholdelse?'
    """
    found = find(path)
    data = read(found, str(path))
    strange = [] if trust else outside(data, found.parent, SHIPPED)
    return validated(data, str(path), language, strange).from_file(str(found.absolute()))


def loads(
    text: str, folder: str | Path | None = None, file: str = "", language: str | None = None, *, trust: bool = False
) -> Scenario:
    """The scenario of a text; relative paths in it start at `folder` (without one, where you are), problems name `file`.

    `language` and `trust` as in ``load``; a text without a folder has none to keep its Python in, and is taken for one that you trust.
    Raises ScenarioError with all problems of the text.

    >>> import ladsim
    >>> ladsim.loads("name = 'shop'")
    Traceback (most recent call last):
    ladsim.errors.ScenarioError: months: found nothing, must be given
    market_size: found nothing, must be given
    rungs: found nothing, must be given ...
    """
    here = Path(folder or ".").absolute() / (Path(file).name or "scenario.toml")
    data = _extended(_parsed(text, file), here, file, ())
    return validated(data, file, language, [] if trust or folder is None else outside(data, here.parent, SHIPPED))


def slips(path: str | Path) -> list[Problem]:
    """Numbers in a scenario's own file that TOML reads otherwise than they look, such as ``230.000``: warnings.

    Raises ScenarioError where the file cannot be read.
    """
    return _in_file(list(thousands(_text(find(path), str(path)))), str(path))


def find(path: str | Path) -> Path:
    """The file that `path` means: itself, or a shipped scenario of that name."""
    given = Path(path)
    if os.path.isfile(given):  # unlike is_file(), it bears names that no system allows
        return given
    own = SHIPPED / f"{path}.toml"
    is_name = given.name == str(path) or given.as_posix() in classics()
    if is_name and not given.suffix and os.path.isfile(own):
        return own
    if found := no_file(given):
        raise ScenarioError([Problem("file", found, "must be a TOML file", file=str(path))])
    folder = given.parent
    beside = [str(folder / p.name) for p in folder.glob("*.toml")] if os.path.isdir(folder) else []
    close = nearest(str(given), [*beside, *shipped(), *classics()]) or nearest(given.stem, shipped())
    allowed = f"must be a scenario file or one of the shipped scenarios ({', '.join(shipped()) or 'none'})"
    raise ScenarioError([Problem("file", "no such file", allowed, close, str(path))])


def read(path: Path, file: str = "") -> dict[str, Any]:
    """The raw tables of a file with what it extends, relative paths made absolute."""
    here = path.absolute()
    return _extended(_parsed(_text(path, file or str(path)), file or str(path)), here, file or str(path), ())


def validated(data: Mapping[str, Any], file: str = "", language: str | None = None, strange: Sequence[Problem] = ()) -> Scenario:
    """The scenario that raw tables mean, checked for shape and sense; `language` as in ``load``. `strange`: problems known already."""
    spoken = data if language is None else {**data, "language": known_language(language)}
    tables = frozen(with_ready(with_people(spoken, _is_of_a_shipped_one)))
    try:
        scenario = Scenario.model_validate(tables, context={"language": str(tables.get("language", "en"))})
    except ValidationError as error:
        found = from_pydantic(error, tables)
        shape = [problem for _, problem in found]
        raise ScenarioError(
            _in_file([*strange, *shape, *_sense_of_the_rest(tables, found)], file), str(tables.get("language", "en"))
        ) from None
    sense = [*strange, *cross_problems(scenario.counted_in_people(counted_in(data)))]
    if sense:
        raise ScenarioError(_in_file(sense, file), scenario.language)
    return scenario


def _in_file(problems: Sequence[Problem], file: str) -> list[Problem]:
    return [replace(problem, file=file) for problem in problems]


def _sense_of_the_rest(tables: Any, found: list[tuple[list[Any], Problem]]) -> list[Problem]:
    """Cross-check what is left when everything of the wrong shape is taken out; silent about what touches it.

    Keys that were renamed are read by their names of now, so that nothing is said to miss which is there.
    """
    if len(found) > _ENOUGH:
        return []
    rest: Any = _thawed(tables)
    for old, _ in found:
        if renamed := renamed_at(old, tables):
            _rename(rest, old, renamed)
    touched = [problem.place for _, problem in found]
    for _ in range(3):
        for path in sorted({tuple(path) for path, _ in found}, key=_last_first, reverse=True):
            _take_out(rest, path)
        try:
            scenario = Scenario.model_validate(frozen(rest))
            break
        except ValidationError as error:
            # What misses something it needs goes as a whole, unless others refer to it.
            found = [(path[:-1], problem) for path, problem in from_pydantic(error, rest)]
            if any(not path or path[0] in _REFERRED_TO for path, _ in found):
                return []
    else:
        return []
    return [p for p in cross_problems(scenario) if not any(_touch(p.place, place) for place in touched)]


def _last_first(path: Sequence[Any]) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (-1, str(step)) for step in path]


def _touch(place: str, other: str) -> bool:
    return place == other or other.startswith((place + ".", place + "[")) or place.startswith((other + ".", other + "["))


def _thawed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _thawed(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [item if type(item) in NUMBERS else _thawed(item) for item in value]  # there may be a million
    return value


def _rename(data: Any, path: Sequence[Any], called: str) -> None:
    """Give the key at the end of a path another name, where the table has none of that name."""
    for step in path[:-1]:
        data = data[step]
    if path[-1] in data:
        data.setdefault(called, data.pop(path[-1]))


def _take_out(data: Any, path: Sequence[Any]) -> None:
    """Remove what stands at `path`; a needed number at the top gets a harmless value instead."""
    for step in path[:-1]:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return
    last = path[-1] if path else None
    if isinstance(data, dict) and isinstance(last, str):
        data.pop(last, None)
        if len(path) == 1 and last in ("name", "months", "market_size"):
            data[last] = {"name": "unnamed", "months": 1200, "market_size": 1_000_000}[last]
    elif isinstance(data, list) and isinstance(last, int) and last < len(data):
        del data[last]


def _is_of_a_shipped_one(source: str) -> bool:
    """Whether a shipped scenario has this source, of more than a word: who copied one and counts his own people left it where it was."""
    return " " in source and any(f'"{source}"' in text for text in _shipped_texts())


@cache
def _shipped_texts() -> tuple[str, ...]:
    return tuple((SHIPPED / f"{name}.toml").read_text(encoding="utf-8") for name in shipped())


def _text(path: Path, file: str) -> str:
    """The text of a file; big, binary, badly encoded and empty files are refused before they are parsed."""

    def refused(found: str, allowed: str) -> ScenarioError:
        return ScenarioError([Problem("file", found, allowed, file=file)])

    try:
        if (size := os.stat(path).st_size) > MAX_BYTES:
            raise refused(f"{size:,} bytes", f"must be at most {MAX_BYTES:,} bytes")
        raw = read_at_most(path, MAX_BYTES)
    except OSError as error:
        raise refused(f"that it cannot be read ({error.strerror})", "must be a readable file") from None
    if len(raw) > MAX_BYTES:
        raise refused(f"more than {MAX_BYTES:,} bytes", f"must be at most {MAX_BYTES:,} bytes")
    if b"\0" in raw:
        raise refused("binary data", "must be a TOML text file in UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        byte = raw[error.start]
        raise refused(f"byte 0x{byte:02x} in line {line}, which is not UTF-8", "must be saved as UTF-8 text") from None
    return text


def _parsed(text: str, file: str, is_own: bool = True) -> dict[str, Any]:
    """The tables of a TOML text. Not `is_own`: it is somebody else's, and what stands in it is no part of a message."""
    if not text.strip():
        raise ScenarioError(
            [Problem("file", "an empty file", "must be a scenario (`ladsim new` writes one to start from)", file=file)]
        )
    if (problem := in_text(text) or windows_path(text)) is not None:
        raise ScenarioError([replace(problem, file=file)])
    try:
        return composed(_not_too_deep(tomllib.loads(text), file))
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        where = re.search(r"\(at line (\d+), column (\d+)\)|\(at end of document\)", message)
        line, column = (where.group(1), where.group(2)) if where and where.group(1) else ("", "")
        place = f"line {line}, column {column}" if line else "end of the file"
        what = parser_in_words(re.sub(r"\s*\(at [^)]*\)$", "", message))
        said = text.splitlines()[int(line) - 1].strip() if line and int(line) <= len(text.splitlines()) else ""
        if inside := slip_inside(said) or slip_in_list(said):
            what = _of_one_line(inside)
        if not is_own:
            raise ScenarioError([Problem(place, "no TOML", "must be a scenario", file=file)]) from None
        quoted = f" in {shown(said)}" if said else ""
        allowed = f"must be TOML{toml_hint(said)}"
        raise ScenarioError([Problem(place, f"{what}{quoted}", allowed, file=file)]) from None
    except (RecursionError, ValueError, OverflowError):
        raise ScenarioError([Problem("file", "tables or numbers too big to read", "must be TOML", file=file)]) from None


def _of_one_line(statement: str) -> str:
    """What is wrong with one ``key = value``, in a user's words."""
    try:
        tomllib.loads(statement)
    except ValueError as error:
        return parser_in_words(re.sub(r"\s*\(at [^)]*\)$", "", str(error)))
    return ""


def _not_too_deep(data: dict[str, Any], file: str) -> dict[str, Any]:
    """The same tables: headers, keys and lists, each of them short enough, may be too deep one in the other."""
    if (problem := in_tables(data)) is not None:
        raise ScenarioError([replace(problem, file=file)])
    return data


def _extended(data: dict[str, Any], here: Path, file: str, way: tuple[Path, ...]) -> dict[str, Any]:
    """`data` with absolute paths, on top of what it extends."""
    data = dict(data)
    wanted = data.pop("extends", None)
    _make_absolute(data, here.parent)
    if wanted is None:
        return data

    def refused(found: str, allowed: str, close: str = "") -> ScenarioError:
        return ScenarioError([Problem("extends", found, allowed, close, file)])

    if not isinstance(wanted, str) or not wanted:
        raise refused(shown(wanted), 'must be the name of a file: extends = "other.toml"')
    below = here.parent / wanted
    own = SHIPPED / f"{wanted.removesuffix('.toml')}.toml"
    if not os.path.isfile(below) and "/" not in wanted and os.path.isfile(own):
        below = own
    if not os.path.isfile(below):
        beside = [p.name for p in here.parent.glob("*.toml")] + shipped()
        raise refused(shown(wanted), "must be a file beside this one, or a shipped scenario", nearest(wanted, beside))
    way = (*way, Path(os.path.realpath(here)))
    is_own = is_below(below, way[0].parent, SHIPPED)
    if not is_own and Path(os.path.realpath(below)).suffix.lower() != ".toml":
        raise refused(shown(wanted), "must be a .toml file, where it lies outside this one's folder")
    if Path(os.path.realpath(below)) in way:
        circle = " → ".join(p.name for p in (*way, below))
        raise refused(f"a circle: {circle}", "must not lead back to a file it came from")
    if len(way) >= MAX_EXTENDS:
        raise refused(f"more than {MAX_EXTENDS} files in a row", f"must be at most {MAX_EXTENDS}")
    name = str(below) if below.is_relative_to(SHIPPED) else str(Path(file).parent / wanted)
    text = _text(below, name)
    tables = _extended(_parsed(text, name, is_own), below.absolute(), name, way)
    if (turned := _turned(text, tables, data.get("currency"))) is not None:
        tables = _extended(_parsed(turned, name, is_own), below.absolute(), name, way)
    return merged(tables, data)


def _turned(text: str, tables: Mapping[str, Any], wanted: Any) -> str | None:
    """A file that is extended in another currency; None where it is in that already, or where either has no rate or makes no sense.

    Amounts that the file above does not give anew are turned as those of the library are: 48 euros are no 48 kroner.
    """
    former = tables.get("currency", "EUR")
    if wanted == former or not all(isinstance(code, str) and code in PER_EURO for code in (wanted, former)):
        return None
    try:
        return in_currency(text if "currency" in tomllib.loads(text) else f'currency = "{former}"\n{text}', wanted)
    except (AttributeError, TypeError, ValueError):  # of the wrong shape, which is told of it as it stands
        return None


def _make_absolute(data: Mapping[str, Any], folder: Path) -> None:
    """Paths of graphs, posteriors, policies and programmes start at the folder of the file that names them. Changes `data`."""

    def each(table: Any, key: str) -> list[Any]:
        items = table.get(key) if isinstance(table, Mapping) else None
        return items if isinstance(items, list) else []

    def mend(table: Any, key: str) -> None:
        value = get(table, key) if isinstance(table, dict) else None
        if isinstance(value, str) and value:
            table[key] = os.path.normpath(folder / value)

    mend(data, "posterior")
    for layer in each(data, "word_of_mouth"):
        mend(layer.get("graph") if isinstance(layer, dict) else None, "path")
    strategies = data.get("strategies")
    for owner in [data, *(strategies.values() if isinstance(strategies, Mapping) else ())]:
        for item in (*each(owner, "policies"), *each(owner, "programs")):
            mend(item, "file")
