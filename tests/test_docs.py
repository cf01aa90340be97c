"""The documentation says what is: every key has a meaning, every example can be read, every link leads somewhere."""

from __future__ import annotations

import ast
import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import pytest
import typer.main
from pydantic import BaseModel, TypeAdapter

from ladsim.engine.history import History
from ladsim.model.row import PARTS
from ladsim.planning.compare import Comparison
from ladsim.scenario import lever_spec, opinion_spec, plan_spec, spec
from ladsim.scenario.programs import record as programs
from ladsim.scenario.programs.kinds import RECORDS
from ladsim.scenario.renamed_keys import RENAMED
from tests.public import FOLDERS, public

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
ONLY_IN_FILES = {"extends"}
LIKE = {"today": "programs"}  # of a file for ``ladsim replay``


def of_docs(name: str) -> ModuleType:
    """A module that makes a page; it lives with the documentation."""
    found = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


scenario_keys, market_arrays, public_names = of_docs("scenario_keys"), of_docs("market_arrays"), of_docs("public_names")
first_picture, module_list = of_docs("first_picture"), of_docs("module_list")


def blocks(language: str) -> list[Any]:
    """All code blocks of the pages in one language, each with a name for the test."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for number, match in enumerate(re.finditer(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL), 1):
            found.append(pytest.param(match.group(1), id=f"{page.name}-{number}"))
    return found


def as_records(value: Any) -> Any:
    """Lists of TOML as the tuples that the records hold."""
    if isinstance(value, list):
        return tuple(as_records(item) for item in value)
    return {key: as_records(item) for key, item in value.items()} if isinstance(value, dict) else value


def test_every_key_has_a_meaning() -> None:
    """The reference explains each key of the schema, by its own description or by a note."""
    silent = [f"{r.__name__}.{key}" for r, key, field in scenario_keys.fields() if not scenario_keys.meaning(r, key, field)]
    assert not silent, f"say what these keys mean, in spec.py or docs/scenario_keys.py: {', '.join(silent)}"


def test_no_note_without_a_key() -> None:
    """Notes on keys that the schema no longer has are taken away with them."""
    known = {f"{record.__name__}.{key}" for record, key, _ in scenario_keys.fields()}
    assert set(scenario_keys.NOTES) <= known, f"no such keys: {sorted(set(scenario_keys.NOTES) - known)}"


def test_every_table_is_in_the_reference() -> None:
    """Each record of the schema that a file can hold has its own part of the reference."""
    records = {
        record
        for module in (spec, plan_spec, lever_spec, opinion_spec, programs)
        for record in vars(module).values()
        if isinstance(record, type) and issubclass(record, BaseModel) and record.__module__ == module.__name__
    }
    records |= set(RECORDS.values())
    shown = {record for _, record in scenario_keys.TABLES}
    assert records - shown == {lever_spec.Means}  # what channels and tactics have in common


def test_the_reference_names_limits_and_defaults() -> None:
    """A row reads as it should: key, meaning, what is allowed, default."""
    text = scenario_keys.reference()
    assert "| `months` |" in text
    row = "| `basket_factor` | multiplies the basket of those who stand here | number from 0 to 1,000,000,000, or uncertain | `1.0` |"
    assert row in text


def test_no_page_names_a_key_by_its_name_of_before() -> None:
    """What stands in backticks, but for names that another table still has."""
    keys = {key for _, key, _ in scenario_keys.fields()}
    before = {old for renamed in RENAMED.values() for old in renamed} - keys
    assert {"test_group_share", "reached"} <= before
    named = []
    for page in (ROOT / "docs").glob("*.md"):
        prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        spans = [said for said in re.findall(r"`([^`\n]+)`", prose) if not said.startswith("--")]
        named += [f"{page.name}: {said}" for said in spans if before & set(re.findall(r"\w+", said))]
    assert not named


@pytest.mark.parametrize("block", blocks("toml"))
def test_toml_examples_fit_the_schema(block: str) -> None:
    """Each example of a scenario file uses only keys that exist, with values that are allowed."""
    for key, value in tomllib.loads(block).items():
        if key in ONLY_IN_FILES:
            assert isinstance(value, str)
            continue
        field = {f.alias or name: f for name, f in spec.Scenario.model_fields.items()}[LIKE.get(key, key)]
        annotation: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        TypeAdapter(annotation).validate_python(as_records(value))


@pytest.mark.parametrize("block", blocks("python"))
def test_python_examples_are_python(block: str) -> None:
    """Each Python example can be parsed."""
    ast.parse(block)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Each relative link, pictures included, leads to a file."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    missing = [target for target in targets if target and not (page.parent / target).exists()]
    assert not missing, f"{page.name} links to {', '.join(missing)}"


@pytest.mark.parametrize("page", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_files_that_are_named_exist(page: str) -> None:
    """Each `folder/file.py` of the package, or of the repository, is there under that name; words in capitals stand for any."""
    named = set(
        re.findall(r"`([a-z0-9_]+(?:/[A-Za-z0-9_.]+)+\.(?:py|pyi|toml|md|wasm|json))`", (ROOT / page).read_text(encoding="utf-8"))
    )
    patterns = {re.sub(r"\b[A-Z]{2,}\b", "*", name) for name in named}
    assert len(patterns) > 10
    assert not [name for name in sorted(patterns) if not [*(ROOT / "ladsim").glob(name), *ROOT.glob(name)]]


@pytest.mark.parametrize(("column", "language"), [(3, "da"), (4, "nb")])
def test_the_glossary_says_what_is_on_screens(column: int, language: str) -> None:
    """Each word that it has for Danish or Norwegian readers stands in that language's texts, or in a shipped scenario."""
    files = [*(ROOT / "ladsim" / "i18n").glob(f"*{language}.toml"), *(ROOT / "scenarios").glob("*.toml")]
    texts = " ".join(file.read_text(encoding="utf-8") for file in files).lower()
    rows = [line.strip("| ").split("|") for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()]
    cells = [
        row[column].strip() for row in rows if len(row) == 5 and row[column].strip() not in ("–", "---", "Danish", "Norwegian")
    ]
    words = [word for cell in cells for word in cell.split(", ")]
    assert len(words) > 40
    assert not [word for word in words if word.lower() not in texts]


