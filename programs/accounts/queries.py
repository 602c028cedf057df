"""Questions about clinics and care that more than one door asks."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef

from programs.accounts.models import CareTeam, Clinic, EscalationPolicy, Membership, Role, User


def clinic_of(user: User, role: Role) -> Clinic:
    """The clinic in which `user` holds `role` now (the first joined, should there be several)."""
    for membership in user.memberships_now:
        if membership.role == role:
            return membership.clinic
    raise Clinic.DoesNotExist


def therapists_of(patient: User, clinic: Clinic) -> list[User]:
    """Those who care for `patient` in `clinic` now, longest first: whom a flag must reach."""
    teams = CareTeam.objects.active().filter(patient=patient, clinic=clinic)
    return [team.therapist for team in teams.select_related("therapist").order_by("started_at", "id")]


def unreachable_patients(clinic: Clinic) -> list[User]:
    """The patients of a clinic for whom no therapist can be reached now, by name: the daily audit.

    Whoever once cared for them has left the clinic, or cannot sign in.
    """
    cared_for = CareTeam.objects.active().filter(patient=OuterRef("pk"), clinic=clinic)
    belongs = Membership.objects.active().filter(user=OuterRef("pk"), clinic=clinic, role=Role.PATIENT)
    return list(User.objects.filter(Exists(belongs), ~Exists(cared_for)).order_by("name", "id"))


def escalation_policy_of(clinic: Clinic) -> EscalationPolicy:
    """What the clinic has chosen, or a policy with the defaults that is not stored."""
    stored = EscalationPolicy.objects.select_related("saved_by").filter(clinic=clinic).first()
    return stored or EscalationPolicy(clinic=clinic)


@dataclass(frozen=True, slots=True)
class ReachableStaff:
    """Those who work in a clinic now and can sign in, who joined it first coming first."""

    policy: EscalationPolicy
    therapists: tuple[User, ...]
    administrators: tuple[User, ...]

    @property
    def duty_contact(self) -> User | None:
        """Told at once of what is urgent."""
        anybody = (*self.therapists, *self.administrators)
        return next((each for each in anybody if each.pk == self.policy.duty_contact_id), None)

    @property
    def backup(self) -> User | None:
        """The one person who is named to stand in, while they can be reached."""
        return next((each for each in self.therapists if each.pk == self.policy.backup_id), None)

    @property
    def backups(self) -> tuple[User, ...]:
        """Who is told when those who care for a patient have not taken a flag on: every therapist, where
        nobody is named.
        """
        return self.therapists if self.backup is None else (self.backup,)


def reachable_staff(clinic: Clinic) -> ReachableStaff:
    """Who of a clinic can be told, and by which policy."""
    working = Membership.objects.active().filter(clinic=clinic, user__is_active=True)
    members = list(working.exclude(role=Role.PATIENT).select_related("user").order_by("started_at", "id"))
    return ReachableStaff(
        policy=escalation_policy_of(clinic),
        therapists=tuple(each.user for each in members if each.role == Role.THERAPIST),
        administrators=tuple(each.user for each in members if each.role == Role.ADMIN),
    )


def care_of(patient_id: UUID, therapist: User) -> CareTeam | None:
    """The care `therapist` gives to this patient now, with its people and clinic, if any."""
    caring = CareTeam.objects.active().filter(therapist=therapist, patient=patient_id)
    return caring.select_related("patient", "therapist", "clinic").order_by("-started_at", "-id").first()
