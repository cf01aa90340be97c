"""Small markets for exports: what a customer is follows from orders alone, so that an export can be placed exactly."""

from __future__ import annotations

import ladsim
from ladsim import Scenario

SHOP = """
schema = 1
name = "shop"
months = {months}
market_size = {people}
start_date = 2024-01-01
[[rungs]]
name = "lead"
label = "Lead"
share = {leads}
[[rungs]]
name = "customer"
label = "Customer"
share = {customers}
orders_per_month = {first_orders}
[[rungs]]
name = "repeat"
label = "Repeat buyer"
share = {customers}
orders_per_month = 0.45
[[rungs]]
name = "lapsed"
label = "Lapsed"
off_ladder = true
[[steps]]
from = "lead"
to = "customer"
monthly = 0.03
is_order = true
[[steps]]
from = "customer"
to = "repeat"
trigger = "order"
probability = 1.0
[[steps]]
from = "customer"
to = "lapsed"
monthly = {first_leaving}
[[steps]]
from = "repeat"
to = "lapsed"
monthly = {leaving}
[basket]
law = "lognormal"
mean = 30
spread = 0.5
[heterogeneity]
orders = {{ gamma_shape = 1.5 }}
"""

TALKING = """
[[word_of_mouth]]
layer = "friends"
graph = { kind = "barabasi_albert", links = 4, seed = 1 }
budget = "per_sender"
messages_per_month = { repeat = 0.5 }
[[steps]]
from = "lead"
to = "customer"
trigger = "message"
probability = 0.05
is_order = true
[satisfaction]
start = 7
expectation = 7
[recommendation]
spread = 2.0
[[channels]]
name = "search"
response = { half_at = 0.05 }
effects = [ { on = "steps.lead.customer.time", full = 0.5 } ]
[[campaigns]]
channel = "search"
monthly_spend = 100
control_group_share = 0.2
"""


def shop(
    leaving: float = 0.04,
    people: int = 2_000,
    customers: float = 0.1,
    months: int = 24,
    more: str = "",
    first_leaving: float | None = None,
    first_orders: float = 0.45,
) -> Scenario:
    """A shop whose customers leave at a rate; a share of the people are customers, and as many repeat buyers, at the start.

    Those with one order may leave at another rate, and order at another one.
    """
    text = SHOP.format(
        leaving=leaving, people=people, customers=customers, leads=round(1.0 - 2 * customers, 6), months=months, first_orders=first_orders,
        first_leaving=leaving if first_leaving is None else first_leaving,
    )  # fmt: skip
    return ladsim.loads(text + more)
