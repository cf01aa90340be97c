"""What a file of ties or people was read as, in one line: people, ties, what line 1 was taken for, what was passed over and why.

In: facts, each the name of a text of ``i18n/files.LANGUAGE.toml`` with its values. Out: the line, in the scenario's language. To tell
something else: a text there, and ``Reading.told`` or ``Reading.passed`` where it is found.

>>> from ladsim.i18n import ENGLISH
>>> reading = Reading("ties.csv").told("header", line=1, source="Fra", target="Til").passed("comments", n=2, mark="#")
>>> reading.line(ENGLISH, 4, 3)
'ties.csv: 4 people, 3 ties; line 1 read as column names (from Fra to Til). Passed over: 2 lines of comment (#).'
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ladsim.i18n import Locale

Fact = tuple[str, tuple[tuple[str, object], ...]]
MOST_SHOWN = 60  # characters of a name from a file


@dataclass(frozen=True)
class Reading:
    """What is to be told of a file: how it was read, and what of it was not."""

    file: str
    facts: tuple[Fact, ...] = ()
    left: tuple[Fact, ...] = ()

    def told(self, key: str, **values: object) -> Reading:
        """The same, with one more fact about how the file was read."""
        return replace(self, facts=(*self.facts, (key, tuple(values.items()))))

    def passed(self, key: str, **values: object) -> Reading:
        """The same, with one more thing that was passed over; none where the number `n` is 0."""
        return self if values.get("n") == 0 else replace(self, left=(*self.left, (key, tuple(values.items()))))

    def line(self, locale: Locale, people: int, ties: int) -> str:
        """The line, with so many people and ties in it."""
        counts = {
            "people": locale.text("files.people", n=people, number=locale.whole(people)),
            "ties": locale.text("files.ties", n=ties, number=locale.whole(ties)),
        }
        said = "; ".join([locale.text("files.counts", file=self.file, **counts), *(_said(locale, fact) for fact in self.facts)])
        passed = "; ".join(_said(locale, fact) for fact in self.left)
        return f"{said}. {locale.text('files.passed', what=passed)}" if passed else f"{said}."


def _said(locale: Locale, fact: Fact) -> str:
    """A fact in words: numbers written out, what comes from the file cut short."""
    key, values = fact
    return locale.text(f"files.{key}", **{name: _written(locale, name, value) for name, value in values})


def _written(locale: Locale, name: str, value: object) -> object:
    if name == "n":
        return value
    if isinstance(value, int):
        return locale.whole(value)
    text = " ".join(str(value).split())
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
