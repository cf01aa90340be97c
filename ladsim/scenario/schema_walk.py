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
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union

from ladsim.scenario.number_types import Limits, Table

KINDS = ("rate", "amount", "share", "real")
Form = Literal["number", "pair", "numbers", "table", "tables", "named_tables", "plain"]


@dataclass(frozen=True)
class Shape:
    """What stands behind one key.

    `form`: a number, a pair of numbers, numbers by name, a table, a list of tables, tables by name, or something plain. Where a list has
    tables of several kinds, `kinds` has the record of each, and `table` what all of them share.
    """

    attribute: str
    form: Form
    required: bool = False
    kind: str = ""
    limits: Limits | None = None
    table: type[Table] | None = None
    description: str = ""
    kinds: Mapping[str, type[Table]] = field(default_factory=dict, hash=False)

    def record(self, item: Any) -> type[Table] | None:
        """The record of one table behind the key, given as a record or as a raw table."""
        if isinstance(item, Table):
            return type(item)
        return (self.kinds.get(str(item.get("kind"))) if isinstance(item, Mapping) else None) or self.table


@cache
def fields(record: type[Table]) -> dict[str, Shape]:
    """The shape behind every key of a table, by the key as a file writes it."""
    found: dict[str, Shape] = {}
    for attribute, info in record.model_fields.items():
        annotation: Any = info.annotation
        if info.metadata:
            annotation = Annotated[annotation, *info.metadata]
        form, kind, limits, table = _look(annotation)
        found[info.alias or attribute] = Shape(
            attribute,
            form,
            info.is_required(),
            kind,
            limits,
            table,
            info.description or (table.__doc__ or "" if table else ""),
            _kinds(info.annotation) if form == "tables" else {},
        )
    return found


@cache
def keys_of(record: type[Table]) -> tuple[str, ...]:
    """The keys of a table, in the order of the alphabet."""
    return tuple(sorted(fields(record)))


def _look(annotation: Any) -> tuple[Form, str, Limits | None, type[Table] | None]:
    """Form, kind, limits and table of an annotation."""
    kind, limits = _number_of(annotation)
    if kind:
        return "number", kind, limits, None
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return _look(arguments[0])
    if origin in (Union, UnionType):
        if shared := _shared(arguments):
            return "table", "", None, shared
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


def _shared(arms: tuple[Any, ...]) -> type[Table] | None:
    """The record that all arms of a union are made of, where they are tables of several kinds."""
    if not all(isinstance(arm, type) and issubclass(arm, Table) for arm in arms):
        return None
    return next(record for record in arms[0].__mro__ if all(issubclass(arm, record) for arm in arms))


def _kinds(annotation: Any) -> dict[str, type[Table]]:
    """The record of each kind, by its name, in a list of tables told apart by `kind`."""
    inner = typing.get_args(annotation)[0]
    arms = typing.get_args(typing.get_args(inner)[0]) if typing.get_origin(inner) is Annotated else ()
    return {typing.get_args(arm.model_fields["kind"].annotation)[0]: arm for arm in arms}


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
        for table in (*shape.kinds.values(), *([shape.table] if shape.table is not None else [])):
            found |= keys_of_kind(table, kind)
    return frozenset(found)
