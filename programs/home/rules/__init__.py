"""A model of patients' days, for demonstration patients and for testing the worsening rules.

It is a stand-in for patients' data, not a description of any patient. Where its numbers come from:

* Classes of course: Ogollah 2019, one-year trajectories of low back-related leg pain in the ATLAS cohort
  (improving mild 58 %, persistent moderate 26 %, persistent severe 13 %, improving severe 3 %). The levels of
  each class are assumed, so that the mixture starts at 5.2 and ends at 2.4 as in ATLAS (Konstantinou 2018,
  Spine J 18:1030).
  Fluctuating course: 10.5 % in acute low back pain (Downie 2016, Pain).
* Day-to-day noise: mean within-person SD 1.2 (Page 2022, J Pain 23:1151), range 0.3-2.9 (IASP 2024 poster).
* Size of spikes and flares, and three flares in four lasting under a day: Suri 2011, BMC MSD 12:220.
* Days reported: 85 % in supported studies (Ono 2019, JMIR 21:e11398), 44.5 % in a less supported one.
* Assumed, from no publication: autocorrelation 0.3, how often flares start, people's spread within a class,
  every harsher condition of `Conditions`, and how often people name a wrong place in the leg.
"""

from .conditions import Conditions
from .furthest_place import simulate_furthest_place
from .leg_pain import KINDS, Course, Kind, simulate_course, simulate_leg_pain

__all__ = [
    "KINDS",
    "Conditions",
    "Course",
    "Kind",
    "simulate_course",
    "simulate_furthest_place",
    "simulate_leg_pain",
]
