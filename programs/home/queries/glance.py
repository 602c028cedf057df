"""A first look at a patient's record: what there is, so that what is not there need not be asked for.

Each room says which signs of its own there are. All of them come from one query.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from programs.accounts.models import Clinic, User
from programs.conversations.queries import CareTeamWords, care_team_words
from programs.lib.times import local_day
from programs.logbook.queries import LogbookSigns, logbook_signs
from programs.logbook.queries.stage_signs import StageSigns, stage_signs
from programs.monitoring.queries import RuleSigns, rule_signs
from programs.reminders.queries import ReminderSigns, reminder_signs
from programs.safety.queries import SafetySigns, safety_signs


@dataclass(frozen=True, slots=True)
class Glance:
    """What each room has of a patient at a moment. What a sign says is not there is not read again."""

    safety: SafetySigns
    logbook: LogbookSigns
    stage: StageSigns
    rules: RuleSigns
    reminders: ReminderSigns
    words: CareTeamWords
    """The newest of the care team."""


def glance_at(patient: User, clinic: Clinic, now: datetime) -> Glance:
    """One query. `clinic` is the patient's. Ask only for a patient the caller may see."""
    row = User.objects.values(
        **safety_signs(patient),
        **logbook_signs(patient, local_day(now, patient.time_zone), now),
        **stage_signs(patient, now),
        **rule_signs(patient, clinic, now),
        **reminder_signs(patient, now),
        **care_team_words(patient),
    ).get(pk=patient.pk)
    return Glance(
        safety=SafetySigns(**_part_of(row, SafetySigns)),
        logbook=LogbookSigns(**_part_of(row, LogbookSigns)),
        stage=StageSigns(**_part_of(row, StageSigns)),
        rules=RuleSigns(**_part_of(row, RuleSigns)),
        reminders=ReminderSigns(**_part_of(row, ReminderSigns)),
        words=CareTeamWords(**_part_of(row, CareTeamWords)),
    )


def _part_of(row: dict[str, Any], signs: type) -> dict[str, Any]:
    return {field.name: row[field.name] for field in fields(signs)}
