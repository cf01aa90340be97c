"""Scenario files broken by chance: the text of a good one, changed in ways that hands, editors, spreadsheets and enemies change it.

In: the text of a scenario, luck. Out: bytes that may or may not still be a scenario. ``CHANGES`` names the ways; each takes lines and
luck and gives lines. To add one: a function and a line in the table.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Lines = list[str]
NUMBER = re.compile(r"(?<![\w.\"'])-?\d[\d_]*(?:\.\d+)?(?![\w.])")
TEXT = re.compile(r'"[^"\n]*"')
KEY = re.compile(r"^(\s*)([\w\"'.-]+)(\s*=)")

NUMBERS = (
    "-1", "0", "-0.0", "1e308", "-1e308", "1e-320", "nan", "inf", "-inf", "9" * 30, "9" * 400, "9" * 5000, "1" + "0" * 309 + ".0",
    "0.9999999999999999", "2.0000000000000004", "1_000_000_000_000", "9223372036854775807", "9223372036854775808", "1,5", "66 %", "0x1F",
    "0o17", "1e5", "12.01", "1.000.000", "20.000 kr.", "½", "١٢",
)  # fmt: skip
VALUES = (
    "true", "false", '""', '"x"', "'twelve'", "[]", "[[]]", "{}", "[1, 2, 3]", '{ low = 2, high = 1 }', '{ low = 1 }', "{ law = 'beta' }",
    '{ law = "normal", mean = nan, sd = -1 }', "{ en = 1, da = 2 }", "1979-05-27", "07:32:00", "1979-05-27T07:32:00Z", '"""', "None", "=SUM(A1)",
    '"' + "long " * 2000 + '"', '{ law = "draws", values = [] }', "[" * 300 + "]" * 300, "{ a = " * 200 + "1" + " }" * 200,
)  # fmt: skip
NAMES = (
    "base",
    "a b",
    "",
    "\u200b",
    "lead\u202e",
    "æøå",
    "a" * 10_000,
    "x.y",
    "__class__",
    "0",
    "revenue",
    "-",
    "'",
    "outside",
    "\u0000",
)
TABLES = (
    "[rungs]", "[[rungs]]", "[[rungs]]\nname = 'x'", "[[steps]]", "[strategies]", "[strategies.x]", "[[strategies.x.campaigns]]",
    "[[programs]]\nkind = 'points'", "[[programs]]\nkind = 'own'\nfile = '/dev/null'", "[[word_of_mouth]]\nlayer = 'z'",
    "[[word_of_mouth]]\nlayer = 'z'\ngraph = { kind = 'file', path = '/dev/zero' }", "[[policies]]\nfile = 'none.py'\nfunction = 'f'",
    "[[segments]]\nname = 's'\nshare = 1.0", "[[goals]]\nrung = 'x'", "[money.margin]", "[heterogeneity]\norders = {}", "[start.nodes]\nlead = [-1]",
    "[sources]\n'a.b' = 'x'", "extends = 'itself.toml'", "extends = '/dev/zero'", "extends = '..'", "extends = ''", "schema = 2", "language = 'xx'",
)  # fmt: skip


def _replaced(pattern: re.Pattern[str], by: Callable[[random.Random], str]) -> Callable[[Lines, random.Random], Lines]:
    """Put something else in one place that the pattern finds."""

    def change(lines: Lines, luck: random.Random) -> Lines:
        places = [(row, found.span()) for row, line in enumerate(lines) for found in pattern.finditer(line)]
        if places:
            row, (begin, end) = luck.choice(places)
            lines[row] = lines[row][:begin] + by(luck) + lines[row][end:]
        return lines

    return change


def _with_key(change: Callable[[str, random.Random], str]) -> Callable[[Lines, random.Random], Lines]:
    """Change one key."""

    def changed(lines: Lines, luck: random.Random) -> Lines:
        rows = [row for row, line in enumerate(lines) if KEY.match(line)]
        if rows:
            row = luck.choice(rows)
            lines[row] = KEY.sub(lambda m: m[1] + change(m[2], luck) + m[3], lines[row])
        return lines

    return changed


def _misspelt(key: str, luck: random.Random) -> str:
    place = luck.randrange(len(key))
    return key[:place] + luck.choice("xé_") + key[place + luck.randrange(2) :]