def test_commands_in_the_pages_exist() -> None:
    """Each `ladsim COMMAND` of the pages, and each option with it, is one the program has."""
    cli = pytest.importorskip("ladsim.cli", reason="the command line is not there yet")
    commands = typer.main.get_command(cli.app).commands
    for page in PAGES:
        for line in re.findall(r"^(?:\.venv/bin/)?ladsim .*$", page.read_text(encoding="utf-8"), re.MULTILINE):
            words = line.split()[1:]
            if words[0].startswith("-"):
                continue
            assert words[0] in commands, f"{page.name}: {line}: no such command"
            known = {option for parameter in commands[words[0]].params for option in parameter.opts}
            unknown = {word for word in words if word.startswith("--")} - known
            assert not unknown, f"{page.name}: {line}: no such option: {', '.join(unknown)}"


def rows_of(text: str) -> dict[str, list[str]]:
    """The rows of Markdown tables by their first cell."""
    cells = ([cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| `"))
    return {row[0].strip("`"): row for row in cells}


def test_every_file_of_the_package_is_listed_with_what_it_is_for() -> None:
    """docs/modules.md is made from the docstrings: each file has a sentence there, and no two have the same."""
    listed = {
        f"{folder}/{file}".lstrip("/"): said for folder, files in module_list.modules().items() for file, said in files.items()
    }
    package = module_list.PACKAGE
    assert set(listed) == {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if path.name != "__main__.py" and path.read_text(encoding="utf-8").strip()
    }
    assert len(set(listed.values())) == len(listed)
    assert all(said.endswith((".", "?", "…", ":")) for said in listed.values()), [
        said for said in listed.values() if said[-1] != "."
    ]
    assert listed["planning/break_even.py"] in module_list.reference()


def test_the_page_of_arrays_names_each_of_them() -> None:
    """docs/market-arrays.md has a line for each array and each field of a row, with its shape, a meaning, and the bytes it takes."""
    arrays, _, row = market_arrays.reference().partition("## A customer's row")
    parts = rows_of(row)
    sections = dict(section.split("\n", 1) for section in arrays.split("## ")[1:])
    found = {
        record + name: cells
        for bundle, record in market_arrays.BUNDLES.items()
        for name, cells in rows_of(sections[bundle.__name__]).items()
    }
    assert set(found) == set(market_arrays.declared())
    assert list(parts) == list(PARTS)
    for name, array in market_arrays.declared().items():
        assert found[name][3].startswith(array.what)
        assert found[name][2].count("×") == len(array.axes) - 1
    assert found["people"][2] == "months × segments × rungs"
    assert found["people"][6] == f"{25 * 1 * 6 * 8:,}"  # of 24 months and the start, on six rungs
    assert found["plan.people"][6] == f"{1 * 6 * 8:,}"
    assert found["plan.factors"][1:3] == ["`FACTORS` (56 bytes)", "groups × rungs"]
    for name, part in PARTS.items():
        assert parts[name][4] == part.there
        for field in part.kind.names or ():
            assert f" `{field}` | {part.kind[field].str.lstrip('<|')} | {part.fields[field]} |" in row


def test_who_writes_an_array_is_who_is_said_to() -> None:
    """What is declared as written by rules is written by some, unless Python or an address does it; what by nobody, by none."""
    found, fields = market_arrays.writers()
    by_other_ways = {"rows", "log", "queued_messages", "shared", "plan.effects", "plan.sizes", "plan.reached", "plan.bookings"}
    said = {name for name, array in market_arrays.declared().items() if array.by}
    assert said - set(found) == by_other_ways
    assert set(found) <= said
    known = {f"{name}.{field}" for name, part in PARTS.items() for field in part.kind.names or ()}
    known |= {name for name, part in PARTS.items() if part.kind.names is None}
    assert set(fields) <= known
    assert known - set(fields) == {"arrival.flow", "arrival.to"}  # the start writes them, by a view
    assert fields["head.rung"] == {"behaviour.enter", "state.fill_rows"}
    assert found["orders"] == {"orders.book_order"}
    assert found["plan.growth"] == {"engagement.follow", "levers.apply_to_rungs"}
    assert found["plan.accounts"] == {"accounts.advance", "accounts.keep_up", "campaigns.set_pressure"}


@pytest.mark.parametrize("package", FOLDERS)
def test_every_public_name_is_in_the_reference(package: str) -> None:
    """Each name of the stub has its directive on the package's page, once, and nothing else has one."""
    page = (ROOT / "docs" / public_names.PAGES[package]).read_text(encoding="utf-8")
    assert f"```{{public-names}} {package}\n```" in page
    shown = re.findall(r"^\.\. auto(?:function|class):: (\S+)$", public_names.reference(package), re.MULTILINE)
    assert len(shown) == len(set(shown))
    assert set(shown) == {f"{package}.{name}" for home, names in public(package).items() if home for name in names}


def test_the_reference_says_what_the_fields_of_a_record_mean() -> None:
    """Fields with the comment behind or above them; an alias of a type is written out; autodoc gets them behind the docstring."""
    fields = {name: (kind, meaning) for name, kind, meaning in public_names.fields(History)}
    assert fields["counts"] == ("NDArray[np.int64]", "(M+1, G, R) at the snapshots")
    assert fields["holdouts"][1] == "(campaigns, control group and rest, ``holdout.HELD``)"
    assert fields["returns"][1].startswith("(M+1, G, 3) won back")
    assert {"size", "_none"}.isdisjoint(fields)
    lines = ["Strategies under the same luck."]
    public_names._with_fields(Comparison, lines)
    assert lines[0] == "Strategies under the same luck."
    assert "* ``best``: ``str``: highest mean profit" in lines


def test_the_first_picture_is_what_its_script_draws() -> None:
    """Its numbers, which stand in its description, are those of the scenario and the rules of now; it is small, and on the first page."""
    stored = first_picture.FILE.read_text(encoding="utf-8")
    drawn = first_picture.cropped(first_picture.picture().standalone())
    assert re.search(r"<desc.*?</desc>", stored, re.DOTALL)[0] == re.search(r"<desc.*?</desc>", drawn, re.DOTALL)[0]  # type: ignore[index]
    assert first_picture.FILE.stat().st_size < 150_000
    assert "{figure} img/ladder.svg" in (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
