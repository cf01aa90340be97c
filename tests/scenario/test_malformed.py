"""Malformed files: each is refused in words, at its place, without a traceback.

Tests: ``scenario/check.py``, ``scenario/check_ladder.py``, ``scenario/check_market.py``, ``scenario/check_plan.py``,
``scenario/key_paths.py``, ``scenario/plan_spec.py``, ``scenario/spec.py``.
"""
# ruff: noqa: E501 (one case a line)

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladsim.errors import Problem, ScenarioError
from ladsim.scenario.check import warnings
from ladsim.scenario.load import load, loads, validated
from tests.scenario.texts import GOOD, spoiled, with_end, with_top

SELF = 'from = "repeat"\nto = "repeat"\ntrigger = "renewal"\nmonths = 12\nprobability = 0.8'
GRAPH = 'kind = "barabasi_albert", links = 3'

# name → (text, place, words that the message must hold)
MALFORMED: dict[str, tuple[str, str, list[str]]] = {
    "text for a number": (spoiled("months = 12", 'months = "twelve"'), "months", ["'twelve'", "must be a number"]),
    "true for a number": (spoiled("share = 0.9", "share = true"), "rungs.lead.share", ["found true", "must be a number at least 0"]),
    "true for a size": (spoiled("market_size = 1000", "market_size = true"), "market_size", ["true", "must be a whole number"]),
    "nan": (spoiled("share = 0.9", "share = nan"), "rungs.lead.share", ["nan", "must be a number at least 0 and at most 1"]),
    "inf": (spoiled("monthly = 0.05", "rate = inf"), "steps.lead.customer.time.rate", ["inf", "must be a number at least 0"]),
    "infinite months": (spoiled("months = 12", "months = inf"), "months", ["inf", "must be a finite number"]),
    "fraction of a tick": (spoiled("months = 12", "months = 12.01"), "months", ["12.01", "whole months", "thirtieths"]),
    "negative rate": (
        spoiled("orders_per_month = 0.5", "orders_per_month = -0.5"),
        "rungs.customer.orders_per_month",
        ["found -0.5", "at least 0"],
    ),
    "share above 1": (spoiled("probability = 0.2", "probability = 1.2"), "steps.lead.customer.message.probability", ["1.2", "at most 1"]),
    "unknown key": (
        spoiled("orders_per_month = 0.5", "order_per_month = 0.5"),
        "rungs.customer.order_per_month",
        ["an unknown key", "did you mean 'orders_per_month'"],
    ),
    "unknown table": (with_end("[[rung]]\nname = 'x'"), "rung", ["an unknown key", "did you mean 'rungs'"]),
    "missing name": (spoiled('name = "shop"', ""), "name", ["found nothing", "must be given"]),
    "no rungs": ('name = "x"\nmonths = 1\nmarket_size = 5\nrungs = []', "rungs", ["must have at least 1"]),
    "a list for a table": (with_end("[[basket]]\nmean = 1"), "basket", ["must be a table"]),
    "a table for a list": (with_end("[arrivals]\nto = 'lead'"), "arrivals", ["must be a list"]),
    "shares that do not add up": (spoiled("share = 0.9", "share = 0.8"), "rungs", ["add up to 0.9", "must add up to 1"]),
    "segments that do not add up": (
        with_end("[[segments]]\nname = 's'\nshare = 0.3"),
        "segments",
        ["add up to 0.3", "must add up to 1"],
    ),
    "duplicate rung": (spoiled('name = "repeat"', 'name = "customer"'), "rungs.customer", ["'customer' 2 times", "told apart"]),
    "only states": (
        'name = "x"\nmonths = 1\nmarket_size = 5\nrungs = [{ name = "lost", share = 1.0, off_ladder = true }]',
        "rungs",
        ["only states off the ladder", "at least one rung"],
    ),
    "name with a space": (spoiled('name = "lapsed"', 'name = "has lapsed"'), "rungs.has lapsed.name", ["'has lapsed'", "must be a name"]),
    "unknown rung in a step": (
        spoiled('to = "lapsed"', 'to = "lapsd"'),
        "steps.customer.lapsd.to",
        ["'lapsd'", "did you mean 'lapsed'"],
    ),
    "time step to itself": (
        spoiled(SELF, 'from = "repeat"\nto = "repeat"\nmonthly = 0.1'),
        "steps.repeat.repeat.to",
        ["the rung it leaves", "another rung", "'time'"],
    ),
    "two numbers": (spoiled("monthly = 0.05", "monthly = 0.05\nrate = 0.1"), "steps.lead.customer.time", ["monthly and rate", "exactly one"]),
    "no number": (spoiled("probability = 0.8", ""), "steps.repeat.repeat", ["no number", "exactly one of probability or beta"]),
    "cumulative_share without by_months": (spoiled("by_months = 12\n", ""), "steps.repeat.lapsed.by_months", ["nothing", "with cumulative_share"]),
    "key of another trigger": (
        spoiled("months = 12\nprobability = 0.8", "months = 12\nprobability = 0.8\nfrom_order = 2"),
        "steps.repeat.repeat.from_order",
        ["'renewal'", "belongs to order"],
    ),
    "monthly of 1": (spoiled("monthly = 0.05", "monthly = 1"), "steps.lead.customer.time.monthly", ["must be below 1"]),
    "shared draw above 1": (
        spoiled("probability = 0.3", "probability = 0.5"),
        "steps.customer",
        ["add up to 1.1", "at most 1", "one random number decides between them"],
    ),
    "renewal without months": (spoiled("months = 12\nprobability", "probability"), "steps.repeat.repeat.months", ["must be given"]),
    "renewals at different times": (
        with_end('[[steps]]\nfrom = "repeat"\nto = "customer"\ntrigger = "renewal"\nmonths = 6\nprobability = 0.1'),
        "steps.repeat.customer.months",
        ["found 6", "must be 12"],
    ),
    "the same step twice": (
        spoiled('to = "lapsed"\ntrigger = "order"\nprobability = 0.3', 'to = "repeat"\ntrigger = "order"\nprobability = 0.3'),
        "steps.customer.repeat.order_2",
        ["a second step by order from customer to repeat"],
    ),
    "price": (with_end("[price]\nelasticity = -1.2"), "price", ["an unknown key", "prices"]),
    "triggered campaign": (
        with_end('[[campaigns]]\nchannel = "search"\nafter = "birthday"'),
        "campaigns.search.after",
        ["'birthday'", "first_order", "entered.RUNG"],
    ),
    "basket without spread": (with_end('[basket]\nlaw = "lognormal"\nmean = 20'), "basket.spread", ["must be given", "'lognormal'"]),
    "range upside down": (spoiled("low = 1.0, high = 4.0", "low = 4.0, high = 1.0"), "rungs.repeat.orders_per_month", ["low below high"]),
    "range with a wrong key": (
        spoiled("low = 1.0, high = 4.0", "low = 1.0, hihg = 4.0"),
        "rungs.repeat.orders_per_month.hihg",
        ["an unknown key", "did you mean 'high'"],
    ),
    "distribution without its keys": (
        spoiled("{ low = 1.0, high = 4.0 }", '{ law = "beta", a = 1.0 }'),
        "rungs.repeat.orders_per_month",
        ["for the distribution 'beta' exactly a, b"],
    ),
    "unknown law": (
        spoiled("{ low = 1.0, high = 4.0 }", '{ law = "lognorml", mean = 1.0 }'),
        "rungs.repeat.orders_per_month.law",
        ["'lognorml'", "did you mean 'lognormal'"],
    ),
    "unknown trigger": (spoiled('trigger = "message"', 'trigger = "mesage"'), "steps.lead.customer.mesage.trigger", ["did you mean 'message'"]),
    "ties of too many": (spoiled("links = 3", "links = 1000"), "word_of_mouth.friends.graph.links", ["1000", "must be below the 1000 customers"]),
    "copies that do not divide": (spoiled("links = 3", "links = 3, copies = 7"), "word_of_mouth.friends.graph.copies", ["must divide market_size (1000)"]),
    "odd neighbours": (
        spoiled(GRAPH, 'kind = "watts_strogatz", neighbours = 3, rewired_share = 0.1'),
        "word_of_mouth.friends.graph.neighbours",
        ["must be even"],
    ),
    "odd degrees": (
        spoiled("market_size = 1000", "market_size = 999").replace(GRAPH, 'kind = "configuration", degrees = [3]'),
        "word_of_mouth.friends.graph.degrees",
        ["add up to 2997", "even"],
    ),
    "key of another graph": (spoiled("links = 3", "links = 3, mean_degree = 2.0"), "word_of_mouth.friends.graph.mean_degree", ["'barabasi_albert'"]),
    "graph without its key": (spoiled(", links = 3", ""), "word_of_mouth.friends.graph.links", ["must be given"]),
    "blocks without segments": (
        spoiled(GRAPH, 'kind = "stochastic_blocks", within_degree = 2.0, between_degree = 1.0'),
        "word_of_mouth.friends.graph.kind",
        ["must have segments"],
    ),
    "no graph file": (spoiled(GRAPH, 'kind = "file", path = "nowhere.csv"'), "word_of_mouth.friends.graph.path", ["nowhere.csv", "file that exists"]),
    "unknown channel": (spoiled('channel = "search", to_month', 'channel = "serch", to_month'), "strategies.ads.campaigns.serch.channel", ["did you mean 'search'"]),
    "tactic without response": (
        spoiled('channel = "search", tactic = "welcome"', 'tactic = "welcome"'),
        "tactics.welcome.response",
        ["must be given", "strategies.care.campaigns.welcome names no channel"],
    ),
    "campaign for nobody": (spoiled('to = ["customer"]', 'to = ["custmer"]'), "strategies.care.campaigns.welcome.to", ["did you mean 'customer'"]),
    "campaign back in time": (
        spoiled("to_month = 6", "from_month = 7, to_month = 6"),
        "strategies.ads.campaigns.search.to_month",
        ["found 6", "after from_month (7)"],
    ),
    "effect on nothing": (spoiled('on = "climbing"', 'on = "climing"'), "channels.search.effects.climing.on", ["did you mean 'climbing'"]),
    "effect of two sizes": (spoiled("full = 0.1", "full = 0.1\nper_rung = { lead = 1 }"), "tactics.welcome.effects.orders", ["full and per_rung"]),
    "effect below nothing": (spoiled("full = 0.1", "full = -1.5"), "tactics.welcome.effects.orders.full", ["-1.5", "at least -1"]),
    "unknown set key": (
        spoiled('"rungs.repeat.orders_per_month"', '"rungs.repat.orders_per_month"'),
        "strategies.care.set.rungs.repat.orders_per_month",
        ["an unknown key", "did you mean 'rungs.repeat.orders_per_month'"],
    ),
    "set value out of limits": (
        spoiled("{ low = 2.0, high = 4.0 }", "-1"),
        "strategies.care.set.rungs.repeat.orders_per_month",
        ["found -1", "at least 0"],
    ),
    "set breaks a sum": (
        spoiled('set = { "rungs.repeat.orders_per_month" = { low = 2.0, high = 4.0 } }', 'set = { "rungs.lead.share" = 0.5 }'),
        "strategies.care.set.rungs.lead.share",
        ["add up to 0.6", "must add up to 1"],
    ),
    "ambiguous set key": (
        spoiled('"rungs.repeat.orders_per_month" = { low = 2.0, high = 4.0 }', '"steps.lead.customer.is_order" = true'),
        "strategies.care.set.steps.lead.customer.is_order",
        ["2 steps share", "steps.lead.customer.time.is_order", "steps.lead.customer.message.is_order"],
    ),
    "goal for no rung": (spoiled('rung = "repeat"\nnumber', 'rung = "repet"\nnumber'), "goals[0].rung", ["did you mean 'repeat'"]),
    "goal after the end": (spoiled("by_month = 12", "by_month = 18"), "goals[0].by_month", ["18", "at most months (12)"]),
    "goal of two sizes": (spoiled("number = 50", "number = 50\nshare = 0.1"), "goals[0]", ["exactly one of number or share"]),
    "arrivals from nowhere": (with_end('[[arrivals]]\nto = "lead"\nper_month = 3'), "arrivals", ['off_ladder = "outside"']),
    "source of nothing": (with_end('[sources]\n"basket.meen" = "x"'), "sources.basket.meen", ["did you mean 'basket.mean'"]),
    "unknown factor": (
        with_end("[[segments]]\nname = 's'\nshare = 1.0\nfactors = { ordres = 2 }"),
        "segments.s.factors.ordres",
        ["did you mean 'orders'"],
    ),
    "start on no rung": (with_end("[start.nodes]\nled = [1]"), "start.nodes.led", ["did you mean 'lead'"]),
    "start twice": (with_end("[start.nodes]\nlead = [1]\nrepeat = [1]"), "start.nodes.repeat", ["also starts on lead"]),
    "policy without a file": (with_end('[[policies]]\nfile = "none.py"\nfunction = "f"'), "policies.f.file", ["none.py", "exists"]),
    "campaign called as a line of the accounts": (
        spoiled('to_month = 6, monthly_spend = 100', 'to_month = 6, monthly_spend = 100, name = "revenue"'),
        "strategies.ads.campaigns.revenue",
        ["the name 'revenue'", "a line of the accounts"],
    ),
    "unknown kind of programme": (with_end('[[programs]]\nkind = "pionts"'), "programs.pionts.kind", ["'pionts'", "did you mean 'points'"]),
    "unknown schema": (with_top("schema = 2"), "schema", ["found 2", "must be 1"]),
    "unknown language": (with_top('language = "dk"'), "language", ["'dk'", "'en', 'da' or 'nb'"]),
    "broken TOML": (spoiled("months = 12", "months = = 12"), "line 3, column 10", ["must be TOML"]),
    "TOML cut off": (GOOD + "x = [1,", "end of the file", ["must be TOML"]),
    "the same table twice": (with_end("[strategies.ads]"), "line", ["cannot declare", "must be TOML"]),
    "a number too long": (with_top("population_seed = " + "9" * 5000), "line", ["a word of 5,000 characters", "at most 1,000"]),
    "a number too big": (with_top("amounts_include_vat = " + "9" * 400), "amounts_include_vat", ["more than 77 digits"]),
    "nested too deeply": (with_top("programs = " + "[" * 5000 + "]" * 5000), "line", ["33 deep", "at most 32"]),
    "empty": ("", "file", ["an empty file"]),
    "only blanks": (" \n\n", "file", ["an empty file"]),
    "only a comment": ("# nothing\n", "name", ["must be given"]),
}  # fmt: skip


