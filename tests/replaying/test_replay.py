"""Real orders under programmes: counted by hand, months of the calendar, beside today's rules, and what is no order.

Tests: ``cli/replay.py``.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from ladsim.cli.program import app
from ladsim.errors import DataError, ScenarioError
from ladsim.replaying.replay import beside, programs_of, replay

POINTS = {"kind": "points", "name": "points", "points_per_unit": 1, "reward_at": 120, "reward_cost": 6, "expires_after_months": 2}
TIERS = {"kind": "tiers", "name": "club", "levels": [{"name": "basis", "spend": 0}, {"name": "gold", "spend": 140}]}
ORDERS = pd.DataFrame(
    {
        "customer": ["a", "a", "b", "c"],
        "date": pd.to_datetime(["2026-01-10", "2026-02-28", "2026-01-31", "2026-05-01"]),
        "amount": [100.0, 50.0, 30.0, 10.0],
    }
)


def of(found: pd.DataFrame, program: str, *columns: str) -> list[list[float]]:
    return found[found["program"] == program][list(columns)].to_numpy(float).tolist()


def test_points_by_hand() -> None:
    """a: 150 points, of which a reward takes 120; what is left of a month expires two whole
    months after its end, at that very instant, which is the end of a month and counted in it."""
    found = replay(ORDERS, [POINTS])
    assert found.months["month"].tolist() == [f"2026-0{month}" for month in range(1, 6)]
    columns = ("members", "issued", "redeemed", "expired", "outstanding", "rewards", "cost")
    assert of(found.months, "points", *columns) == [
        [2, 130, 0, 0, 130, 0, 0],
        [2, 50, 120, 0, 60, 1, 6],
        [2, 0, 0, 30, 30, 0, 0],
        [2, 0, 0, 30, 0, 0, 0],
        [3, 10, 0, 0, 10, 0, 0],
    ]
    assert found.months["owed"].tolist() == pytest.approx([6.5, 3.0, 1.5, 0.0, 0.5])
    people = found.customers.set_index("customer")
    assert people["given"].tolist() == pytest.approx([6.0, 0.0, 0.0])
    assert people["points_balance"].tolist() == [0.0, 0.0, 10.0]
    assert (found.total("cost"), found.total("owed")) == pytest.approx((6.0, 0.5))


def test_levels_by_hand() -> None:
    """a is gold from its second order on."""
    found = replay(ORDERS, [TIERS])
    assert of(found.months, "club", "level_basis", "level_gold")[:2] == [[2, 0], [1, 1]]
    assert found.customers["club_level"].tolist() == ["gold", "basis", "basis"]


def test_money_off_with_vat() -> None:
    """Points that pay: 100 with 25 % VAT gives 80 points; they take 0.1 each off the next order."""
    pays = {"kind": "points", "name": "points", "points_per_unit": 1, "point_value": 0.1}
    found = replay(ORDERS[ORDERS["customer"] == "a"], [pays], vat=0.25)
    assert of(found.months, "points", "issued", "redeemed") == [[80.0, 0.0], [pytest.approx(33.6), 80.0]]
    assert found.customers["given"].tolist() == pytest.approx([6.4])


def test_behaviour_is_left_out() -> None:
    """Factors and pulls change nothing: orders are as they were."""
    pulls = POINTS | {"goal_gradient": 2.0, "factors": {"orders": 3.0, "basket": 2.0}, "lift_after_reward": 1.0, "lift_months": 1}
    pd.testing.assert_frame_equal(replay(ORDERS, [pulls]).months, replay(ORDERS, [POINTS]).months)


def test_the_same_rules_differ_by_nothing() -> None:
    """And a lower threshold lifts who reaches it."""
    both = beside(ORDERS, [POINTS, TIERS], [POINTS, TIERS])
    assert both.customers()["change"].tolist() == [0.0, 0.0, 0.0]
    assert both.moved("club") == (0, 0)
    lower = TIERS | {"levels": [{"name": "basis", "spend": 0}, {"name": "gold", "spend": 30}]}
    changed = beside(ORDERS, [lower], [TIERS])
    assert changed.moved("club") == (1, 0)
    assert changed.levels()["customers"].sum() == 3
    cheaper = beside(ORDERS, [POINTS | {"reward_cost": 1}], [POINTS])
    assert (int(cheaper.deciles()["gain"].sum()), int(cheaper.deciles()["lose"].sum())) == (0, 2)


def test_what_is_left_out_and_mistakes() -> None:
    """Rows without amounts are counted; none at all, no amounts, a wrong programme: in words."""
    assert replay(pd.concat([ORDERS, ORDERS.assign(amount=0.0)]), [POINTS]).left_out == 4
    with pytest.raises(DataError, match="amount: found no column"):
        replay(ORDERS[["customer", "date"]], [POINTS])
    with pytest.raises(DataError, match="orders: found none"):
        replay(ORDERS.assign(amount=0.0), [POINTS])
    with pytest.raises(ScenarioError, match="reward_att"):
        replay(ORDERS, [POINTS | {"reward_att": 3}])


def test_the_command(tmp_path: Path) -> None:
    """Tables without a name in them, JSON, a file without programmes."""
    for library in ("duckdb", "python_calamine", "sqlalchemy"):
        pytest.importorskip(library, reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")
    log, program, out = tmp_path / "sales.csv", tmp_path / "new.toml", tmp_path / "tables"
    ORDERS.assign(customer=["Anna Berg", "Anna Berg", "Bo", "Cid"]).to_csv(log, index=False)
    rules = 'kind = "points"\npoints_per_unit = 1\nreward_at = 120\nreward_cost = {}\n'
    program.write_text("[[programs]]\n" + rules.format(6) + "[[today]]\n" + rules.format(3))
    ran = CliRunner().invoke(app, ["replay", str(log), "--program", str(program), "--out", str(out), "--language", "da"])
    assert ran.exit_code == 0, ran.output
    assert "1 kunder får mere" in ran.output or "kunder får mere" in ran.output
    assert "Anna" not in ran.output + "".join(path.read_text() for path in out.iterdir())
    assert {path.stem for path in out.iterdir()} == {"months", "deciles", "customers", "months_today", "deciles_beside", "levels"}
    ran = CliRunner().invoke(app, ["replay", str(log), "--program", str(program), "--json", "-"])
    assert json.loads(ran.stdout)["months"][1]["cost"] == 6.0
    program.write_text("[x]\n")
    with pytest.raises(DataError, match=r"found no \[\[programs\]\]"):
        programs_of(program)


@pytest.mark.parametrize("words", [("--json", "sales.csv"), ("--json", "rules.toml"), ("--out", ".")])
def test_what_is_read_is_never_replaced(words: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the JSON, or by a table of the same name: refused before anything is written."""
    monkeypatch.chdir(tmp_path)
    log = "months.csv" if words[0] == "--out" else "sales.csv"
    ORDERS.to_csv(log, index=False)
    Path("rules.toml").write_text('[[programs]]\nkind = "points"\npoints_per_unit = 1\nreward_at = 120\nreward_cost = 6\n')
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    ran = CliRunner().invoke(app, ["replay", log, "--program", "rules.toml", *words])
    assert (ran.exit_code, ran.stdout) == (2, "") and "found the source itself, must be another file" in ran.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
