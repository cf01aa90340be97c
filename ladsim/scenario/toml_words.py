"""What the parser of TOML says, in a user's words; and paths that TOML reads otherwise than they look.

In: a message of the parser, or the text of a file. Out: words, or a problem.
"""

from __future__ import annotations

import re

from ladsim.errors import Problem

_PATH = re.compile(r'(?m)^[^#\n]*?\b(path|file|extends)"?\s*=\s*"((?:\\.|[^"\\\n])*)"')
_ESCAPE = re.compile(r'\\(?!["\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})')
# How the parser's message begins → what a user may have done.
_WORDS = {
    "Expected newline or end of document": "something behind the value",
    "Invalid value": "no value that can be read",
    "Invalid statement": "no key at the beginning of the line",
    "Invalid initial character for a key part": "a key that begins with another sign than a letter or a digit",
    "Expected '=' after a key": "a key without = and a value behind it",
    "Unclosed array": "a list without a comma or its closing ]",
    "Unclosed inline table": "a table { … } without a comma, or without its closing } in the same line",
    "Expected ']' at the end": "a heading without its closing ]",
    "Expected ']]' at the end": "a heading without its closing ]]",
    "Cannot overwrite a value": "a key or a heading that was given before",
    "Duplicate inline table key": "a key given twice",
    "Unterminated string": "a text without its closing quotation mark",
    "Illegal character '\\n'": "a text without its closing quotation mark",
    "Expected \"'": "a text without its closing quotation mark",
    "Expected '\"": "a text without its closing quotation mark",
    "Unescaped '\\' in a string": "a backslash in a text",
    "Invalid hex value": "a backslash in a text",
    "Escaped character is not": "a backslash in a text",
}


def parser_in_words(parser: str) -> str:
    """What the parser says, in a user's words; its own where there are none.

    >>> parser_in_words("Expected newline or end of document after a statement"), parser_in_words("Cannot declare ('rungs',) twice")
    ('something behind the value', "cannot declare ('rungs',) twice")
    """
    words = next((words for said, words in _WORDS.items() if parser.startswith(said)), "")
    return words or f"{parser[:1].lower()}{parser[1:]}"


def windows_path(text: str) -> Problem | None:
    r"""The first path of a file in double quotation marks with a backslash in it, which TOML reads as another sign.

    >>> print(windows_path('path = "C:\\new\\ties.csv"'))
    line 1: found "C:\new\ties.csv", must be in single quotation marks, 'C:\new\ties.csv', or have / for each \ (in double ones \n is a line break)
    >>> windows_path("path = 'C:\\new'"), windows_path('path = "C:/new"'), windows_path('path = "C:\\\\new"')
    (None, None, None)
    """
    for found in _PATH.finditer(text):
        if _ESCAPE.search(found[2].replace("\\\\", "")):
            line = text.count("\n", 0, found.start(2)) + 1
            allowed = (
                rf"must be in single quotation marks, '{found[2]}', or have / for each \ (in double ones \n is a line break)"
            )
            return Problem(f"line {line}", f'"{found[2]}"', allowed)
    return None
