"""Who belongs to a clinic and who cares for whom: what an administrator sees, without any health data.

That a patient waits for a look is shown once an administrator was told of it; why is not.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from programs.accounts.models import CareTeam, Clinic, Erasure, Invitation, Membership, Role, User
from programs.monitoring.queries import waiting_for_administrators

_TOLD_FOR = timedelta(days=90)
"""For so long the clinic is told that somebody deleted their account."""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who works in the clinic. `patients` is None for those who are not therapists."""

    user: User
    roles: tuple[str, ...]
    patients: int | None


@dataclass(frozen=True, slots=True)
class PatientMember:
    """A patient of the clinic. Without a therapist nobody sees their reports: somebody has to mend that."""

    user: User
    therapists: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaitingPatient:
    """A patient who needs a look. An administrator was told, and nobody has taken it on since then."""

    user: User
    since: datetime


@dataclass(frozen=True, slots=True)
class Deleted:
    """How many patients deleted their own account on a day. Who they were is not kept."""

    on: date
    accounts: int


@dataclass(frozen=True, slots=True)
class ClinicOverview:
    staff: tuple[StaffMember, ...]
    patients: tuple[PatientMember, ...]
    invitations: tuple[Invitation, ...]
    waiting: tuple[WaitingPatient, ...]
    deleted: tuple[Deleted, ...]

    @property
    def uncared_for(self) -> int:
        return sum(not patient.therapists for patient in self.patients)


def clinic_overview(clinic: Clinic, now: datetime) -> ClinicOverview:
    """The people of a clinic and its invitations that nobody has used."""
    roles: dict[User, list[Role]] = {}
    members = Membership.objects.active().filter(clinic=clinic).select_related("user")
    for membership in members.order_by("user__name", "user_id", "started_at", "id"):
        roles.setdefault(membership.user, []).append(Role(membership.role))
    caseloads: dict[User, set[User]] = {}
    carers: dict[User, list[str]] = {}
    teams = CareTeam.objects.active().filter(clinic=clinic).select_related("therapist", "patient")
    for team in teams.order_by("therapist__name", "id"):
        caseloads.setdefault(team.therapist, set()).add(team.patient)
        carers.setdefault(team.patient, []).append(team.therapist.name)
    staff = [
        StaffMember(
            user=user,
            roles=tuple(role.label for role in held if role != Role.PATIENT),
            patients=len(caseloads.get(user, ())) if Role.THERAPIST in held else None,
        )
        for user, held in roles.items()
        if set(held) - {Role.PATIENT}
    ]
    patients = [
        PatientMember(user, tuple(carers.get(user, ())))
        for user, held in roles.items()
        if Role.PATIENT in held
    ]
    invitations = Invitation.objects.filter(clinic=clinic).unused(now).select_related("invited_by")
    waiting: dict[User, datetime] = {}
    for flag, since in waiting_for_administrators(clinic):
        waiting[flag.patient] = min(since, waiting.get(flag.patient, since))
    return ClinicOverview(
        staff=tuple(staff),
        patients=tuple(patients),
        invitations=tuple(invitations),
        waiting=tuple(WaitingPatient(*each) for each in waiting.items()),
        deleted=_deleted(clinic, now),
    )


def _deleted(clinic: Clinic, now: datetime) -> tuple[Deleted, ...]:
    """Newest day first."""
    erased = Erasure.objects.filter(clinic=clinic, erased_at__gt=now - _TOLD_FOR)
    days = Counter(timezone.localdate(at) for at in erased.values_list("erased_at", flat=True))
    return tuple(Deleted(on, accounts) for on, accounts in sorted(days.items(), reverse=True))
