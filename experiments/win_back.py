"""Does a win-back policy pay? One that looks at the market and decides for itself when to write.

In: nothing, or ``--replications`` and ``--sample``. Out: what the policy wrote down in one run, and what it brings against doing
nothing, under the same luck. The policy is ``policies/win_back.py``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import ladsim


def main(arguments: list[str] | None = None) -> ladsim.Comparison:
    """Run once for the policy's notes, then compare with the market left alone."""
    parser = argparse.ArgumentParser(description="A policy that writes to lapsed customers.")
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--sample", type=int, default=2000, help="people simulated of the market's 20,000")
    parser.add_argument("--quick", action="store_true", help="4 replications of 400 people")
    options = parser.parse_args(arguments)
    replications, sample = (4, 400) if options.quick else (options.replications, options.sample)

    scenario = ladsim.load(Path(__file__).with_suffix(".toml"))
    for month, note in ladsim.simulate(scenario, strategy="letters", sample=sample).policy_notes:
        print(f"month {month:g}: {note}")
    duel = ladsim.compare(scenario, ["base", "letters"], replications=replications, sample=sample)
    print(duel.verdict)
    return duel


if __name__ == "__main__":
    main()
