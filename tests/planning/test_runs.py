"""What the store holds is listed, shown, compared and deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

import ladsim
from ladsim.errors import StudyError
from ladsim.planning.run import together
from ladsim.planning.runs import compare_runs, delete_runs, kept_run, listed, runs, store_size
from ladsim.scenario.spec import Scenario


@pytest.fixture(scope="module")
def kept(shop: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with three runs: dear and keep them first on one seed, dear on another."""
    folder = tmp_path_factory.mktemp("store")
    for strategy, seed in (("retention_first", 1), ("dear", 2), ("dear", 1)):
        together(shop, [strategy], seed=seed, replications=6, sample=300, processes=1, store=folder)
    return folder


def test_runs_are_listed_used_last_first(kept: Path) -> None:
    """Name, scenario, strategy, seed, people, months, futures, bytes and the day of each."""
    table = listed(kept)
    assert table[["scenario", "strategy", "what", "seed", "people", "months", "futures"]].to_numpy().tolist() == [
        ["Small shop", "dear", "future", 1, 300, 6.0, 6],
        ["Small shop", "dear", "future", 2, 300, 6.0, 6],
        ["Small shop", "retention_first", "future", 1, 300, 6.0, 6],
    ]
    assert table["bytes"].sum() == sum(path.stat().st_size for path in kept.glob("*.pack"))
    assert store_size(kept) == (str(kept), sum(path.stat().st_size for path in kept.iterdir()))


def test_a_run_is_shown_as_its_study_has_it(kept: Path, shop: Scenario) -> None:
    """The measures of kept futures are those of the study, but for ratios, which are means of quotients here."""
    found = kept_run(str(listed(kept)["run"][0])[:6], kept)
    study = together(shop, ["dear"], replications=6, sample=300, processes=1, store=False)["dear"]
    mine, theirs = found.measures.set_index("measure"), study.measures.set_index("measure")
    for measure in ("revenue", "new_customers", "end_ambassador"):
        assert mine.loc[measure, ["low", "high"]].tolist() == pytest.approx(theirs.loc[measure, ["low", "high"]].tolist())
    assert (found.strategy, found.seed, found.currency, found.market) == ("dear", 1, "DKK", 2000)
    assert found.numbers["rungs.lead.share"] == 0.9 and "low 0.02 high 0.1" in found.numbers["steps.lead.customer.time.monthly"]


def test_two_runs_on_the_same_luck_are_compared_future_by_future(kept: Path) -> None:
    """A run against itself differs by exactly zero; strategies differ in what they set; other seeds are compared by their means."""
    dear, other_seed, retention = listed(kept)["run"]
    same = compare_runs(dear, dear, kept)
    assert same.is_paired and same.numbers.empty and (same.measures["difference"].dropna() == 0.0).all()
    found = compare_runs(dear, retention, kept)
    first, second = (kept_run(name, kept).measures.set_index("measure")["mean"] for name in (dear, retention))
    row = found.measures.set_index("measure").loc["revenue"]
    assert (
        row["difference"] == pytest.approx(first["revenue"] - second["revenue"]) and row["low"] < row["difference"] < row["high"]
    )
    assert found.numbers["key"][0] == "strategy" and len(found.numbers) > 1
    apart = compare_runs(dear, other_seed, kept)
    assert not apart.is_paired and apart.numbers.to_numpy().tolist() == [["seed", 1, 2]]
    wide = apart.measures.set_index("measure").loc["revenue"]
    assert wide["high"] - wide["low"] > 0.0


def test_names_must_be_of_one_run(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too short, unknown, of nobody; a store that nobody has made is empty and stays unmade; one that is off is said to be."""
    for name in ("", "a", "zzzzzz"):
        with pytest.raises(StudyError, match="must be a run that is kept"):
            kept_run(name, kept)
    nowhere = tmp_path / "nowhere"
    assert listed(nowhere).empty and store_size(nowhere)[1] == 0 and delete_runs(everything=True, store=nowhere) == 0
    assert not nowhere.exists()
    monkeypatch.setenv("LADSIM_STORE", "off")
    with pytest.raises(StudyError, match="LADSIM_STORE: found off"):
        runs()


def test_runs_are_deleted(shop: Scenario, tmp_path: Path) -> None:
    """One by its name, with its files; everything, and nothing is left; a study afterwards begins anew."""
    for seed in (1, 2):
        together(shop, ["dear"], seed=seed, replications=2, sample=300, processes=1, store=tmp_path)
    name = str(listed(tmp_path)["run"][0])
    with pytest.raises(StudyError, match="nothing to delete"):
        delete_runs(store=tmp_path)
    assert delete_runs(name, store=tmp_path) > 0
    assert listed(tmp_path)["seed"].tolist() == [1] and len([*tmp_path.glob("*.pack")]) == 1
    kept = ladsim.runs(tmp_path)
    assert kept.bytes == store_size(tmp_path)[1] and "dear" in kept._repr_html_()
    assert kept.show(kept.table["run"][0]).futures == 2 and kept.compare(*[kept.table["run"][0]] * 2).is_paired
    assert kept.delete(everything=True) > 0
    assert [*tmp_path.iterdir()] == [] and kept.table.empty
    together(shop, ["dear"], replications=2, sample=300, processes=1, store=tmp_path)
    assert listed(tmp_path)["futures"].tolist() == [2]
