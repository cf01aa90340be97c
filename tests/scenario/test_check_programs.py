"""What is wrong with a programme is said in words, at its place, all at once.

Tests: ``scenario/programs/own.py``, ``scenario/programs/own_file.py``, ``scenario/programs/record.py``, ``scenario/references.py``,
``scenario/shape_errors.py``.
"""
# ruff: noqa: E501 (one case a line)

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from ladsim.errors import PolicyError, ScenarioError
from ladsim.hosts.choice import asked_for
from ladsim.i18n import LANGUAGES
from ladsim.model import audience, layout
from ladsim.model.layout import HOOKS
from ladsim.scenario import check_levers, check_plan, texts
from ladsim.scenario.check import warnings
from ladsim.scenario.load import validated
from ladsim.scenario.programs import own_file
from ladsim.scenario.programs.kinds import KINDS, RECORDS
from ladsim.scenario.programs.own_file import RENAMED
from ladsim.scenario.programs.record import Program
from ladsim.scenario.programs.rules import kind_of
from ladsim.scenario.spec import Scenario

JOINS = {"probability": 0.5}
CLUB = {"kind": "club", "joins": JOINS, "fee": 5.0, "renewal_probability": 0.8}
REFERRAL = {"kind": "referral_reward", "referrer_reward": 5.0}
FRIENDS = [{"layer": "friends", "graph": {"kind": "cycle"}}]
OWN = Path(__file__).parents[2] / "experiments" / "programs" / "birthday.py"


def scenario(*programs: dict[str, Any], **more: Any) -> Scenario:
    """A small shop with these programmes."""
    return validated(
        {
            "schema": 1, "name": "shop", "months": 12, "market_size": 100,
            "rungs": [{"name": "lead", "share": 0.5}, {"name": "customer", "share": 0.5, "orders_per_month": 1.0}],
            "steps": [{"from": "lead", "to": "customer", "monthly": 0.1}], "programs": list(programs),
        } | more
    )  # fmt: skip


def said(*programs: dict[str, Any], **more: Any) -> list[str]:
    """The problems of a scenario, as a user reads them."""
    with pytest.raises(ScenarioError) as caught:
        scenario(*programs, **more)
    return [str(problem) for problem in caught.value.problems]