def test_the_good_text_is_good() -> None:
    """What the malformed files are made of is itself right."""
    assert loads(GOOD).name == "shop"


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed(case: str, tmp_path: Path) -> None:
    """The file is refused at its place, in words that say what is allowed, and naming the file."""
    text, place, words = MALFORMED[case]
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert all(problem.file == str(path) for problem in caught.value.problems)
    here = [p for p in caught.value.problems if p.place == place or (place == "line" and p.place.startswith("line "))]
    assert here, f"no problem at {place}: {caught.value}"
    message = " / ".join(str(problem) for problem in here)
    assert all(word.lower() in message.lower() for word in words), message
    assert all(len(problem.found) < 200 for problem in caught.value.problems)


def test_garbage_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """10 MB of garbage are refused by their size, without being read."""
    path = tmp_path / "garbage.toml"
    path.write_bytes(b"\xffgarbage[" * 1_250_000)

    def never(self: Path) -> bytes:
        raise AssertionError(f"{self} was read")

    monkeypatch.setattr(Path, "read_bytes", never)
    with pytest.raises(ScenarioError, match=r"file: found 11,250,000 bytes, must be at most 2,000,000 bytes"):
        load(path)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\x7fELF\x00\x01", "binary data, must be a TOML text file in UTF-8"),
        (b"name = 'a'\nlabel = 'K\xe6de'\n", "byte 0xe6 in line 2, which is not UTF-8"),
    ],
    ids=["binary", "latin-1"],
)
def test_not_text(raw: bytes, words: str, tmp_path: Path) -> None:
    """Binary files and other encodings are named as such."""
    path = tmp_path / "bad.toml"
    path.write_bytes(raw)
    with pytest.raises(ScenarioError, match="file: found") as caught:
        load(path)
    assert words in str(caught.value)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    """A wrong path is told with the nearest file; a folder is no scenario."""
    (tmp_path / "coffee_shop.toml").write_text(GOOD)
    with pytest.raises(ScenarioError, match=r"no such file.*did you mean '.*coffee_shop\.toml'"):
        load(tmp_path / "cofee_shop.toml")
    with pytest.raises(ScenarioError, match="a folder"):
        load(tmp_path)


