"""Whom to call."""

from __future__ import annotations

from dataclasses import dataclass

from programs.accounts.models import User

EMERGENCY_NUMBER = "112"
"""Reaches help in the European Union, in the United Kingdom and from most mobile phones."""


@dataclass(frozen=True, slots=True)
class Contacts:
    """The emergency number, and the clinic where it is known. Either of the clinic's fields may be empty."""

    emergency_number: str
    clinic_name: str
    clinic_phone: str


def contacts_of(user: User) -> Contacts:
    """The numbers of the clinic `user` belongs to, in whatever role."""
    membership = user.memberships.active().select_related("clinic").order_by("started_at", "id").first()
    if membership is None:
        return NOBODY_KNOWN
    clinic = membership.clinic
    return Contacts(clinic.emergency_number, clinic.name, clinic.phone)


NOBODY_KNOWN = Contacts(EMERGENCY_NUMBER, "", "")
"""For somebody who is not signed in."""
