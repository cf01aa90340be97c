"""What sets off a step of the ladder: one table, which scenario files, their checks, the arrays and the closed forms read.

To add a trigger: a line in ``TRIGGERS`` and its number below; when it happens, in ``behaviour``; its words in every language
(``trigger.NAME`` and ``ladder.step_NAME`` in ``i18n``). A key of its own is a field of ``Step`` in ``scenario/spec.py``; a date or a
count that it must remember of a customer is a part of the row (``row``). The suite of all triggers
(``tests/contract/test_triggers.py``) looks at it by itself. `ladsim check` reads this table: it loads no numerical library.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal


@dataclass(frozen=True)
class Trigger:
    """What a scenario file may say of a step with this trigger, and what is known of it."""

    keys: tuple[str, ...]  # of a step, beside those that every step has
    ways: tuple[str, ...] = ("probability", "beta")  # to say how often it is taken: one of them is given
    leads_back: bool = False  # it may lead to the rung that it leaves
    refused: str = "trigger"  # why closed forms do not know it (``closed.WHY`` in ``i18n``); empty: they do


# In the order in which one customer's instant runs.
TRIGGERS: dict[str, Trigger] = {
    "time": Trigger(
        keys=("monthly", "rate", "cumulative_share", "by_months", "gamma_shape"),
        ways=("monthly", "rate", "cumulative_share"),
        refused="",
    ),
    "order": Trigger(keys=("probability", "beta", "from_order", "within_months"), leads_back=True, refused=""),
    "message": Trigger(keys=("probability", "beta", "negative"), refused=""),  # where anybody hears it (``markov``)
    "renewal": Trigger(keys=("probability", "beta", "months"), leads_back=True, refused="renewals"),
}
TIME, ORDER, MESSAGE, RENEWAL = range(4)
NAMES = tuple(TRIGGERS)
if TYPE_CHECKING:
    TriggerName = str
else:
    TriggerName = Literal[NAMES]
