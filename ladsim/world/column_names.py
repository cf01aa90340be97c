"""Words above columns of a file of ties, in English, Danish and Norwegian: which column says who, whom, how much, or nobody.

In: the cells of a first line. Out: `Columns`, where they are known column names. Two ends go by pairs of words, so that "customer,
referrer" is known and "customer, city" is not. Names with numbers behind them (node1, node2) count only while no id reads like one.

>>> known(["Id", "Source", "Target", "Type", "Weight"])
Columns(source=1, target=2, weight=4, stem='')
>>> known(["Fra", "Til", "Vægt"]), known(["node_1", "node_2"]).stem, known(["Anna", "Bo"])
(Columns(source=0, target=1, weight=2, stem=''), 'node', None)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# (who may tell, whom). The first pair that a line has is that of its ties.
_PAIRS = """
source target|:start_id :end_id|source destination|source dest|src dst|src dest|src tgt|from to|sender receiver|sender recipient|ego alter|tail head
u v|i j|node neighbour|node neighbor|fromnodeid tonodeid|fromnode tonode|from_id to_id|from_node to_node|from_user to_user
from_customer to_customer|source_id target_id|sourceid targetid|source_node target_node|source_name target_name|customer friend|user friend
person friend|user_id friend_id|customer_id friend_id|person_id friend_id
referrer customer|referrer_id customer_id|referred_by customer_id
referrer referred|referrer referee|referred_by customer|referred_by id|referred_by name
recommender recommended|inviter invitee|parent child|start end|followee follower
fra til|kilde mål|kilde maal|afsender modtager|giver modtager|kunde ven|person ven|anbefalet_af kunde|anbefaler anbefalet|anbefaler kunde
henviser henvist|henvist_af kunde|hvervet_af kunde|fra_id til_id|fra_kunde til_kunde|fra_person til_person
kunde_id ven_id|kundenr ven|kundenr vennr|anbefalet_af kundenr|henvist_af kundenr|henvist_af id|anbefalet_af id
kunde_id venn_id|kundenr venn|anbefalt_av kundenr|henvist_av kundenr|vervet_av kundenr|henvist_av id|anbefalt_av id
avsender mottaker|giver mottaker|kunde venn|person venn|anbefalt_av kunde|anbefaler anbefalt|henvist_av kunde|vervet_av kunde|verver vervet
"""
PAIRS = tuple(tuple(pair.split()) for line in _PAIRS.strip().splitlines() for pair in line.split("|"))
WEIGHTS = frozenset(["weight", "weights", "vægt", "vægte", "vaegt", "vekt", "vekter"])
INDEX = frozenset(
    [
        "id",
        "nr",
        "no",
        "nr.",
        "no.",
        "#",
        "row",
        "rownum",
        "row_id",
        "index",
        "idx",
        "line",
        "løbenr",
        "lbnr",
        "rad",
        "række",
        "raekke",
        "linje",
        "edge_id",
        "tie_id",
        "edge",
        "key",
    ]
)
# Words that begin two columns of people when numbers stand behind them.
_NUMBERED = re.compile(
    r"(node|id|user|person|customer|name|v|x|col|column|var|field|kolonne|felt|kunde|navn|bruger|bruker|medlem|member)_?([12ab])"
)


@dataclass(frozen=True)
class Columns:
    """Places of columns."""

    source: int
    target: int
    weight: int | None = None
    stem: str = ""
    """What both names begin with where numbers tell them apart."""

    def both(self) -> tuple[int, int]:
        """Where the two ends stand."""
        return self.source, self.target


def plain(name: str) -> str:
    """A column's name as it is compared: one Unicode form, small letters, no mark of a comment, spaces and hyphens as _."""
    text = unicodedata.normalize("NFC", name).strip().casefold().lstrip("#% ").strip()
    return re.sub(r"[\s\-]+", "_", text)


def known(cells: Sequence[str]) -> Columns | None:
    """The columns that known names are above; None where no two of them are those of a pair."""
    names = [plain(cell) for cell in cells]
    weight = next((place for place, name in enumerate(names) if name in WEIGHTS), None)
    for one, other in PAIRS:
        if one in names and other in names:
            return Columns(names.index(one), names.index(other), weight)
    numbered = [(place, found) for place, name in enumerate(names) if (found := _NUMBERED.fullmatch(name))]
    if len(numbered) >= 2 and numbered[0][1][1] == numbered[1][1][1] and numbered[0][1][2] in "1a" and numbered[1][1][2] in "2b":
        return Columns(numbered[0][0], numbered[1][0], weight, numbered[0][1][1])
    return None


def twice(cells: Sequence[str], columns: Columns) -> str:
    """A name of an end that stands above two columns, or a second pair of ends; empty where all is plain."""
    names = [plain(cell) for cell in cells]
    mine = {names[columns.source], names[columns.target]}
    for name in sorted(mine):
        if names.count(name) > 1:
            return f"two columns called {name!r}"
    for one, other in PAIRS:
        if one in names and other in names and not {one, other} & mine:
            return f"both {names[columns.source]}, {names[columns.target]} and {one}, {other}"
    return ""


def is_index(cell: str) -> bool:
    """Whether a column of this name numbers the rows, where two other columns hold people; so does one without a name."""
    return not cell or plain(cell) in INDEX


def like_numbered(stem: str, name: str) -> bool:
    """Whether a name reads like the names of columns that begin with `stem`.

    >>> like_numbered("node", "Node 17"), like_numbered("node", "anna")
    (True, False)
    """
    return re.fullmatch(rf"{stem}_?(\d+|[a-z])", plain(name)) is not None


def exact(cells: Sequence[str], wanted: str) -> list[int]:
    """Places of the columns of a name as the user wrote it, whatever its Unicode form; else whatever its capitals."""
    normal = [unicodedata.normalize("NFC", cell).strip() for cell in cells]
    asked = unicodedata.normalize("NFC", wanted).strip()
    same = [place for place, cell in enumerate(normal) if cell == asked]
    return same or [place for place, cell in enumerate(normal) if cell.casefold() == asked.casefold()]
