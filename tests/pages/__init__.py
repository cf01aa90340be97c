"""The page: the same numbers in a browser."""
