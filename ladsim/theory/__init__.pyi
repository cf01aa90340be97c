"""Closed forms that a user asks for; each is loaded when it is first used."""

from .buying import BGNBD as BGNBD
from .buying import MBGNBD as MBGNBD
from .buying import GammaGamma as GammaGamma
from .buying import ParetoNBD as ParetoNBD
from .direct_marketing import AcquisitionAndRetention as AcquisitionAndRetention
from .direct_marketing import best_cut_off as best_cut_off
from .direct_marketing import recency_values as recency_values
from .lifetime import expected_customer_equity as expected_customer_equity
from .lifetime import expected_lifetime_value as expected_lifetime_value
from .spreading import bass_adoption as bass_adoption
from .spreading import bass_peak as bass_peak
from .spreading import cascade_size as cascade_size
from .spreading import epidemic_size as epidemic_size
from .spreading import finite_bass_adoption as finite_bass_adoption
from .spreading import referral_trees as referral_trees
from .spreading import regular_bass_adoption as regular_bass_adoption
from .spreading import seeded_value as seeded_value
from .spreading import time_to_everybody as time_to_everybody
