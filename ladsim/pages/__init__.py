"""A market in one HTML file, with the shipped simulator inside: the same numbers as Python, bit for bit, without a network."""
