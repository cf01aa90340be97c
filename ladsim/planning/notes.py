"""What else a reader must know beside a verdict: what is believed and not found, unequal budgets, few futures, a sample.

In: the futures of every strategy compared. Out: sentences in the scenario's language. To add one: a function here, and a line in `notes`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ladsim.errors import StudyError
from ladsim.i18n import Locale
from ladsim.i18n.problems import in_language
from ladsim.planning import verdict
from ladsim.planning.breakdown import growth_note, sample_note
from ladsim.planning.measure_table import by_future
from ladsim.planning.program_months import costs
from ladsim.planning.replications import Replications
from ladsim.planning.same_budget import cost_in_all, number_of
from ladsim.planning.sensitivity import is_assumption
from ladsim.scenario.acting import acting_keys
from ladsim.scenario.address import NumberAt, numbers
from ladsim.scenario.key_paths import item_names
from ladsim.scenario.naming import Namer, value_words
from ladsim.scenario.warn_goals import reached_at_start

EQUAL_BUDGETS = 0.01  # budgets that differ by more than this share are said to differ
FEW = 10  # futures below which a reader is warned
MOST_NAMED = 5  # levers in one note


def notes(runs: Mapping[str, Replications], brought: Collection[str] = ()) -> list[str]:
    """What else the reader of a comparison must know: the same on the page, on the screen and in the tables.

    `brought`: keys of the overrides that were found for the same budget; what is set by hand is none of them.
    """
    found = []
    run = next(iter(runs.values()))
    locale = Locale(run.source.language)
    if run.interrupted:
        found.append(locale.text("note.stopped", count=run.count, asked=run.asked))
    found += _same_budget(runs, brought, locale)
    found += [*assumed(list(runs.values())), *certain(list(runs.values())), *_unequal(runs, locale), *_also(runs, locale)]
    if run.setting.months_after is None:
        found.append(locale.text("note.after_policies"))
    if run.count < FEW:
        found.append(locale.text("note.few", count=run.count))
    found += [*filter(None, [sample_note(run), *map(growth_note, runs.values())]), *goals_of_the_start(run)]
    return [*found, *dict.fromkeys(note for run in runs.values() for note in run.world_notes)]


def _unequal(runs: Mapping[str, Replications], locale: Locale) -> list[str]:
    """What each strategy spends where that differs, what its programmes cost apart: it is known only when they have run."""
    asked = [run for run in runs.values() if run.strategy is not None]
    bills = {run.label: (float(by_future(run, "spend").mean()), float(costs(run).mean())) for run in asked}
    totals = [sum(bill) for bill in bills.values()]
    if not totals or max(totals) - min(totals) <= EQUAL_BUDGETS * max(map(abs, totals)):
        return []
    currency = next(iter(runs.values())).scenario.currency

    def said(spend: float, cost: float) -> str:
        money = verdict.amount(spend, currency, locale=locale)
        return (
            locale.text("note.and_programs", money=money, cost=verdict.amount(cost, currency, locale=locale)) if cost else money
        )

    return [locale.text("note.budgets", said="; ".join(f"{label}: {said(*bill)}" for label, bill in bills.items()))]


def _same_budget(runs: Mapping[str, Replications], brought: Collection[str], locale: Locale) -> list[str]:
    """The number by which a strategy was brought to the same budget as the others, and what it costs in all; 0: it costs more without."""
    said, namer = [], Namer(next(iter(runs.values())).source)
    for run in runs.values():
        if run.strategy is None or run.strategy not in run.source.strategies:
            continue
        try:
            number = number_of(run.source, run.strategy)
        except StudyError:
            continue
        if number.key in brought:
            currency, found = run.scenario.currency, float(run.setting.overrides[number.key])
            cost = verdict.amount(cost_in_all(run), currency, locale=locale)
            value = locale.money(found, currency) if number.kind == "amount" else locale.number(found, 6)
            key = "same_budget" if run.setting.overrides[number.key] else "too_dear"
            said.append(locale.text(f"note.{key}", label=run.label, number=namer.key(number.key), value=value, cost=cost))
    return said


def _also(runs: Mapping[str, Replications], locale: Locale) -> list[str]:
    """Strategies that spend extra money and change prices, the market or numbers of the file, too: one return for all of it."""
    said = []
    for run in runs.values():
        strategy = run.source.strategies.get(run.strategy or "")
        if strategy is None or not (strategy.campaigns or strategy.programs or strategy.policies):
            continue
        parts = {"also_prices": strategy.prices, "also_shocks": strategy.shocks, "also_numbers": strategy.set}
        more = [locale.text(f"note.{key}") for key, there in parts.items() if there]
        if more:
            said.append(locale.text("note.also", label=run.label, said=locale.listed(more)))
    return said


def goals_of_the_start(run: Replications) -> list[str]:
    """Goals that say nothing, since they are reached before anything has happened."""
    namer = Namer(run.source)
    said = []
    for _, goal, found in reached_at_start(run.source):
        called = goal.label or goal.name or namer.rung(goal.rung or "")
        said.append(namer.locale.text("note.goal_reached", goal=called, found=in_language(found, run.source.language)))
    return said


def assumed(runs: Sequence[Replications]) -> list[str]:
    """By how much the file lets each programme move people, which no study finds; empty where there is no programme.

    Rules of a user's own (kind "own") are left out: only their file knows what they do.
    """
    namer, said = Namer(runs[0].source), []
    for run in runs:
        known = numbers(run.scenario).values()
        for name, program in zip(item_names("programs", run.scenario.programs), run.scenario.programs, strict=True):
            if program.rules != program.kind:
                continue
            moving = [number for number in known if number.key.startswith(f"programs.{name}.") and _moves(number, program.moving)]
            parts = [f"{_short(namer, number)} {value_words(number.value, 'rate', namer.locale)}" for number in moving]
            said.append(f"{namer.program(name)} ({', '.join(parts) or namer.locale.text('programs.nobody')})")
    return [namer.locale.text("programs.assumed", said="; ".join(dict.fromkeys(said)))] if said else []


def _moves(number: NumberAt, moving: Collection[str]) -> bool:
    """Whether a programme's number says how members behave, rather than what they are given and what that costs."""
    parts = number.key.split(".")
    own = parts[-1] in moving and number.value != 0.0
    return number.given and (own or ("factors" in parts and number.value != 1.0))


