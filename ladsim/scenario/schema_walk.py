"""The schema, as walkers need it: which keys a table has and what stands behind each.

In: a record of ``spec``. Out: ``fields(record)``, a `Shape` per key as the file writes it. The loader's messages, the dotted
keys and the editor all walk the schema by it, so that a field added to ``spec`` is known everywhere at once.

>>> from ladsim.scenario.spec import Rung, Step
>>> fields(Rung)["orders_per_month"].kind
'rate'
>>> fields(Step)["from"].form
'plain'
"""

from __future__ import annotations

import typing
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union

from ladsim.scenario.number_types import Limits, Table

KINDS = ("rate", "amount", "share", "real")
Form = Literal["number", "pair", "numbers", "table", "tables", "named_tables", "plain"]


@dataclass(frozen=True)
class Shape:
    """What stands behind one key.

    `form`: a number, a pair of numbers, numbers by name, a table, a list of tables, tables by name, or something plain.
    """

    attribute: str
    form: Form
    required: bool = False
    kind: str = ""
    limits: Limits | None = None
    table: type[Table] | None = None
    description: str = ""


@cache
def fields(record: type[Table]) -> dict[str, Shape]:
    """The shape behind every key of a table, by the key as a file writes it."""
    found: dict[str, Shape] = {}
    for attribute, field in record.model_fields.items():
        annotation: Any = field.annotation
        if field.metadata:
            annotation = Annotated[annotation, *field.metadata]
        form, kind, limits, table = _look(annotation)
        found[field.alias or attribute] = Shape(
            attribute, form, field.is_required(), kind, limits, table, field.description or (table.__doc__ or "" if table else "")
        )
    return found


def _look(annotation: Any) -> tuple[Form, str, Limits | None, type[Table] | None]:
    """Form, kind, limits and table of an annotation."""
    kind, limits = _number_of(annotation)
    if kind:
        return "number", kind, limits, None
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return _look(arguments[0])
    if origin in (Union, UnionType):
        looks = [_look(a) for a in arguments if a is not NoneType]
        held = next((look[3] for look in looks if look[0] == "table"), None)
        if held is not None and any(look[0] == "plain" for look in looks):  # a number here, a table there: as it stands
            return "plain", "", None, held
        return next((look for look in looks if look[0] != "plain"), looks[0])
    if isinstance(annotation, type) and issubclass(annotation, Table):
        return "table", "", None, annotation
    if origin is tuple:
        form, kind, limits, table = _look(arguments[0])
        if table is not None:
            return "tables", "", None, table
        if form == "number" and Ellipsis not in arguments:
            return "pair", kind, limits, None
    if origin is dict:
        form, kind, limits, table = _look(arguments[1])
        if form == "number":
            return "numbers", kind, limits, None
        if table is not None:
            return "named_tables", "", None, table
    return "plain", "", None, None


def _number_of(annotation: Any) -> tuple[str, Limits | None]:
    """Kind and limits of a number of the file, or nothing."""
    if typing.get_origin(annotation) is not Annotated:
        return "", None
    notes = typing.get_args(annotation)[1:]
    kind = next((note for note in notes if isinstance(note, str) and note in KINDS), "")
    return kind, next((note for note in notes if isinstance(note, Limits)), None)


@cache
def keys_of_kind(record: type[Table], kind: str) -> frozenset[str]:
    """All keys, of a table and of those in it, whose number is of a kind.

    >>> from ladsim.scenario.spec import Basket, Layer
    >>> sorted(keys_of_kind(Basket, "amount")), sorted(keys_of_kind(Layer, "amount"))
    (['mean'], [])
    """
    found: set[str] = set()
    for key, shape in fields(record).items():
        if shape.kind == kind:
            found.add(key)
        if shape.table is not None:
            found |= keys_of_kind(shape.table, kind)
    return frozenset(found)
