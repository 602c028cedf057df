"""Opening a flag from what a rule found, and a person taking it on and closing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.accounts.models import Clinic, User
from programs.accounts.queries import therapists_of
from programs.care.models import Plan
from programs.delivery import actions as delivery
from programs.delivery.models import Notice
from programs.monitoring.models import Flag, FlagEvent, FlagState, Kind
from programs.monitoring.rules import RULES_VERSION, Finding, Score, explain, find_worsening

# A finding older than this is history: nobody is called for it (reports can arrive late, or be imported).
STILL_NEWS = timedelta(days=14)
SOURCE = "flag"


@transaction.atomic
def review_pain(
    *,
    clinic: Clinic,
    patient: User,
    plan: Plan | None,
    scores: Sequence[Score],
    today: date,
    now: datetime,
) -> list[Flag]:
    """Judge a patient's scores; returns the flags that this opened (usually none).

    A finding already written down changes nothing, so any number of repeats, in any order, end in the same
    flags. While an episode is unresolved, a further finding is added to it. The care team is told once an
    episode, in this transaction.
    """
    User.objects.select_for_update(no_key=True).get(pk=patient.pk)
    news = [finding for finding in find_worsening(scores) if today - finding.found_on <= STILL_NEWS]
    if not news:
        return []
    known = set(
        FlagEvent.objects.filter(flag__patient=patient, found_on__isnull=False).values_list(
            "rule", "found_on"
        )
    )
    opened = []
    for finding in sorted(news, key=lambda each: (each.found_on, each.rule)):
        if (finding.rule, finding.found_on) in known:
            continue
        episode = Flag.objects.filter(patient=patient, kind=Kind.WORSENING).unresolved().first()
        if episode is None:
            opened.append(_open_flag(clinic, patient, plan, finding, now))
        else:
            _write_finding(episode, FlagEvent.Kind.FOUND_AGAIN, finding, now)
    return opened


@transaction.atomic
def acknowledge_flag(*, flag: Flag, by: User, now: datetime) -> Flag:
    """Take a flag on. Two people at once: the first owns it, and the second is told who does."""
    took = Flag.objects.filter(pk=flag.pk, state=FlagState.OPEN).update(
        state=FlagState.ACKNOWLEDGED, owner=by
    )
    flag.refresh_from_db()
    if took:
        FlagEvent.objects.create(flag=flag, kind=FlagEvent.Kind.ACKNOWLEDGED, at=now, by=by)
        delivery.withdraw(source_kind=SOURCE, source_id=flag.pk)
    elif flag.state == FlagState.RESOLVED:
        raise ValidationError("This is done already.")
    elif flag.owner != by:
        name = flag.owner.name if flag.owner else "Somebody"
        raise ValidationError(f"{name} is looking at this already.")
    return flag


@transaction.atomic
def resolve_flag(*, flag: Flag, by: User, note: str, now: datetime) -> Flag:
    """Close a flag with a word on what was done. Closing it again changes nothing."""
    unresolved = Flag.objects.filter(pk=flag.pk).unresolved()
    if unresolved.update(state=FlagState.RESOLVED):
        FlagEvent.objects.create(flag=flag, kind=FlagEvent.Kind.RESOLVED, at=now, by=by, note=note)
        delivery.withdraw(source_kind=SOURCE, source_id=flag.pk)
    flag.refresh_from_db()
    return flag


def _open_flag(clinic: Clinic, patient: User, plan: Plan | None, finding: Finding, now: datetime) -> Flag:
    flag = Flag.objects.create(
        clinic=clinic,
        patient=patient,
        plan=plan,
        kind=Kind.WORSENING,
        rule=finding.rule,
        rule_version=RULES_VERSION,
        found_on=finding.found_on,
        sentence=explain(finding),
        evidence=finding.evidence.as_dict(),
        opened_at=now,
    )
    _write_finding(flag, FlagEvent.Kind.OPENED, finding, now)
    delivery.queue(
        clinic=clinic,
        recipients=therapists_of(patient, clinic),
        notice=Notice.PATIENT_NEEDS_LOOK,
        source_kind=SOURCE,
        source_id=flag.pk,
        path=f"/patients/{patient.pk}/",
        now=now,
    )
    return flag


def _write_finding(flag: Flag, kind: FlagEvent.Kind, finding: Finding, now: datetime) -> None:
    FlagEvent.objects.create(
        flag=flag, kind=kind, at=now, rule=finding.rule, found_on=finding.found_on, note=explain(finding)
    )
