"""Python that a scenario brings: only from its own folder or below, whoever asks, wherever links lead."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ladsim.errors import ScenarioError
from ladsim.i18n.problems import told
from ladsim.scenario.load import load, loads
from ladsim.scenario.overrides import override
from ladsim.scenario.own_code import code_of, files_in_words, is_below
from tests.hostile.market import POLICY, TINY, put, with_policy, with_program

REFUSED = r"must be a file in the scenario's folder or below"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder for a scenario, beside which lies somebody else's file."""
    put(tmp_path, POLICY, "outside.py")
    (tmp_path / "shop").mkdir()
    return tmp_path / "shop"


@pytest.mark.parametrize("name", ["p.py", "./p.py", "below/far/p.py", "below/../p.py", "../shop/p.py"])
def test_what_lies_in_the_folder_or_below_is_let_in(shop: Path, name: str) -> None:
    """However it is written."""
    put(shop, POLICY, "p.py")
    put(shop, POLICY, "below/far/p.py")
    found = load(put(shop, with_policy(name)))
    assert code_of(found) == [os.path.normpath(shop / name)]


@pytest.mark.parametrize("text", [with_policy, with_program])
@pytest.mark.parametrize("name", ["../outside.py", "FULL", "link.py", "linked/outside.py", "../shopping/p.py"])
def test_what_lies_elsewhere_is_refused(shop: Path, name: str, text: object) -> None:
    """By a full path, by dots, behind a link, behind a folder that is a link, in a folder whose name begins alike."""
    os.symlink(shop.parent / "outside.py", shop / "link.py")
    os.symlink(shop.parent, shop / "linked")
    put(shop.parent, POLICY, "shopping/p.py")
    name = name.replace("FULL", str(shop.parent / "outside.py"))
    with pytest.raises(ScenarioError, match=rf"(policies\.f|programs\.x)\.file: found .*, {REFUSED}"):
        load(put(shop, text(name)))  # type: ignore[operator]


def test_who_trusts_says_so(shop: Path) -> None:
    """Then it may lie anywhere; a scenario of a text, too."""
    path = put(shop, with_policy("../outside.py"))
    assert code_of(load(path, trust=True)) == [str(shop.parent / "outside.py")]
    with pytest.raises(ScenarioError, match=REFUSED):
        loads(with_policy("../outside.py"), shop)
    assert code_of(loads(with_policy("../outside.py"), shop, trust=True))
    assert code_of(loads(with_policy(str(shop.parent / "outside.py")))), "a text without a folder is the caller's own"


def test_a_strategy_and_what_is_extended_are_looked_at(shop: Path) -> None:
    """Code of a strategy, and of a file that is extended, goes by the folder of the file that was named."""
    strategy = TINY + '[[strategies.a.policies]]\nfile = "../outside.py"\nfunction = "f"\n'
    with pytest.raises(ScenarioError, match=rf"strategies\.a\.policies\.f\.file: found .*, {REFUSED}"):
        load(put(shop, strategy))
    put(shop.parent, with_policy("outside.py"), "above.toml")
    assert load(shop.parent / "above.toml").policies
    with pytest.raises(ScenarioError, match=REFUSED):
        load(put(shop, 'extends = "../above.toml"'))


def test_no_set_chooses_a_file(shop: Path) -> None:
    """Neither a strategy's `set` nor an override changes what is run."""
    put(shop, POLICY, "p.py")
    other = str(shop.parent / "outside.py")
    with pytest.raises(ScenarioError, match=r"strategies\.x\.set\.policies\.f\.file: found .*, must not be set"):
        load(put(shop, with_policy("p.py") + f'[strategies.x]\nset = {{ "policies.f.file" = "{other}" }}\n'))
    with pytest.raises(ScenarioError, match="must not be set"):
        override(load(put(shop, with_policy("p.py"))), {"policies.f.file": other})


def test_all_problems_come_at_once(shop: Path) -> None:
    """Code from elsewhere hides no other problem of the file."""
    with pytest.raises(ScenarioError) as caught:
        load(put(shop, with_policy("../outside.py").replace("share = 0.7", "share = 7")))
    assert [problem.place for problem in caught.value.problems] == ["policies.f.file", "rungs.lead.share"]


def test_a_scenario_knows_its_file(shop: Path) -> None:
    """Also changed by an override; two that say the same are equal, whatever their files."""
    one, two = load(put(shop, TINY, "one.toml")), load(put(shop, TINY, "two.toml"))
    assert (one.file, two.file) == (str(shop / "one.toml"), str(shop / "two.toml"))
    assert one == two and loads(TINY) == one and loads(TINY).file == ""
    assert override(one, {"months": 3}).file == one.file and override(one, {"months": 3}) != one


@pytest.mark.parametrize("name", ["link.py", "linked/outside.py"])
def test_a_link_out_of_the_folder_is_called_one(shop: Path, name: str) -> None:
    """Refused with where it points; trusted, the screen names that, too. A link that stays in the folder is nothing to tell."""
    os.symlink(shop.parent / "outside.py", shop / "link.py")
    os.symlink(shop.parent, shop / "linked")
    target = str((shop.parent / "outside.py").resolve())
    with pytest.raises(ScenarioError) as caught:
        load(put(shop, with_policy(name)))
    (problem,) = caught.value.problems
    assert problem.found == f"{str(Path(name))!r}, a link to {target!r}"
    for language, words in (("da", "et link til"), ("nb", "en lenke til")):
        assert words in told(problem, language) and "must be" not in told(problem, language)
    trusted = load(put(shop, with_policy(name)), trust=True)
    assert files_in_words(code_of(trusted), shop) == f"{Path(name)} → {target}"
    put(shop, POLICY, "p.py")
    os.symlink(shop / "p.py", shop / "own.py")
    assert files_in_words([str(shop / "own.py")], shop) == "own.py"


def test_files_in_words(shop: Path) -> None:
    """As seen from the scenario's folder; what lies elsewhere, whole."""
    assert files_in_words([str(shop / "a" / "p.py"), "/x/q.py"], shop) == f"{Path('a', 'p.py')}, /x/q.py"
    assert not is_below("a\0b", shop)


@pytest.mark.parametrize(
    ("name", "shown"), [("../secret.toml", False), ("secret.toml", True), ("linked.toml", False), ("../secret", False)]
)
def test_what_is_extended_elsewhere_is_not_quoted(shop: Path, name: str, shown: bool) -> None:
    """A foreign file that is no TOML is named, never quoted; only a .toml file is opened at all."""
    for folder in (shop, shop.parent):
        put(folder, "password: 12345\n", "secret.toml")
    put(shop.parent, "password: 12345\n", "secret")
    os.symlink(shop.parent / "secret.toml", shop / "linked.toml")
    with pytest.raises(ScenarioError) as caught:
        load(put(shop, f'extends = "{name}"'))
    assert ("12345" in str(caught.value)) is shown
    assert ("must be a .toml file" in str(caught.value)) is (name == "../secret")
