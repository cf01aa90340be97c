"""Closed forms that a user asks for; each is loaded when it is first used."""

from .buying import BGNBD as BGNBD
from .buying import MBGNBD as MBGNBD
from .buying import GammaGamma as GammaGamma
from .buying import ParetoNBD as ParetoNBD
from .lifetime import expected_customer_equity as expected_customer_equity
from .lifetime import expected_lifetime_value as expected_lifetime_value
