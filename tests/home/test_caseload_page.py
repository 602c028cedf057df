"""The therapist's list: who needs a look, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, CareTeam, Role, User
from programs.care.actions import begin_flare
from programs.care.models import Mode, Plan, Side
from programs.home.queries.caseload import CaseloadRow, Group, caseload
from programs.library.models import Contraindication
from programs.logbook.actions import find_silent, record_session
from programs.logbook.models import DailyCheck
from programs.monitoring.actions import acknowledge_flag, resolve_flag, snooze_flag, wake_snoozed
from programs.monitoring.actions.settings import save_rule_setting
from programs.monitoring.models import Flag, Kind
from programs.safety.queries import exclusion_questions
from tests import makers, pages
from tests.care.plans import move

pytestmark = pytest.mark.once

NOON = makers.NOON
CASELOAD = "/caseload/"
QUERIES = 11  # session, user, roles with clinics, the list's own seven, and the record of access
LIST_QUERIES = 7


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def patient(bob: User, name: str, since: timedelta = timedelta(days=60), **more) -> User:
    """A patient of bob's with a plan, cared for since a while."""
    clinic = bob.memberships.get().clinic
    person = makers.patient(clinic, name, cared_for_by=bob, **more)
    CareTeam.objects.filter(patient=person).update(started_at=NOON - since)
    makers.plan(person, bob, at=NOON - since)
    return person


def session_with(of: User, outcomes: Sequence[str]) -> None:
    """A session now with these outcomes, as far as they go."""
    plan = of.plans.get()
    record_session(
        plan=plan,
        session_id=uuid4(),
        plan_version=makers.version(plan),
        stage_number=1,
        started_at=NOON - timedelta(minutes=9),
        finished_at=NOON,
        pain_before=None,
        pain_peak=None,
        pain_after=None,
        results=[
            replace(result, outcome=outcome)
            for result, outcome in zip(makers.results(plan), outcomes, strict=False)
        ],
        note="",
        now=NOON,
    )


def row_of(person: User, therapist: User) -> CaseloadRow:
    return next(row for row in caseload(therapist, NOON) if row.patient == person)


def names(therapist: User) -> list[str]:
    return [row.patient.name for row in caseload(therapist, NOON)]


# What a row says ------------------------------------------------------------------------------------


def test_a_row_has_the_facts_of_the_patient_and_the_plan(bob):
    alice = patient(bob, "alice", year_of_birth=1954)
    move(alice.plans.get(), bob, 2)
    row = row_of(alice, bob)
    assert (row.age, row.plan.get_side_display(), row.plan.program.name) == (
        72,
        "Right leg",
        "Sciatica with calf symptoms",
    )
    assert (row.plan.stage_number, row.stage_count) == (2, 4)


def test_the_last_pain_comes_with_its_day(bob):
    alice = patient(bob, "alice")
    makers.daily_check(alice, 6, now=NOON - timedelta(days=3))
    row = row_of(alice, bob)
    assert (row.last_pain, row.last_pain_day, row.days_since_report) == (6, "on 17 November", 3)


@pytest.mark.parametrize(("back", "words"), [(0, "today"), (1, "yesterday"), (2, "on 18 November")])
def test_days_are_said_in_words(bob, back, words):
    alice = patient(bob, "alice")
    makers.daily_check(alice, 6, now=NOON - timedelta(days=back))
    assert row_of(alice, bob).last_pain_day == words


def test_a_pain_of_long_ago_is_still_the_last_one(bob):
    alice = patient(bob, "alice")
    makers.daily_check(alice, 6, now=NOON - timedelta(days=40))
    row = row_of(alice, bob)
    assert (row.last_pain, row.days_since_report, set(row.pain)) == (6, 40, {None})


def test_of_two_answers_on_a_day_the_larger_counts(bob):
    alice = patient(bob, "alice")
    for leg in (3, 7, 5):
        makers.daily_check(alice, leg)
    row = row_of(alice, bob)
    assert (row.last_pain, row.pain[-1]) == (7, 7)


def test_a_day_not_reported_is_not_a_zero(bob):
    alice = patient(bob, "alice")
    makers.daily_check(alice, 0, now=NOON - timedelta(days=2))
    makers.daily_check(alice, 4, now=NOON)
    assert row_of(alice, bob).pain == (None,) * 25 + (0, None, 4)


