"""Judging what was reported: at once, from time to time, and where nothing was reported at all."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from programs.accounts.models import Clinic, Membership, Role, User
from programs.accounts.queries import clinic_of
from programs.care.models import Mode, Plan
from programs.lib.times import local_day
from programs.logbook.actions.asking import ask_after_findings
from programs.logbook.actions.stages import review_stage
from programs.logbook.models import DailyCheck, WeeklyCheck
from programs.logbook.queries import RULE_WINDOW, recent_reports, reports_of
from programs.monitoring.actions import Watched, end_silence, review_absence, review_pain
from programs.monitoring.models import Flag

logger = logging.getLogger(__name__)

RE_DERIVED = timedelta(days=14)
WATCHED_AT_ONCE = 200


@transaction.atomic
def review_reports(
    *, clinic: Clinic, patient: User, now: datetime, reported_on: date | None = None
) -> list[Flag]:
    """Judge a patient's recent checks; returns the flags that this opened.

    Of a diary only the patient's own word is judged: new weakness, and "much worse".

    News is what was found in the last 14 days, and from `reported_on` on: a report that comes late is as new
    to the care team as one of today, and what it takes back is marked from its day on. Who was silent and
    reports again is no longer flagged for that, in a diary too.
    """
    today = local_day(now, patient.time_zone)
    since = min(reported_on or today, today - RE_DERIVED)
    reports = recent_reports(patient, since)
    if said_on := [report.recorded_on for report in reports if report.worst_leg_pain is not None]:
        end_silence(clinic=clinic, patient=patient, reported_on=max(said_on), now=now)
    plan = Plan.objects.current().filter(patient=patient).first()
    reviewed = review_pain(
        clinic=clinic,
        patient=patient,
        plan=plan,
        reports=reports,
        since=since,
        since_changed=reported_on,
        watches_trends=plan is None or plan.mode != Mode.DIARY,
        now=now,
    )
    ask_after_findings(clinic, patient, reviewed.news, now)
    review_stage(patient=patient, news=reviewed.news, is_new_flag=bool(reviewed.opened), now=now)
    return list(reviewed.opened)


def reconcile(*, now: datetime) -> list[Flag]:
    """Judge again everybody who reported in the last 14 days; returns what no other path had opened.

    Storing a report opens its flag in the same transaction, so each flag found here is a fault in this
    program: it is opened all the same, and reported. What has gone back to usual is closed.
    """
    since = (now - RE_DERIVED).date() - timedelta(days=1)
    missed: list[Flag] = []
    recent = {"patient": OuterRef("pk"), "recorded_on__gte": since}
    reporting = Exists(DailyCheck.objects.filter(**recent)) | Exists(WeeklyCheck.objects.filter(**recent))
    for patient in User.objects.filter(reporting, is_active=True).order_by("pk").iterator():
        try:
            missed += review_reports(clinic=clinic_of(patient, Role.PATIENT), patient=patient, now=now)
        except Clinic.DoesNotExist:
            continue
        except Exception:
            logger.exception("patient %s could not be re-judged", patient.pk)
    for flag in missed:
        logger.error("flag %s had been missed when its report was stored", flag.pk)
    return missed


def find_silent(*, now: datetime) -> list[Flag]:
    """Open a flag for everybody in a guided plan who has gone silent, or shows no change after weeks of it.

    Returns what this opened. Each is told once an episode, and a flag whose reason is gone is closed. A
    diary is not judged. The number of queries grows with hundreds of patients, not with each.
    """
    in_clinic = Membership.objects.active().filter(
        user=OuterRef("patient"), clinic=OuterRef("clinic"), role=Role.PATIENT
    )
    guided = Plan.objects.current().filter(Exists(in_clinic), mode=Mode.GUIDED, patient__is_active=True)
    ids = list(guided.order_by("pk").values_list("pk", flat=True))
    first = (now - RULE_WINDOW).date()
    opened: list[Flag] = []
    for start in range(0, len(ids), WATCHED_AT_ONCE):
        found = Plan.objects.filter(pk__in=ids[start : start + WATCHED_AT_ONCE])
        plans = {plan.patient_id: plan for plan in found.select_related("patient", "clinic")}
        watched = [Watched(plans[patient], reports) for patient, reports in reports_of(plans.keys(), first)]
        opened += review_absence(watched=watched, now=now)
    return opened
