"""What Python calls of the rules: every entry says rightly what it takes and gives, and wrong words are refused."""

from __future__ import annotations

import ast
import importlib
import inspect
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from ladsim.compiled import entry, hook, inline, rule
from ladsim.hosts import sources
from ladsim.hosts.entry import ENTRIES, Entry, Kind, kind_of
from ladsim.model.layout import HOOKS
from ladsim.scenario.programs.kinds import KINDS
from ladsim.scenario.programs.rules import kind_of as programme
from tests.hosts import compiles

PACKAGE = Path(__file__).resolve().parents[2] / "ladsim"
for _file in sources.files():
    importlib.import_module(".".join(("ladsim", *_file.relative_to(PACKAGE).with_suffix("").parts)))
OURS = {name: one for name, one in ENTRIES.items() if one.function.__module__.startswith("ladsim.")}
PROGRAMMES = [kind for kind in (*KINDS, "triggered_campaign") if programme(kind).hooks]
# Which compile the whole of a customer's life.
LONG = {"kernel.advance", "kernel.begin_rows", "reference.begin", "reference.act", "reference.hear", "stage.retime_rows"}


@cache
def declared() -> dict[str, ast.FunctionDef]:
    """Every function of ladsim under ``@entry``, by the name that its entry has."""
    return {
        f"{path.stem}.{node.name}": node
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and "entry" in {_name_of(mark) for mark in node.decorator_list}
    }


def _name_of(mark: ast.expr) -> str:
    called = mark.func if isinstance(mark, ast.Call) else mark
    return called.id if isinstance(called, ast.Name) else ""


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("i8", Kind(np.dtype(np.int64), 0, False)),
        ("b1", Kind(np.dtype(np.bool_), 0, False)),
        ("u2[]", Kind(np.dtype(np.uint16), 1, False)),
        ("i4[]*", Kind(np.dtype(np.int32), 1, True)),
        ("f8[,]", Kind(np.dtype(np.float64), 2, False)),
    ],
)
def test_a_word_means_a_kind(word: str, kind: Kind) -> None:
    """NumPy's short name, an axis for each place in the brackets, and a star where it is written to."""
    assert kind_of(word) == kind


@pytest.mark.parametrize("word", ["", "i9", "f2", "int", "i8[", "i8[]]", "[]", "i8**", "i8[ ]", "*i8", "u8[]*x"])
def test_wrong_words_are_refused(word: str) -> None:
    """With what was found and what is allowed."""
    allowed = "must be one of i8 i4 u8 u4 u2 u1 f8 f4 b1, with"
    with pytest.raises(ValueError, match=allowed) as said:
        kind_of(word)
    assert f"found {word!r}" in str(said.value)


@pytest.mark.parametrize("signature", ["i8, i8 -> f8", "i8 -> float", "(i8) -> i8", "i8 => i8"])
def test_wrong_signatures_are_refused(signature: str) -> None:
    """Where the entry is declared, and not when it is called."""
    before = set(ENTRIES)
    with pytest.raises(ValueError, match=r"^signature: found"):
        entry(signature)(lambda number: number)
    assert set(ENTRIES) == before


def test_a_mark_leaves_a_function_as_it_was() -> None:
    """Python can call what is marked; an entry knows its function, its text and its name."""

    def double(x):  # type: ignore[no-untyped-def]
        """Twice."""
        return 2 * x

    assert rule(double) is double and inline(double) is double and hook(double) is double
    assert double(4) == 8
    one = Entry(double, "i8 -> i8")
    try:
        assert (one.function, one.__doc__, one.name) == (double, "Twice.", f"{__name__.rpartition('.')[2]}.double")
        assert (one.has_arrays, Entry(double, "i8 -> f8[]").has_arrays) == (False, True)
    finally:
        del ENTRIES[one.name]


def test_every_entry_has_a_name_of_its_own() -> None:
    """All that are declared are known, each by its file and its own name: none hides another."""
    found = declared()
    assert len(found) >= 40
    assert set(found) == set(OURS)
    assert len({one.function.__code__ for one in OURS.values()}) == len(OURS)


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_signature_fits_its_function(name: str) -> None:
    """As many words as arguments; a market's address is a whole number; what the function writes to, and nothing but arrays, is starred."""
    one = OURS[name]
    arguments = list(inspect.signature(one.function).parameters)
    assert len(one.takes) == len(arguments)
    kinds = dict(zip(arguments, one.takes, strict=True))
    assert kinds.get("address", kind_of("i8")) == kind_of("i8")
    assert all(kind.axes for kind in one.takes if kind.written)
    assert not any(kind.written for kind in one.gives)
    written = {
        node.value.id
        for node in ast.walk(declared()[name])
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name)
    }
    assert written & set(arguments) <= {argument for argument, kind in kinds.items() if kind.written}


@compiles
class TestNative:
    @pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.long] * (name in LONG)) for name in sorted(OURS)])
    def test_an_entry_compiles_to_what_it_says(self, name: str) -> None:
        """For what it takes, Numba finds that it gives what the signature says."""
        from ladsim.hosts.native import entry_of, numba_type

        one = OURS[name]
        (signature,) = entry_of(one).nopython_signatures
        assert signature.args == tuple(numba_type(kind) for kind in one.takes)
        given = signature.return_type
        found = () if str(given) == "none" else tuple(given) if hasattr(given, "types") or hasattr(given, "count") else (given,)
        assert found == tuple(numba_type(kind) for kind in one.gives)

    @pytest.mark.parametrize("name", PROGRAMMES)
    def test_hooks_compile(self, name: str) -> None:
        """Every rule of a programme has an address of its own."""
        from ladsim.hosts.native import Native

        block, hooks = Native(), programme(name).hooks
        assert hooks and set(hooks) <= set(HOOKS)
        addresses = [block.hook(function) for function in hooks.values()]
        assert 0 not in addresses and len(set(addresses)) == len(addresses)
        assert addresses == [block.hook(function) for function in hooks.values()]

    def test_arguments_are_what_the_signature_says(self) -> None:
        """A list of whole numbers of another kind, or an array not in order, is handed over as the entry takes it; too few are refused."""
        from ladsim.hosts.native import native
        from ladsim.world.csr import checksum, in_degrees

        ends = np.array([0, 2, 2, 1], np.int64)
        assert native.call(in_degrees, 3, ends).tolist() == [1, 1, 2]
        assert native.call(in_degrees, np.uint8(3), np.repeat(ends, 2).astype(np.int32)[::2]).tolist() == [1, 1, 2]
        fixed = np.arange(8, dtype=np.uint32)
        fixed.flags.writeable = False
        assert native.call(checksum, fixed) == native.call(checksum, fixed.copy())
        with pytest.raises(ValueError, match="shorter"):
            native.call(checksum)