def test_the_strip_begins_27_days_ago(bob):
    alice = patient(bob, "alice")
    makers.daily_check(alice, 1, now=NOON - timedelta(days=28))
    assert set(row_of(alice, bob).pain) == {None}
    makers.daily_check(alice, 2, now=NOON - timedelta(days=27))
    assert row_of(alice, bob).pain[0] == 2


def test_days_are_the_patients_own(bob):
    early = patient(bob, "early", time_zone="Pacific/Kiritimati")
    late = patient(bob, "late", time_zone="Pacific/Pago_Pago")
    for person in (early, late):
        makers.daily_check(person, 5, on=row_of(person, bob).today)
    assert row_of(early, bob).today - row_of(late, bob).today == timedelta(days=1)
    assert row_of(early, bob).pain[-1] == row_of(late, bob).pain[-1] == 5
    assert row_of(early, bob).last_pain_day == row_of(late, bob).last_pain_day == "today"


def test_sessions_of_the_last_seven_days_are_counted(bob):
    alice = patient(bob, "alice")
    for back in (0, 0, 6, 7, 20):
        makers.session(alice.plans.get(), at=NOON - timedelta(days=back))
    row = row_of(alice, bob)
    assert row.sessions_in_week == 3
    assert [27 - day for day, done in enumerate(row.sessions) if done] == [20, 7, 6, 0]


def test_a_session_of_which_nothing_was_tried_is_none(bob):
    alice = patient(bob, "alice")
    session_with(alice, ["skipped"] * 3)
    session_with(alice, [])
    row = row_of(alice, bob)
    assert (row.sessions_in_week, any(row.sessions)) == (0, False)
    session_with(alice, ["skipped", "stopped", "skipped"])
    row = row_of(alice, bob)
    assert (row.sessions_in_week, row.sessions[-1]) == (1, True)


def test_a_session_is_no_report(bob):
    alice = patient(bob, "alice")
    makers.daily_check(alice, 4, now=NOON - timedelta(days=9))
    makers.session(alice.plans.get(), at=NOON - timedelta(days=2))
    row = row_of(alice, bob)
    assert (row.days_since_report, row.silent_days, row.is_silent) == (9, 9, True)


def test_somebody_who_only_sends_sessions_is_silent(bob):
    alice = patient(bob, "alice", since=timedelta(days=7))
    for back in range(7):
        makers.session(alice.plans.get(), at=NOON - timedelta(days=back))
    row = row_of(alice, bob)
    assert (row.days_since_report, row.silent_days, row.is_silent) == (None, 7, True)


def test_a_report_from_beyond_the_date_line_is_never_days_ahead(bob):
    alice = patient(bob, "alice", time_zone="Pacific/Kiritimati")
    makers.daily_check(alice, 4, on=row_of(alice, bob).today)
    User.objects.filter(pk=alice.pk).update(time_zone="Pacific/Pago_Pago")
    row = row_of(alice, bob)
    assert row.last_pain_on > row.today
    assert (row.days_since_report, row.is_silent) == (0, False)


def test_an_open_flag_brings_its_sentence(bob):
    alice = patient(bob, "alice")
    makers.daily_checks(alice, makers.RISING)
    flag = Flag.objects.get()
    row = row_of(alice, bob)
    assert row.flags == (flag,)
    assert row.needs_look
    resolve_flag(flag=flag, by=bob, outcome="helpful", note="", now=NOON)
    assert row_of(alice, bob).flags == ()


def test_a_week_without_a_word_is_silence(bob):
    alice = patient(bob, "alice")
    makers.daily_check(alice, 4, now=NOON - timedelta(days=6))
    assert not row_of(alice, bob).is_silent
    DailyCheck.objects.update(recorded_on=(NOON - timedelta(days=7)).date())
    assert row_of(alice, bob).is_silent


def test_somebody_who_never_reported_is_silent_a_week_after_joining(bob):
    new = patient(bob, "new", since=timedelta(days=6))
    old = patient(bob, "old", since=timedelta(days=7))
    assert (row_of(new, bob).is_silent, row_of(old, bob).is_silent) == (False, True)


def test_a_diary_is_not_watched_so_it_is_never_silent(bob):
    alice = patient(bob, "alice")
    Plan.objects.update(mode=Mode.DIARY)
    assert not row_of(alice, bob).is_silent


# Flags ----------------------------------------------------------------------------------------------


def put_off(flag: Flag, by: User, days: int = 4) -> Flag:
    return snooze_flag(flag=flag, by=by, until=NOON.date() + timedelta(days=days), now=NOON)


