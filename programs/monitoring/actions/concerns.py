"""The flag about a patient's safety answers: one for as long as somebody has to look, however many there are.

What was answered is judged by the room of safety, which hands its findings down.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction

from programs.accounts.models import Clinic, User
from programs.accounts.queries import therapists_of
from programs.care.models import Plan
from programs.monitoring.actions.episode import (
    clear_flag,
    open_again,
    open_flag,
    put_first,
    raise_flag,
    tell,
    write_finding,
)
from programs.monitoring.models import Flag, FlagEvent, FlagState, Kind, Level
from programs.monitoring.queries import findings_of
from programs.monitoring.rules import Finding, explain, severity

SOMETHING_NEW = "The patient has said something new."
SAID_AGAIN = "The patient has said it again."
CHECKED = "Checked on {} {:%B %Y}: {}."
NOT_CONFIRMED = "Said by the patient, not confirmed."
OWNER_HAS_LEFT = "Whoever took it on has left."


@transaction.atomic
def raise_concerns(
    *,
    clinic: Clinic,
    patient: User,
    findings: Sequence[Finding],
    rule_version: str,
    now: datetime,
    added_to: Collection[str] = (),
) -> Flag | None:
    """Write findings about a patient's safety into the one open flag about it; returns it, new or not.

    The care team is told when it opens, when something is more severe than it was, and when an emergency
    comes in anew; what somebody has put off opens again with anything new. A finding that the flag holds
    already, of the same rule and day, changes nothing unless it is more severe now, or an emergency said
    again about a flag that somebody has taken on. Hand each answer in once: a finding is taken as new.

    added_to: the rules of findings about which only a closer question was answered, and which are as severe
    as they were. Nobody has said those again.
    """
    User.objects.select_for_update(no_key=True).get(pk=patient.pk)
    flag = _episode(clinic, patient)
    for finding in sorted(findings, key=lambda each: -severity(each.level)):
        if flag is None:
            flag = open_flag(
                clinic=clinic,
                patient=patient,
                plan=Plan.objects.current().filter(patient=patient).first(),
                kind=Kind.SAFETY,
                finding=finding,
                counterfactual="",
                rule_version=rule_version,
                now=now,
            )
        else:
            _add(flag, finding, rule_version, now, is_said=finding.rule not in added_to)
    return flag


@transaction.atomic
def take_back_concerns(
    *, clinic: Clinic, patient: User, rules: Collection[str], because: str, now: datetime
) -> None:
    """Answers to closer questions have shown that there is nothing in these findings, or less.

    Where the open flag holds nothing else and nobody has taken it on, it closes; otherwise it waits for a
    person, and the findings stand in it as no longer found.
    """
    User.objects.select_for_update(no_key=True).get(pk=patient.pk)
    flag = _episode(clinic, patient)
    if flag is None:
        return
    current = [each.event for each in findings_of(flag) if each.is_current]
    for event in current:
        if event.rule in rules:
            FlagEvent.objects.create(
                flag=flag,
                kind=FlagEvent.Kind.SUPERSEDED,
                at=now,
                rule=event.rule,
                side=event.side,
                rule_version=event.rule_version,
                level=event.level,
                found_on=event.found_on,
                note=because,
            )
    if flag.state == FlagState.OPEN and all(event.rule in rules for event in current):
        clear_flag(flag, because, now)


def note_check(*, patient: User, checked_on: date, checked_where: str, by: User, now: datetime) -> None:
    """Write into what waits for a look that a clinician has checked the patient; it stays open.

    In every clinic: sessions may start again for all of them.
    """
    note = CHECKED.format(checked_on.day, checked_on, checked_where)
    if by.pk == patient.pk:
        note = f"{note} {NOT_CONFIRMED}"
    for flag in Flag.objects.unresolved().filter(patient=patient, kind=Kind.SAFETY):
        FlagEvent.objects.create(flag=flag, kind=FlagEvent.Kind.CHECKED, at=now, by=by, note=note)


def _episode(clinic: Clinic, patient: User) -> Flag | None:
    """The unresolved flag, held so that nobody closes it meanwhile."""
    unresolved = Flag.objects.unresolved().filter(clinic=clinic, patient=patient, kind=Kind.SAFETY)
    flag = unresolved.select_for_update(no_key=True).first()
    if flag is not None:
        flag.patient, flag.clinic = patient, clinic
    return flag


def _add(flag: Flag, finding: Finding, rule_version: str, now: datetime, *, is_said: bool) -> None:
    about = flag.events.filter(rule=finding.rule, side=finding.side, found_on=finding.found_on)
    newest = about.order_by("pk").last()
    is_raise = severity(finding.level) > severity(flag.level)
    calls_back = is_said and finding.level == Level.EMERGENCY and flag.owner is not None
    if newest is None:
        write_finding(flag, FlagEvent.Kind.FOUND_AGAIN, finding, rule_version, now)
    elif newest.kind == FlagEvent.Kind.SUPERSEDED:
        write_finding(flag, FlagEvent.Kind.RESTORED, finding, rule_version, now)
    elif severity(finding.level) <= severity(newest.level):
        if calls_back:
            _reopen(flag, f"{SAID_AGAIN} {explain(finding)}", now)
        return
    elif not is_raise:
        write_finding(flag, FlagEvent.Kind.RAISED, finding, rule_version, now)
    if is_raise:
        raise_flag(flag, finding, "", rule_version, now)
    elif flag.state == FlagState.SNOOZED or calls_back:
        if finding.level == flag.level:
            put_first(flag, finding, "", rule_version)
        _reopen(flag, SOMETHING_NEW, now)
    elif flag.owner is not None and flag.owner not in therapists_of(flag.patient, flag.clinic):
        _reopen(flag, OWNER_HAS_LEFT, now)
    else:
        tell(flag, now)


def _reopen(flag: Flag, because: str, now: datetime) -> None:
    FlagEvent.objects.create(flag=flag, kind=FlagEvent.Kind.REOPENED, at=now, note=because)
    open_again(flag, now)
