"""What a scenario's customers pay in advance, laid out: each club's fee, then the parts of a contract.

In: a resolved scenario and its programmes' tables. Out: a PAYMENT each, and whose each is. A contract is the order of a step with
`covers_months`: its revenue, its goods, what comes back of it, and what each programme takes off it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.model.layout import C_GOODS, C_REVENUE, P_DISCOUNTS, P_FEES, PAYMENT
from ladsim.scenario.programs.rules import kind_of
from ladsim.scenario.programs.tables import ProgramTable
from ladsim.scenario.spec import Scenario

CONTRACTS = "contracts"  # the source of what orders of steps with `covers_months` pay in advance
_OF_A_CONTRACT = ((C_REVENUE, True), (C_GOODS, False))


def laid_payments(scenario: Scenario, programs: tuple[ProgramTable, ...], returns: int) -> tuple[NDArray[Any], tuple[str, ...]]:
    """What is paid in advance, (P,) PAYMENT, and whose each is; `returns`: the cause of what comes back, −1 where nothing does."""
    found = [(program.name, program.cause + P_FEES, True) for program in programs if kind_of(program.kind).is_in_advance]
    if any(step.covers_months is not None for step in scenario.steps):
        found += [(CONTRACTS, *part) for part in _OF_A_CONTRACT]
        if returns >= 0:
            found += [(CONTRACTS, returns, True), (CONTRACTS, returns, False)]  # money; goods saved
        found += [(CONTRACTS, program.cause + P_DISCOUNTS, True) for program in programs]
    return np.array([part[1:] for part in found], PAYMENT), tuple(name for name, *_ in found)


def first_of_contract(payments: NDArray[Any], sources: tuple[str, ...], programs: tuple[ProgramTable, ...]) -> tuple[int, int]:
    """Where the parts of a contract begin, and among them the programmes' discounts; −1 where there is none."""
    if CONTRACTS not in sources:
        return -1, -1
    return sources.index(CONTRACTS), len(payments) - len(programs)