def _short(namer: Namer, number: NumberAt) -> str:
    """A number's name without that of its programme."""
    return namer.key(number.key).removeprefix(f"{namer.program(number.key.split('.')[1])}: ")


def certain(runs: Sequence[Replications]) -> list[str]:
    """What the strategies' levers are believed to do, as one number each and without evidence: the chances know no doubt about it.

    Levers that all strategies use alike are left out: they make no difference.
    """
    namer = Namer(runs[0].source)
    own = [{(c.channel, c.tactic, str(c.each_month)) for c in run.scenario.campaigns} for run in runs]
    apart = {lever for levers in own for lever in levers if not all(lever in others for others in own)}
    names = {name for channel, tactic, _ in apart for name in (channel, tactic) if name}
    priced = any(run.scenario.prices != runs[0].scenario.prices for run in runs)
    found: dict[str, set[str]] = {}
    for run in runs:
        at_work = acting_keys(run.scenario)
        for number in (number for key, number in numbers(run.scenario).items() if key in at_work):
            table, name, *rest = (*number.key.split("."), "", "")
            table = table.partition("[")[0]  # of what bears no name, only its place
            is_effect = table in ("channels", "tactics") and name in names and "effects" in rest
            is_effect |= table == "prices" and priced and "elasticity" in number.key
            if is_effect and number.given and not number.uncertain and is_assumption(number.source):
                found.setdefault(namer.levers.get(name, namer.key(table)), set()).add(number.key)
    said = [f"{label} ({len(keys)})" for label, keys in sorted(found.items(), key=lambda one: -len(one[1]))]
    if len(said) > MOST_NAMED:
        said[MOST_NAMED - 1 :] = [namer.locale.text("page.certain_others", n=len(said) - MOST_NAMED + 1)]
    return [namer.locale.text("page.certain", said=namer.locale.listed(said))] if said else []
