"""Columns of a text, part by part: the same from every pandas, whichever part has the widest line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ladsim.data.sources import table_dialect
from ladsim.world import text_columns
from ladsim.world.text_columns import TextColumns


@pytest.mark.parametrize("first", [(0, 0), (99, 0)], ids=["in parts", "at once"])
def test_no_part_needs_a_line_of_the_full_width(first: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of three lines, most of them narrower than the columns asked for: what a line does not have is empty, rows count on."""
    import pandas

    if first == (0, 0) and tuple(map(int, pandas.__version__.split(".")[:2])) < text_columns.IN_PARTS:
        pytest.skip("this pandas reads all at once")
    monkeypatch.setattr(text_columns, "IN_PARTS", first)
    path = tmp_path / "orders.csv"
    path.write_text("customer,day,amount\n" + "".join(f"{n},2024-01-0{n},{n}.50\n" for n in range(1, 9)), encoding="utf-8")
    parts = list(TextColumns(path, table_dialect(path), range(4), 3).parts())
    whole = pandas.concat(parts)
    assert len(parts) > 1
    assert whole.index.tolist() == list(range(9))
    assert whole[2].tolist() == ["amount", *(f"{n}.50" for n in range(1, 9))]
    assert whole[3].tolist() == [""] * 9
