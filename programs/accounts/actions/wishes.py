"""How somebody wants their pages and sessions to be."""

from __future__ import annotations

from typing import TypedDict, Unpack

from programs.accounts.models import User


class Wishes(TypedDict, total=False):
    """Fields of a `User` that they choose themselves, each of them or some."""

    text_size: int
    voice: bool
    speed: str
    first_leg: str
    less_motion: bool
    time_zone: str


WISHES = tuple(Wishes.__annotations__)


def set_wishes(*, user: User, **wishes: Unpack[Wishes]) -> None:
    """Keep these wishes from now on; those that are not named stay as they are.

    A new time zone is for showing times: what was recorded keeps its day.
    """
    for name, value in wishes.items():
        setattr(user, name, value)
    user.clean_fields(exclude=["password"])
    user.save(update_fields=list(wishes))
