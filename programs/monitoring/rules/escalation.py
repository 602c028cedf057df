"""When a flag that nobody has taken on becomes somebody else's business too.

A flag that nobody sees is the hazard: in a remote-monitoring programme for breast cancer 77 % of alerts were
closed within 48 hours, and the severe ones were not answered faster than the others, so that it cannot be
left to people to notice what is urgent. A cancer centre that followed 36,838 alerts up had all of them
reviewed, within an hour of working time on average (JMIR Med Inform 2022). The waits here are defaults, not
yet checked by a clinician. They are hours of the clock: the clinic's working hours, and the steps themselves
(who is told next, and after them), come with the escalation engine.
"""

from datetime import datetime, timedelta

from programs.monitoring.rules.findings import EMERGENCY, URGENT

WORSENING = "worsening"
"""The kind of a flag that a worsening rule opened; the other kinds are about what was not reported."""

SEVERE_WAITS = timedelta(minutes=15)
WORSENING_WAITS = timedelta(hours=4)
ABSENCE_WAITS = timedelta(hours=48)


def next_escalation(level: str, kind: str, at: datetime) -> datetime:
    """When a flag, open since `at`, goes a step further unless somebody takes it on."""
    if level in (URGENT, EMERGENCY):
        return at + SEVERE_WAITS
    return at + (WORSENING_WAITS if kind == WORSENING else ABSENCE_WAITS)
