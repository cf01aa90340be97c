"""The parts, in the order in which they are played."""

from __future__ import annotations

from tests.acceptance.part import Part
from tests.acceptance.parts import (
    closed_forms,
    coverage,
    engines,
    hostile,
    hosts,
    large,
    laws,
    ledger,
    looking,
    mutants,
    promises,
    same,
)

PARTS: dict[str, Part] = {
    part.PART.name: part.PART
    for part in (engines, laws, ledger, closed_forms, coverage, promises, looking, hostile, large, same, hosts, mutants)
}