WRONG = {
    "negative fee": (CLUB | {"fee": -1.0}, ["programs.club.fee: found -1.0, must be a number at least 0 and at most 1,000,000,000,000"]),
    "nobody can join": (
        {key: value for key, value in CLUB.items() if key != "joins"},
        ["programs.club.joins: found neither probability nor monthly, must give one of them: nobody could join"],
    ),
    "two renewals": (
        CLUB | {"renewal_beta": [1.0, 2.0]}, ["programs.club: found renewal_probability and renewal_beta, must give only one of them"],
    ),
    "no renewal": (
        {key: value for key, value in CLUB.items() if key != "renewal_probability"},
        ["programs.club: found neither, must give renewal_probability or renewal_beta"],
    ),
    "retries after the next fee": (
        CLUB | {"failed_payment_share": 0.1, "recovered_share": 0.5, "retry_days": 40},
        ["programs.club.retry_days: found 40, must be below the 30.44 days from one fee to the next"],
    ),
    "no satisfaction": (
        CLUB | {"satisfaction_effect": -1.0},
        ["programs.club.satisfaction_effect: found -1.0, must have [satisfaction] in the scenario"],
    ),
    "cashback above 100 %": (
        {"kind": "cashback", "joins": JOINS, "cashback_share": 5},
        ["programs.cashback.cashback_share: found 5, must be a number at least 0 and at most 1 (5 % is 0.05)"],
    ),
    "cashback of nothing said": (
        {"kind": "cashback", "joins": JOINS, "payout_probability": 0.0},
        [
            "programs.cashback.cashback_share: found nothing, must be given: 0.05 is 5 % of an order",
            "programs.cashback.payout_probability: found 0, must be above 0: nobody would ever get anything back",
        ],
    ),
    "discount above 100 %": (
        {"kind": "discount", "to": ["customer"], "discount_share": 1.5},
        ["programs.discount.discount_share: found 1.5, must be a number at least 0 and at most 1 (1.5 % is 0.015)"],
    ),
    "discount to nobody": (
        {"kind": "discount", "discount_share": 0.1},
        [
            "programs.discount.joins: found neither probability nor monthly, must give one of them: nobody could join, "
            "or name the rungs it is for under `to`"
        ],
    ),
    "discount both ways": (
        {"kind": "discount", "discount_share": 0.1, "to": ["custmer"], "joins": JOINS, "from_month": 3.0, "to_month": 2.0},
        [
            "programs.discount.to: found 'custmer', must be one of the rungs (lead, customer) (did you mean 'customer'?)",
            "programs.discount: found to and joins, must give only one of them: with `to` everybody on those rungs has it",
            "programs.discount.to_month: found 2, must be after from_month (3)",
        ],
    ),
    "key of another kind": (
        CLUB | {"minimum_balance": 5.0},
        ["programs.club.minimum_balance: found 5.0, belongs to programs of kind cashback, not club"],
    ),
    "unknown rung and benefit": (
        CLUB | {"joins": {"on_rungs": "custommer", "probability": 0.5}, "factors": {"order": 2.0}},
        [
            "programs.club.joins.on_rungs: found 'custommer', must be one of the rungs (lead, customer) (did you mean 'customer'?)",
            "programs.club.factors.order: found 'order', must be orders, messages, basket, points, climbing, leaving or steps.FROM.TO "
            "(did you mean 'orders'?)",
        ],
    ),
    "no word of mouth": (
        REFERRAL,
        [
            "programs.referral_reward: found no [[word_of_mouth]] in the scenario, must have it: without messages nobody is ever "
            "referred"
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said(what: str) -> None:
    program, expected = WRONG[what]
    assert said(program) == expected


def test_rewards_need_who_gives_them() -> None:
    """Points need a points programme, months free a club, of the scenario or of the same strategy."""
    for reward, kind in (("points", "points"), ("free_month", "club")):
        assert said(REFERRAL | {"reward": reward}, word_of_mouth=FRIENDS)[0].startswith(
            f"programs.referral_reward.reward: found '{reward}', must have a program of kind {kind} in the scenario, which"
        )
    strategy = {"club": {"programs": [CLUB, REFERRAL | {"reward": "free_month"}]}}
    assert scenario(word_of_mouth=FRIENDS, strategies=strategy).strategies["club"].programs[0].kind == "club"
    assert said(REFERRAL | {"reward": "free_month"}, word_of_mouth=FRIENDS, strategies=strategy)


def test_a_misspelt_kind_hides_nothing() -> None:
    """What else is wrong with the programme is said as well, in a strategy, too; of one without a kind, that it has none."""
    kinds = "'points', 'tiers', 'club', 'cashback', 'discount', 'referral_reward', 'prize_draw' or 'own'"
    wrong = {key: value for key, value in CLUB.items() if key != "renewal_probability"} | {
        "kind": "clubb", "fee": -1.0, "reward_at": 3.0, "renewal_probabilty": 0.5,
    }  # fmt: skip
    for prefix, more in (("", [wrong]), ("strategies.s.", [])):
        lines = said(*more, strategies={} if more else {"s": {"programs": [wrong]}})
        assert [line.partition(" (")[0][:110] for line in lines] == [
            f"{prefix}programs.clubb.{words}"[:110]
            for words in (
                "fee: found -1.0, must be a number at least 0 and at most 1,000,000,000,000",
                "reward_at: found 3.0, belongs to programs of kind points, not club",
                "renewal_probabilty: found an unknown key, must be one of cost_per_member, cost_per_order, discount_share",
                f"kind: found 'clubb', must be one of {kinds}",
            )
        ]
        assert lines[2].endswith("(did you mean 'renewal_probability'?)") and lines[3].endswith("(did you mean 'club'?)")
    assert said({"joins": JOINS}) == [f"programs[0].kind: found nothing, must be given: one of {kinds}"]
    assert said({"kind": 5}) == [f"programs.5.kind: found 5, must be one of {kinds}"]


def test_a_strategys_programs_are_checked() -> None:
    """At their place, with names that the scenario's own do not have."""
    found = said(CLUB | {"name": "gold"}, strategies={"more": {"programs": [CLUB | {"name": "gold", "fee_every_months": 0}]}})
    assert found == ["strategies.more.programs.gold.fee_every_months: found 0, must be at least 0.033"]
    found = said(CLUB | {"name": "gold"}, strategies={"more": {"programs": [CLUB | {"name": "gold"}]}})
    assert found == [
        "strategies.more.programs.gold: found the name 'gold', which the scenario's own programs have too, "
        "must be told apart by name"
    ]


def test_what_never_starts_is_odd() -> None:
    found = [str(w) for w in warnings(scenario(CLUB | {"from_month": 40.0})) if "never starts" in str(w)]
    assert found == ["programs.club.from_month: found 40, the scenario ends at month 12: it never starts"]


def test_every_kind_has_its_record() -> None:
    """Named by its file, with the keys of every programme, its own `kind`, and a docstring that says what it is."""
    assert tuple(RECORDS) == KINDS
    for kind, record in RECORDS.items():
        assert record.__module__ == f"ladsim.scenario.programs.{kind}" and record.__doc__ != Program.__doc__
        assert get_args(record.model_fields["kind"].annotation) == (kind,)
        assert set(Program.model_fields) <= set(record.model_fields)


def test_what_is_said_twice_is_the_same() -> None:
    """What the checks repeat of the model is what the model says."""
    assert check_levers.MOST_PROGRAMS == layout.MOST_PROGRAMS
    assert set(layout.CAUSES) < set(check_plan.LINES)
    assert tuple(event.partition(".")[0] for event in check_levers.EVENTS) == audience.EVENTS
    assert texts.LANGUAGES == LANGUAGES


ODD = {
    "nothing comes back": ({"kind": "cashback", "joins": JOINS, "cashback_share": 0.0}, "programs.cashback.cashback_share: found 0, it gives nothing"),
    "all comes back": ({"kind": "cashback", "joins": JOINS, "cashback_share": 1.0}, "programs.cashback.cashback_share: found 1, all of an order comes back"),
    "never paid out": (
        {"kind": "cashback", "joins": JOINS, "cashback_share": 0.1, "minimum_balance": 1e6},
        "programs.cashback.minimum_balance: found 1e+06, hardly anything is ever paid out",
    ),
    "expires within a day": (
        {"kind": "cashback", "joins": JOINS, "cashback_share": 0.1, "inactive_months": 1e-9},
        "programs.cashback.inactive_months: found 1e-09, the balance expires within a day",
    ),
    "free for members": (CLUB | {"discount_share": 1.0}, "programs.club.discount_share: found 1, all of an order comes off"),
    "all comes off": ({"kind": "discount", "to": ["customer"], "discount_share": 1.0}, "programs.discount.discount_share: found 1, all of an order comes off"),
    "off what nobody orders": ({"kind": "discount", "to": ["lead"], "discount_share": 0.1}, "programs.discount.to: found 'lead', where nobody orders"),
    "nothing given": (REFERRAL | {"referrer_reward": 0.0}, "programs.referral_reward.referrer_reward: found 0, and referred_reward too, nobody is given anything"),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_odd(case: str) -> None:
    """What gives nothing, gives everything, or can hardly be reached can be simulated, and is warned of."""
    program, words = ODD[case]
    found = [str(warning) for warning in warnings(scenario(program, word_of_mouth=FRIENDS))]
    assert any(message.startswith(words) for message in found), found


def test_limits_on_rewards_are_countable() -> None:
    """A whole number of hundreds of digits is refused, and not met later."""
    assert said(REFERRAL | {"max_total": 10**400}, word_of_mouth=FRIENDS) == [
        "programs.referral_reward.max_total: found a whole number of more than 77 digits, must be at most 2147483647"
    ]


class TestOwn:
    def own(self, tmp_path: Path, text: str, **more: Any) -> dict[str, Any]:
        """A programme of this file."""
        file = tmp_path / "mine.py"
        file.write_text(text, encoding="utf-8")
        return {"kind": "own", "file": str(file), **more}

    def test_what_is_wrong_with_the_file(self, tmp_path: Path) -> None:
        """Each in words, without running it."""
        assert said({"kind": "own"}) == [
            "programs.own.file: found nothing, must be given: a Python file with the rules of the programme"
        ]
        assert "must be a Python file that exists" in said({"kind": "own", "file": str(tmp_path / "no.py")})[0]
        assert "mine.py, which Python cannot read in line 2" in said(self.own(tmp_path, "x = 1\ndef on_join(:\n"))[0]
        assert "mine.py without a hook, must define at least one of on_enter, on_join" in said(self.own(tmp_path, "x = 1\n"))[0]
        found = said(self.own(tmp_path, "def on_join(address, row):\n    return 0.0\n"))
        assert found[0] == "programs.own.file: found on_join in line 1 of mine.py, not marked, must have @hook above it"
        assert found[1].endswith("found on_join(address, row) in line 1 of mine.py, must take (address, row, place, t, number)")

    def test_a_hook_that_there_is_not(self, tmp_path: Path) -> None:
        """A file of a former version is told the name of now, another one the nearest; whoever runs it is told the same."""
        start = "from ladsim.compiled import hook\n@hook\ndef "
        for old, new in RENAMED.items():
            file = self.own(tmp_path, f"{start}{old}(address, row, place, t, number):\n    return 0.0\n")
            assert said(file) == [f"programs.own.file: found the hook {old!r} in line 3 of mine.py, must be called {new} now"]
            with pytest.raises(PolicyError, match=rf"^mine\.py: found the hook {old!r}, must be called {new} now$"):
                kind_of(file["file"])
        assert own_file.HOOKS == HOOKS
        assert {*RENAMED.values()} < {*HOOKS}
        two = f"{start}discount_of(address, row, place, t, number):\n    return 0.0\n@hook\ndef credit_of(address, row, place, t, number):\n    return 0.0\n"
        (found,) = said(self.own(tmp_path, two))
        assert found.endswith(
            "found the hooks discount_of and credit_of in mine.py, must have only one of them: what it takes off an order is one sum"
        )
        (found,) = said(self.own(tmp_path, f"{start}on_oder(address, row, place, t, number):\n    return 0.0\n"))
        assert "found the hook 'on_oder' in line 3 of mine.py, must be one of on_enter, on_join, discount_of" in found
        assert found.endswith("(did you mean 'on_order'?)")

    def test_options_are_those_of_its_numbers(self) -> None:
        assert said({"kind": "own", "file": str(OWN), "options": {"gift_costs": 3.0}}) == [
            "programs.own.options.gift_costs: found 'gift_costs', must be one of the NUMBERS of birthday.py (gift_cost, lift, lift_months) "
            "(did you mean 'gift_cost'?)"
        ]
        assert scenario({"kind": "own", "file": str(OWN), "options": {"gift_cost": {"low": 3.0, "high": 9.0}}})

    @pytest.mark.parametrize("numbers", ["", "NUMBERS = {}\n"])
    def test_options_where_the_file_has_no_numbers(self, tmp_path: Path, numbers: str) -> None:
        """What to write, and where: no scenario file can define them."""
        text = f"from ladsim.compiled import hook\n{numbers}@hook\ndef on_join(address, row, place, t, number):\n    return 0.0\n"
        assert said(self.own(tmp_path, text, options={"gift_cost": 3.0})) == [
            "programs.own.options.gift_cost: found 'gift_cost', but mine.py has no NUMBERS: write NUMBERS = {'gift_cost': 0.0} into it, "
            "each name with its default"
        ]

    def test_what_cannot_be_compiled_or_run_is_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """With the file, the line, and what a hook may do."""
        start = "from ladsim.compiled import hook\n@hook\ndef on_join(address, row, place, t, number):\n    return "
        if asked_for() != "plain":
            monkeypatch.setenv("LADSIM_HOST", "native")
            for line, body, reason in ((2, "open_file(number)", "'open_file' is not defined"), (4, "'a' + number", "")):
                words = rf"^mine\.py: line {line}: cannot be compiled: .*{reason}.*\. A hook is a function of"
                with pytest.raises(PolicyError, match=words):
                    kind_of(self.own(tmp_path, f"{start}{body}\n")["file"])
        with pytest.raises(PolicyError, match=r"^mine\.py: line 2: cannot be run: ZeroDivisionError: division by zero$"):
            kind_of(self.own(tmp_path, "x = 1\ny = x / 0\n")["file"])
        with pytest.raises(PolicyError, match=r"^mine\.py: cannot be run: SyntaxError: "):
            kind_of(self.own(tmp_path, "def on_join(:\n")["file"])
        with pytest.raises(PolicyError, match=r"^mine\.py: on_join is no rule of a programme: write @hook above it$"):
            kind_of(self.own(tmp_path, "def on_join(address, row, place, t, number):\n    return 0.0\n")["file"])

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("    if paid > 9.0:\n        raise ValueError(paid)\n    return 0.0\n", "`raise` in line 5 of mine.py, in on_order, must not raise"),
            ("    assert paid > 0.0\n    return 0.0\n", "`assert` in line 4 of mine.py, in on_order, must not raise"),
            ("    return 0.0\ndef memory():\n    return 1\n", "memory() in line 5 of mine.py, must take (numbers)"),
            ("    return 0.0\nmemory = 3\n", "memory = 3 in mine.py, must be a function"),
            ('    return 0.0\nNUMBERS = {"a": "x"}\n', "NUMBERS = {'a': 'x'} in line 5 of mine.py, must be"),
            ("    return 0.0\nNUMBERS = 5\n", "NUMBERS = 5 in line 5 of mine.py, must be"),
        ],
    )  # fmt: skip
    def test_what_would_fail_when_it_runs(self, tmp_path: Path, text: str, words: str) -> None:
        """What a hook raises is lost in compiled code; numbers and memory of another kind would end the run without words."""
        hook = "from ladsim.compiled import hook\n@hook\ndef on_order(address, row, place, t, paid):\n"
        assert [words in message for message in said(self.own(tmp_path, hook + text))] == [True]

    def test_files_that_are_none(self, tmp_path: Path) -> None:
        """A file of another name is no programme's; nor is a folder, nor what is nested deeper than Python reads."""
        (tmp_path / "rules").write_text("x = 1", encoding="utf-8")
        assert said({"kind": "own", "file": str(tmp_path / "rules")})[0].endswith("must be a Python file: its name ends in .py")
        (tmp_path / "folder.py").mkdir()
        assert "folder.py', a folder, must be" in said({"kind": "own", "file": str(tmp_path / "folder.py")})[0]
        for deep in ("-" * 200_000 + "1", "a." * 100_000 + "b"):
            assert "which Python cannot read, must be Python" in said(self.own(tmp_path, f"x = {deep}\n"))[0]
        assert "which Python cannot read, must be" in said(self.own(tmp_path, "x = 1\0"))[0]
