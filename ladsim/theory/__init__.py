"""Closed forms, drawn beside every simulation that has one.

`markov` holds a customer's life on the ladder, `expected` the rung counts of a whole scenario, `customer_base` orders and
survival.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
