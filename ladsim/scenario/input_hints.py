"""How people write numbers who come from a spreadsheet, or from Danish: slips of the pen, told in words.

In: text of a scenario file, a line of it, or a value of ``--set``. Out: a hint for a message where TOML cannot read it
(`toml_hint`, `number_hint`), and a warning where TOML reads something else than was meant (`thousands`): ``230.000`` is 230, not
230,000.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ladsim.errors import Problem

POINT = " (a decimal has a point, 9.5; thousands may have an underscore, 20_000)"
_TEXTS = re.compile(r'"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*')
_THOUSANDS = re.compile(r"(?<![\w.+-])[1-9]\d{0,2}\.\d\d0(?![\w.])")
_PER_CENT = re.compile(r"([+-]?\d+(?:[.,]\d+)?) ?%")


def toml_hint(line: str) -> str:
    """What somebody who wrote `line` may not know of TOML; nothing where no usual slip is seen.

    >>> toml_hint("monthly = 15 %"), toml_hint("mean = 9,5"), toml_hint("to = lead")
    (' (15 % is written 0.15)', ' (a decimal has a point, 9.5; thousands may have an underscore, 20_000)', ' (a text stands in quotation marks)')
    >>> toml_hint("fee = 230.000 kr."), toml_hint("monthly = 0.1-0.2")
    (' (an amount has no unit behind it; thousands may have an underscore, 20_000)', ' (a range is written { low = 0.1, high = 0.2 })')
    >>> toml_hint("dækning = 0.6")
    ' (keys are English words, and only letters from a to z, digits and _)'
    """
    key, _, value = (part.strip() for part in line.partition("="))
    hint = ""
    if any(mark in line for mark in "“”„‟«»"):
        hint = ' (a text stands in straight quotation marks, "so")'
    elif re.search(r"[^\W\d_a-zA-Z]", re.sub(r'"[^"]*"', "", key)):
        hint = " (keys are English words, and only letters from a to z, digits and _)"
    elif share := _PER_CENT.match(value):
        hint = _written(share)
    elif re.match(r"[+-]?\d+,\d|\{.*= *[+-]?\d+,\d", value):
        hint = POINT
    elif ends := re.match(r"(\d+(?:\.\d+)?) ?[-–] ?(\d+(?:\.\d+)?)$", value):
        hint = f" (a range is written {{ low = {ends[1]}, high = {ends[2]} }})"
    elif re.match(r"[+-]?[\d._]+ *[^\W\d]", value):
        hint = " (an amount has no unit behind it; thousands may have an underscore, 20_000)"
    elif re.match(r"(?!true\b|false\b|inf\b|nan\b)[^\W\d]", value):
        hint = " (a text stands in quotation marks)"
    return hint


def number_hint(text: str) -> str:
    """What is to be written in place of a text where a number is wanted; nothing where it is no number at all.

    >>> number_hint("66%"), number_hint("5000"), number_hint("0,66")
    (' (66 % is written 0.66)', ' (a number has no quotation marks)', ' (a decimal has a point, 0.66)')
    >>> number_hint("5.000")
    ' (if thousands are meant: 5_000, without quotation marks)'
    """
    said = text.strip()
    if share := _PER_CENT.fullmatch(said):
        return _written(share)
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", said):
        bare = said.replace(".", "")
        return f" (if thousands are meant: {_grouped(bare)}, without quotation marks)"
    if re.fullmatch(r"[+-]?\d+,\d+", said):
        return f" (a decimal has a point, {said.replace(',', '.')})"
    return " (a number has no quotation marks)" if re.fullmatch(r"[+-]?[\d_]+(\.\d+)?", said) else ""


def thousands(text: str) -> Iterator[Problem]:
    """A warning for each number such as ``230.000``, which TOML reads as 230; what stands in texts and comments is left alone.

    >>> [str(odd) for odd in thousands("fee = 1.500  # 2.500 would be too much")]
    ["line 1: found '1.500', which is 1.5 (if thousands are meant, write 1_500; else 1.5)"]
    """
    bare = _TEXTS.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    for number, line in enumerate(bare.split("\n"), start=1):
        for found in _THOUSANDS.findall(line):
            plain, whole = f"{float(found):g}", _grouped(found.replace(".", ""))
            yield Problem(
                f"line {number}", repr(found), f"which is {plain} (if thousands are meant, write {whole}; else {plain})"
            )


def as_share(value: float) -> str:
    """What a number of per cent is as a share; nothing for 1 and less, or more than 100.

    >>> as_share(12), as_share(0.12)
    (' (12 % is 0.12)', '')
    """
    return f" ({value:g} % is {value / 100:g})" if 1 < value <= 100 else ""


def _written(found: re.Match[str]) -> str:
    return f" ({found[1]} % is written {float(found[1].replace(',', '.')) / 100:g})"


def _grouped(digits: str) -> str:
    return f"{int(digits):_}"
