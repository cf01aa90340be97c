"""Whether compiled rules are still right: words about them change nothing, what they do changes everything."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ladsim.hosts import sources


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package that a test may change, and that is looked at in place of the package."""
    shown = shutil.ignore_patterns("__pycache__", "scenarios", "i18n", "reporting", "planning")
    package = Path(shutil.copytree(sources.PACKAGE, tmp_path / "ladsim", ignore=shown))
    monkeypatch.setattr(sources, "PACKAGE", package)
    return package


def every_byte() -> str:
    """The hash of all that the module is made from."""
    sources.hash_of_sources.cache_clear()
    return sources.hash_of_bytes()


now: Callable[[], str] = sources.hash_of_rules.__wrapped__


def test_a_copy_says_the_same(copied: Path) -> None:
    """Wherever the package lies, and whatever is beside the rules."""
    assert now() == sources.hash_of_rules()
    (copied / "engine" / "other.py").write_text('"""No rules here."""\nCOUNT = 3\n', encoding="utf-8")
    assert [path for path in sources.files() if path.name == "other.py"] == []


def test_a_checkout_of_windows_says_the_same(copied: Path) -> None:
    """There git ends lines in another way."""
    bytes_of = lambda: sources.hash_of_sources.__wrapped__(("model/*.py", "hosts/*.ll"))  # noqa: E731
    before = bytes_of()
    for path in (*copied.glob("model/*.py"), *copied.glob("hosts/*.ll")):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert bytes_of() == before


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("streams.py", "def mix64(z):", "# splitmix64\n\n\ndef mix64(z):"),
        ("streams.py", '"""splitmix64\'s finaliser: a bijection of 64 bits."""', '"""Of 64 bits, others."""'),
        ("model/money.py", '"""', '"""So: '),
        ("engine/run.py", "def _names(", "def _called("),
        ("compiled.py", "except MemoryError:", "except (MemoryError, OSError):"),
        ("hosts/native.py", "_KEPT = 5", "_KEPT = 6"),
        ("engine/kernel.py", "self.pool.shutdown(wait=False)", "self.pool.shutdown(wait=True)"),
    ],
    ids=["comment", "docstring", "of a file", "no rule", "who plays", "cache", "method"],
)
def test_words_and_what_is_no_rule_change_nothing(copied: Path, file: str, before: str, after: str) -> None:
    """But a cache that goes by the bytes begins anew."""
    rules, told = now(), sources.hash_of_sources.__wrapped__(("**/*.py",))
    changed(copied / file, before, after)
    assert now() == rules
    assert sources.hash_of_sources.__wrapped__(("**/*.py",)) != told


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("streams.py", "1.0 - 2.0**-53", "1.0 - 2.0**-52"),
        ("engine/message_order.py", "return a.number < b.number", "return a.number > b.number"),
        ("engine/kernel.py", "CHUNK = 256", "CHUNK = 128"),
        ("engine/market_arrays.py", '@entry("i8 i8 i8 i8 ->")', '@entry("i8 i8 i8 i8 -> i8")'),
        ("world/csr.py", "loops = 0", "loops = 1"),
        ("scenario/programs/tiers.py", "@hook", "@rule"),
        ("compiled.py", '"inline": "always"', '"inline": "never"'),
        ("hosts/entry.py", "np.dtype(found[1])", 'np.dtype(">" + found[1])'),
        ("hosts/native.py", "float64(int64, int64,", "float64(int32, int64,"),
        ("hosts/native.py", 'error_model="numpy"', 'error_model="python"'),
        ("hosts/runtime.ll", "define", "define weak"),
    ],
)
def test_what_the_rules_do_changes_the_hash(copied: Path, file: str, before: str, after: str) -> None:
    """A number, a rule, a signature, a mark, how they are made."""
    rules, told = now(), every_byte()
    changed(copied / file, before, after)
    assert (now() != rules, every_byte() != told) == (True, True)


def changed(path: Path, before: str, after: str) -> None:
    """Put other words in the place of the first ones that read so."""
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
