"""A study as it was asked for: everything the options say, tried before anything is simulated.

In: what was typed. Out: a `Request`, which knows its folder and the command that makes it again. A mistake in any option is told
here, before half an hour is spent.

The options of all studies stand once, as the fields of `Typed`; ``study_command`` gives them to a command. To add one: a field
there, its words in ``options``, a field of `Request`.
"""

from __future__ import annotations

import inspect
import os
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ladsim.cli import keeping, messages, options
from ladsim.cli.finishing import finished
from ladsim.cli.signatures import show
from ladsim.errors import OutputError

if TYPE_CHECKING:
    from ladsim.i18n import Locale
    from ladsim.planning.options import Progress, StudyOptions
    from ladsim.scenario.spec import Scenario

SCREEN = "-"
LOOKING_ON = ("compare", "run")  # that look at what comes after the horizon unless told not to


@dataclass(frozen=True)
class Beside:
    """What is written beside a study's report."""

    xlsx: bool = False
    charts: bool = False
    csv: str | None = None
    short: bool = False


@dataclass(frozen=True)
class Request:
    """A study to be made. `scenario` is that of the file; `changed` has the values of --set and --months."""

    command: str
    file: str
    scenario: Scenario
    changed: Scenario
    overrides: dict[str, Any]
    seed: int
    replications: int
    sample: int | None
    processes: int | None
    json: str | None
    language: str | None  # asked for in place of the file's own
    folder: str | None  # where report, tables and manifest go; None: nowhere
    trust: bool = False  # Python that the file names may lie anywhere
    beside: Beside = Beside()  # what goes there, too
    months_after: int | None = None  # as asked for; None: what the command has by itself
    store: str | bool | None = None  # where futures are kept; None: where the environment says; False: nowhere

    @property
    def prints(self) -> bool:
        """Whether the result is shown as text (not where standard output holds JSON)."""
        return self.json != SCREEN

    @property
    def default_folder(self) -> str:
        """Where the study goes where nobody says."""
        return str(Path("reports") / f"{Path(self.file).stem}-{self.command}")

    @property
    def locale(self) -> Locale:
        """The language in which the answer is given."""
        from ladsim.i18n import Locale

        return Locale(self.changed.language, self.changed.start_date)

    def options(self, progress: Progress | None) -> StudyOptions:
        """What every study takes; `progress` is told how far it is."""
        return {
            "seed": self.seed,
            "replications": self.replications,
            "sample": self.sample,
            "processes": self.processes,
            "progress": progress,
            "overrides": self.overrides,
            "months_after": self.looks_on,
            "store": self.store,
        }

    @property
    def looks_on(self) -> int | None:
        """How many months after the horizon are looked at; None: as many as the study finds."""
        return self.months_after if self.months_after is not None or self.command in LOOKING_ON else 0

    def again(self, strategies: Sequence[str | None], replications: int, more: Sequence[str] = ()) -> str:
        """The command that makes the same study again; `more`: options of its own."""
        words = ["ladsim", self.command, self.file]
        for name in strategies:
            words += ["--strategy", name] if name is not None else []
        words += more
        words += ["--seed", str(self.seed), "--replications", str(replications), "--sample", str(self.sample or "all")]
        for key, value in self.overrides.items():
            words += (
                ["--months", options.typed(value)]
                if key == "months" and not isinstance(value, str)
                else ["--set", f"{key}={value}"]
            )
        words += ["--months-after", str(self.months_after)] if self.months_after is not None else []
        words += ["--language", self.language] if self.language is not None else []
        words += ["--trust"] if self.trust else []
        return shlex.join(words)


@dataclass(frozen=True, kw_only=True)
class Typed:
    """The options of every study as they were typed, in the order in which ``--help`` lists them."""

    scenario: options.ScenarioFile
    seed: options.Seed = 1
    replications: options.Replications = 40
    sample: options.Sample = None
    months: options.Months = None
    months_after: options.MonthsAfter = None
    pairs: options.Set = None
    processes: options.Processes = None
    store: keeping.Store = None
    no_store: keeping.NoStore = False
    json: options.Json = None
    out: options.Out = None
    trust: options.Trust = False
    xlsx: options.Xlsx = False
    charts: options.Charts = False
    csv: options.Csv = None
    short: options.Short = False
    language: options.Language = None
    quiet: options.Quiet = False


def request(command: str, typed: Typed) -> Request:
    """Read the scenario and try every option on it. Raises ScenarioError, StudyError and OutputError."""
    messages.be_quiet(typed.quiet)
    file, json = typed.scenario, typed.json
    found, changed, values = read_scenario(file, typed.pairs, typed.months, typed.language, typed.trust)
    options.refuse_seed(typed.seed)
    folder = typed.out if typed.out is not None or json is not None else str(Path("reports") / f"{Path(file).stem}-{command}")
    for place in (folder, json if json != SCREEN else None):
        if place is not None:
            refuse_unwritable(Path(place))
    if json is not None and json != SCREEN and os.path.isdir(Path(json)):
        raise OutputError(f"--json: found {json!r}, which is a folder; name a file in it")
    if json is not None and json != SCREEN:
        refuse_read("--json", json, found)
    return Request(
        command=command,
        file=file,
        scenario=found,
        changed=changed,
        overrides=values,
        seed=typed.seed,
        replications=typed.replications,
        sample=options.people(changed, typed.sample, command),
        processes=typed.processes,
        json=json,
        language=typed.language,
        folder=folder,
        trust=typed.trust,
        months_after=typed.months_after,
        store=False if typed.no_store else typed.store,
        beside=besides(folder, Beside(typed.xlsx, typed.charts, typed.csv, typed.short)),
    )