def test_all_problems_at_once() -> None:
    """Wrong shapes and wrong sense are told together, in one error, without what merely follows from a wrong shape."""
    text = spoiled("months = 12", "months = -3")
    text = spoiled("orders_per_month = 0.5", 'orders_per_month = "many"', text)
    text = spoiled('to = "lapsed"', 'to = "lapsd"', text)
    text = spoiled("links = 3", "links = 3, seeds = 1", text)
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    assert [problem.place for problem in caught.value.problems] == [
        "months",
        "rungs.customer.orders_per_month",
        "word_of_mouth.friends.graph.seeds",
        "steps.customer.lapsd.to",
    ]


def test_wrong_share_does_not_also_complain_of_the_sum() -> None:
    """A share that cannot be read is one problem, not two."""
    with pytest.raises(ScenarioError) as caught:
        loads(spoiled("share = 0.9", "share = 1.9"))
    assert [problem.place for problem in caught.value.problems] == ["rungs.lead.share"]


def test_policy_files_are_read_not_run(tmp_path: Path) -> None:
    """A policy's function is looked for without running the file: unknown names, wrong arguments, a missing yield."""
    (tmp_path / "plan.py").write_text(
        "raise SystemExit('run!')\ndef win_back(env, market, *, budget=1):\n    yield market.months(1)\n"
        "def lazy(env, market):\n    pass\ndef short(env):\n    yield\n"
    )
    (tmp_path / "broken.py").write_text("def f(:\n")

    def problem(file: str, function: str, options: str = "") -> str:
        table = f'[[policies]]\nfile = "{file}"\nfunction = "{function}"\n{options}'
        try:
            loads(with_end(table), tmp_path)
        except ScenarioError as error:
            return str(error)
        return ""

    assert problem("plan.py", "win_back", "options = { budget = 3 }") == ""
    assert "did you mean 'win_back'" in problem("plan.py", "winback")
    assert "without a yield" in problem("plan.py", "lazy")
    assert "must take env and market first" in problem("plan.py", "short")
    assert "policies.win_back.options.buget" in problem("plan.py", "win_back", "options = { buget = 3 }")
    assert "which Python cannot read in line 1" in problem("broken.py", "f")


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [leaf for key, item in items for leaf in _leaves(item, (*path, key))]


