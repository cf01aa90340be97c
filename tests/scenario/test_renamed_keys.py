"""Keys that have another name now: whoever writes the old one is told the new one, and luck stays what it was."""

from __future__ import annotations

from typing import Any

import pytest

from ladsim.errors import ScenarioError
from ladsim.scenario import spec
from ladsim.scenario.address import numbers, place_of
from ladsim.scenario.draws import Draws
from ladsim.scenario.load import loads
from ladsim.scenario.number_types import Table
from ladsim.scenario.programs.kinds import RECORDS
from ladsim.scenario.renamed_keys import PARTED, RENAMED, former, now, parted
from ladsim.scenario.schema_walk import fields
from ladsim.streams import parameter_uniform
from tests.baselines.rename import renamed

KINDS = [record.__name__ for record in RECORDS.values()]
MARKET = """
name = "m"
months = 6
market_size = 50
rungs = [{ name = "a", share = 1.0 }, { name = "b", orders_per_month = 1.0 }]
steps = [{ from = "a", to = "b", cumulative_share = { low = 0.1, high = 0.3 }, by_months = 3 }]
"""


def records(table: type[Table] = spec.Scenario) -> dict[str, type[Table]]:
    """Every record of a scenario file, by its name."""
    found = {table.__name__: table}
    for shape in fields(table).values():
        for below in (*shape.kinds.values(), *([shape.table] if shape.table is not None else [])):
            if below.__name__ not in found:
                found |= records(below)
    return found


def test_every_line_of_the_table_names_a_record_and_a_key_of_it() -> None:
    """A key of now exists, a key of before does not, and no key has two names of before."""
    known = records()
    for record, keys in RENAMED.items():
        there = fields(known[record])
        assert set(keys.values()) <= set(there), record
        assert not set(keys) & set(there), record
        assert len(set(keys.values())) == len(keys), record
        assert {former(known[record], now(known[record], key)) for key in keys} == set(keys)


def test_every_key_with_two_meanings_has_a_name_for_each() -> None:
    """Both names and the key that tells them apart are keys of the record; the luck of both is that of the old name."""
    known = records()
    for record, keys in PARTED.items():
        for old, (new, beside) in keys.items():
            assert {old, new, beside} <= set(fields(known[record])), record
            assert former(known[record], new) == old == former(known[record], old)
            assert parted(known[record], old) == (new, beside)
    assert parted(known["Campaign"], "label") == ("", "")


CONTACT = '[[tactics]]\nname = "mail"\neffects = [{ on = "orders", full = 0.5 }]\n[[campaigns]]\ntactic = "mail"\nafter = "first_order"\n'


def test_spend_of_a_campaign_set_off_by_an_event_is_refused_with_its_name_of_now() -> None:
    """In the file, in a strategy, and set by a dotted key; the running cost is refused where there is no event."""
    words = "must be called running_cost_per_month where there is `after`"
    for text, place in (
        (CONTACT + "monthly_spend = 75_000", "campaigns.mail.monthly_spend"),
        (CONTACT + '[strategies.s.set]\n"campaigns.mail.monthly_spend" = 5', "strategies.s.set.campaigns.mail.monthly_spend"),
        (CONTACT.replace("[[campaigns]]", "[[strategies.s.campaigns]]") + "monthly_spend = { low = 1, high = 2 }",
         "strategies.s.campaigns.mail.monthly_spend"),
    ):  # fmt: skip
        with pytest.raises(ScenarioError) as caught:
            loads(MARKET + text)
        assert [(p.place, words in p.allowed) for p in caught.value.problems] == [(place, True)]
    dated = CONTACT.replace('after = "first_order"\n', "running_cost_per_month = 5\n").replace(
        '"mail"\n', '"mail"\nresponse = { half_at = 1 }\n', 1
    )
    with pytest.raises(
        ScenarioError, match="running_cost_per_month: found the key 'running_cost_per_month', must stand with `after`"
    ):
        loads(MARKET + dated)


