"""Files as people export them: each is read as its truth says, or refused in words.

Tests: ``data/columns.py``, ``data/day_columns.py``, ``data/ids.py``, ``data/read.py``, ``data/rows.py``, ``data/sources.py``,
``data/store.py``, ``data/transactions.py``, ``data/words.py``.
"""

from __future__ import annotations

import pytest

from ladsim.data.read import read_data
from ladsim.errors import DataError
from ladsim.i18n import LANGUAGES, Locale
from tests.data.conftest import Desk, orders, told
from tests.data.dirty_files import DIRTY, Dirty
from tests.data.exports import ORDERS, truth


def test_there_are_enough() -> None:
    """At least sixty files, of which nearly all can be read; their names differ."""
    assert len({one.name for one in DIRTY}) == len(DIRTY) >= 60
    assert sum(isinstance(one.truth, dict) for one in DIRTY) >= 57
    assert len(truth(ORDERS)) == 39


@pytest.mark.parametrize("one", DIRTY, ids=lambda one: one.name)
def test_a_dirty_file(one: Dirty, desk: Desk) -> None:
    """Every customer and day with its amount, no other; what was left out is told, in three languages. Or the words of a refusal."""
    path = desk.put(one.content, one.name)
    if isinstance(one.truth, str):
        with pytest.raises(DataError, match=one.truth):
            read_data(path, **one.options)
        return
    read = read_data(path, **one.options)
    assert orders(read) == one.truth
    assert set(one.said) <= told(read)
    for language in LANGUAGES:
        assert all(line.strip() and "{" not in line for line in read.report.lines(Locale(language)))