def _deleted(lines: Lines, luck: random.Random) -> Lines:
    begin = luck.randrange(max(len(lines), 1))
    del lines[begin : begin + luck.choice((1, 1, 1, 3, 10))]
    return lines


def _twice(lines: Lines, luck: random.Random) -> Lines:
    begin = luck.randrange(max(len(lines), 1))
    own = lines[begin : begin + luck.choice((1, 5, 20))]
    return lines[:begin] + own * luck.choice((2, 2, 30)) + lines[begin:]


def _moved(lines: Lines, luck: random.Random) -> Lines:
    if lines:
        line = lines.pop(luck.randrange(len(lines)))
        lines.insert(luck.randrange(len(lines) + 1), line)
    return lines


def _cut_off(lines: Lines, luck: random.Random) -> Lines:
    text = "\n".join(lines)
    return text[: luck.randrange(len(text) + 1)].split("\n")


def _more(lines: Lines, luck: random.Random) -> Lines:
    return [*lines, *luck.choice(TABLES).split("\n")] if luck.random() < 0.5 else [luck.choice(TABLES), *lines]


def _many_keys(lines: Lines, luck: random.Random) -> Lines:
    """Hundreds or thousands of keys that nobody knows, at one place."""
    word = luck.choice(("orders_per_mont", "k", "share", "æ"))
    more = [f"{word}{number} = {number}" for number in range(luck.choice((10, 300, 3000)))]
    place = luck.randrange(len(lines) + 1)
    return lines[:place] + more + lines[place:]


def _deep(lines: Lines, luck: random.Random) -> Lines:
    depth = luck.choice((20, 200, 2000))
    key = ".".join(["a"] * depth)
    return [*lines, luck.choice((f"[{key}]", f"{key} = 1", f"[strategies.{key}]", f"[strategies.x.set.{key}]"))]


def _many_rungs(lines: Lines, luck: random.Random) -> Lines:
    count = luck.choice((50, 300))
    return [*lines, *(line for n in range(count) for line in ("[[rungs]]", f"name = 'r{n}'", "orders_per_month = 1.0"))]


CHANGES: dict[str, Callable[[Lines, random.Random], Lines]] = {
    "a number": _replaced(NUMBER, lambda luck: luck.choice(NUMBERS)),
    "another kind of value": _replaced(NUMBER, lambda luck: luck.choice(VALUES)),
    "a value for a text": _replaced(TEXT, lambda luck: luck.choice(VALUES)),
    "a name": _replaced(TEXT, lambda luck: '"' + luck.choice(NAMES) + '"'),
    "a key misspelt": _with_key(_misspelt),
    "a long key": _with_key(lambda key, luck: key + "y" * luck.choice((40, 5_000, 200_000))),
    "a key split": _with_key(lambda key, luck: luck.choice((f"{key}.{key}", f'"{key}"', f"{key} x", f"'{key}\\'", ""))),
    "lines deleted": _deleted,
    "lines twice": _twice,
    "a line moved": _moved,
    "cut off": _cut_off,
    "a table more": _more,
    "many keys": _many_keys,
    "nested deeply": _deep,
    "many rungs": _many_rungs,
}


def _torn_bytes(whole: bytes, luck: random.Random) -> bytes:
    """Encodings, line ends, and bytes that no editor shows."""
    place = luck.randrange(len(whole) + 1)
    strange = luck.choice(
        (b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\x1b[31m", b"\r", b"\x85", b"\xe2\x80\xa8", luck.randbytes(20))
    )
    return luck.choice(
        (
            whole[:place] + strange + whole[place:],
            b"\xef\xbb\xbf" + whole,
            whole.replace(b"\n", b"\r\n"),
            whole.replace(b"\n", b"\r"),
            whole.decode("utf-8", "replace").encode("utf-16"),
            whole.replace(b'"', "”".encode()),
        )
    )


def broken(text: str, luck: random.Random) -> tuple[list[str], bytes]:
    """One to four changes of a file: their names, and what is left."""
    lines, names = text.split("\n"), []
    for _ in range(luck.choice((1, 1, 2, 3, 4))):
        name = luck.choice(list(CHANGES))
        lines = CHANGES[name](lines, luck)
        names.append(name)
    whole = "\n".join(lines).encode("utf-8", "replace")
    if luck.random() < 0.1:
        names.append("bytes")
        whole = _torn_bytes(whole, luck)
    return names, whole