def test_a_running_cost_has_the_luck_of_the_spend_it_was() -> None:
    """A range draws what it drew under the key of before."""
    market = loads(MARKET + CONTACT + "running_cost_per_month = { low = 1, high = 2 }")
    assert [n.luck for n in Draws(market, 5).unknown if n.path[0] == "campaigns"] == ["campaigns.mail.monthly_spend"]


def test_keys_that_meant_two_things_are_told_by_their_names_of_now() -> None:
    """A programme's cost is of the whole programme, a rung's of each customer; returns have factors, an effect has sizes per rung."""
    club = '[[programs]]\nkind = "club"\nfee = 5\njoins = {{ {way} }}\n{cost}'
    for text, old, new in (
        (club.format(way="probability = 1", cost="cost_per_month = 3"), "programs.club.cost_per_month", "running_cost_per_month"),
        (club.format(way='on = "b", probability = 1', cost=""), "programs.club.joins.on", "on_rungs"),
        ("[contacts]\nfatigue = 0.1\nleaving_effect = 0.1", "contacts.leaving_effect", "leaving_per_contact"),
        ("[money.returns]\nshare = 0.1\nper_rung = { b = 2.0 }", "money.returns.per_rung", "factors_per_rung"),
    ):
        with pytest.raises(ScenarioError) as caught:
            loads(MARKET + text)
        assert [(p.place, p.allowed) for p in caught.value.problems if p.place == old] == [(old, f"must be called {new}")]
    assert loads(MARKET + "[money.returns]\nshare = 0.1\nfactors_per_rung = { b = 2.0 }").money.returns is not None


def test_what_stands_below_a_renamed_key_keeps_its_luck() -> None:
    """A range of a rung's returns draws what it drew under the key of before, in the file and in a strategy."""
    text = "[money.returns]\nshare = 0.1\nfactors_per_rung = { b = { low = 0.5, high = 2.0 } }\n"
    changed = text + '[strategies.s.set]\n"money.returns.factors_per_rung.b" = { low = 0.2, high = 0.4 }'
    market = loads(MARKET + changed)
    assert "money.returns.per_rung.b" in [n.luck for n in Draws(market, 5).unknown]
    place = place_of(market, "money.returns.factors_per_rung.b")
    assert place.former == "money.returns.per_rung.b"
    assert [n.luck for key, n in numbers(market).items() if key.startswith("strategies.s.set")] == ["money.returns.per_rung.b"]


@pytest.mark.parametrize(
    ("key", "having"),
    [
        ("cost_per_month", {"Rung"}),  # of each customer
        ("running_cost_per_month", {"Campaign", "Program", *KINDS}),  # of the whole campaign or programme
        ("cost_per_member", {"Level", "Program", *KINDS}),
        ("leaving_effect", {"Engagement"}),  # β
        ("per_rung", {"Effect", "Price"}),  # in place of the size for all
        ("on", {"Effect", "Season"}),  # what is changed
    ],
)
def test_a_key_has_one_meaning_in_all_tables(key: str, having: set[str]) -> None:
    """Who gives another table a key of such a name says here that it is the same thing in the same unit."""
    assert {name for name, record in records().items() if key in fields(record)} == having


def test_a_goal_of_a_step_asks_for_a_share_of_those_who_could_take_it() -> None:
    """`share` is of the market, `converted_share` of who stood on the rung: each is refused in the other's place."""
    goal = '[[goals]]\nby_month = 3\n{of} = "{name}"\n{size}'
    assert loads(MARKET + goal.format(of="step", name="a.b", size="converted_share = 0.2")).goals[0].wanted == 0.2
    assert loads(MARKET + goal.format(of="rung", name="b", size="share = 0.2")).goals[0].wanted == 0.2
    for of, name, size, words in (
        ("step", "a.b", "share = 0.2", "must be called converted_share where there is `step`"),
        ("rung", "b", "converted_share = 0.2", "must stand with `step`; of a rung it is `share`"),
        ("step", "a.b", "number = 5\nconverted_share = 0.2", "must give exactly one of number or converted_share"),
        ("rung", "b", "", "must give exactly one of number or share"),
    ):
        with pytest.raises(ScenarioError) as caught:
            loads(MARKET + goal.format(of=of, name=name, size=size))
        assert [words in p.allowed for p in caught.value.problems] == [True]


