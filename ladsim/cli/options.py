"""The options that several commands share, each with its words, and what they mean before anything is simulated.

In: what was typed. Out: values for the studies. What is wrong in an option is told as what is wrong in a file: the place, what was
found, what is allowed, the nearest right name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ladsim.cli import messages
from ladsim.errors import Problem, ScenarioError, StudyError, nearest

if TYPE_CHECKING:
    from ladsim.scenario.spec import Scenario

ENOUGH_PEOPLE = 5_000
# Studies that say what luck does: a sample has more of it than the market; exports are for trying what takes whole markets.
WHOLE_MARKETS = {"targets": 100_000, "test-length": 10_000, "synthesize": 1_000_000}
EVERYBODY = 0


def _sample(text: str) -> int:
    """People to simulate; "all" is 0."""
    if text == "all":
        return EVERYBODY
    try:
        number = int(text.replace("_", "").replace(",", ""))
    except ValueError:
        number = 0
    if number < 1:
        raise typer.BadParameter(f"found {text!r}, must be a whole number of people from 1, or 'all'")
    return number


def money(text: str, option: str = "--budget") -> float:
    """An amount as typed; of one that looks like thousands with a point between them it is warned."""
    from ladsim.scenario.input_hints import number_hint
    from ladsim.scenario.thousands import thousands

    for odd in thousands(text, amount=True):
        messages.warning(f"{option}: found {odd.found}, {odd.allowed}")
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"found {text!r}, must be an amount such as 20000{number_hint(text)}") from None


def _csv_form(text: str) -> str:
    """A form of CSV files for spreadsheets."""
    from ladsim.planning.csv_files import FORMS

    if text not in FORMS:
        raise typer.BadParameter(f"found {text!r}, must be one of {', '.join(FORMS)}")
    return text


def _month(text: str) -> Any:
    """A number of months, or a month of the calendar as it is written."""
    try:
        return float(text)
    except ValueError:
        if re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", text.strip()):
            return text.strip()
        raise typer.BadParameter(f"found {text!r}, must be a number of months, or a month such as 2027-12") from None


ScenarioFile = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A scenario file, or the name of one that comes with ladsim.")
]
Language = Annotated[
    str | None,
    typer.Option("--language", metavar="en|da|nb", help="English, Danish or Norwegian bokmål.", show_default=False),
]
OneStrategy = Annotated[
    str | None, typer.Option("--strategy", metavar="NAME", help="A strategy of the file; without it, the market as it is.")
]
Strategies = Annotated[
    list[str] | None,
    typer.Option(
        "--strategy",
        metavar="NAME",
        help="A strategy of the file; give the option once for each. Without it, all of them. 'base', the market as it is, is always "
        "simulated too.",
    ),
]
Budget = Annotated[
    float | None,
    typer.Option(
        "--budget", metavar="AMOUNT", parser=money, help="Money to spend on winning customers; without it, as much as pays off."
    ),
]
CostPerCustomer = Annotated[
    list[str] | None,
    typer.Option(
        "--cost-per-customer",
        metavar="AMOUNT|SEGMENT=AMOUNT",
        help="What winning one customer costs, in all segments or in one; may be given several times. Without it, it is "
        "worked out from the scenario's campaigns.",
    ),
]
Seed = Annotated[
    int,
    typer.Option(
        "--seed", metavar="N", help="Start number of the random draws (the luck): the same number gives the same result."
    ),
]
Replications = Annotated[
    int,
    typer.Option(
        "--replications",
        metavar="N",
        min=1,
        max=1_000_000,
        help="How many futures (possible courses of the market) to simulate; with more of them the answer is surer.",
    ),
]
Sample = Annotated[
    int | None,
    typer.Option(
        "--sample",
        metavar="N|all",
        parser=_sample,
        help=f"Simulate this many people instead of the whole market (budgets and totals are scaled). "
        f"Without it {ENOUGH_PEOPLE:,} (targets: {WHOLE_MARKETS['targets']:,}, test-length: {WHOLE_MARKETS['test-length']:,}, "
        f"synthesize: {WHOLE_MARKETS['synthesize']:,}), "
        "or everybody where the market is smaller.",
        show_default=False,
    ),
]
Months = Annotated[
    float | None,
    typer.Option(
        "--months",
        metavar="N|YYYY-MM",
        parser=_month,
        help="Another number of months than the file's, or a month of the calendar: to its end.",
        show_default=False,
    ),
]
MonthsAfter = Annotated[
    int | None,
    typer.Option(
        "--months-after",
        metavar="N",
        min=0,
        help="Simulate so many months more after the last one (the horizon), with campaigns ended and nobody joining a programme, and say "
        "whether the verdict stands; 0: none. Without it compare and run add as many as a customer stays on average (12 to 36, or as "
        "many as the file has where these are more), the others none.",
        show_default=False,
    ),
]
Month = Annotated[
    float | None,
    typer.Option(
        "--month",
        "--by",
        metavar="N|YYYY-MM",
        parser=_month,
        help="The month to set targets for: its number, or a month of the calendar (default: the last).",
        show_default=False,
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Another value for a number of the file, such as steps.prospect.customer.monthly=0.12; may be given several times. "
        "`ladsim show SCENARIO --addresses` lists the keys.",
    ),
]
Processes = Annotated[
    int | None,
    typer.Option(
        "--processes",
        metavar="N",
        min=1,
        help="How many processor cores to use (default: all). The result does not depend on it.",
    ),
]
Json = Annotated[
    str | None,
    typer.Option(
        "--json",
        metavar="FILE|-",
        help="Write the result as JSON into FILE; with '-' to standard output, and nothing else there.",
    ),
]
Out = Annotated[
    str | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="Folder for the report, its tables (CSV) and the manifest (what the study was made from).  [default: "
        "reports/SCENARIO-COMMAND]",
    ),
]
Xlsx = Annotated[
    bool,
    typer.Option(
        "--xlsx", help="Also write the report's tables as an Excel workbook, report.xlsx, in the same folder (needs XlsxWriter)."
    ),
]
Log = Annotated[
    str | None,
    typer.Option("--log", metavar="FILE.parquet", help="Write every event of the first simulated future into a Parquet file."),
]
Sweep = Annotated[
    str | None,
    typer.Option(
        "--sweep",
        metavar="KEY=LOW:HIGH:COUNT|KEY=VALUE,…",
        help="Simulate the study once for each of these values of a number, with the same luck, and show the results side by side.",
    ),
]
Charts = Annotated[
    bool, typer.Option("--charts", help="Also write the report's charts as PNG files for slides, into the folder charts.")
]
Short = Annotated[
    bool,
    typer.Option(
        "--short",
        help="Also write two pages for a board: answer, picture, table, the assumptions it rests on (report-short.html).",
    ),
]
Csv = Annotated[
    str | None,
    typer.Option(
        "--csv",
        metavar="excel-da|excel-nb",
        parser=_csv_form,
        help="Also write the tables in the form that a Danish or Norwegian Excel opens with a double click, into the folder tables-excel.",
        show_default=False,
    ),
]
Follow = Annotated[
    str | None,
    typer.Option(
        "--follow",
        metavar="N|ID,ID…|RUNG|referred",
        help="Follow N customers of the first simulated future (or those with these ids; write 17, for a single one): everything that "
        "happens to them goes to lives.csv in the folder, and the most eventful life is told on the screen. The name of a rung follows "
        "customers who reach it, 'referred' those whom somebody's recommendation moved. With --log, the log holds only these customers.",
    ),
]
Graphs = Annotated[
    bool,
    typer.Option(
        "--graphs",
        help="Repeat the comparison with other networks of who knows whom (drawn anew, fewer and more ties, other kinds), and say "
        "whether the answer stays the same. Takes up to eight times as long.",
    ),
]
Trust = Annotated[
    bool,
    typer.Option(
        "--trust",
        help="Also run Python files outside the scenario's own folder, if the scenario names them. They can do anything that you can do "
        "on this computer.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no notes.")]


def month_of(scenario: Scenario, said: float | str | None, option: str) -> float | None:
    """The month that an option means: a number, or the month of the run that ends nearest to a month of the calendar.

    Raises StudyError where the scenario has no start_date, or where the month is before it.
    """
    if not isinstance(said, str):
        return said
    from ladsim.scenario.calendar import month_of

    if scenario.start_date is None:
        raise StudyError(f"{option}: found {said!r}, must be a number of months, or the file needs start_date = 2027-01-01")
    month = month_of(said, scenario.start_date, ends=True)
    if month is None or month <= 0.0:
        raise StudyError(f"{option}: found {said!r}, must be a month after the start, {scenario.start_date}")
    return month


def overrides(scenario: Scenario, pairs: Sequence[str] | None, months: float | None) -> dict[str, Any]:
    """The values of --set and --months by dotted key, tried on the scenario. Raises ScenarioError with all that is wrong."""
    from ladsim.scenario.overrides import override

    values: dict[str, Any] = {}
    problems = []
    for pair in pairs or ():
        key, equals, value = pair.partition("=")
        if not equals or not key.strip() or not value.strip():
            problems.append(Problem("--set", repr(pair), "must be KEY=VALUE, such as steps.prospect.customer.monthly=0.12"))
        values[key.strip()] = value.strip()
    if problems:
        raise ScenarioError(problems)
    override(scenario, values)
    if months is not None:
        override(scenario, {"months": months}, "--months")
        values["months"] = months
    override(scenario, values)
    return values


SameBudget = Annotated[
    float | None,
    typer.Option(
        "--same-budget",
        metavar="AMOUNT",
        parser=lambda text: money(text, "--same-budget"),
        help="Compare at the same money: this is what every strategy costs in all, over all months, programmes included. To get there, "
        "the number that a strategy names in `budget_goes_to` (or the spend of its only campaign) is changed.",
    ),
]
LEAST_COST = 1e-6  # of winning a customer: less, and a budget would win more people than can be counted


def costs(scenario: Scenario, texts: Sequence[str] | None) -> dict[str, float]:
    """The cost of winning a customer by segment: "25" is that of all, "student=18" that of one, which goes first.

    Raises ScenarioError with all that is wrong.
    """
    from ladsim.scenario.thousands import thousands

    names = [segment.name for segment in scenario.segments] or ["everybody"]
    problems, everywhere, own = [], {}, {}
    for text in texts or ():
        name, equals, amount = text.rpartition("=")
        name = name.strip()
        cost = _amount(amount)
        for odd in thousands(amount, amount=True):
            messages.warning(f"--cost-per-customer: found {odd.found}, {odd.allowed}")
        if equals and name not in names:
            problems.append(
                Problem("--cost-per-customer", repr(text), f"must be of one of {', '.join(names)}", nearest(name, names))
            )
        elif not LEAST_COST <= cost < float("inf"):
            problems.append(Problem("--cost-per-customer", repr(text), "must be an amount above 0, such as 25 or student=18"))
        elif name:
            own[name] = cost
        else:
            everywhere = dict.fromkeys(names, cost)
    if problems:
        raise ScenarioError(problems)
    return {**everywhere, **own}


def _amount(text: str) -> float:
    """A number as typed; −1 where it is none."""
    try:
        return float(text.strip())
    except ValueError:
        return -1.0


def refuse_seed(seed: int) -> None:
    """Raise StudyError where luck cannot start from a number."""
    if seed < 0:
        raise StudyError(f"--seed: found {seed}, must be a whole number from 0")


def typed(number: float) -> str:
    """A number as somebody would type it, to its last digit.

    >>> typed(12.0), typed(1234567.0), typed(0.1), typed(12)
    ('12', '1234567', '0.1', '12')
    """
    return repr(float(number)).removesuffix(".0")


def budget(amount: float | None) -> float | None:
    """The budget as asked for. Raises StudyError where it is no amount."""
    if amount is not None and not 0.0 <= amount < float("inf"):
        raise StudyError(f"--budget: found {amount:g}, must be an amount of at least 0")
    return amount


REFERRED = "referred"  # a wish: somebody whom another one's word moved


def follow(
    text: str | None,
    scenario: Scenario,
    option: str = "--follow",
    allowed: str = "must be a number of customers from 1, or ids with commas, such as 3,17, or whom to look for: ",
) -> int | list[int] | str | None:
    """Whom to follow: a number of customers, a list of ids, or a wish: the name of a rung, or ``REFERRED``.

    >>> from ladsim.scenario.load import load
    >>> shop = load("five_rungs_word_of_mouth", "da")
    >>> [follow(text, shop) for text in ("100", "3,17", "17,", "Ambassador", "referred", None)]
    [100, [3, 17], [17], 'ambassador', 'referred', None]
    """
    if text is None:
        return None
    wishes = {word.casefold(): rung.name for rung in scenario.rungs for word in (rung.label, rung.name) if word}
    wishes.setdefault(REFERRED, REFERRED)
    if (wish := wishes.get(text.strip().casefold())) is not None:
        return wish
    parts = [part.strip() for part in text.split(",")]
    if option != "--follow" or not all(part.isdecimal() for part in parts if part) or not any(parts) or text.strip() == "0":
        named = ", ".join([*(rung.name for rung in scenario.rungs), REFERRED])
        raise StudyError(str(Problem(option, repr(text), allowed + named, nearest(text, list(wishes)))))
    return int(parts[0]) if len(parts) == 1 else [int(part) for part in parts if part]


def known(scenario: Scenario, name: str | None) -> str | None:
    """A strategy's name as asked for; None and "base" mean the market without any. Raises StudyError with the nearest right name."""
    from ladsim.scenario.strategies import BASE

    if name is None or name in scenario.strategies or name == BASE:
        return name
    allowed = (
        f"must be one of {', '.join(scenario.strategies)}, or {BASE}" if scenario.strategies else "the scenario has no strategies"
    )
    raise StudyError(str(Problem("--strategy", repr(name), allowed, nearest(name, [*scenario.strategies, BASE]))))