_PLACES = _leaves(tomllib.loads(GOOD))
_ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 5000),
    st.integers(10**300, 10**320),
    st.floats(),
    st.sampled_from(
        ["", "lead", "lapsed", "search", "time", "order", "renewal", "x y", "outside", "cycle", "file", "\U0001f600"]
    ),
    st.just([]),
    st.just({}),
    st.just([[]]),
    st.just([{}]),
    st.just({"low": 0.1, "high": 0.2}),
    st.just({"law": "draws", "values": [0.1, 0.2]}),
    st.just({"lead": -1, 3: 4}),
)


@given(st.lists(st.tuples(st.sampled_from(_PLACES), _ODD), min_size=1, max_size=3))
def test_any_change_is_a_scenario_or_a_scenario_error(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    """Whatever stands where, the loader gives a scenario that the warnings can read, or problems with places."""
    data = tomllib.loads(GOOD)
    for path, value in changes:
        here: Any = data
        try:
            for key in path[:-1]:
                here = here[key]
            here[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue
    problems: tuple[Problem, ...] = ()
    try:
        found = warnings(validated(data, "file.toml"))
    except ScenarioError as error:
        problems, found = error.problems, list(error.problems)
    assert all(problem.place and problem.found and problem.allowed for problem in found)
    assert all(problem.file == "file.toml" for problem in problems)


def test_a_share_in_per_cent_is_recognised() -> None:
    """`share = 88` is answered with what 88 % is."""
    with pytest.raises(ScenarioError) as caught:
        loads('name = "x"\nmonths = 1\nmarket_size = 10\nrungs = [{ name = "lead", share = 88 }]')
    assert "rungs.lead.share: found 88, must be a number at least 0 and at most 1 (88 % is 0.88)" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("language = { x = 1 }", "language"),
        ("[strategies.first]\nready = { x = 1 }\nbudget = 100", "strategies.first.ready"),
        ('[[strategies.first.campaigns]]\nname = { x = 1 }\nchannel = "search"\nmonthly_spend = 1', "strategies.first.campaigns"),
        ('[[campaigns]]\nname = "a"\nchannel = { x = 1 }\nmonthly_spend = 1', "campaigns"),
    ],
)
def test_a_table_where_a_word_is_wanted_is_told(text: str, place: str) -> None:
    """Whatever stands where a name, a language or a role is wanted, the answer names the place: no table can be looked up by a table."""
    head = 'schema = 1\nname = "odd"\nmonths = 2\nmarket_size = 50\n'
    rungs = '\n[[rungs]]\nname = "customer"\nshare = 1.0\norders_per_month = 1.0\nrole = "returning"\n'
    whole = head + text + rungs if text.startswith("language") else head + rungs + text
    with pytest.raises(ScenarioError) as told:
        loads(whole)
    assert any(problem.place.startswith(place) for problem in told.value.problems), told.value
    with pytest.raises(ScenarioError, match="role"):
        loads(head + rungs.replace('"returning"', "{ x = 1 }") + '[strategies.first]\nready = "balanced"\nbudget = 100\n')


