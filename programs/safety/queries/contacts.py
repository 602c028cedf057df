"""Whom to call."""

from __future__ import annotations

from dataclasses import dataclass

from programs.accounts.actions import EMERGENCY_NUMBER
from programs.accounts.models import User


@dataclass(frozen=True, slots=True)
class Contacts:
    """The emergency number, and the clinic where it is known. Either of the clinic's fields may be empty."""

    emergency_number: str
    clinic_name: str
    clinic_phone: str


def contacts_of(user: User) -> Contacts:
    """The numbers of the clinic `user` belongs to, in whatever role."""
    if not user.memberships_now:
        return NOBODY_KNOWN
    clinic = user.memberships_now[0].clinic
    return Contacts(clinic.emergency_number, clinic.name, clinic.phone)


NOBODY_KNOWN = Contacts(EMERGENCY_NUMBER, "", "")
"""For somebody who is not signed in."""
