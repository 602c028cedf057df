"""The one e-mail a day: on which days it goes out, to whom, and what is not in it."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from programs.accounts.models import EscalationPolicy
from programs.delivery.actions import deliver_due, opt_out_of_email
from programs.delivery.models import Channel, Delivery, Lane, Notice
from programs.monitoring.models import Flag, FlagState
from programs.reminders.actions import remind_due
from programs.reminders.models import Reminder
from tests import makers
from tests.reminders.test_reminders_sweep import a_session, day, moment, reminders

pytestmark = pytest.mark.django_db

MORNING = time(8)
SUNDAY = "22"


def digests(until: str = "08:05", start: str = "00:00", **more: object) -> list[str]:
    came = day(start=start, until=until, **more)  # type: ignore[arg-type]
    return [each for each in came if each.endswith(("digest", "caseload"))]


def test_it_comes_once_a_day_by_e_mail_alone(alice, plan, settings):
    settings.VAPID_PRIVATE_KEY = "set"
    makers.push_subscription(alice)
    reminders(alice, digest_at=MORNING, session_times=[time(18)])

    assert digests(until="21 08:05") == ["08:00 digest", "21 08:00 digest"]
    sent = Delivery.objects.filter(notice=Notice.DIGEST)
    assert [each.channel for each in sent] == [Channel.EMAIL] * 2
    assert sent.values_list("path", flat=True).distinct().get() == "/reminders/"


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        pytest.param({}, [], id="nothing is on"),
        pytest.param({"session_times": [time(18)]}, ["08:00 digest"], id="exercises today"),
        pytest.param({"session_times": [MORNING]}, ["08:00 digest"], id="at the same moment"),
        pytest.param({"session_times": [time(7)]}, [], id="earlier today"),
        pytest.param({"session_times": [time(18)], "weekdays": [6]}, [], id="exercises on another day"),
        pytest.param({"daily_check_at": time(19)}, ["08:00 digest"], id="Daily check"),
        pytest.param({"morning_check_at": time(9)}, [], id="no session yesterday"),
    ],
)
def test_it_is_left_out_on_a_day_with_nothing_to_come(alice, plan, wishes, expected):
    reminders(alice, digest_at=MORNING, **wishes)

    assert digests() == expected


def test_a_morning_to_be_asked_about_is_something(alice, plan):
    reminders(alice, digest_at=MORNING, morning_check_at=time(9))

    assert digests(events=[("10:00", a_session(plan))], until="22 08:05") == ["21 08:00 digest"]


def test_what_is_done_already_is_not_to_come(alice):
    reminders(alice, digest_at=MORNING, daily_check_at=time(19))
    makers.daily_check(alice, 3, now=moment("06:00"))

    assert digests() == []


def test_exercises_nobody_may_do_are_nothing_to_come(alice, plan):
    reminders(alice, digest_at=MORNING, session_times=[time(18)])
    makers.answered(alice, RF01="yes")

    assert digests() == []


def test_movement_breaks_are_something_to_come(alice):
    reminders(alice, digest_at=MORNING)
    makers.break_rule(alice, now=moment("06:00"))

    assert digests() == ["08:00 digest"]


def test_the_e_mail_tells_nothing_about_health_and_how_to_stop_it(alice, plan, mailoutbox):
    makers.daily_check(alice, 7, now=moment("06:00"))
    reminders(alice, digest_at=MORNING, session_times=[time(18)])
    remind_due(now=moment("08:00"))
    deliver_due(lane=Lane.PROMPT, now=moment("08:00"))

    (email,) = mailoutbox
    said = f"{email.subject} {email.body}".lower()
    assert email.to == ["alice@example.org"]
    assert said.count("/unsubscribe/") == 1
    for word in ("pain", "leg", "sciatica", "exercise ", "alice", "stage", "7"):
        without_links = " ".join(part for part in said.split() if "://" not in part)
        assert word not in without_links


def test_whoever_has_unsubscribed_gets_none(alice, plan, mailoutbox):
    reminders(alice, digest_at=MORNING, session_times=[time(18)])
    opt_out_of_email(user=alice, now=moment("07:00"))
    remind_due(now=moment("08:00"))
    deliver_due(lane=Lane.PROMPT, now=moment("08:00"))

    assert mailoutbox == []


@pytest.fixture
def flag(alice, plan) -> Flag:
    """Alice gets worse, and nobody has looked."""
    makers.daily_checks(alice, makers.RISING, now=moment("06:00"))
    return Flag.objects.get(state=FlagState.OPEN)


def test_a_therapist_is_told_on_working_days(bob, flag):
    reminders(bob, digest_at=MORNING)

    assert digests(until="24 08:05") == ["08:00 caseload", "23 08:00 caseload", "24 08:00 caseload"]


def test_on_the_working_days_of_the_clinic(bob, flag, clinic):
    EscalationPolicy.objects.create(clinic=clinic, weekdays=[6])
    reminders(bob, digest_at=MORNING)

    assert digests(until="24 08:05") == [f"{SUNDAY} 08:00 caseload"]


def test_it_goes_by_e_mail_and_push_with_no_name_in_it(bob, flag, settings, mailoutbox):
    settings.VAPID_PRIVATE_KEY = "set"
    makers.push_subscription(bob)
    reminders(bob, digest_at=MORNING)
    Delivery.objects.all().delete()
    remind_due(now=moment("08:00"))

    sent = Delivery.objects.filter(notice=Notice.CASELOAD_DIGEST, recipient=bob)
    assert {each.channel for each in sent} == {Channel.EMAIL, Channel.WEB_PUSH}
    assert {each.path for each in sent} == {"/caseload/"}
    sent.filter(channel=Channel.WEB_PUSH).delete()
    deliver_due(lane=Lane.PROMPT, now=moment("08:00"))
    (email,) = mailoutbox
    assert "Alice" not in email.subject + email.body


def test_nobody_is_told_where_nothing_waits(bob, alice, plan):
    reminders(bob, digest_at=MORNING)

    assert digests() == []


@pytest.mark.parametrize(
    ("state", "is_told"),
    [(FlagState.OPEN, True), (FlagState.ACKNOWLEDGED, True), (FlagState.SNOOZED, False)],
)
def test_what_waits_is_open_or_being_looked_at(bob, flag, state, is_told):
    reminders(bob, digest_at=MORNING)
    Flag.objects.update(state=state, owner=bob, snoozed_until=moment("25 12:00"))

    assert bool(digests()) == is_told


def test_a_flag_of_somebody_elses_patient_is_nothing(flag, clinic, charlie):
    carl = makers.therapist(clinic, "carl")
    for each in (carl, charlie):
        reminders(each, digest_at=MORNING)

    assert digests() == []


def test_nor_of_a_patient_whom_they_care_for_no_longer(bob, flag, alice):
    reminders(bob, digest_at=MORNING)
    alice.care_team.update(ended_at=moment("07:00"))

    assert digests() == []


def test_it_is_never_told_in_the_quiet_time(bob, flag):
    """It was late: what would show then is cut off where the quiet time begins."""
    reminders(bob, digest_at=time(20, 30), quiet_start=time(21), quiet_end=time(7))
    remind_due(now=moment("20:30"))

    sent = Delivery.objects.get(notice=Notice.CASELOAD_DIGEST, channel=Channel.EMAIL)
    assert sent.expires_at == moment("21:00")
    Reminder.objects.update(next_due_at=moment("20:30"))
    assert remind_due(now=moment("21:00") + timedelta(seconds=1)) == 0
