"""ladsim: simulate a market climbing the customer loyalty ladder.

::

    scenario = ladsim.load("acquisition_vs_retention")
    history = ladsim.simulate(scenario, seed=7, sample=2000)
    ladsim.measures.rung_counts(history)               # a pandas table: month × rung
    duel = ladsim.compare(scenario, ["acquisition_first", "retention_first"], replications=40, sample=2000)
    ladsim.report(duel, "reports/duel.html")

What to open in order to change something: ``docs/architecture.md``.

Names stand in ``__init__.pyi``, once, where type checkers see them. They are loaded on first use, so that ``import ladsim`` costs
nothing (SPEC 1 of scientific Python). Measures are in ``ladsim.measures``, closed forms of a customer's value in ``ladsim.theory``.
"""

from __future__ import annotations

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
