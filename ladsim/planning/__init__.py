"""Studies: many futures, strategies compared, targets set, and what is written of them."""
