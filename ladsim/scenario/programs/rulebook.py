"""What the rules of kinds are written with: loaded when a rule first asks for it.

A kind's file holds its keys and checks beside its rules, and `ladsim check` needs no rule: so it loads no numerical library either. In a
rule each name is the module it stands for, for Python and for the compiler alike. A user's own file imports them as usual.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ladsim.compiled import Deferred

if TYPE_CHECKING:
    import numpy as np

    from ladsim import streams
    from ladsim.model import access, hazards, layout, membership, money, prepaid, satisfaction
else:
    np, streams = Deferred("numpy"), Deferred("ladsim.streams")
    access, hazards, layout, membership, money, prepaid, satisfaction = (
        Deferred(f"ladsim.model.{name}")
        for name in ("access", "hazards", "layout", "membership", "money", "prepaid", "satisfaction")
    )

__all__ = ["access", "hazards", "layout", "membership", "money", "np", "prepaid", "satisfaction", "streams"]