def test_what_is_put_off_needs_no_look_until_it_wakes(page, bob):
    alice = patient(bob, "alice")
    makers.daily_checks(alice, makers.RISING)
    flag = put_off(Flag.objects.get(), bob)
    row = row_of(alice, bob)
    assert (row.needs_look, row.group, row.flag) == (False, Group.PUT_OFF, flag)
    html = page(bob).get(CASELOAD).text
    assert "<h1>Nobody needs a look now.</h1>" in html
    assert sentence_under_heading(html) == "1 is put off."
    assert "put off until 24 November by Bob" in html
    assert flag.sentence in html
    wake_snoozed(now=NOON + timedelta(days=4))
    assert row_of(alice, bob).group == Group.NEED_LOOK


def test_a_second_flag_is_not_hidden_by_one_that_is_put_off(bob):
    alice = patient(bob, "alice")
    makers.daily_checks(alice, makers.RISING, now=NOON - timedelta(days=8))
    put_off(Flag.objects.get(), bob)
    find_silent(now=NOON)
    row = row_of(alice, bob)
    assert row.needs_look
    assert row.flag.kind == Kind.SILENT
    assert [flag.kind for flag in row.flags] == [Kind.WORSENING, Kind.SILENT]


def test_an_emergency_stands_first_however_new(page, bob):
    for name, ago in (("yara", 1), ("xaver", 4)):
        makers.daily_checks(patient(bob, name), makers.RISING, now=NOON - timedelta(days=ago))
    makers.weekly_check(patient(bob, "zoe"), weakness="new_or_worse")
    assert names(bob) == ["Zoe", "Xaver", "Yara"]
    html = page(bob).get(CASELOAD).text
    assert "Emergency</span>" in html
    assert "new or worse weakness of the leg or foot" in html


def test_what_got_worse_stands_before_what_is_missing(bob):
    makers.daily_checks(patient(bob, "hush"), makers.STEADY, now=NOON - timedelta(days=30))
    find_silent(now=NOON - timedelta(days=20))
    makers.daily_checks(patient(bob, "yara"), makers.RISING)
    assert names(bob) == ["Yara", "Hush"]


def test_a_silence_that_somebody_has_dealt_with_needs_no_look(bob):
    alice = patient(bob, "alice")
    makers.daily_checks(alice, makers.STEADY, now=NOON - timedelta(days=8))
    assert row_of(alice, bob).is_silent
    find_silent(now=NOON)
    row = row_of(alice, bob)
    assert (row.needs_look, row.is_silent) == (True, False)  # the flag says it
    resolve_flag(flag=row.flag, by=bob, outcome="helpful", note="On holiday.", now=NOON)
    assert not row_of(alice, bob).needs_look


def test_a_later_silence_is_a_new_one(bob):
    alice = patient(bob, "alice")
    makers.daily_checks(alice, makers.STEADY, now=NOON - timedelta(days=20))
    find_silent(now=NOON - timedelta(days=12))
    resolve_flag(flag=Flag.objects.get(), by=bob, outcome="helpful", note="", now=NOON - timedelta(days=11))
    makers.daily_check(alice, 3, now=NOON - timedelta(days=9))
    assert row_of(alice, bob).is_silent


def test_a_clinic_chooses_when_somebody_is_silent(bob, clinic):
    alice = patient(bob, "alice")
    makers.daily_check(alice, 4, now=NOON - timedelta(days=8))
    assert row_of(alice, bob).is_silent
    save_rule_setting(
        clinic=clinic, by=bob, values={"silent_after_days": 10}, note="Slow.", instead_of=None, now=NOON
    )
    assert not row_of(alice, bob).is_silent


def test_what_a_correction_took_back_is_said(page, bob):
    alice = patient(bob, "alice")
    checks = makers.daily_checks(alice, makers.RISING)
    browser = page(bob)
    assert "No longer found" not in browser.get(CASELOAD).text
    for check in checks[-4:]:
        makers.daily_check(alice, 2, on=check.recorded_on, corrects=check.pk)
    html = browser.get(CASELOAD).text
    assert "No longer found: a report was corrected or came late." in html


# Who was judged -------------------------------------------------------------------------------------


def reported(bob: User, name: str, days_ago: Sequence[int], leg: int = 3) -> User:
    """A patient who sent a Daily check on each of these days."""
    person = patient(bob, name, since=timedelta(days=400))
    for back in days_ago:
        makers.daily_check(person, leg, now=NOON - timedelta(days=back))
    return person


