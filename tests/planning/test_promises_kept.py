"""What targets promise is met in futures that were not used for it."""

from __future__ import annotations

import pytest

from tests.coverage_of_promises import held_together, people_at_end, promises_met, tiny_market


@pytest.mark.parametrize("ranged", [False, True], ids=["certain numbers", "ranges"])
def test_promises_are_kept_in_other_futures(ranged: bool) -> None:
    """Each rung's commit, expect and stretch is met as often as promised, to within three standard errors, in the futures of 29 other
    studies, which have luck and draws of their own; and not much more often: a promise that is always kept would say nothing."""
    found = people_at_end(tiny_market(ranged), range(1, 31), 20)
    for shares in promises_met(found, ranged, at_most=[False, False, False, True]).values():
        for share in shares:
            assert share.true > share.said - 3 * share.error
            assert share.true < share.said + 0.15


@pytest.mark.long
@pytest.mark.parametrize("ranged", [False, True], ids=["certain numbers", "ranges"])
def test_joint_promises_are_kept_in_other_futures(ranged: bool) -> None:
    """Promises for all rungs that hold together with 80 % do so in the futures of 59 other studies of 40 futures each, and not much more
    often; and all commits made one by one hold as often as was said: never surely less, and at most 7 points more, since each future is
    judged by promises from two futures fewer, whose rank is a whole number."""
    found = people_at_end(tiny_market(ranged), range(1, 61), 40)
    joint, commits = held_together(found, ranged, at_most=[False, False, False, True])
    assert joint.said - 3 * joint.error < joint.true < joint.said + 0.1
    assert commits.true < 0.7  # one by one they do not hold together
    assert commits.too_hopeful < 3
    assert commits.said > commits.true - 0.07
