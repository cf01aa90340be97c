"""What is recorded comes out again; a wrong number is noticed and named; names count for nothing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import ladsim
from ladsim.scenario.load import validated
from tests.acceptance.rules import Commit
from tests.baselines import __main__ as commands
from tests.baselines import stored
from tests.baselines.played import each, play, told
from tests.baselines.results import MEASURED, columns_of, exact, hash_of, results_of, rounded
from tests.baselines.stored import KINDS, Entry, Kind, anew, difference, only_added, record
from tests.public import public

GENERATED, SHIPPED = KINDS["generated"], KINDS["shipped"]
MOST_BYTES = 1_000_000  # of all that is stored
LONG_STEP = 4


def differing(kind: Kind, first: int, step: int) -> list[str]:
    """What differs among every `step`-th entry."""
    entries, records = kind.entries()[first::step], kind.records()[first::step]
    pairs = zip(entries, records, each(entries), strict=True)
    return [f"{told(entry)}: {what}" for entry, stored, found in pairs if (what := difference(stored, found))]


def test_some_generated_scenarios_give_what_is_recorded() -> None:
    """60 of 2,000. Where this fails and results were meant to change: python -m tests.baselines write, and a line in the changelog."""
    assert not differing(GENERATED, 7, 34)


def test_some_shipped_scenarios_give_what_is_recorded() -> None:
    """Four futures and a study of each kind."""
    entries, records = SHIPPED.entries(), SHIPPED.records()
    futures = [place for place, entry in enumerate(entries) if "study" not in entry]
    studies = {entry["study"]: place for place, entry in enumerate(entries) if "study" in entry}
    places = [*futures[:: len(futures) // 3], *studies.values()]
    assert len(places) == 9
    assert not [told(entries[place]) for place in places if difference(records[place], play(entries[place]))]


@pytest.mark.long
def test_many_generated_scenarios_give_what_is_recorded() -> None:
    """500 others of 2,000."""
    assert not differing(GENERATED, 2, LONG_STEP)


@pytest.mark.long
def test_many_shipped_scenarios_give_what_is_recorded() -> None:
    """Every fourth."""
    assert not differing(SHIPPED, 2, LONG_STEP)


def test_all_is_recorded_in_under_a_megabyte() -> None:
    """2,000 generated scenarios, each once, with a record for each entry."""
    lines = [json.dumps(entry, sort_keys=True) for entry in GENERATED.entries()]
    assert len(lines) == len(set(lines)) == stored.GENERATED == 2_000
    for kind in KINDS.values():
        records = kind.records()
        assert len(records) == len(kind.entries())
        assert all(re.fullmatch(r"[0-9a-f]{16}([0-9a-f]{6})+", line) for line in records)
    assert sum(path.stat().st_size for path in stored.FOLDER.iterdir() if path.is_file() and path.suffix != ".py") < MOST_BYTES


def test_every_shipped_scenario_is_recorded() -> None:
    """A new preset, strategy or experiment is a new entry: python -m tests.baselines write shipped --anew."""
    assert SHIPPED.entries() == anew("shipped")


def test_every_public_measure_is_recorded() -> None:
    """All public functions that make a table, a series or a number of a history, by all that they can be asked by."""
    homes = public("ladsim.measures")
    assert set(MEASURED) == {
        name for home in homes.keys() - {"uncertainty", "summary", "explanation", "literature"} for name in homes[home]
    }


def test_records_go_with_no_machine(tmp_path: Path) -> None:
    """Paths of a repository are stored as such, and stand for those of this one."""
    text = stored._lines(GENERATED.entries_file) + stored._lines(SHIPPED.entries_file)
    assert not [line for line in text if re.search(r"\"file\":\"(?!\{repository\}/(tests|experiments|scenarios)/)", line)]
    copy = replace(GENERATED, folder=tmp_path)
    copy.write_entries(GENERATED.entries())
    assert stored._lines(copy.entries_file) == stored._lines(GENERATED.entries_file)


@pytest.fixture(scope="module")
def entry() -> Entry:
    """A generated scenario in which much happens: programmes, talk, a strategy."""
    rich = ("programs", "word_of_mouth", "campaigns", "segments", "recommendation")
    found = (entry for entry in GENERATED.entries() if entry["strategy"] and all(entry["scenario"].get(key) for key in rich))
    return next(found)


@pytest.fixture
def some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kind:
    """A copy of the first generated entries and their records, which the commands take for all."""
    kind = replace(GENERATED, folder=tmp_path)
    entries = GENERATED.entries()[:6]
    kind.write_entries(entries)
    # Played here: those of the repository may be of another processor, whose tables are not compared.
    kind.write_records([record(play(entry)) for entry in entries])
    monkeypatch.setattr(stored, "same_numerics", lambda: True)
    monkeypatch.setattr(commands, "KINDS", {"generated": kind})
    monkeypatch.setattr(commands, "commit", lambda: Commit("abc", changed=False))
    monkeypatch.setattr(commands, "write_numerics", lambda: None)
    return kind


def test_a_wrong_number_is_noticed_and_named(some: Kind, capsys: pytest.CaptureFixture[str]) -> None:
    """One digit of one part of one record, as if another number had come out: its entry, place and name of today."""
    records = some.records()
    found = list(play(some.entries()[3]))
    table, parts = found.index("table rung_counts"), len(found)
    first = 16 + 6 * table
    digit = "0" if records[3][first] != "0" else "1"
    records[3] = ("f" if records[3][0] != "f" else "e") + records[3][1:first] + digit + records[3][first + 1 :]
    some.write_records(records)
    assert commands.main(["check", "--processes", "1"]) == 1
    said = capsys.readouterr().out
    assert f"generated 3 ({told(some.entries()[3])}): part {table + 1}, table rung_counts (1 of {parts} parts)" in said
    assert "generated: 5 of 6 the same" in said
    assert commands.main(["check", "--processes", "1", "--part", "1/2"]) == 0
    assert commands.main(["check", "--processes", "1", "--part", "2/2"]) == 1


def test_a_changed_scenario_is_noticed_and_written_anew(
    some: Kind, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another margin gives other amounts, and no other event before; what is written anew is the same from then on."""
    entries, before = some.entries(), some.records()
    changed = 1
    entries[changed]["scenario"]["money"]["margin"] = 0.5500001
    some.write_entries(entries)
    assert commands.main(["check", "--processes", "1"]) == 1
    assert re.search(rf"generated {changed} \(.*: part 10, event log, amount \(", capsys.readouterr().out)
    monkeypatch.setattr(commands, "commit", lambda: Commit("abc", changed=True))
    assert commands.main(["write"]) == 2
    assert "not committed" in capsys.readouterr().err
    assert commands.main(["write", "--force", "--processes", "1"]) == 0
    said = capsys.readouterr().out
    assert (
        "6 written, 1 with other results than before, 0 with the same and more parts, 0 new" in said and "Changes results" in said
    )
    records = some.records()
    some.write_records([records[0][:-6], *records[1:5], records[5][:-1] + ("0" if records[5][-1] != "0" else "1")])
    assert commands.main(["write", "--force", "--processes", "1"]) == 0
    assert "6 written, 1 with other results than before, 1 with the same and more parts, 0 new" in capsys.readouterr().out
    assert commands.main(["check", "--processes", "1"]) == 0
    assert some.records()[:1] == before[:1] and some.records()[changed] != before[changed]