@pytest.mark.parametrize(
    ("days_ago", "leg", "group"),
    [
        pytest.param(range(60), 3, Group.CLEAR, id="a report every day"),
        pytest.param(range(0, 80, 4), 3, Group.CLEAR, id="every four days"),
        pytest.param(range(0, 98, 14), 3, Group.TOO_FEW, id="every two weeks"),
        pytest.param([*range(6), *range(100, 130)], 3, Group.TOO_FEW, id="back after a long silence"),
        pytest.param([*range(6), *range(181, 260)], 3, Group.CLEAR, id="back as if new"),
        pytest.param(range(5), 3, Group.TOO_FEW, id="five reports"),
        pytest.param(range(6), 3, Group.CLEAR, id="six reports"),
        pytest.param(range(6), 9, Group.TOO_FEW, id="six reports too high to rise from"),
        pytest.param([], 3, Group.NEED_LOOK, id="none"),
    ],
)
def test_nobody_stands_among_the_last_whom_no_rule_could_judge(bob, days_ago, leg, group):
    assert row_of(reported(bob, "alice", days_ago, leg), bob).group == group


def test_a_diary_is_a_group_of_its_own_however_many_reports(bob):
    alice = reported(bob, "alice", range(60))
    Plan.objects.update(mode=Mode.DIARY)
    assert row_of(alice, bob).group == Group.DIARY


def test_a_flag_needs_a_look_whatever_the_rules_could_judge(bob):
    alice = patient(bob, "alice")
    makers.daily_checks(alice, makers.RISING)
    Plan.objects.update(mode=Mode.DIARY)
    assert row_of(alice, bob).group == Group.NEED_LOOK


# The order ------------------------------------------------------------------------------------------


def test_flags_come_first_then_the_silent_then_those_without_a_plan_then_the_other_groups(bob, clinic):
    for name in ("bert", "anna"):
        makers.daily_checks(patient(bob, name), makers.STEADY)
    patient(bob, "amir").plans.update(mode=Mode.DIARY)
    for name in ("zoe", "adam"):
        makers.daily_check(patient(bob, name), 3)
    makers.patient(clinic, "newcomer", cared_for_by=bob)
    for name, silent_for in (("hush", 8), ("mute", 20)):
        makers.daily_check(patient(bob, name), 3, now=NOON - timedelta(days=silent_for))
    for name, ago in (("yara", 1), ("xaver", 4)):
        makers.daily_checks(patient(bob, name), makers.RISING, now=NOON - timedelta(days=ago))
    looked_at = ["Xaver", "Yara", "Mute", "Hush", "Newcomer"]
    assert names(bob) == [*looked_at, "Adam", "Zoe", "Amir", "Anna", "Bert"]
    assert [row.group.value for row in caseload(bob, NOON)] == (
        ["need_look"] * 5 + ["too_few"] * 2 + ["diary"] + ["clear"] * 2
    )


def test_a_flag_somebody_looks_after_keeps_its_place(bob):
    for name, ago in (("yara", 1), ("xaver", 4)):
        makers.daily_checks(patient(bob, name), makers.RISING, now=NOON - timedelta(days=ago))
    acknowledge_flag(flag=Flag.objects.get(patient__name="Xaver"), by=bob, now=NOON)
    assert names(bob) == ["Xaver", "Yara"]


# Whose ----------------------------------------------------------------------------------------------


def test_only_own_patients_are_listed(bob, dora, clinic):
    patient(bob, "alice")
    makers.patient(clinic, "someone", cared_for_by=makers.therapist(clinic, "carl"))
    ended = patient(bob, "ended")
    CareTeam.objects.filter(patient=ended).update(ended_at=NOON)
    assert names(bob) == ["Alice"]


def test_rows_kept_by_another_clinic_are_not_shown(bob, other_clinic):
    alice = patient(bob, "alice")
    makers.daily_check(alice, 9)
    DailyCheck.objects.update(clinic=other_clinic)
    row = row_of(alice, bob)
    assert (row.last_pain, row.days_since_report, set(row.pain)) == (None, None, {None})


def test_reports_kept_by_another_clinic_judge_nobody(bob, other_clinic):
    alice = patient(bob, "alice")
    makers.daily_checks(alice, makers.STEADY)
    assert row_of(alice, bob).is_judged
    DailyCheck.objects.update(clinic=other_clinic)
    assert not row_of(alice, bob).is_judged


