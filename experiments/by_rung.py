"""What fits each rung, against the same tactics spent alike on everybody: when does it pay, and when not?

In: nothing, or ``--replications``, ``--sample`` and ``--budget`` (EUR a month). Out: three comparisons at equal budget under the same
luck. First the library's tactics, each of which does most on the rung that it fits, by a firm that knows who stands where. Then by a
firm that takes four customers of five for somebody on another rung: most of the money meets people for whom it does nothing. Last
with tactics that do as much on any rung: then nothing is won by aiming.

With the defaults (40 futures, EUR 3,000 a month, 24 months) knowing the rungs is worth EUR 35,000, not knowing them leaves EUR 2,000
of it; where all fit all, the two cannot be told apart (EUR −790 to 1,310). What decides is not the money but the
library's assumption that a tactic does little where it does not fit: put your own numbers there first.
"""

from __future__ import annotations

import argparse

import ladsim
from ladsim.scenario.spec import Effect

WRONG = 0.8


def not_knowing(scenario: ladsim.Scenario, wrong: float) -> ladsim.Scenario:
    """The scenario whose campaigns by rung are aimed by a firm that errs with a share of its customers."""
    by_rung = scenario.strategies["by_rung"]
    amiss = tuple(campaign.model_copy(update={"wrong_rung_share": wrong}) for campaign in by_rung.campaigns)
    return scenario.model_copy(
        update={"strategies": scenario.strategies | {"by_rung": by_rung.model_copy(update={"campaigns": amiss})}}
    )


def all_fit(scenario: ladsim.Scenario) -> ladsim.Scenario:
    """The scenario whose tactics all make everybody climb faster, whatever their rung, and do nothing else."""
    climbing = Effect(on="climbing", full=0.4, source="assumption")
    tactics = tuple(tactic.model_copy(update={"effects": (climbing,)}) for tactic in scenario.tactics)
    return scenario.model_copy(update={"tactics": tactics})


def main(arguments: list[str] | None = None) -> dict[str, ladsim.Comparison]:
    """Compare both ways, in all three cases."""
    parser = argparse.ArgumentParser(description="Money by rung, or alike on everybody.")
    parser.add_argument("--replications", type=int, default=40)
    parser.add_argument("--sample", type=int, default=4000, help="people simulated of the market's 20,000")
    parser.add_argument("--budget", type=float, default=3000.0, help="EUR a month")
    parser.add_argument("--quick", action="store_true", help="8 replications of 1,000 people")
    options = parser.parse_args(arguments)
    replications, sample = (8, 1000) if options.quick else (options.replications, options.sample)

    knowing = ladsim.ready_strategies(ladsim.load("acquisition_vs_retention"), options.budget)
    found = {}
    cases = {"knowing": knowing, "not knowing": not_knowing(knowing, WRONG), "all fit": all_fit(knowing)}
    for name, scenario in cases.items():
        found[name] = ladsim.compare(scenario, ["balanced", "by_rung"], replications=replications, sample=sample)
        print(f"{name}: {found[name].verdict}")
    return found


if __name__ == "__main__":
    main()
