"""The page of the loyalty wheel: that of its strategy, with the wheel before all else.

In: a `LoyaltyWheel`. Out: a `Page`; its gist is the answer of the wheel itself with its six spokes.
"""

from __future__ import annotations

from ladsim.i18n.catalogue import loose
from ladsim.planning.wheel import LoyaltyWheel
from ladsim.reporting import run
from ladsim.reporting.page_model import Page
from ladsim.reporting.view import Gist, View
from ladsim.reporting.wheel import WheelWords, spokes


def page(study: LoyaltyWheel, command: str = "", manifest: str = "") -> Page:
    """Everything that the report of a wheel says."""
    return run.page(study.runs, command, manifest, wheel_first=True)


def gist(study: LoyaltyWheel) -> Gist:
    """The weakest and the strongest spoke, where the money goes, where people are lost."""
    told = WheelWords(study)
    return Gist("\n".join(told.verdict()), (spokes(told),))


VIEW = View(page, gist, answer=lambda study: {"verdict": loose("\n".join(WheelWords(study).verdict()))})