def several(scenario: Scenario, names: Sequence[str] | None) -> list[str]:
    """The strategies to compare: those asked for, else all of the file. Raises StudyError where there is none.

    Base, the scenario as it stands, is played beside them in any case.
    """
    from ladsim.scenario.strategies import BASE

    asked = [known(scenario, name) or BASE for name in names or scenario.strategies]
    if not asked:
        raise StudyError("strategies: found none in the scenario, must be at least one ([strategies.NAME]) to compare")
    if asked == [BASE] and BASE not in scenario.strategies:
        raise StudyError("--strategy: found base alone, must be another one to compare with it (base: the scenario as it stands)")
    return asked


def people(scenario: Scenario, asked: int | None, command: str = "") -> int | None:
    """How many people a command simulates (None: everybody). Raises StudyError where the market has fewer."""
    enough = WHOLE_MARKETS.get(command, ENOUGH_PEOPLE)
    if asked == EVERYBODY or (asked is None and (scenario.market_size <= enough or _fixed(scenario))):
        return None
    if asked is not None and asked > scenario.market_size:
        raise StudyError(f"--sample: found {asked:,}, must be at most the market's {scenario.market_size:,} people")
    return asked if asked is not None else enough


def _fixed(scenario: Scenario) -> bool:
    """Whether graphs fix who is simulated: one read from a file, or several copies of one."""
    return any(layer.graph.path or layer.graph.copies > 1 for layer in scenario.word_of_mouth)
