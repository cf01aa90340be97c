"""Acquisition or retention? Four ways to spend the same money, compared at a small size.

In: nothing, or ``--replications`` and ``--sample``. Out: the verdict, and for each strategy its profit and chance to be the best.
The full size is ``ladsim compare acquisition_vs_retention --sample 5000 --months 24 --replications 40``.
"""

from __future__ import annotations

import argparse

import ladsim


def main(arguments: list[str] | None = None) -> ladsim.Comparison:
    """Compare, print the verdict and a table."""
    parser = argparse.ArgumentParser(description="Four ways to spend the same money.")
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--sample", type=int, default=2000, help="people simulated of the market's 20,000")
    parser.add_argument("--quick", action="store_true", help="4 replications of 400 people")
    options = parser.parse_args(arguments)
    replications, sample = (4, 400) if options.quick else (options.replications, options.sample)

    duel = ladsim.compare(ladsim.load("acquisition_vs_retention"), replications=replications, sample=sample)
    print(duel.verdict)
    if duel.caveat:
        print(duel.caveat)
    print(duel.outcomes.to_string(float_format="{:,.2f}".format))
    return duel


if __name__ == "__main__":
    main()