@pytest.mark.parametrize(
    ("old", "new", "place", "called"),
    [
        ("cumulative_share =", "reached =", "steps.a.b.reached", "cumulative_share"),
        ("cumulative_share = { low = 0.1, high = 0.3 }, by_months = 3", 'trigger = "order", probability = 0.1, after = 2',
         "steps.a.b.after", "from_order"),
        *[(
            "steps = [", f'programs = [{{ kind = "{kind}", joins = {{ probability = 1 }}, {rest}{key} = {{ low = 0.1, high = 0.2 }} }}]\nsteps = [',
            f"programs.{kind}.{key}", called,
          ) for kind, rest, key, called in (
            ("cashback", "", "share_of_order", "cashback_share"),
            ("cashback", "cashback_share = 0.1, ", "expires_after_months", "inactive_months"),
            ("discount", "", "share_of_order", "discount_share"),
            ("club", "renewal_probability = 0.5, ", "share_of_order", "discount_share"),
            ("points", "points_per_order = 1, reward_at = 5, ", "pressure", "goal_gradient"),
            ("points", "points_per_order = 1, reward_at = 5, ", "pressure_power", "goal_gradient_power"),
        )],
    ],
)  # fmt: skip
def test_a_file_with_a_key_of_before_is_told_the_name_of_now(old: str, new: str, place: str, called: str) -> None:
    """One problem a key, and none that follows from it."""
    with pytest.raises(ScenarioError) as caught:
        loads(MARKET.replace(old, new))
    assert [(p.place, p.found, p.allowed) for p in caught.value.problems] == [
        (place, "a key that has another name now", f"must be called {called}")
    ]


@pytest.mark.parametrize(
    ("dotted", "called"),
    [
        ("steps.a.b.reached", "steps.a.b.cumulative_share"),
        ("steps.a.b.time.reached", "steps.a.b.time.cumulative_share"),
        ("contacts.tiring", "contacts.fatigue"),
    ],
)
def test_a_dotted_key_of_before_is_told_the_name_of_now(dotted: str, called: str) -> None:
    """In ``--set``, in a strategy's ``set`` and in ``sources``."""
    with pytest.raises(ScenarioError, match=f"must be called {called}"):
        place_of(loads(MARKET), dotted)
    for more in (f'[sources]\n"{dotted}" = "x"', f'[strategies.s]\nset."{dotted}" = 0.2'):
        with pytest.raises(ScenarioError, match=f"must be called {called}"):
            loads(MARKET + more)


def test_a_renamed_number_has_the_luck_it_had() -> None:
    """The address of its luck is the key of before, in the file and where a strategy takes its place, however it names the step."""
    own = Draws(loads(MARKET), 5)
    assert [number.luck for number in own.unknown] == ["steps.a.b.reached"]
    alike = Draws(loads(MARKET.replace("cumulative_share", "monthly").replace(", by_months = 3", "")), 5)
    assert [number.luck for number in alike.unknown] == ["steps.a.b.monthly"]
    assert parameter_uniform(5, 0, "steps.a.b.reached") != parameter_uniform(5, 0, "steps.a.b.monthly")
    assert own.values(0) != alike.values(0)
    for key, luck in (("steps.a.b", "steps.a.b.reached"), ("steps.a.b.time", "steps.a.b.time.reached")):
        changed = loads(MARKET + f'[strategies.s]\nset."{key}.cumulative_share" = {{ low = 0.2, high = 0.4 }}')
        assert [n.luck for n in Draws(changed, 5).unknown if n.path[0] == "strategies"] == [luck]