# The page -------------------------------------------------------------------------------------------


def test_the_page_counts_who_needs_a_look_and_shows_why(page, bob):
    alice = patient(bob, "alice", year_of_birth=1954)
    makers.daily_checks(alice, makers.RISING)
    quiet = patient(bob, "quiet")
    makers.daily_checks(quiet, makers.STEADY)
    html = page(bob).get(CASELOAD).text
    assert "<h1>1 of 2 patients needs a look.</h1>" in html
    assert sentence_under_heading(html) == "The other one has no open flag."
    assert headings(html) == ["Need a look", "No open flag"]
    assert Flag.objects.get().sentence in html
    assert "Worse</span>" in html
    assert "72 · right leg · stage 1 of 4" in html
    assert "Leg pain 7 today · 0 sessions in 7 days" in html
    assert "Leg pain 3 today" in html
    assert f'href="{reverse("home:patient", args=[alice.pk])}"' in html
    assert html.count('<svg class="strip"') == 2


def test_who_looks_after_a_flag_is_shown(page, bob):
    makers.daily_checks(patient(bob, "alice"), makers.RISING)
    acknowledge_flag(flag=Flag.objects.get(), by=bob, now=NOON)
    assert "Bob is looking at it" in page(bob).get(CASELOAD).text


def sentence_under_heading(html: str) -> str:
    return " ".join(
        unescape(html.split("</h1>")[1].split("</div>")[0]).replace("</p>", "").split(">")[1].split()
    )


def headings(html: str) -> list[str]:
    """The names of the groups shown, in their order."""
    return [part.split(">")[1].split("<")[0] for part in html.split('<h2 class="ledger-title"')[1:]]


def test_every_group_is_counted_and_named(page, bob):
    for name in ("alice", "sam"):
        makers.daily_checks(patient(bob, name), makers.RISING)
    put_off(Flag.objects.get(patient__name="Sam"), bob)
    for name in ("rare", "new"):
        makers.daily_check(patient(bob, name), 3)
    patient(bob, "amir").plans.update(mode=Mode.DIARY)
    for name in ("anna", "bert"):
        makers.daily_checks(patient(bob, name), makers.STEADY)
    html = page(bob).get(CASELOAD).text
    assert "<h1>1 of 7 patients needs a look.</h1>" in html
    assert sentence_under_heading(html) == (
        "1 is put off. 2 cannot be judged: too few reports, or leg pain near 10 already. "
        "1 keeps a diary and is not watched. "
        "The other 2 have no open flag."
    )
    assert headings(html) == [label for _, label in Group.choices]


def test_the_page_never_says_that_somebody_is_on_track(page, bob):
    makers.daily_checks(patient(bob, "anna"), makers.STEADY)
    makers.daily_check(patient(bob, "rare"), 3)
    assert "on track" not in page(bob).get(CASELOAD).text.lower()


def test_a_flagged_diary_says_that_it_is_not_watched(page, bob):
    makers.daily_checks(patient(bob, "alice"), makers.RISING)
    Plan.objects.update(mode=Mode.DIARY)
    assert "diary, not watched" in page(bob).get(CASELOAD).text


def test_a_silent_patient_who_exercises_is_said_to_send_no_daily_check(page, bob):
    alice = patient(bob, "alice")
    makers.daily_check(alice, 3, now=NOON - timedelta(days=8))
    makers.session(alice.plans.get())
    html = page(bob).get(CASELOAD).text
    assert "No Daily check for 8 days." in html
    assert "1 session in 7 days" in html


def test_no_flag_and_no_silence_is_not_said_to_be_well(page, bob):
    makers.daily_checks(patient(bob, "anna"), makers.STEADY)
    html = page(bob).get(CASELOAD).text
    assert "<h1>Nobody is flagged or silent.</h1>" in html
    assert sentence_under_heading(html) == "No flag does not mean that all is well."


def test_too_few_reports_are_said_even_where_nobody_needs_a_look(page, bob):
    makers.daily_check(patient(bob, "rare"), 3)
    makers.daily_checks(patient(bob, "anna"), makers.STEADY)
    html = page(bob).get(CASELOAD).text
    assert (
        sentence_under_heading(html)
        == "1 cannot be judged: too few reports, or leg pain near 10 already. The other one has no open flag."
    )


def test_an_empty_list_says_what_to_do(page, bob):
    html = page(bob).get(CASELOAD).text
    assert "You have no patients yet." in html
    assert 'href="/invite/"' in html


