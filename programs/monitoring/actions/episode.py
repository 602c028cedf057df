"""The life of one flag, apart from what people do: opened, raised, told of, closed by the reports."""

from __future__ import annotations

from datetime import datetime

from programs.accounts.models import Clinic, User
from programs.accounts.queries import reachable_staff
from programs.care.models import Plan
from programs.delivery import actions as delivery
from programs.delivery.models import Notice
from programs.monitoring.actions.telling import audience_of, put_on_step, send
from programs.monitoring.models import Flag, FlagEvent, FlagState, Kind, Outcome
from programs.monitoring.queries import SOURCE
from programs.monitoring.rules import Finding, Step, explain


def open_flag(
    *,
    clinic: Clinic,
    patient: User,
    plan: Plan | None,
    kind: Kind,
    finding: Finding,
    counterfactual: str,
    rule_version: str,
    now: datetime,
) -> Flag:
    """A new episode, with those who care for the patient told in the same transaction."""
    flag = Flag(
        clinic=clinic,
        patient=patient,
        plan=plan,
        kind=kind,
        level=finding.level,
        rule=finding.rule,
        side=finding.side,
        rule_version=rule_version,
        found_on=finding.found_on,
        sentence=explain(finding),
        evidence=finding.evidence.as_dict(),
        counterfactual=counterfactual,
        opened_at=now,
    )
    audience = audience_of(flag, Step.CARE_TEAM, reachable_staff(clinic))
    put_on_step(flag, audience, now, now)
    flag.save(force_insert=True)
    write_finding(flag, FlagEvent.Kind.OPENED, finding, rule_version, now)
    send(flag, audience, Notice.PATIENT_NEEDS_LOOK, now)
    return flag


def raise_flag(flag: Flag, finding: Finding, counterfactual: str, rule_version: str, now: datetime) -> None:
    """Something more severe: the flag becomes about that, is everybody's again, and everybody is told."""
    put_first(flag, finding, counterfactual, rule_version)
    write_finding(flag, FlagEvent.Kind.RAISED, finding, rule_version, now)
    open_again(flag, now)


def put_first(flag: Flag, finding: Finding, counterfactual: str, rule_version: str) -> None:
    """Make the flag about this finding; what it was about stays in its events."""
    flag.level = finding.level
    flag.rule = finding.rule
    flag.side = finding.side
    flag.rule_version = rule_version
    flag.found_on = finding.found_on
    flag.sentence = explain(finding)
    flag.evidence = finding.evidence.as_dict()
    flag.counterfactual = counterfactual
    flag.save(
        update_fields=[
            "level",
            "rule",
            "side",
            "rule_version",
            "found_on",
            "sentence",
            "evidence",
            "counterfactual",
        ]
    )


def open_again(flag: Flag, now: datetime) -> None:
    """Nobody's and waiting again, from the first step on; the event that says why is there already.

    Those who care for the patient are told once more.
    """
    flag.state = FlagState.OPEN
    flag.outcome = ""
    flag.owner = None
    flag.snoozed_until = None
    flag.told += 1
    audience = audience_of(flag, Step.CARE_TEAM, reachable_staff(flag.clinic))
    put_on_step(flag, audience, now, now)
    flag.save(
        update_fields=["state", "outcome", "owner", "snoozed_until", "step", "told", "next_escalation_at"]
    )
    delivery.withdraw(source_kind=SOURCE, source_id=flag.pk)
    send(flag, audience, Notice.PATIENT_NEEDS_LOOK, now)


def clear_flag(flag: Flag, because: str, now: datetime) -> None:
    """The reports themselves have closed it; `because` says so with their numbers. Its owner stays on it."""
    flag.state = FlagState.RESOLVED
    flag.outcome = Outcome.CLEARED
    flag.snoozed_until = None
    flag.next_escalation_at = None
    flag.save(update_fields=["state", "outcome", "snoozed_until", "next_escalation_at"])
    FlagEvent.objects.create(flag=flag, kind=FlagEvent.Kind.CLEARED, at=now, note=because)
    delivery.withdraw(source_kind=SOURCE, source_id=flag.pk)


def tell(flag: Flag, now: datetime) -> None:
    """Something has been added to a flag: tell those of its step who do not know of the flag yet.

    Each is told once, and once more each time that it opens again or goes a step further.
    """
    step = flag.step if flag.state == FlagState.OPEN else Step.CARE_TEAM
    audience = audience_of(flag, step, reachable_staff(flag.clinic))
    send(flag, audience, Notice.PATIENT_NEEDS_LOOK, now)


def write_finding(
    flag: Flag, kind: FlagEvent.Kind, finding: Finding, rule_version: str, now: datetime
) -> None:
    """An event with everything that the rule saw."""
    FlagEvent.objects.create(
        flag=flag,
        kind=kind,
        at=now,
        rule=finding.rule,
        side=finding.side,
        rule_version=rule_version,
        level=finding.level,
        found_on=finding.found_on,
        evidence=finding.evidence.as_dict(),
        note=explain(finding),
    )
