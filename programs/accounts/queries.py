"""Questions about clinics and care that more than one door asks."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef

from programs.accounts.models import CareTeam, Clinic, Membership, Role, User


def clinic_of(user: User, role: Role) -> Clinic:
    """The clinic in which `user` holds `role` now (the first joined, should there be several)."""
    membership = (
        user.memberships.active().filter(role=role).select_related("clinic").order_by("started_at", "id")
    ).first()
    if membership is None:
        raise Clinic.DoesNotExist
    return membership.clinic


def therapists_of(patient: User, clinic: Clinic) -> list[User]:
    """Those who care for `patient` in `clinic` now, longest first: whom a flag must reach."""
    teams = CareTeam.objects.active().filter(patient=patient, clinic=clinic)
    return [team.therapist for team in teams.select_related("therapist").order_by("started_at", "id")]


def administrators_of(clinic: Clinic) -> list[User]:
    """Whom a flag must reach when nobody cares for the patient."""
    return list(
        User.objects.filter(
            Exists(Membership.objects.active().filter(user=OuterRef("pk"), clinic=clinic, role=Role.ADMIN)),
            is_active=True,
        ).order_by("joined_at", "id")
    )


def care_of(patient_id: UUID, therapist: User) -> CareTeam | None:
    """The care `therapist` gives to this patient now, with its people and clinic, if any."""
    caring = CareTeam.objects.active().filter(therapist=therapist, patient=patient_id)
    return caring.select_related("patient", "therapist", "clinic").order_by("-started_at", "-id").first()
