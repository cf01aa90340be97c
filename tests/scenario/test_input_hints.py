"""What people write who come from a spreadsheet, or write numbers as in Danish: read rightly, or told in words.

Tests: ``scenario/thousands.py``, ``scenario/toml_words.py``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ladsim.errors import ScenarioError
from ladsim.i18n.problems import told
from ladsim.scenario.load import load, loads, shipped, slips
from ladsim.scenario.thousands import thousands

SHOP = """
name = "shop"
months = 12
market_size = 1000
amounts_include_vat = 0.25
[[rungs]]
name = "lead"
share = 1
[[rungs]]
name = "returning"
label = { en = "Returning customer", da = "Tilbagevendende kunde" }
orders_per_month = 1
[[steps]]
from = "lead"
to = "returning"
monthly = 0.1
[basket]
mean = 50
[money]
margin = 0.66
fixed_cost_per_month = 2_000
"""


@pytest.mark.parametrize(
    ("written", "instead", "hint"),
    [
        ("margin = 0.66", "margin = 66", "66 % is 0.66"),
        ("margin = 0.66", 'margin = "66%"', "66 % is written 0.66"),
        ("margin = 0.66", "margin = 66 %", "66 % is written 0.66"),
        ("margin = 0.66", 'margin = "0,66"', "a decimal has a point, 0.66"),
        ("margin = 0.66", "margin = 0,66", "a decimal has a point"),
        ("monthly = 0.1", "monthly = { low = 0,1, high = 0,2 }", "a decimal has a point"),
        ("monthly = 0.1", "monthly = { low = 10, high = 20 }", "20 % is 0.2"),
        ("monthly = 0.1", "monthly = 0.1-0.2", "a range is written { low = 0.1, high = 0.2 }"),
        ("include_vat = 0.25", "include_vat = 25", "25 % is 0.25"),
        ("market_size = 1000", "market_size = 20.000", "thousands are written 20_000"),
        ("month = 2_000", "month = 2.000 kr.", "an amount has no unit behind it"),
        ("month = 2_000", 'month = "2.000"', "if thousands are meant: 2_000"),
        ("months = 12", 'months = "12"', "a number has no quotation marks"),
        ('to = "returning"', "to = “returning”", "straight quotation marks"),
        ('to = "returning"', 'to = "Tilbagevendende kunde"', "did you mean 'returning'?"),
        ("margin = 0.66", "dækningsgrad = 0.66", "keys are English words"),
        ("month = 2_000", "month = 2 000", "thousands may have an underscore between them: 2_000"),
        ("month = 2_000", "month = 2\u00a0000", "thousands may have an underscore between them: 2_000"),
        ("month = 2_000", "month = 2\u202f000", "2_000"),
        ("month = 2_000", "month = 2'000", "2_000"),
        ("month = 2_000", "month = 1.002.000", "1_002_000"),
        ("month = 2_000", 'month = "2 000"', "thousands may have an underscore: 2_000"),
        ("month = 2_000", 'month = "1.355,90"', "written 1355.90"),
        ("months = 12", "months = 2027-12", 'a month of the calendar stands in quotation marks: "2027-12"'),
        ('name = "shop"', 'name = "C:\\shop"', "in single quotation marks"),
    ],
)
def test_a_slip_of_the_pen_is_told_with_what_to_write(written: str, instead: str, hint: str) -> None:
    """The message says how the number, range or name is to be written."""
    assert written in SHOP
    with pytest.raises(ScenarioError) as error:
        loads(SHOP.replace(written, instead))
    assert hint in str(error.value)


def test_a_point_between_thousands_is_warned_of(tmp_path: Path) -> None:
    """2.000 is two to TOML: it can be simulated, so a warning with the line and both readings must say so."""
    file = tmp_path / "shop.toml"
    file.write_text(SHOP.replace("2_000", "2.000"), encoding="utf-8")
    assert load(file).money.fixed_cost_per_month == 2.0
    (odd,) = slips(file)
    assert str(odd) == f"{file}: line 21: found '2.000', which is 2 (if thousands are meant, write 2_000; else 2)"


def test_texts_comments_and_other_numbers_are_left_alone() -> None:
    """Nothing is said of what stands in a text or a comment, of versions, of shares, and of the scenarios that come along."""
    left = 'a = "2.000 kr."\n# 5.000\nb = 0.500\nc = 1.25\nd = 2.0005\ne = """\n3.000\n"""\nf = \'4.000\'\ng = 1.125'
    assert not list(thousands(left))
    assert [odd.place for odd in thousands(left + "\nh = [1.500, 20.000]")] == ["line 11", "line 11"]
    assert not [odd for name in shipped() for odd in slips(name)]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("mean = 1 000", "something behind the value"),
        ("mean = ", "no value that can be read"),
        ("mean 50", "a key without = and a value behind it"),
        ("= 50", "no key at the beginning of the line"),
        ("mean = [1, 2", "a list without a comma or its closing ]"),
        ("mean = { low = 1", "a table { … } without a comma"),
        ('mean = "50', "a text without its closing quotation mark"),
        ("mean = '50", "a text without its closing quotation mark"),
        ("mean = 50\nmean = 50", "a key or a heading that was given before"),
        ("[more", "a heading without its closing ]"),
        ("[[more]", "a heading without its closing ]]"),
    ],
)
def test_what_is_wrong_is_said_in_a_users_words(written: str, said: str) -> None:
    """Not in the parser's."""
    with pytest.raises(ScenarioError) as error:
        loads(SHOP.replace("mean = 50", written))
    assert f"found {said}" in str(error.value)


