"""Mutants: one small change of the core each, and whether the tests notice. The score of the tests themselves.

A mutant is drawn from the sources (``mutate``), written into a private copy of the package, and tried by the killers of its function
(``killers``, ``tried``) in a Python of its own (``judge``): tests and recorded scenarios, all in plain mode (``plain``), where rules are
Python and nothing is compiled. Which killers reach which function, and how long each takes alone, was measured once
(``python -m tests.acceptance.mutants.measure``) and is kept as data. What is said of survivors stands in ``verdicts.toml``.
"""
