"""Opening a flag from what a rule found, and a person taking it on and closing it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.accounts.models import Clinic, User
from programs.accounts.queries import administrators_of, therapists_of
from programs.care.models import Plan
from programs.delivery import actions as delivery
from programs.delivery.models import Notice
from programs.monitoring.models import Flag, FlagEvent, FlagState, Kind
from programs.monitoring.rules import RULES_VERSION, Finding, Score, explain, find_worsening

logger = logging.getLogger(__name__)

SOURCE = "flag"


@transaction.atomic
def review_pain(
    *,
    clinic: Clinic,
    patient: User,
    plan: Plan | None,
    scores: Sequence[Score],
    since: date,
    now: datetime,
) -> list[Flag]:
    """Judge a patient's scores; returns the flags that this opened (usually none).

    Findings before `since` are history: nobody is called for them. A finding already written down changes
    nothing, so any number of repeats, in any order, end in the same flags. While an episode is unresolved, a
    further finding is added to it. The care team is told once an episode, in this transaction; if whoever
    took it on no longer cares for the patient, a further finding opens it again for those who do.
    """
    User.objects.select_for_update(no_key=True).get(pk=patient.pk)
    news = [finding for finding in find_worsening(scores) if finding.found_on >= since]
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
        episode = (
            Flag.objects.filter(clinic=clinic, patient=patient, kind=Kind.WORSENING).unresolved().first()
        )
        if episode is None:
            opened.append(_open_flag(clinic, patient, plan, finding, now))
        else:
            _add_to(episode, finding, now)
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
    _notify(flag, now)
    return flag


def _add_to(episode: Flag, finding: Finding, now: datetime) -> None:
    _write_finding(episode, FlagEvent.Kind.FOUND_AGAIN, finding, now)
    if episode.owner is not None and episode.owner not in therapists_of(episode.patient, episode.clinic):
        FlagEvent.objects.create(flag=episode, kind=FlagEvent.Kind.REOPENED, at=now)
        Flag.objects.filter(pk=episode.pk).update(state=FlagState.OPEN, owner=None)
    _notify(episode, now)


def _notify(flag: Flag, now: datetime) -> None:
    """Tell those who care for the patient, each once for this flag and once more after a reopening."""
    therapists = therapists_of(flag.patient, flag.clinic)
    if not therapists:
        logger.error("flag %s: nobody cares for the patient, so the administrators are told", flag.pk)
    delivery.queue(
        clinic=flag.clinic,
        recipients=therapists or administrators_of(flag.clinic),
        notice=Notice.PATIENT_NEEDS_LOOK,
        source_kind=SOURCE,
        source_id=flag.pk,
        path=f"/patients/{flag.patient_id}/" if therapists else "/clinic/",
        nth=1 + flag.events.filter(kind=FlagEvent.Kind.REOPENED).count(),
        now=now,
    )


def _write_finding(flag: Flag, kind: FlagEvent.Kind, finding: Finding, now: datetime) -> None:
    FlagEvent.objects.create(
        flag=flag, kind=kind, at=now, rule=finding.rule, found_on=finding.found_on, note=explain(finding)
    )