def test_stored_scenarios_are_renamed_whole() -> None:
    """Tables, lists of tables, tables by name, dotted keys in ``set`` and ``sources``; other things stay, in their order."""
    data: dict[str, Any] = {
        "name": "after",
        "steps": [{"from": "a", "to": "b", "reached": 0.2, "by_months": 3}, {"from": "b", "to": "a", "after": 2}],
        "contacts": {"tiring": 0.1, "free_per_month": {"low": 1, "high": 2}},
        "campaigns": [{"after": "first_order", "monthly_spend": 5.0}, {"monthly_spend": 6.0}],
        "goals": [{"step": "a.b", "share": 0.2}, {"rung": "a", "share": 0.2}],
        "strategies": {"likelihood": {"prices": [{"change": 0.1, "felt": 2.0}], "set": {"steps.a.b.reached": 0.3, "months": 4}}},
        "sources": {"survey.people": "a note"},
    }
    assert renamed(data) == {
        "name": "after",
        "steps": [{"from": "a", "to": "b", "cumulative_share": 0.2, "by_months": 3}, {"from": "b", "to": "a", "from_order": 2}],
        "contacts": {"fatigue": 0.1, "tolerated_per_month": {"low": 1, "high": 2}},
        "campaigns": [{"after": "first_order", "running_cost_per_month": 5.0}, {"monthly_spend": 6.0}],
        "goals": [{"step": "a.b", "converted_share": 0.2}, {"rung": "a", "share": 0.2}],
        "strategies": {
            "likelihood": {
                "prices": [{"change": 0.1, "quality_loss": 2.0}],
                "set": {"steps.a.b.cumulative_share": 0.3, "months": 4},
            }
        },
        "sources": {"survey.invited": "a note"},
    }
    assert renamed(renamed(data)) == renamed(data)


class Base(Table):
    """A record that another one is made of."""

    new: float = 0.0


class Made(Base):
    """That other one."""

    newer: float = 0.0


def test_what_is_said_of_a_record_holds_for_those_made_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own names first; those of another record mean nothing to it."""
    monkeypatch.setitem(RENAMED, "Base", {"old": "new"})
    monkeypatch.setitem(RENAMED, "Made", {"older": "newer"})
    assert [now(Made, key) for key in ("old", "older", "new")] == ["new", "newer", ""]
    assert [former(Made, key) for key in ("new", "newer")] == ["old", "older"]
    assert [now(Base, key) for key in ("old", "older")] == ["new", ""]


def test_a_range_of_a_programme_keeps_its_luck() -> None:
    """A pull called `goal_gradient` is drawn as it was when it was called `pressure`."""
    program = (
        'kind = "points", joins = { probability = 1 }, points_per_order = 1, reward_at = 5, goal_gradient = { low = 1, high = 2 }'
    )
    market = loads(MARKET.replace("steps = [", f"programs = [{{ {program} }}]\nsteps = ["))
    assert [n.luck for n in Draws(market, 5).unknown if n.path[0] == "programs"] == ["programs.points.pressure"]


def test_a_control_group_was_called_a_test_group() -> None:
    """Who writes the key of before is told the one of now; a range of it is drawn as it was."""
    search = '[[channels]]\nname = "search"\nresponse = { half_at = 1 }\neffects = [{ on = "orders", full = 0.5 }]\n'
    campaign = search + '[[campaigns]]\nchannel = "search"\nmonthly_spend = 5\n'
    market = loads(MARKET + campaign + "control_group_share = { low = 0.1, high = 0.2 }")
    assert [n.luck for n in Draws(market, 5).unknown if n.path[0] == "campaigns"] == ["campaigns.search.test_group_share"]
    with pytest.raises(ScenarioError) as caught:
        loads(MARKET + campaign + "test_group_share = 0.1")
    assert [(p.place, p.allowed) for p in caught.value.problems] == [
        ("campaigns.search.test_group_share", "must be called control_group_share")
    ]
