"""Whom a flag reaches at each step, and telling them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from programs.accounts.models import User
from programs.accounts.queries import ReachableStaff, therapists_of
from programs.delivery import actions as delivery
from programs.delivery.models import Notice
from programs.monitoring.models import Flag
from programs.monitoring.queries import CLINIC_PAGE, SOURCE, schedule_of, take_over_path
from programs.monitoring.rules import Step, is_severe, next_step_at

logger = logging.getLogger(__name__)

_NOBODY = {
    Step.CARE_TEAM: "nobody cares for the patient",
    Step.BACKUP: "nobody stands in for the care team",
    Step.ADMINISTRATORS: "the clinic has no administrator to tell",
}


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody who is told at a step, with those of the steps before it; one person may be named twice."""

    step: Step
    care_team: tuple[User, ...]
    on_duty: tuple[User, ...]
    backups: tuple[User, ...]
    administrators: tuple[User, ...]
    staff: ReachableStaff

    def in_words(self, told_before: int) -> str:
        """Who is told again and who is told now, where everybody up to a step has been told before."""
        groups = [(Step.CARE_TEAM, "the care team")] if self.care_team else []
        groups += [(Step.CARE_TEAM, f"{each.name} (on duty)") for each in self.on_duty]
        if self.staff.backup in self.backups:
            groups += [(Step.BACKUP, f"{each.name} (backup)") for each in self.backups]
        elif self.backups:
            groups.append((Step.BACKUP, "the other therapists"))
        if self.administrators:
            groups.append((Step.ADMINISTRATORS, "the administrators"))
        again = ", ".join(words for step, words in groups if step <= told_before)
        anew = ", ".join(words for step, words in groups if step > told_before)
        sentences = (f"Told again: {again}." if again else "", f"Told now: {anew}." if anew else "")
        return " ".join(filter(None, sentences)) or "There was nobody to tell."


def audience_of(flag: Flag, step: int, staff: ReachableStaff) -> Audience:
    """Whom `step` of a flag reaches, never its own patient. Where it reaches nobody who can act, those of the
    next step are told at once too: somebody on duty who is no therapist can only hand the patient on.
    """
    team = tuple(therapists_of(flag.patient, flag.clinic))
    therapists, administrators = (
        tuple(each for each in role if each.pk != flag.patient_id)
        for role in (staff.therapists, staff.administrators)
    )
    duty = tuple(
        each
        for each in dict.fromkeys((*therapists, *administrators))
        if each == staff.duty_contact and is_severe(flag.level)
    )
    others = tuple(each for each in therapists if each not in team)
    backups = (staff.backup,) if staff.backup in others and staff.backup else others
    reached = {
        Step.CARE_TEAM: bool(team) or any(each in therapists for each in duty),
        Step.BACKUP: bool(backups) or staff.backup in team,
        Step.ADMINISTRATORS: bool(administrators),
    }
    to = Step(step)
    while not reached[to]:
        logger.error("flag %s: %s", flag.pk, _NOBODY[to])
        if to == Step.ADMINISTRATORS:
            break
        to = Step(to + 1)
    return Audience(
        step=to,
        care_team=team,
        on_duty=duty,
        backups=backups if to >= Step.BACKUP else (),
        administrators=administrators if to >= Step.ADMINISTRATORS else (),
        staff=staff,
    )


def put_on_step(flag: Flag, audience: Audience, since: datetime, now: datetime) -> None:
    """The flag, open since then, stands on the step that was just taken; the caller saves it."""
    flag.step = audience.step
    schedule = schedule_of(audience.staff.policy)
    flag.next_escalation_at = next_step_at(flag.level, flag.kind, flag.step, since, now, schedule)


def send(flag: Flag, audience: Audience, notice: Notice, now: datetime) -> None:
    """Tell each person once for each time that the flag has told people, with the page where they can act.

    That is the patient's page for those who care for them, the page to take over for other therapists, and
    the clinic's page, where care is handed on, for everybody else.
    """
    pages: dict[User, str] = {}
    everybody = (*audience.care_team, *audience.on_duty, *audience.backups, *audience.administrators)
    for person in everybody:
        if person in audience.care_team:
            pages[person] = f"/patients/{flag.patient_id}/"
        elif person in audience.staff.therapists:
            pages[person] = take_over_path(flag.pk)
        else:
            pages[person] = CLINIC_PAGE
    for path in dict.fromkeys(pages.values()):
        delivery.queue(
            clinic=flag.clinic,
            recipients=[person for person, page in pages.items() if page == path],
            notice=notice,
            source_kind=SOURCE,
            source_id=flag.pk,
            path=path,
            nth=flag.told,
            now=now,
        )