@pytest.mark.parametrize("path", [r"C:\new\ties.csv", r"data\ties.csv", r"C:\Users\me\ties.csv", r"\\server\ties.csv"])
def test_a_path_of_windows_is_told_how_to_be_written(path: str) -> None:
    """Backslashes in double quotation marks are other signs, or none at all."""
    layer = f'[[word_of_mouth]]\nlayer = "friends"\ngraph = {{ kind = "file", path = "{path}" }}\n'
    with pytest.raises(
        ScenarioError, match=r"line 24: found .* must be in single quotation marks, .* or have / for each"
    ) as error:
        loads(SHOP + layer)
    assert f"'{path}'" in str(error.value)
    with pytest.raises(ScenarioError, match="must be a file that exists"):
        loads(SHOP + layer.replace('"' + path + '"', "'" + path + "'"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('set = { "basket.mean" = 1.499 }', ["'1.499'"]),
        ("set = { 'basket.mean' = 1.499, \"steps.a.b.rate\" = 1.125 }", ["'1.499'"]),
        ('mean = { law = "lognormal", mean = 1.499, spread = 0.2 }', ["'1.499'"]),
        ('mean = { law = "lognormal", spread = 1.125, mean = 1.499 }', ["'1.499'"]),
        ('basket.mean = { law = "draws", values = [1.499, 2.455] }', ["'1.499'", "'2.455'"]),
        ("basket.mean=1.499:2.499:3", ["'1.499'", "'2.499'"]),
        ('orders_per_month = { law = "gamma", mean = 1.125, shape = 2.0 }', []),
        ('label = "mean = 1.499"', []),
        ("label = 'say \"mean\" = 1.499'", []),
    ],
)
def test_amounts_behind_quoted_keys_and_laws_are_looked_at(text: str, found: list[str]) -> None:
    """Keys in quotation marks, distributions, and values of a sweep; what stands in a text is left alone."""
    assert [odd.found for odd in thousands(text)] == found


def test_amounts_that_may_be_thousands_are_warned_of_whatever_their_last_digit() -> None:
    """Prices end in 9 and 5; rates, shapes and factors are left alone, and so is what has another digit behind it."""
    told = list(thousands("mean = 1.499\nfixed_cost_per_month = { low = 12.345, high = 23.455 }\nnumber = 1.255\n"))
    assert [odd.found for odd in told] == ["'1.499'", "'12.345'", "'23.455'", "'1.255'"]
    assert told[0].allowed == "which is 1.499 (if thousands are meant, write 1_499; else 1.4990)"
    assert not list(
        thousands("gamma_shape = 1.125\nmean = 1.4990\nspread = 1.335\nmean = 0.125\norders_per_month = { mean = 1.125 }")
    )
    assert list(thousands("1.499", amount=True))
    assert list(thousands("money.fixed_cost_per_month=12.345"))


