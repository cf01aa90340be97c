"""Acceptance: long loads, each part at most an hour on two cores, their tables kept in ``docs/acceptance``.

The third tier of tests, after ``make test`` and ``make test-long``: the same promises under thousands of times the load.
``python -m tests.acceptance engines`` plays a part, or goes on with it where it was stopped.

To change …                                     open
-----------------------------------------------  ------------------------------------------
what a part is                                   ``part.py``
how units are played, stopped, gone on with      ``runner.py``, ``kept.py``
which sources decide a part's results            ``rules.py``, and ``rests_on`` of the part
what a table says, when it is stale              ``table.py``
what is loaded, and what must hold               the part's file under ``parts/``
which small changes the tests must notice        ``mutants/``
"""
