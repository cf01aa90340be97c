"""Fits that a user asks for; each is loaded when it is first used."""

from .campaigns import BeforeAfter as BeforeAfter
from .campaigns import agresti_caffo as agresti_caffo
from .campaigns import before_after as before_after
from .campaigns import fit_campaign as fit_campaign
from .campaigns import newcombe as newcombe
from .deals import fit_deals as fit_deals
from .fitted import Fitted as Fitted
from .hazards import Stays as Stays
from .hazards import fit_hazards as fit_hazards
from .hazards import stays_of as stays_of
from .laplace import Prior as Prior
from .orders import fit_orders as fit_orders
from .orders import fit_spend as fit_spend
from .orders import summary as summary
from .panel import fit_panel as fit_panel
from .referrals import fit_referrals as fit_referrals
from .renewals import Renewals as Renewals
from .renewals import fit_failed_payments as fit_failed_payments
from .renewals import fit_renewals as fit_renewals
from .renewals import renewals_of as renewals_of
from .renewals import survivors as survivors
from .rung_orders import fit_rung_orders as fit_rung_orders
