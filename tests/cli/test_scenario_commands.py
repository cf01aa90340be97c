"""new, check, show, schema: quick commands that simulate nothing.

Tests: ``cli/plan.py``, ``cli/tactics.py``.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from ladsim.scenario.address import numbers, place_of, step_names
from ladsim.scenario.load import load, shipped

Ladsim = Callable[..., Result]


def test_new_writes_a_scenario_that_passes_the_check(ladsim: Ladsim, tmp_path: Path) -> None:
    """The starter has comments, and `check` finds nothing wrong with it."""
    file = tmp_path / "mine.toml"
    assert ladsim("new", file).exit_code == 0
    assert "#" in file.read_text(encoding="utf-8")
    assert ladsim("check", file).exit_code == 0


@pytest.mark.parametrize(("language", "said"), [("da", "Hvad vi vil nå"), ("nb", "Hva vi vil nå")])
def test_new_speaks_a_language(ladsim: Ladsim, tmp_path: Path, language: str, said: str) -> None:
    """--language gives a starter with comments and labels of that language, which passes the check."""
    file = tmp_path / "mine.toml"
    assert ladsim("new", file, "--language", language).exit_code == 0
    assert said in file.read_text(encoding="utf-8")
    assert ladsim("check", file).exit_code == 0


def test_new_replaces_a_file_only_when_told(ladsim: Ladsim, shop: Path) -> None:
    """A file that exists is kept, with exit code 4, unless --force is given."""
    before = shop.read_bytes()
    result = ladsim("new", shop)
    assert result.exit_code == 4
    assert "--force" in result.stderr
    assert shop.read_bytes() == before
    assert ladsim("new", shop, "--force").exit_code == 0
    assert shop.read_bytes() != before


@pytest.mark.parametrize("preset", shipped())
def test_new_copies_a_preset_that_can_be_simulated(ladsim: Ladsim, tmp_path: Path, preset: str) -> None:
    """A copy of a shipped scenario keeps its comments and passes the check where it lands."""
    file = tmp_path / "copy.toml"
    assert ladsim("new", file, "--preset", preset).exit_code == 0
    assert "#" in file.read_text(encoding="utf-8")
    assert load(file).rungs == load(preset).rungs
    assert ladsim("check", file).exit_code == 0


def test_new_lists_the_presets(ladsim: Ladsim) -> None:
    """--list names every shipped scenario and writes nothing."""
    result = ladsim("new", "--list")
    assert result.exit_code == 0
    assert all(name in result.stdout for name in shipped())


@pytest.mark.parametrize(
    ("words", "said"),
    [(("new",), "FILE"), (("new", "x.toml", "--preset", "five_rung"), "five_rungs"), (("explain", "profitt"), "profit")],
)
def test_a_wrong_name_is_answered_with_the_nearest_right_one(ladsim: Ladsim, words: tuple[str, ...], said: str) -> None:
    """Exit code 2, and the message helps."""
    result = ladsim(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert said in result.stderr


def test_check_says_that_a_file_can_be_simulated(ladsim: Ladsim, shop: Path) -> None:
    """Exit code 0; what is odd goes to standard error and does not count."""
    shop.write_text(shop.read_text(encoding="utf-8").replace('source = "own CRM"', ""), encoding="utf-8")
    result = ladsim("check", "shop.toml")
    assert result.exit_code == 0
    assert "shop.toml: can be simulated (3 rungs, 2 steps, 2 strategies" in result.stdout
    assert "warning: shop.toml: strategies" in result.stderr  # budgets of 600 and 0 are not equal


def test_check_lists_all_problems_at_once(ladsim: Ladsim, shop: Path) -> None:
    """Every problem has a line with place, what was found, and the nearest right name; exit code 2, nothing on standard output."""
    text = shop.read_text(encoding="utf-8").replace('rung = "customer"', 'rung = "custmer"').replace("margin = 0.5", "margin = 5")
    shop.write_text(text, encoding="utf-8")
    result = ladsim("check", "shop.toml")
    assert result.exit_code == 2
    assert result.stdout == ""
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 2
    assert any("money.margin" in line and "found 5" in line for line in errors)
    assert any("custmer" in line and "did you mean 'customer'?" in line for line in errors)


def test_show_prints_the_ladder_its_strategies_and_goals(ladsim: Ladsim, shop: Path) -> None:
    """Rungs, steps, budgets and goals can be read in the terminal."""
    result = ladsim("show", shop)
    assert result.exit_code == 0
    for text in ("customer", "10 % a month", "keep (Keep them): EUR 600 in 6 months", "60 at customer by month 6"):
        assert text in result.stdout


def test_months_have_names_where_the_start_is_a_day(ladsim: Ladsim, shop: Path) -> None:
    """Goals and campaigns by the calendar, in `show` and in the table of a run."""
    shop.write_text("start_date = 2027-01-01\n" + shop.read_text(encoding="utf-8"), encoding="utf-8")
    shown = ladsim("show", shop).stdout.replace("\xa0", " ")
    assert "60 at customer by month 6 (June 2027)" in shown
    assert "January 2027 to June 2027" in ladsim("show", shop, "--strategy", "keep").stdout
    ran = ladsim("run", shop, "--replications", "2", "--processes", "1", "--out", "named")
    assert "6 (June 2027)" in ran.stdout.replace("\xa0", " ")


def test_show_under_a_strategy_shows_its_campaigns_and_numbers(ladsim: Ladsim, shop: Path) -> None:
    """--strategy shows the ladder as that strategy makes it."""
    assert "welcome: EUR 100 a month, months 0 to 6" in ladsim("show", shop, "--strategy", "keep").stdout
    assert "12 % a month" in ladsim("show", shop, "--strategy", "win").stdout


def test_show_names_programmes_and_prices(ladsim: Ladsim, shop: Path) -> None:
    """A strategy that is a programme shows what it takes, and no budget of 0; a change of price with its dates."""
    result = ladsim("show", "program_points", "--language", "nb").stdout.replace("\u00a0", " ")
    assert "points (Med poeng): programmet «Poeng»: 30 000 DKK i oppstart, 1 500 DKK per måned, og hva medlemmene" in result
    assert "advertising (Annonser i stedet): 168 000 DKK" in result
    own = ladsim("show", "program_points", "--strategy", "points", "--language", "en").stdout
    assert own.count("programme “Points”: DKK 30,000 to set up, DKK 1,500 a month, and what members cost") == 1
    shop.write_text(shop.read_text(encoding="utf-8") + "\n[[prices]]\nchange = 0.1\nfrom_month = 2\n", encoding="utf-8")
    assert "prices +10 %, months 2 to 6" in ladsim("show", shop).stdout


def test_show_says_how_numbers_are_addressed(ladsim: Ladsim, shop: Path) -> None:
    """--addresses has each rung's and step's key beside its label, and every number that the file gives: each can be --set."""
    assert "[rungs." not in ladsim("show", shop).stdout
    result = ladsim("show", shop, "--addresses")
    assert result.exit_code == 0
    scenario = load(shop)
    for name in (*(f"[rungs.{rung.name}]" for rung in scenario.rungs), *(f"[steps.{name}]" for name in step_names(scenario))):
        assert name in result.stdout
    given = [key for key, number in numbers(scenario).items() if number.given]
    assert len(given) > 5 and all(f"  {key} " in result.stdout for key in given)
    for key in given:
        assert place_of(scenario, key).key == key


@pytest.mark.parametrize(("ending", "begins"), [(".svg", b"<"), (".png", b"\x89PNG")])
def test_show_draws_the_ladder(ladsim: Ladsim, shop: Path, ending: str, begins: bytes) -> None:
    """--out writes the picture, and nothing else is left in the folder."""
    picture = shop.with_name(f"ladder{ending}")
    assert ladsim("show", shop, "--out", picture).exit_code == 0
    assert picture.read_bytes().startswith(begins)
    assert {path.name for path in shop.parent.iterdir()} == {"shop.toml", picture.name}


def test_show_refuses_another_kind_of_picture(ladsim: Ladsim, shop: Path) -> None:
    """The ending of --out must be one that can be drawn."""
    result = ladsim("show", shop, "--out", "ladder.jpg")
    assert result.exit_code == 2
    assert "must end in .svg or .png" in result.stderr


def test_schema_is_json_and_knows_the_keys_of_a_file(ladsim: Ladsim, shop: Path) -> None:
    """Every top-level key of the tiny scenario is in the schema; --out writes the same text."""
    result = ladsim("schema")
    keys = json.loads(result.stdout)["properties"]
    assert set(tomllib.loads(shop.read_text(encoding="utf-8"))) <= set(keys)
    assert ladsim("schema", "--out", "schema.json").exit_code == 0
    assert Path("schema.json").read_text(encoding="utf-8") == result.stdout


def test_tactics_are_listed(ladsim: Ladsim) -> None:
    """Every tactic by its name, in the language asked for; another language is refused."""
    assert "welcome_series  (Welcome series; Onboarding; first-time customers)" in ladsim("tactics").stdout
    assert "(Velkomstserie; Onboarding; førstegangskunder)" in ladsim("tactics", "--language", "da").stdout
    assert ladsim("tactics", "--language", "xx").exit_code != 0


@pytest.mark.parametrize("language", ["en", "da", "nb"])
def test_a_tactic_says_its_numbers_and_their_sources(ladsim: Ladsim, language: str) -> None:
    """What each of the library does on each rung, from what spend, with a source or the word assumption for every number."""
    from ladsim.scenario.library import library

    word = {"en": "assumption", "da": "antagelse", "nb": "antakelse"}[language]
    for items in library().values():
        for name, item in items.items():
            lines = ladsim("tactics", name, "--language", language).stdout.splitlines()
            effects = lines[-len(item["means"]["effects"]) :]
            assert all(word in line for line in effects), lines
    said = ladsim("tactics", "welcome_series", "--language", language).stdout
    per_cent = {"en": "+30 %", "da": "+30 %", "nb": "+30 %"}[language]
    assert per_cent in said.replace("\u00a0", " ")
    assert ladsim("tactics", "welcome_serie").exit_code == 2


@pytest.mark.parametrize(
    ("ties", "code", "said"),
    [
        ("anna,bo\nbo,bo\nbo,cai\n", 0, "1 tie of a person to itself"),
        ("anna,bo\nbo,cai\ncai,dora\n", 2, "found 4 customers, market_size = 3 allows 3"),
        ("anna,bo\ncai\n", 2, "line 2"),
        ("", 2, "friends.csv"),
        ("\x00\x01\x02,\x03", 2, "friends.csv"),
    ],
)
def test_check_reads_the_graph_file(ladsim: Ladsim, tmp_path: Path, ties: str, code: int, said: str) -> None:
    """A graph file with names, self-loops or a person too many: `check` says so before anything is simulated."""
    (tmp_path / "friends.csv").write_text(ties, encoding="utf-8")
    file = tmp_path / "friends.toml"
    file.write_text(FRIENDS, encoding="utf-8")
    result = ladsim("check", file)
    assert result.exit_code == code
    assert said in result.stderr


FRIENDS = """
schema = 1
name = "Friends"
months = 3
market_size = 3
rungs = [{ name = "lead", share = 1.0 }, { name = "fan", messages_per_month = 1.0, orders_per_month = 1.0 }]
steps = [{ from = "lead", to = "fan", trigger = "message", probability = 0.1 }]
word_of_mouth = [{ layer = "friends", graph = { kind = "file", path = "friends.csv" } }]
"""


def test_presets_are_listed_with_a_line_and_their_rungs(ladsim: Ladsim) -> None:
    """Every shipped scenario by name; what they are and their rungs in the language asked for."""
    english, norwegian = ladsim("presets").stdout, ladsim("presets", "--language", "nb").stdout
    assert all(name in english and name in norwegian for name in shipped())
    assert "Awareness → Consideration → Purchase → Repeat purchase → Loyalty → Ambassador (NOK, nb)" in english
    assert "Kjennskap → Overveielse → Kjøp → Gjenkjøp → Lojalitet → Ambassadør (NOK, nb)" in norwegian
    assert english.startswith("Ladders\n")
    assert norwegian.startswith("Stiger\n")


def test_a_preset_is_copied_in_one_language(ladsim: Ladsim, tmp_path: Path) -> None:
    """Labels and comments in that language, `language` set, in words that `check` finds nothing wrong with."""
    file = tmp_path / "kaffe.toml"
    assert ladsim("new", file, "--preset", "coffee_chain", "--language", "nb").exit_code == 0
    text = file.read_text(encoding="utf-8")
    assert 'language = "nb"' in text
    assert 'label = "Stamgjest"' in text
    assert "# kommer hver uke\n" in text
    assert "Stamgæst" not in text
    mine, shipped_one = load(file), load("coffee_chain", "nb")
    assert (mine.rungs[0], mine.steps, mine.currency) == (shipped_one.rungs[0], shipped_one.steps, "NOK")
    assert ladsim("new", file, "--preset", "coffee_chain", "--language", "nb", "--currency", "DKK", "--force").exit_code == 0
    assert load(file) == shipped_one
    checked = ladsim("check", file)
    assert checked.exit_code == 0
    assert "warning" not in checked.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("presets", "--language", "no"),
        ("new", "x.toml", "--preset", "telecom", "--language", "sv"),
        ("new", "x.toml", "--language", "sv"),
    ],
)
def test_a_language_that_there_is_not_is_refused(
    ladsim: Ladsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Exit code 2 and what is allowed; nothing is written."""
    monkeypatch.chdir(tmp_path)
    result = ladsim(*words)
    assert result.exit_code == 2
    assert "--language: found" in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("language", "fine", "wrong"), [("da", "kan simuleres", "fejl: "), ("nb", "kan simuleres", "feil: "), ("en", "can be simulated", "error: ")]
)  # fmt: skip
def test_check_speaks_the_language_of_the_file(ladsim: Ladsim, shop: Path, language: str, fine: str, wrong: str) -> None:
    """Its summary, problems and warnings, and those of other commands; a file that cannot be read is told in English."""
    text = f'language = "{language}"\n' + re.sub(r"^language = .*\n", "", shop.read_text(encoding="utf-8"), flags=re.MULTILINE)
    shop.write_text(text, encoding="utf-8")
    assert fine in ladsim("check", shop).stdout
    shop.write_text(text.replace("market_size = ", "market_size = -"), encoding="utf-8")
    for command in ("check", "show", "run"):
        result = ladsim(command, shop)
        assert result.exit_code == 2
        assert result.stderr.startswith(wrong)
        assert ("must be at least 1" in result.stderr) == (language == "en")
    assert ladsim("check", "nowhere.toml").stderr.startswith("error: ")
