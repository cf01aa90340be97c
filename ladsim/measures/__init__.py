"""History → tables: what a strategist asks of a run, each number with its definition, formula, unit and source.

Counts are people of the whole market and amounts are currency: ``History`` holds simulated customers and amount units, the
measures scale. To add one: a function in the file of its subject, a line in ``dictionary.ENTRIES``, and in ``summary`` where a
study needs it, and its name in ``__init__.pyi``.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
