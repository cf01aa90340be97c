"""Records that arrays of both the market and its plan hold."""

from __future__ import annotations

import numpy as np

# Factors, but for `quality`, which is added: points on the scale of 0 to 10.
FACTORS = np.dtype([(name, "f8") for name in ("orders", "basket", "messages", "cost", "price", "points", "quality")])
LOG = np.dtype(
    [
        ("time", "i8"), ("customer", "u8"), ("other", "u8"), ("amount", "i8"), ("sequence", "i4"), ("cause", "i4"),
        ("origin", "i2"), ("to", "i2"), ("event", "u1"),
    ],
    align=True,
)  # fmt: skip