@pytest.mark.parametrize(
    "sign",
    [
        "\u00ad",
        "\u034f",
        "\u115f",
        "\u180e",
        "\u200b",
        "\u200c",
        "\u200d",
        "\u200e",
        "\u202e",
        "\u2060",
        "\u3164",
        "\ufe0f",
        "\ufeff",
        "\uffa0",
        "\U000e0061",
    ],
)
@pytest.mark.parametrize("key", ['name = "repeat"', "[strategies.x]"])
def test_names_hold_nothing_that_nobody_sees(sign: str, key: str) -> None:
    """Two names that look the same are the same: signs without a width are refused in names of every kind."""
    text = GOOD.replace("repeat", f"rep{sign}eat") if "name" in key else with_end(f'[strategies."x{sign}"]')
    with pytest.raises(ScenarioError, match=r"must be a name"):
        loads(text)


def test_names_of_every_alphabet_are_names() -> None:
    """Letters with marks of their own, too."""
    for name in ("kærlighed", "Åse", "a\u030ase", "निष्ठा", "忠実", "_x1"):
        assert loads(GOOD.replace("repeat", name)).rungs[2].name == unicodedata.normalize("NFC", name)
    with pytest.raises(ScenarioError, match="must be a name"):
        loads(GOOD.replace("repeat", "\u0301"))
