"""Closed forms that a user asks for; each is loaded when it is first used."""

from .lifetime import expected_customer_equity as expected_customer_equity
from .lifetime import expected_lifetime_value as expected_lifetime_value
