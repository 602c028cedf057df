"""A person taking a flag on, putting it off and closing it; and bringing back what was put off."""

from __future__ import annotations

import logging
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from programs.accounts.models import User
from programs.accounts.queries import therapists_of
from programs.delivery import actions as delivery
from programs.lib.times import local_day
from programs.monitoring.actions.episode import open_again
from programs.monitoring.models import Flag, FlagEvent, FlagState, Level, Outcome
from programs.monitoring.queries import SOURCE, last_said

logger = logging.getLogger(__name__)

LONGEST_SNOOZE = timedelta(days=14)
WAKES_AT = time(8)
"""When a flag is back on its day, by the clock of whoever put it off: as the working day begins."""
_BATCH = 100

DONE_ALREADY = "Somebody has closed this already. Nothing was changed."
CANNOT_WAIT = "An urgent flag cannot be put off."
WRONG_DAY = "Choose a day from tomorrow to 14 days from today."
SOMETHING_NEW = "Something new has come in since. Please look again."
IS_TAKEN = "{} is looking at this already."
NO_OUTCOME = "Choose whether this was worth a look."


@transaction.atomic
def acknowledge_flag(*, flag: Flag, by: User, now: datetime, seen: str = "") -> Flag:
    """Take a flag on. Two people at once: the first owns it, and the second is told who does.

    Whoever put a flag off can take it on before its time is over, and anybody what was left behind by one
    who cares for the patient no longer. `seen` is what `last_said` gave when the flag was read: what has come
    in since has to be read first. Without it nothing is asked.
    """
    _hold(flag, seen)
    free = Q(state=FlagState.OPEN) | Q(state=FlagState.SNOOZED, owner=by)
    if flag.owner is not None and flag.owner not in therapists_of(flag.patient, flag.clinic):
        free |= Q(owner=flag.owner) & ~Q(state=FlagState.RESOLVED)
    took = Flag.objects.filter(free, pk=flag.pk).update(
        state=FlagState.ACKNOWLEDGED, owner=by, next_escalation_at=None, snoozed_until=None
    )
    flag.refresh_from_db()
    if took:
        FlagEvent.objects.create(flag=flag, kind=FlagEvent.Kind.ACKNOWLEDGED, at=now, by=by)
        delivery.withdraw(source_kind=SOURCE, source_id=flag.pk)
    else:
        _refuse_unless_own(flag, by)
    return flag


@transaction.atomic
def snooze_flag(*, flag: Flag, by: User, until: date, now: datetime, seen: str = "") -> Flag:
    """Put a flag off to the morning of a day, 1 to 14 of one's own local days from now, as one's own.

    The same day again changes nothing; another day moves it. What is urgent cannot wait, and what somebody
    else has taken on is theirs. `seen` as for taking it on.
    """
    _hold(flag, seen)
    today = local_day(now, by.time_zone)
    if not today < until <= today + LONGEST_SNOOZE:
        raise ValidationError({"until": WRONG_DAY})
    wakes_at = datetime.combine(until, WAKES_AT, ZoneInfo(by.time_zone))
    free = Q(state=FlagState.OPEN) | Q(state=FlagState.ACKNOWLEDGED, owner=by)
    mine = Q(state=FlagState.SNOOZED, owner=by) & ~Q(snoozed_until=wakes_at)
    took = Flag.objects.filter(free | mine, pk=flag.pk, level=Level.FLAG).update(
        state=FlagState.SNOOZED, owner=by, next_escalation_at=None, snoozed_until=wakes_at
    )
    flag.refresh_from_db()
    if took:
        note = f"Until {until.day} {until:%B}."
        FlagEvent.objects.create(flag=flag, kind=FlagEvent.Kind.SNOOZED, at=now, by=by, note=note)
        delivery.withdraw(source_kind=SOURCE, source_id=flag.pk)
    else:
        _refuse_unless_own(flag, by)
        if flag.level != Level.FLAG:
            raise ValidationError(CANNOT_WAIT)
    return flag


@transaction.atomic
def resolve_flag(*, flag: Flag, by: User, outcome: str, note: str, now: datetime, seen: str = "") -> Flag:
    """Close a flag: was it worth a look, and what was done. Closing it again changes nothing,
    and whoever comes second is told so. `seen` as for taking it on.
    """
    _hold(flag, seen)
    if outcome not in (Outcome.HELPFUL, Outcome.NOT_HELPFUL):
        raise ValidationError({"outcome": NO_OUTCOME})
    closed = (
        Flag.objects.filter(pk=flag.pk)
        .unresolved()
        .update(state=FlagState.RESOLVED, outcome=outcome, next_escalation_at=None, snoozed_until=None)
    )
    if closed:
        FlagEvent.objects.create(flag=flag, kind=FlagEvent.Kind.RESOLVED, at=now, by=by, note=note)
        delivery.withdraw(source_kind=SOURCE, source_id=flag.pk)
    elif not flag.events.filter(kind=FlagEvent.Kind.RESOLVED, by=by).exists():
        raise ValidationError(DONE_ALREADY)
    flag.refresh_from_db()
    return flag


def wake_snoozed(*, now: datetime) -> list[Flag]:
    """Open again what was put off until now, and tell everybody once more; returns what this woke.

    Safe to run any number of times at once. A run takes the 100 that have waited longest.
    """
    woken = []
    for pk in (
        Flag.objects.snooze_over(now).order_by("snoozed_until", "id").values_list("pk", flat=True)[:_BATCH]
    ):
        try:
            flag = _wake(pk, now)
        except Exception:  # one flag's fault keeps no other asleep; the next run tries again
            logger.exception("flag %s could not be woken", pk)
        else:
            woken += [flag] if flag else []
    return woken


@transaction.atomic
def _wake(pk: UUID, now: datetime) -> Flag | None:
    over = Flag.objects.snooze_over(now).select_for_update(no_key=True, of=("self",))
    flag = over.select_related("patient", "clinic").filter(pk=pk).first()
    if flag is None:  # somebody took it on, closed it or woke it meanwhile
        return None
    FlagEvent.objects.create(flag=flag, kind=FlagEvent.Kind.WOKEN, at=now)
    open_again(flag, now)
    return flag


def _hold(flag: Flag, seen: str) -> None:
    """Keep others from changing the flag meanwhile, read it anew, and see that it was read as it is."""
    Flag.objects.select_for_update(no_key=True).get(pk=flag.pk)
    flag.refresh_from_db()
    if seen and seen != last_said(flag):
        raise ValidationError(SOMETHING_NEW)


def _refuse_unless_own(flag: Flag, by: User) -> None:
    if flag.state == FlagState.RESOLVED:
        raise ValidationError(DONE_ALREADY)
    if flag.owner is not None and flag.owner != by:
        raise ValidationError(IS_TAKEN.format(flag.owner.name))
