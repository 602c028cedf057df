"""Choosing whom a clinic has told while nobody takes a flag on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.accounts.models import Clinic, EscalationPolicy, User
from programs.accounts.queries import ReachableStaff, escalation_policy_of, reachable_staff


class Wait(NamedTuple):
    """How long a clinic may wait: in whole `unit`s, both ends allowed. The longest is the default."""

    shortest: int
    longest: int
    unit: str


WAITS: Mapping[str, Wait] = {
    "urgent_backup_minutes": Wait(1, 15, "minutes"),
    "urgent_administrators_minutes": Wait(1, 30, "minutes"),
    "urgent_repeat_minutes": Wait(5, 30, "minutes"),
    "flag_backup_hours": Wait(1, 4, "hours"),
    "flag_administrators_hours": Wait(1, 24, "hours"),
    "absence_backup_hours": Wait(1, 48, "hours"),
    "repeat_hours": Wait(1, 24, "hours"),
}
_IN_ORDER = (
    ("urgent_backup_minutes", "urgent_administrators_minutes"),
    ("flag_backup_hours", "flag_administrators_hours"),
)
SHORTEST_DAY = timedelta(hours=4)

OUT_OF_BOUNDS = "Choose {0.shortest} to {0.longest} {0.unit}."
OUT_OF_ORDER = "The administrators are told after the backup: choose at least {} {}."
NO_DAY = "Choose at least one day."
SHORT_DAY = "Choose a time at least 4 hours after opening."
CANNOT_ACT = "Choose somebody who works here now and can sign in."
NO_BACKUP = "Choose who stands in: this clinic has no other therapist."
NO_ADMINISTRATOR = "This clinic has no administrator who can sign in."


@transaction.atomic
def save_escalation_policy(*, clinic: Clinic, by: User, now: datetime, **values: object) -> EscalationPolicy:
    """Put a policy in force for every step from now on; returns it.

    `values` are fields of `EscalationPolicy`; those left out stay as they are.

    Refused where it is slower than the defaults, or where a step would reach nobody. Who cares for a patient
    is not asked here: that nobody's patient is left without a therapist is seen to by `end_care`.
    """
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    policy = escalation_policy_of(clinic)
    for name, value in values.items():
        policy._meta.get_field(name)  # a wrong name is a fault of the caller
        setattr(policy, name, value)
    policy.weekdays = sorted(set(policy.weekdays))
    errors = _wrong_times(policy) | _unreachable(policy, reachable_staff(clinic))
    if errors:
        raise ValidationError(errors)
    policy.clean_fields(exclude=["clinic", "saved_by", "duty_contact", "backup"])
    policy.saved_by, policy.saved_at = by, now
    policy.save()
    return policy


def _wrong_times(policy: EscalationPolicy) -> dict[str, str]:
    errors = {
        name: OUT_OF_BOUNDS.format(wait)
        for name, wait in WAITS.items()
        if not wait.shortest <= getattr(policy, name) <= wait.longest
    }
    for first, then in _IN_ORDER:
        if first not in errors and then not in errors and getattr(policy, first) > getattr(policy, then):
            errors[then] = OUT_OF_ORDER.format(getattr(policy, first), WAITS[then].unit)
    if not policy.weekdays or not set(policy.weekdays) <= set(range(7)):
        errors["weekdays"] = NO_DAY
    opens, closes = (datetime.combine(date.min, moment) for moment in (policy.opens_at, policy.closes_at))
    if closes - opens < SHORTEST_DAY:
        errors["closes_at"] = SHORT_DAY
    return errors


def _unreachable(policy: EscalationPolicy, staff: ReachableStaff) -> dict[str, str]:
    errors = {}
    anybody = {each.pk for each in (*staff.therapists, *staff.administrators)}
    therapists = {each.pk for each in staff.therapists}
    if policy.duty_contact_id is not None and policy.duty_contact_id not in anybody:
        errors["duty_contact"] = CANNOT_ACT
    if policy.backup_id is not None and policy.backup_id not in therapists:
        errors["backup"] = CANNOT_ACT
    if policy.backup_id is None and len(therapists) < 2:
        errors["backup"] = NO_BACKUP
    if not staff.administrators:
        errors["__all__"] = NO_ADMINISTRATOR
    return errors
