"""Charts, pictures of the ladder and the one-file page: what people look at.

``ladsim.report(study, path)`` writes the page. The verb and this package have one name, so the package can be called: whichever of
the two ``ladsim.report`` is bound to (importing a module below rebinds it to the package), the call does the same.
"""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any


def report(study: Any, path: str | Path, *, command: str = "", manifest: str = "") -> Path:
    """Write the page of a study to `path`, whole or not at all: see ``ladsim.report.page.report``."""
    from ladsim.report.page import report as write

    return write(study, path, command=command, manifest=manifest)


class _Verb(types.ModuleType):
    """This package, as the verb it is named by."""

    __call__ = staticmethod(report)


sys.modules[__name__].__class__ = _Verb