@pytest.mark.parametrize(
    ("slip", "hint", "da", "nb"),
    [
        ("monthly_spend = 1 000", "thousands may have an underscore between them: 1_000", "tusinder kan", "tusener kan"),
        ("monthly_spend = 1.355,90", "written 1355.90", "skrives 1355.90", "skrives 1355.90"),
        ("monthly_spend = 200 kr", "an amount has no unit behind it", "uden enhed", "uten enhet"),
        ("monthly_spend = 200,50", "a decimal has a point", "med punktum", "med punktum"),
        ("monthly_spend = 20 %", "20 % is written 0.2", "20 % skrives 0.2", "20 % skrives 0.2"),
        ("from_month = 2027-03", 'in quotation marks: "2027-03"', 'anførselstegn: "2027-03"', 'anførselstegn: "2027-03"'),
        ("start_date = 31-12-2026", "year-month-day: 2026-12-31", "år-måned-dag: 2026-12-31", "år-måned-dag: 2026-12-31"),
        ("start_date = 12/31/2026", "year-month-day: 2026-12-31", "år-måned-dag", "år-måned-dag"),
        ("is_order = True", "true and false are written in small letters", "små bogstaver", "små bokstaver"),
        ("tactic = mail", "a text stands in quotation marks", "en tekst står i anførselstegn", "en tekst står i anførselstegn"),
    ],
)
@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "campaigns = [{{ {} }}]",
        "campaigns = [{{ channel = 'a, b = {{', {}, to_month = 3 }},",
        'x = {{ "basket.mean" = {{ low = 1, {}, high = 2 }} }} # {{ y = 1 2 }}',
        "x = [\n  {{ channel = 'a', {} }},\n]",
    ],
)
def test_a_slip_inside_a_table_is_told_as_on_a_plain_line(line: str, slip: str, hint: str, da: str, nb: str) -> None:
    """In three languages, and never as a comma that misses."""
    with pytest.raises(ScenarioError) as error:
        loads(line.format(slip))
    (problem,) = error.value.problems
    said = {language: told(problem, language) for language in ("en", "da", "nb")}
    assert hint in said["en"] and da in said["da"] and nb in said["nb"]
    assert "a comma" not in said["en"] and "without =" not in said["en"]
    assert "found" not in said["da"] + said["nb"] and "must be" not in said["da"] + said["nb"]


@pytest.mark.parametrize(
    ("slip", "hint", "da", "nb"),
    [
        ("1 000", "thousands may have an underscore between them: 1_000", "tusinder kan", "tusener kan"),
        ("1.000.000", "thousands may have an underscore between them: 1_000_000", "tusinder kan", "tusener kan"),
        ("1 000,50", "written 1000.50", "skrives 1000.50", "skrives 1000.50"),
        ("15 %", "15 % is written 0.15", "15 % skrives 0.15", "15 % skrives 0.15"),
        ("200 kr", "an amount has no unit behind it", "uden enhed", "uten enhet"),
        ("0,5; 0,6", "items of a list have a comma between them", "komma mellem leddene", "komma mellom leddene"),
        ("'a' 'b'", "items of a list have a comma between them", "komma mellem leddene", "komma mellom leddene"),
        ("2027-03", 'in quotation marks: "2027-03"', 'anførselstegn: "2027-03"', 'anførselstegn: "2027-03"'),
        ("31-12-2026", "year-month-day: 2026-12-31", "år-måned-dag: 2026-12-31", "år-måned-dag: 2026-12-31"),
        ("True", "true and false are written in small letters", "små bogstaver", "små bokstaver"),
        ("lead", "a text stands in quotation marks", "en tekst står i anførselstegn", "en tekst står i anførselstegn"),
    ],
)
@pytest.mark.parametrize(
    "line", ["values = [{}, 2]", "values = [2, {}]", "a = [[1, 2], [{}, 2]]", 'm = {{ law = "draws", values = [{}, 2] }}']
)
def test_a_slip_inside_a_list_is_told_as_on_a_plain_line(line: str, slip: str, hint: str, da: str, nb: str) -> None:
    """In three languages, wherever the list stands."""
    with pytest.raises(ScenarioError) as error:
        loads(line.format(slip))
    (problem,) = error.value.problems
    said = {language: told(problem, language) for language in ("en", "da", "nb")}
    assert hint in said["en"] and da in said["da"] and nb in said["nb"]
    assert "found" not in said["da"] + said["nb"] and "must be" not in said["da"] + said["nb"]


def test_a_number_that_a_list_reads_as_two_is_warned_of() -> None:
    """Only where the other commas have a blank behind them; a list without any blank is left alone, and so are decimals."""
    odd = {
        line: [one.found for one in thousands(line)]
        for line in ("v = [1.000,50, 2]", "v = [1,5, 2,5]", "v = [1,2,3]", "v = [1.5, 2.5]")
    }
    assert list(odd.values()) == [["'1.000,50'"], ["'1,5'", "'2,5'"], [], []]
    (problem,) = thousands("v = [1.000,50, 2]")
    assert "write 1000.50" in problem.allowed
    for language, words in {"da": "som er to tal, 1 og 50", "nb": "som er to tall, 1 og 50"}.items():
        assert words in told(problem, language) and "which" not in told(problem, language)


def test_a_comma_that_misses_is_still_told() -> None:
    """Between two numbers, and a closing } too."""
    for line in ("mean = { low = 1 high = 2 }", "mean = { low = 1, high = 2", 'x = { a = "b" c = "d" }'):
        with pytest.raises(ScenarioError, match="without a comma") as error:
            loads(line)
        assert "no unit" not in str(error.value)