def test_a_name_cannot_smuggle_markup_in(page, bob):
    mallory = patient(bob, "mallory")
    User.objects.filter(pk=mallory.pk).update(name="<script>alert(1)</script>")
    html = page(bob).get(CASELOAD).text
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert(1)" not in html


def test_each_patient_shown_is_written_down_each_time(page, bob, clinic):
    shown = {patient(bob, name) for name in ("alice", "anna")}
    browser = page(bob)
    for times in (1, 2):
        browser.get(CASELOAD)
        events = AuditEvent.objects.all()
        assert len(events) == 2 * times
    assert {event.patient for event in events} == shown
    assert {(event.actor, event.clinic, event.door, event.at) for event in events} == {
        (bob, clinic, "home:caseload", NOON)
    }


@pytest.mark.parametrize("role", [Role.PATIENT, Role.ADMIN])
def test_other_roles_do_not_open_it(page, clinic, role):
    eve = makers.person("eve")
    join_clinic(user=eve, clinic=clinic, role=role, now=NOON)
    assert page(eve).get(CASELOAD).status_code == 403


def test_signed_out_leads_to_the_sign_in_page(db, client):
    assert client.get(CASELOAD)["Location"] == "/account/login/?next=/caseload/"


def test_it_only_shows(page, bob):
    assert page(bob).post(CASELOAD).status_code == 405


def test_3_patients_and_30_cost_the_same_queries(page, bob, django_assert_num_queries):
    browser = page(bob)

    def fill(numbers) -> None:
        for number in numbers:
            person = patient(bob, f"p{number}")
            makers.daily_checks(person, makers.RISING if number % 2 else makers.STEADY)
            makers.session(person.plans.get())
        Flag.objects.update(state="acknowledged", owner=bob, next_escalation_at=None)

    for numbers in (range(3), range(3, 30)):
        fill(numbers)
        with django_assert_num_queries(LIST_QUERIES):
            assert len(caseload(bob, NOON)) == numbers[-1] + 1
        with django_assert_num_queries(QUERIES):
            browser.get(CASELOAD)


def test_sides_have_words(bob, clinic):
    anna = makers.patient(clinic, "anna", cared_for_by=bob)
    makers.plan(anna, bob, side=Side.BOTH)
    assert row_of(anna, bob).plan.get_side_display() == "Both legs"


def test_a_patient_on_hold_is_marked_even_once_the_flag_is_closed(page, bob, alice, plan):
    makers.screened(alice, NOON - timedelta(days=1))
    makers.answered(alice, at=NOON, RF01="yes")
    assert "Emergency Locked" in pages.words(page(bob).get(CASELOAD))

    resolve_flag(flag=Flag.objects.get(), by=bob, outcome="helpful", note="", now=NOON)

    (row,) = caseload(bob, NOON)
    assert row.needs_look
    words = pages.words(page(bob).get(CASELOAD))
    assert "Locked No session can start until somebody writes down when and where" in words
    assert words.startswith("1 of 1 patient needs a look.")


def test_it_says_that_nobody_watches(page, bob, alice):
    assert "Nobody watches this live. In an emergency, call 112 at once." in pages.words(
        page(bob).get(CASELOAD)
    )


def test_a_flare_plan_and_a_block_have_their_tags_with_a_flag_and_without(page, bob, alice, plan):
    browser = page(bob)
    makers.screened(alice, NOON - timedelta(days=1))
    assert "Flare plan" not in pages.words(browser.get(CASELOAD))

    begin_flare(plan=plan, by=bob, reason="Call.", usual=3.0, now=NOON)
    makers.answered(alice, at=NOON, conditions={"told-not-to-exercise": "yes"})

    tags = "Blocked no session until a clinician says yes Flare plan"
    assert tags in pages.words(browser.get(CASELOAD))
    makers.daily_checks(alice, makers.RISING)
    assert f"Worse {tags}" in pages.words(browser.get(CASELOAD))


def test_what_rules_out_single_exercises_is_no_block(bob, alice, plan):
    makers.screened(alice, NOON - timedelta(days=1))
    slugs = Contraindication.objects.exclude(level="block").values_list("slug", flat=True)
    asked = {row.slug for row in exclusion_questions()}
    makers.answered(alice, at=NOON, conditions={slug: "yes" for slug in slugs if slug in asked})

    assert not row_of(alice, bob).is_blocked
