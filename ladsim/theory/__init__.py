"""Closed forms, drawn beside every simulation that has one.

`markov` holds a customer's life on the ladder, `expected` the rung counts of a whole scenario, `customer_base` orders and
survival.
"""
