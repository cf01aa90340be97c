"""How many threads there are."""

from __future__ import annotations

import os

import pytest

from ladsim.engine.kernel import THREADS_FROM, usual_threads


def test_threads_where_the_system_does_not_say_which_are_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as there are processors, one for few people, and one where nobody knows."""
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert [usual_threads(size) for size in (THREADS_FROM - 1, THREADS_FROM)] == [1, 7]
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usual_threads(THREADS_FROM) == 1
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 2, 3}, raising=False)
    assert usual_threads(THREADS_FROM) == 3
