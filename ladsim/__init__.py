"""ladsim: simulate a market climbing the customer loyalty ladder.

::

    scenario = ladsim.load("acquisition_vs_retention")
    history = ladsim.simulate(scenario, seed=7, sample=2000)
    ladsim.measures.rung_counts(history)               # a pandas table: month × rung
    duel = ladsim.compare(scenario, ["acquisition_first", "retention_first"], replications=40, sample=2000)
    ladsim.report(duel, "reports/duel.html")

To change …                                     open
-----------------------------------------------  ------------------------------------------
what a scenario file may say                     ``scenario/spec.py``
how a file's numbers become arrays               ``scenario/tables.py``
what happens in a customer's life                ``model/behaviour.py``
how luck is addressed                            ``streams.py``
what campaigns do; what policies may             ``model/plan.py``; ``engine/market.py``
who is next                                      ``engine/reference.py, engine/kernel.py``
the event log                                    ``engine/event_log.py``, ``engine/parquet.py``
a measure                                        ``measures/``
a closed form                                    ``theory/``
how customers' data are read                     ``data/``
how they are fitted                              ``fitting/``
who of them stands on which rung                 ``placing/``
exports of a simulated market                    ``synthetic/``
how strategies are compared, targets set         ``planning/``
the report                                       ``reporting/``
a command                                        ``cli/``

Names stand in ``__init__.pyi``, once, where type checkers see them. They are loaded on first use, so that ``import ladsim`` costs
nothing (SPEC 1 of scientific Python). Measures are in ``ladsim.measures``, closed forms of a customer's value in ``ladsim.theory``.
"""

from __future__ import annotations

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
