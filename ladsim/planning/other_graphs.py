"""The graph as an assumption: whether a comparison's verdict stands under other graphs.

In: a scenario whose layers have generated graphs, and strategies. Out: a table, a row for the graph of the file and one for each
variant: two other graphs of the same law (`seed`), fewer and more ties, and the other kinds with as many ties. A generated graph is
one for all futures (unless `redraw` draws another in each), so intervals hold no doubt about it; here it is varied on the same
customers, the same luck and the same draws. All generated layers are varied at once; those read from files stay.

To add a variant: a line in `variants`, its words in ``i18n``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ladsim.errors import StudyError
from ladsim.planning.packed import row_of
from ladsim.planning.pool import Work
from ladsim.planning.replications import Replications
from ladsim.planning.run import StrategyTask, StudyContext, unique_names
from ladsim.scenario.check import problems
from ladsim.scenario.draws import Draws
from ladsim.scenario.spec import Graph, Scenario
from ladsim.scenario.strategies import with_strategy

if TYPE_CHECKING:
    from ladsim.planning.compare import Comparison

OF_FILE = "file"
GENERATED = ("barabasi_albert", "watts_strogatz", "erdos_renyi", "configuration", "stochastic_blocks")
KINDS = ("barabasi_albert", "watts_strogatz", "erdos_renyi")  # to which a graph is changed with as many ties
OTHER_SEEDS = (1, 2)  # added to the seed of the file
FEWER, MORE = 0.75, 1.25
REWIRED = 0.1  # share of the ties of a small world that lead far
COLUMNS = {
    "graph": ("", "file: as the file has it; seed_N: another of the same law; fewer_ties, more_ties; a kind: with as many ties"),
    "mean_ties": ("ties", "of a person, as the graph's law has them, mean of the layers"),
    "other_graphs.best": ("", "strategy with the highest mean profit"),
    "other_graphs.rival": ("", "the next one"),
    "other_graphs.mean": ("currency", "mean lead of the best over the next"),
    "other_graphs.low": ("currency", "lower limit of the 95 % interval of the lead"),
    "other_graphs.high": ("currency", "upper limit of the 95 % interval of the lead"),
    "stands": ("", "yes: same verdict; unsure: no longer sure; decided: now sure; other: surely another strategy"),
}


@dataclass(frozen=True)
class OtherGraphs:
    """The comparisons to be played beside that of the file."""

    scenarios: dict[str, Scenario]  # by variant, strategies still in it
    asked: dict[str, str | None]  # strategies by their name

    def tasks(self, first: StudyContext) -> list[Work]:
        """Every strategy under every variant, in the replications of a study."""
        works: list[Work] = []
        for scenario in self.scenarios.values():
            for strategy in self.asked.values():
                draws = Draws(with_strategy(scenario, strategy), first.draws.seed)
                works.append(StrategyTask(StudyContext(draws, None, first.threads), strategy))
        return works

    def runs(self, played: Mapping[str, Replications], found: Sequence[tuple[Any, ...]]) -> dict[str, dict[str, Replications]]:
        """What the tasks gave, as futures by variant and strategy."""
        given, result = iter(found), {}
        for variant, scenario in self.scenarios.items():
            result[variant] = {
                name: _of(played[name], scenario, with_strategy(scenario, strategy), next(given))
                for name, strategy in self.asked.items()
            }
        return result


def _of(played: Replications, source: Scenario, scenario: Scenario, futures: Sequence[Any]) -> Replications:
    histories, summaries = row_of([history for history, _ in futures]), tuple(summary for _, summary in futures)
    return replace(played, source=source, scenario=scenario, histories=histories, summaries=summaries, after=None)


def other_graphs(scenario: Scenario, strategies: Sequence[str | None]) -> OtherGraphs:
    """What is to be played. Raises StudyError where no graph of the scenario is generated."""
    if not any(layer.graph.kind in GENERATED for layer in scenario.word_of_mouth):
        raise StudyError(
            f"graphs: found no layer of word of mouth with a generated graph, must be one of kind {', '.join(GENERATED)}: "
            "only such a graph can be drawn anew"
        )
    return OtherGraphs(variants(scenario), unique_names(scenario, strategies))


def variants(scenario: Scenario) -> dict[str, Scenario]:
    """The scenario under each other graph; those that the market has no room for, or that change nothing, are left out."""
    changes: dict[str, Callable[[Graph], Graph]] = {
        f"seed_{more}": lambda graph, more=more: graph.model_copy(update={"seed": graph.seed + more})  # type: ignore[misc]
        for more in OTHER_SEEDS
        if not all(layer.graph.redraw for layer in scenario.word_of_mouth if layer.graph.kind in GENERATED)
    }
    changes |= {"fewer_ties": lambda graph: _more_ties(graph, FEWER), "more_ties": lambda graph: _more_ties(graph, MORE)}
    changes |= {kind: lambda graph, kind=kind: _of_kind(graph, kind) for kind in KINDS}  # type: ignore[misc]
    found = {}
    for name, change in changes.items():
        layers = [
            layer.model_copy(update={"graph": change(layer.graph)}) if layer.graph.kind in GENERATED else layer
            for layer in scenario.word_of_mouth
        ]
        changed = scenario.model_copy(update={"word_of_mouth": tuple(layers)})
        if changed.word_of_mouth != scenario.word_of_mouth and not problems(changed):
            found[name] = changed
    return found


def mean_ties(graph: Graph) -> float:
    """Ties of a person that the law of a generated graph has on average."""
    if graph.kind == "barabasi_albert":
        return 2.0 * (graph.links or 0)
    if graph.kind == "watts_strogatz":
        return float(graph.neighbours or 0)
    if graph.kind == "stochastic_blocks":
        return (graph.within_degree or 0.0) + (graph.between_degree or 0.0)
    return float(np.mean(graph.degrees)) if isinstance(graph.degrees, tuple) else float(graph.mean_degree or 0.0)


def _more_ties(graph: Graph, factor: float) -> Graph:
    """The same law with more ties, or fewer; where they are whole numbers, by at least one step. A list of degrees stays."""
    step = 1 if factor > 1.0 else -1
    changed: dict[str, Any] = {}
    if graph.links is not None:
        changed["links"] = max(1, max(step * round(factor * graph.links), step * (graph.links + step)) * step)
    if graph.neighbours is not None:
        half = graph.neighbours // 2
        changed["neighbours"] = 2 * max(1, max(step * round(factor * half), step * (half + step)) * step)
    for key in ("mean_degree", "within_degree", "between_degree"):
        if getattr(graph, key) is not None:
            changed[key] = factor * getattr(graph, key)
    return graph.model_copy(update=changed)


def _of_kind(graph: Graph, kind: str) -> Graph:
    """A graph of another kind with as many ties, as nearly as the kind can have them; the same where it is of that kind."""
    if graph.kind == kind:
        return graph
    ties = mean_ties(graph)
    own: dict[str, dict[str, Any]] = {
        "barabasi_albert": {"links": max(1, round(ties / 2.0))},
        "watts_strogatz": {"neighbours": 2 * max(1, round(ties / 2.0)), "rewired_share": REWIRED},
        "erdos_renyi": {"mean_degree": ties},
    }
    shared = {key: getattr(graph, key) for key in ("seed", "redraw", "copies") if key in graph.model_fields_set}
    return Graph(kind=kind, **own[kind], **shared)  # type: ignore[arg-type]


def graph_table(of_file: Comparison, others: Mapping[str, Comparison]) -> pd.DataFrame:
    """Whether the verdict stands: graph, mean_ties, best, rival, mean, low, high, stands; first the graph of the file."""
    sure = _lead(of_file)["low"] > 0.0
    rows = []
    for name, study in {OF_FILE: of_file, **others}.items():
        lead = _lead(study)
        ties = [mean_ties(layer.graph) for layer in study.scenario.word_of_mouth if layer.graph.kind in GENERATED]
        rows.append(
            [
                name,
                float(np.mean(ties)),
                study.best,
                study.runner_up,
                *lead,
                _stands(of_file.best, sure, study.best, lead["low"] > 0.0),
            ]
        )
    return pd.DataFrame(rows, columns=["graph", "mean_ties", "best", "rival", "mean", "low", "high", "stands"])


def _lead(study: Comparison) -> pd.Series:
    """Mean lead over the runner-up with its limits; a limit that is not known is no sure lead."""
    lead = study.differences.set_index("strategy").loc[study.runner_up, ["mean", "low", "high"]]
    return lead.astype(float).fillna(math.nan)


def _stands(before: str, was_sure: bool, now: str, is_sure: bool) -> str:
    """What becomes of a verdict.

    >>> _stands("a", True, "a", True), _stands("a", True, "b", False), _stands("a", False, "b", True), _stands("a", True, "b", True)
    ('yes', 'unsure', 'decided', 'other')
    """
    if not is_sure:
        return "unsure" if was_sure else "yes"
    if not was_sure:
        return "decided"
    return "yes" if before == now else "other"
