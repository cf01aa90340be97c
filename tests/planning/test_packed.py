"""A study of very many futures packs its histories in memory, and is the same to the last bit."""

from __future__ import annotations

from pathlib import Path

import pytest

from ladsim.planning import packed
from ladsim.planning.compare import compare
from ladsim.planning.packed import Histories, PackedHistory
from ladsim.planning.tables import tables_of
from ladsim.scenario.spec import Scenario


@pytest.mark.parametrize("processes", [1, 2])
def test_packed_histories_are_the_same(shop: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: int) -> None:
    """Every table of a comparison whose later futures are packed, played and read, is that of one whose are not."""
    options = {"replications": 8, "sample": 300, "processes": processes}
    plain = compare(shop, store=False, **options)  # type: ignore[arg-type]
    monkeypatch.setattr(packed, "OPEN", 3)
    for store in (False, tmp_path, tmp_path):
        study = compare(shop, store=store, **options)  # type: ignore[arg-type]
        mine, theirs = study.runs["dear"].histories, plain.runs["dear"].histories
        assert isinstance(mine, Histories) and isinstance(theirs, tuple) and len(mine) == 8
        assert all(one.equals(other) for one, other in zip(mine, theirs, strict=True)) and mine[-1].equals(theirs[-1])
        assert isinstance(mine[2:5], Histories) and [one.replication for one in mine[2:5]] == [2, 3, 4]
        tables = tables_of(plain)
        assert all(table.equals(tables[name]) for name, table in tables_of(study).items())
    assert isinstance(packed.light(3, (theirs[3], None))[0], PackedHistory)
