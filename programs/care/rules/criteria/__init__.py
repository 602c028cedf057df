"""What has to be so before a stage is left: each criterion met, not met or not known, with its numbers.

The criteria are those of the stage machine of the clinical fact base; they combine the pain-monitoring model
(Thomee 1997, Phys Ther 77:1690; Silbernagel 2007, Am J Sports Med 35:897), the worsening rules and usual
practice. All numbers are defaults, not yet checked by a clinician. Too little data is never "met".
"""

from programs.care.rules.criteria.criterion import MET, NOT_MET, STATES, UNKNOWN, Criterion
from programs.care.rules.criteria.readiness import Readiness, days_before, readiness

__all__ = [
    "MET",
    "NOT_MET",
    "STATES",
    "UNKNOWN",
    "Criterion",
    "Readiness",
    "days_before",
    "readiness",
]
