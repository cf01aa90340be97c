"""Exports of a simulated market, of which the truth is known (see ``exports``)."""