def besides(folder: str | None, asked: Beside) -> Beside:
    """What is written beside the report. Raises OutputError where there is no report, StudyError where it cannot be made."""
    for name, wanted in (("--xlsx", asked.xlsx), ("--charts", asked.charts), ("--csv", asked.csv), ("--short", asked.short)):
        if wanted and folder is None:
            raise OutputError(f"{name}: found no folder to write into, must come with --out where there is --json")
    if asked.xlsx:
        from ladsim.reporting.workbook import library

        library()
    return asked


def read_scenario(
    file: str, pairs: Sequence[str] | None, months: float | None, language: str | None = None, trust: bool = False
) -> tuple[Scenario, Scenario, dict[str, Any]]:
    """The scenario of a file, the same with the values of --set and --months, and these by dotted key."""
    from ladsim.scenario.load import load, slips
    from ladsim.scenario.overrides import override
    from ladsim.scenario.texts import known_language
    from ladsim.scenario.thousands import thousands

    if language is not None:
        messages.speak(known_language(language, "--language"))
    loaded = load(file, language, trust=trust)
    months = options.month_of(loaded, months, "--months")
    found = _without_later_goals(loaded, months)
    messages.speak(found.language)
    for odd in (*slips(file), *(replace(odd, place=f"--set {pair}") for pair in pairs or () for odd in thousands(pair))):
        messages.oddity(odd)
    values = options.overrides(found, pairs, months)
    return found, override(found, values), values


FIRST, LAST = ("scenario",), ("language", "quiet")


def study_command(line: str, replications: int = Typed.replications) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A command with the options of every study: its parameter `asked` becomes a `Request` made of them.

    They come in the place of `asked`, but for the scenario, which comes first, and the language and --quiet, which come last. `line`
    says in the list of commands what the command does; `replications` is how many futures it plays by itself.
    """

    def made(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command, eval_str=True).parameters
        shared = dict(inspect.signature(Typed, eval_str=True).parameters)
        shared["replications"] = shared["replications"].replace(default=replications)
        middle = [name for name in shared if name not in (*FIRST, *LAST)]
        inner = [one for name in own for one in (middle if name == "asked" else [name])]
        everything = {**shared, **own}

        @wraps(command)
        def asking(**given: Any) -> None:
            typed = Typed(**{name: given.pop(name) for name in shared})
            asked = request(command.__name__, typed)
            with finished(asked.locale, asked.replications):
                command(asked=asked, **given)

        show(asking, [everything[name] for name in (*FIRST, *inner, *LAST)])
        asking.line = line  # type: ignore[attr-defined]
        return asking

    return made


def _without_later_goals(scenario: Scenario, months: float | None) -> Scenario:
    """The scenario without goals for a month that --months leaves out; says which."""
    later = [goal for goal in scenario.goals if months is not None and goal.by_month > months]
    if not later:
        return scenario
    from ladsim.i18n import Locale
    from ladsim.i18n.catalogue import loose

    locale = Locale(scenario.language, scenario.start_date)
    named = ", ".join(goal.label or goal.name or f"{goal.rung or goal.step}" for goal in later)
    messages.note(loose(locale.text("screen.later_goals", month=locale.month(months or 0.0), goals=named)))
    return scenario.model_copy(update={"goals": tuple(goal for goal in scenario.goals if goal not in later)})


def refuse_read(option: str, place: str, scenario: Scenario) -> None:
    """Raise OutputError where what is to be written would replace a scenario file, or a file that this scenario reads.

    Any TOML file is taken for a scenario file: it may be one that this one extends.
    """
    if not os.path.isfile(place):
        return
    from ladsim.planning.manifest import input_files

    read = [file for file in (scenario.file, *input_files(scenario)) if os.path.exists(file)]
    if os.path.realpath(place).lower().endswith(".toml") or any(os.path.samefile(place, file) for file in read):
        raise OutputError(f"{option}: found {place!r}, which is a file that is read; name another file: it would be replaced")


def refuse_unwritable(path: Path) -> None:
    """Raise OutputError where nothing can be written at `path`, before a long study and not only after it."""
    whole = path.absolute()
    above = next((parent for parent in whole.parents if os.path.exists(parent)), Path(whole.anchor))
    if not above.is_dir():
        raise OutputError(f"{path}: cannot be written ({above} is a file)")
    if not os.access(above, os.W_OK | os.X_OK):
        raise OutputError(f"{path}: cannot be written (no permission to write in {above})")
