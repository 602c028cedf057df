"""Patients who get worse while the engine is being killed, and flags that nobody takes on.

`python -m tests.chaos.flags prepare NEW OLD`: NEW patients whose next Daily check opens a flag, and OLD whose
flag is open already; each in a clinic of their own, so that every message is about one patient.
`python -m tests.chaos.flags drive START END`: between these times (seconds since 1970) the new ones report,
through the product's own action, as often as it takes; and the old ones' flags go a step further.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

if TYPE_CHECKING:  # Django is set up later, in main()
    from programs.accounts.models import User

RECORDED = (2, 2, 3, 2, 2, 2, 3, 2, 2, 2, 3, 2, 3, 2, 7, 8, 9)
"""The worst leg pain of the days before today."""
TODAY = 9
_NAMES = UUID("7e57ab1e-0000-4000-8000-000000000000")


def prepare(new: int, old: int) -> None:
    from programs.accounts.actions import join_clinic
    from programs.accounts.models import CareTeam, Clinic, EscalationPolicy, Role, User
    from programs.logbook.models import DailyCheck
    from tests import makers

    now = datetime.now(UTC)
    long_ago = now - timedelta(days=30)
    makers.library()
    for number in range(new + old):
        clinic = Clinic.objects.create(name=f"Clinic {number}")
        people = {}
        for role in ("patient", "therapist", "backup", "administrator"):
            people[role] = User.objects.create_user(
                f"{role}{number}@example.net", role.title(), time_zone="UTC"
            )
            kind = {"patient": Role.PATIENT, "administrator": Role.ADMIN}.get(role, Role.THERAPIST)
            join_clinic(user=people[role], clinic=clinic, role=kind, now=long_ago)
        patient = people["patient"]
        CareTeam.objects.create(
            clinic=clinic, patient=patient, therapist=people["therapist"], started_at=long_ago
        )
        EscalationPolicy.objects.create(clinic=clinic, backup=people["backup"])
        makers.plan(patient, people["therapist"], at=long_ago)
        DailyCheck.objects.bulk_create(
            DailyCheck(
                clinic=clinic,
                patient=patient,
                recorded_on=now.date() - timedelta(days=len(RECORDED) - day),
                worst_leg_pain=leg,
                worst_back_pain=2,
                reach_right=4,
            )
            for day, leg in enumerate(RECORDED)
        )
        if number >= new:
            report(patient)


def report(patient: User) -> None:
    """Today's check, the same one however often this is called."""
    from programs.logbook.actions import record_daily_check

    now = datetime.now(UTC)
    record_daily_check(
        clinic=patient.memberships.get().clinic,
        patient=patient,
        check_id=uuid5(_NAMES, patient.email),
        recorded_on=now.date(),
        worst_leg_pain=TODAY,
        worst_back_pain=2,
        reach_left=None,
        reach_right=4,
        now=now,
    )


def drive(start: float, end: float) -> dict[str, float]:
    """Returns by flag when its next step is due."""
    from programs.accounts.models import Role, User
    from programs.monitoring.models import Flag, FlagState

    open_flags = list(Flag.objects.filter(state=FlagState.OPEN).order_by("id"))
    step_at = {}
    for number, flag in enumerate(open_flags):
        at = datetime.fromtimestamp(start + (end - start) * (number + 0.5) / len(open_flags), UTC)
        Flag.objects.filter(pk=flag.pk).update(next_escalation_at=at)
        step_at[str(flag.pk)] = at.timestamp()
    worse = list(
        User.objects.filter(memberships__role=Role.PATIENT, email__endswith="@example.net")
        .exclude(pk__in=[flag.patient_id for flag in open_flags])
        .order_by("id")
    )
    chosen = random.Random(start)
    for patient, at in zip(worse, sorted(chosen.uniform(start, end) for _ in worse), strict=True):
        time.sleep(max(0.0, at - time.time()))
        until_stored(patient)
    return step_at


def until_stored(patient: User) -> None:
    from django.db import Error, connection

    while True:
        try:
            report(patient)
        except Error:  # the database was killed: the patient's own device tries again as well
            connection.close()
            time.sleep(0.3)
        else:
            return


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.chaos.settings")
    django.setup()
    command, first, second = sys.argv[1:]
    if command == "prepare":
        prepare(int(first), int(second))
    else:
        sys.stdout.write(json.dumps(drive(float(first), float(second))))


if __name__ == "__main__":
    main()