def test_what_cannot_be_played_is_not_written(some: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries and records are replaced together, or not at all."""
    before = some.entries(), some.records()
    broken = [before[0][0], before[0][1] | {"scenario": {"name": "broken"}}]
    monkeypatch.setattr(commands, "anew", lambda kind: broken)
    with pytest.raises(ladsim.ScenarioError):
        commands.main(["write", "--anew", "--processes", "1"])
    assert (some.entries(), some.records()) == before


@pytest.mark.parametrize(
    "words", [["check", "nothing"], ["check", "--part", "3/2"], ["check", "--part", "x"], ["write", "--processes", "0"]]
)
def test_commands_refuse_what_cannot_be_done(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """In words, with exit code 2."""
    assert commands.main(words) == 2
    assert "found" in capsys.readouterr().err


def renamed(value: Any, names: dict[str, str]) -> Any:
    """Names replaced in keys and texts, also as parts of dotted ones; texts that are paths or functions stay."""
    if isinstance(value, dict):
        return {renamed(key, names): item if key in ("file", "function") else renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    return ".".join(names.get(part, part) for part in value.split(".")) if isinstance(value, str) else value


def test_names_count_for_nothing(entry: Entry) -> None:
    """What carries no luck, by other names in another alphabetical order, and labels: the same hashes."""
    kinds = {"small": "tiny", "large": "alike", "usual": "zero", "upsell": "more", "layer_0": "talk", "layer_1": "reviews"}
    plans = {"channel_0": "z", "channel_1": "a", "tactic_0": "zz", "tactic_1": "aa", "letter": "post", "shock": "blow"}
    other = entry | {"strategy": "zeal", "scenario": renamed(entry["scenario"], kinds | plans | {"care": "zeal"})}
    assert other["scenario"] != entry["scenario"]
    for rung in other["scenario"]["rungs"]:
        rung["label"] = f"Rung {rung['name']}"
    assert play(other) == play(entry)


def test_names_of_rungs_count_for_nothing(entry: Entry) -> None:
    """A history and its scenario in which rungs, and with them steps, are called otherwise: the same hashes.

    Luck goes by the names of rungs and steps, so that the market itself would have another future if it were played by these names.
    """
    names = {"lead": "zebra", "prospect": "antelope", "lapsed": "gone"}
    scenario, other = validated(entry["scenario"]), validated(renamed(entry["scenario"], names))
    history = ladsim.simulate(
        scenario, strategy=entry["strategy"], seed=entry["seed"], replication=entry["replication"], log=True
    )
    fields = ("rung_names", "step_names", "step_ends", "segment_names", "causes", "layer_names", "kind_names", "level_names")
    called = {field: _called(getattr(history, field), names) for field in fields}
    assert called["rung_names"] != history.rung_names and called["step_names"] != history.step_names
    assert results_of(replace(history, **called), other) == results_of(history, scenario)


def _called(value: Any, names: dict[str, str]) -> Any:
    return tuple(_called(one, names) for one in value) if isinstance(value, tuple) else renamed(value, names)


def test_other_luck_is_noticed_in_every_column(entry: Entry) -> None:
    """Another seed gives another log in every column, and other rows, numbers and tables."""
    one, other = play(entry), play(entry | {"seed": entry["seed"] + 1})
    same = {name for name in one if one[name] == other[name]}
    assert not [name for name in same if name.startswith("event log") or name in ("rows per customer", "summary, numbers")]
    assert "table rung_counts" not in same and "table money_by_cause" not in same


def test_every_part_of_a_log_counts(entry: Entry) -> None:
    """One value of one column more by one, and one event another, change that column's hash alone."""
    scenario = validated(entry["scenario"])
    history = ladsim.simulate(
        scenario, strategy=entry["strategy"], seed=entry["seed"], replication=entry["replication"], log=True
    )
    before = results_of(history, scenario)
    assert history.log is not None
    for column, said in {"amount": "amount", "sequence": "sequence", "origin": "from", "event": "event"}.items():
        log = history.log.copy()
        place = len(log) // 2
        log[column][place] = log[column][place] + 1 if column != "event" else (log[column][place] + 1) % 4
        log["cause"][place] = -1 if column == "event" else log["cause"][place]
        after = results_of(replace(history, log=log), scenario)
        changed = {name for name in before if before[name] != after[name]}
        assert f"event log, {said}" in changed and changed <= {f"event log, {said}", "event log, cause"}


def test_the_engine_changes_nothing(entry: Entry) -> None:
    """A process per customer gives the same hashes as arrays."""
    assert play(entry | {"scenario": entry["scenario"] | {"engine": "simpy"}}) == play(entry)


def test_processes_change_nothing() -> None:
    """One process or two."""
    entries = GENERATED.entries()[:12]
    assert list(each(entries, 2)) == list(each(entries, 1))


def test_texts_go_by_first_appearance_and_numbers_by_value() -> None:
    """Renaming, widths and the last bits of a decimal do not count; order, values and rows do."""
    words = pd.Series(["b", "a", "b"])
    assert exact(words) == exact(words.replace({"a": "z"}).astype("category")) != exact(pd.Series(["b", "b", "a"]))
    assert exact(pd.Series([1, 2], dtype=np.int16)) == exact(pd.Series([1, 2], dtype=np.uint64)) != exact(pd.Series([2, 1]))
    known = pd.Series([1, None], dtype="UInt64")
    assert exact(known) != exact(pd.Series([1, 0], dtype="UInt64")) and exact(known) != exact(
        pd.Series([None, 1], dtype="UInt64")
    )
    assert exact(pd.Series([0.0, np.nan])) == exact(pd.Series([-0.0, -np.nan])) != exact(pd.Series([5e-324, np.nan]))
    third = 1.0 / 3.0
    assert rounded(np.array([third])) == rounded(np.array([np.nextafter(third, 1.0)])) != rounded(np.array([third + 1e-11]))
    assert rounded(["x", 1.0, None]) == rounded(["y", np.float64(1.0), None]) != rounded(["y", 1.0, "y"])
    assert rounded([2**63, 5]) == rounded(np.array([2**63, 5], np.uint64)) != rounded([2**63 + 1, 5])


def test_a_table_goes_by_position() -> None:
    """Names of columns and of an index do not count; its values, their order and the number of columns do."""
    table = pd.DataFrame({"month": [0.0, 1.0], "rung": ["a", "b"], "people": [3, 4]})
    same = [table.rename(columns={"people": "count"}), table.set_index("month"), table.astype({"people": float})]
    assert {hash_of(columns_of(one)) for one in same} == {hash_of(columns_of(table))}
    others = [
        table.iloc[::-1].reset_index(drop=True),
        table[["rung", "month", "people"]],
        table.iloc[:1],
        table[["month", "rung"]],
    ]
    assert len({hash_of(columns_of(one)) for one in [table, *others]}) == 5
    assert hash_of([b"ab", b"c"]) != hash_of([b"a", b"bc"])


def test_an_added_part_is_named() -> None:
    """A measure more, at the end: all others are compared."""
    found = {"one": "1" * 16, "two": "2" * 16}
    assert difference(record(found), found, tables=True) == ""
    assert difference(record(found), found | {"three": "3" * 16}, tables=True) == "part 3, three (1 of 2 parts, now 3)"
    assert difference(record(found), {"one": "1" * 16}, tables=True) == "part 2, nothing (1 of 2 parts, now 1)"
    assert only_added(record(found), found | {"three": "3" * 16})
    assert not only_added(record(found), found) and not only_added(
        record(found), {"one": "4" * 16, "two": "2" * 16, "three": "3" * 16}
    )
    assert "happen to be the same" in difference(record(found), found | {"two": "2" * 15 + "3"}, tables=True)


def test_elsewhere_event_logs_and_rows_are_compared_alone() -> None:
    """With other NumPy or another processor the last bits of a table may differ: nothing is said of them, of an event log it is."""
    found = {"event log, time": "1" * 16, "rows per customer": "2" * 16, "table flows": "3" * 16}
    assert difference(record(found), found | {"table flows": "4" * 16}, tables=False) == ""
    assert difference(record(found), found | {"table flows": "4" * 16}, tables=True) == "part 3, table flows (1 of 3 parts)"
    for name in ("event log, time", "rows per customer"):
        assert name in difference(record(found), found | {name: "5" * 16}, tables=False)
