"""The kinds of loyalty programmes, a file each; ``program`` is the contract they keep."""
