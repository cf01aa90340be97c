"""Customers' data in, numbers with their doubt out: fits by likelihood, their posteriors, and the scenario that they make.

`orders`, `hazards`, `panel`, `deals`, `referrals`, `renewals` and `campaigns` fit a kind of data each; all give a `Fitted`.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
