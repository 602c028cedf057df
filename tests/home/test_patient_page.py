"""One patient, as their therapist sees them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, CareTeam, Membership, Role, User
from programs.care.actions import begin_flare, change_doses
from programs.care.models import Mode, Plan
from programs.delivery.models import Delivery
from programs.logbook.actions import ResultInput, find_silent, record_daily_check, record_session
from programs.monitoring.actions import (
    acknowledge_flag,
    answer_check_in,
    resolve_flag,
    snooze_flag,
    wake_snoozed,
)
from programs.monitoring.models import CheckIn, Flag
from tests import makers
from tests.care.plans import move

pytestmark = pytest.mark.once

NOON = makers.NOON


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def path(patient: User) -> str:
    return reverse("home:patient", args=[patient.pk])


def read(browser, patient: User) -> str:
    answer = browser.get(path(patient))
    assert answer.status_code == 200
    return unescape(answer.text)


def new_version(plan: Plan, by: User, sets: int, note: str = "", at=NOON):
    version = makers.version(plan)
    first = version.stage(1).exercises[0]
    return change_doses(
        plan=plan,
        stage_number=1,
        doses={first.slug: replace(first.dose, sets=sets)},
        based_on=version.number,
        by=by,
        note=note,
        now=at,
    )


def session_with(plan: Plan, results: Sequence[ResultInput], note: str = "", at=NOON):
    return record_session(
        plan=plan,
        session_id=uuid4(),
        plan_version=makers.version(plan),
        stage_number=1,
        started_at=at - timedelta(minutes=15),
        finished_at=at,
        pain_before=4,
        pain_peak=6,
        pain_after=None,
        results=results,
        note=note,
        now=at,
    )


# What it shows --------------------------------------------------------------------------------------


def test_facts_come_first(page, bob, clinic):
    alice = makers.patient(clinic, "alice", cared_for_by=bob, year_of_birth=1954)
    plan = makers.plan(alice, bob, at=NOON - timedelta(days=11))
    makers.daily_check(alice, 6)
    makers.session(plan, at=NOON - timedelta(days=1))
    html = read(page(bob), alice)
    assert "<h1>Alice</h1>" in html
    assert "72 · right leg · stage 1 of 4, day 12 · " in html
    assert f'<a href="/library/programs/{plan.program_id}/">Sciatica with calf symptoms</a>' in html
    assert "Leg pain 6 today, 1 session in the last 7 days." in html


def test_during_a_flare_the_exercises_are_those_of_the_flare_plan(page, bob, alice, plan):
    begin_flare(plan=plan, by=bob, reason="Call.", usual=3.0, now=NOON)
    content = makers.version(plan).content
    html = read(page(bob), alice)
    panel = html.split('id="plan-title"')[1].split("</ul>")[0]
    assert "Flare plan: Calm it down" in panel
    assert "These take the place of stage 1, Settle and move, until the flare plan ends." in panel
    flare = {each.name for each in content.flare.exercises}
    assert all(f">{name}</a>" in panel for name in flare)
    assert not any(
        f">{each.name}</a>" in panel for each in content.stage(1).exercises if each.name not in flare
    )


def test_a_new_patient_is_offered_a_plan(page, bob, alice):
    html = read(page(bob), alice)
    assert "no plan yet" in html
    assert "Nothing reported in the last 28 days." in html
    assert f'href="/patients/{alice.pk}/plan/"' in html


def opened(of: User, legs: Sequence[int] = makers.RISING, now=NOON) -> Flag:
    """The flag that these days of leg pain open."""
    makers.daily_checks(of, legs, now=now)
    return Flag.objects.get(patient=of)


def cells(html: str, caption: str = "What the rule saw") -> list[list[str]]:
    """The rows of the evidence table, as text."""
    body = html.split(f"{caption}</caption>")[1].split("<tbody>")[1].split("</tbody>")[0]
    return [
        [" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in re.split(r"</t[hd]>", row)[:-1]]
        for row in body.split("</tr>")[:-1]
    ]


def test_the_newest_flag_shows_its_sentence_and_what_the_rule_saw(page, bob, alice, plan):
    flag = opened(alice)
    html = read(page(bob), alice)
    assert flag.sentence in html
    assert "Worse</span>" in html
    assert "Waiting since 19 November, 12:00" in html
    assert cells(html) == [
        ["Mon 16 Nov", "2"],
        ["Tue 17 Nov", "6"],
        ["Wed 18 Nov", "6"],
        ["Thu 19 Nov", "7"],
    ]
    assert (
        "Level at the start 2, from 5 reports, 12 November to 16 November. From 5 on, a report counted."
    ) in html
    assert flag.counterfactual in html
    assert "Rule W2e, worsening-2 is not yet checked by a clinician." in html
    assert "Nobody watches this live. In an emergency, call 112 at once." in html
    for door in ("acknowledge", "snooze", "resolve"):
        assert f'action="/flags/{flag.pk}/{door}/"' in html


def test_the_picture_of_a_flag_has_a_mark_for_each_reading_and_names_the_usual_level(page, bob, alice, plan):
    opened(alice)
    picture = read(page(bob), alice).split('<svg class="readings"')[1].split("</svg>")[0]
    assert picture.count('class="mark ') == 4
    assert "at first 2" in picture
    assert "A small chart of the 4 answers in the table: 2, 6, 6, 7." in picture


def test_a_flag_by_the_sum_shows_the_sum_so_that_it_can_be_done_by_hand(page, bob, alice, plan):
    flag = opened(alice, [*[3, 4] * 20, 7, 7, 7])
    assert flag.rule == "W2"
    html = read(page(bob), alice)
    terms, total, limit = re.search(
        r"Points above [\d.]+ \(the usual level and [\d.]+ more\): (.+) = ([\d.]+); limit (\d+\.\d+)\.",
        html,
    ).groups()
    numbers = [float(term) for term in re.findall(r"-?[\d.]+", terms.replace("− ", "-"))]
    assert [float(row[2].replace("−", "-")) for row in cells(html)] == numbers
    assert sum(numbers) == pytest.approx(float(total), abs=0.05)
    assert float(total) == pytest.approx(flag.evidence["total"], abs=0.05)
    assert float(limit) == pytest.approx(flag.evidence["limit"], abs=0.05)
    assert float(total) > float(limit)
    assert re.search(r"Usual level 3\.5, from \d+ reports, \d+ October to \d+ November\.", html)


def test_further_down_the_leg_is_said_in_places(page, bob, alice, plan):
    for back in range(20, -1, -1):
        record_daily_check(
            clinic=plan.clinic,
            patient=alice,
            check_id=uuid4(),
            recorded_on=(NOON - timedelta(days=back)).date(),
            worst_leg_pain=3,
            worst_back_pain=1,
            reach_left=None,
            reach_right=5 if back < 3 else 3,
            now=NOON - timedelta(days=back),
        )
    html = read(page(bob), alice)
    assert [row[1] for row in cells(html)] == ["Thigh", "Foot", "Foot", "Foot"]
    assert "Usual place thigh, from" in html
    picture = html.split('<svg class="readings"')[1].split("</svg>")[0]
    for place in ("nowhere", "low back", "buttock", "thigh", "calf", "foot"):
        assert f">{place}</text>" in picture


def test_new_weakness_is_an_emergency_that_cannot_be_put_off(page, bob, alice, plan):
    makers.weekly_check(alice, weakness="new_or_worse")
    flag = Flag.objects.get()
    html = read(page(bob), alice)
    assert "Emergency</span>" in html
    assert cells(html) == [["Fri 20 Nov", "New or worse"]]
    assert f'action="/flags/{flag.pk}/snooze/"' not in html
    assert '<svg class="readings"' not in html
    assert "would not have come up" not in html
    assert "No single report" not in html


def test_much_worse_is_shown_in_the_patients_own_word(page, bob, alice, plan):
    makers.weekly_check(alice, groc="very_much_worse")
    html = read(page(bob), alice)
    assert cells(html) == [["Fri 20 Nov", "Very much worse"]]
    assert "No single report" not in html


def test_a_silence_has_a_sentence_and_no_table(page, bob, alice, plan):
    makers.daily_checks(alice, makers.STEADY, now=NOON - timedelta(days=9))
    Plan.objects.update(started_at=NOON - timedelta(days=40))
    find_silent(now=NOON)
    html = read(page(bob), alice)
    assert "No reports</span>" in html
    assert "No Daily check since 11 November, for 9 days." in html
    assert "What the rule saw</caption>" not in html


def test_a_flag_looked_after_says_by_whom_and_is_not_offered_again(page, bob, alice, plan):
    flag = opened(alice)
    acknowledge_flag(flag=flag, by=bob, now=NOON)
    html = read(page(bob), alice)
    assert "Being looked at by Bob" in html
    assert "Taken on, Bob." in html
    assert f'action="/flags/{flag.pk}/acknowledge/"' not in html
    for door in ("snooze", "resolve"):
        assert f'action="/flags/{flag.pk}/{door}/"' in html


def test_a_colleague_can_only_close_what_somebody_else_looks_after(page, bob, alice, plan, clinic):
    carl = makers.therapist(clinic, "carl")
    CareTeam.objects.create(clinic=clinic, patient=alice, therapist=carl, started_at=NOON)
    flag = opened(alice)
    acknowledge_flag(flag=flag, by=bob, now=NOON)
    html = read(page(carl), alice)
    assert re.findall(rf'action="/flags/{flag.pk}/(\w+)/"', html) == ["resolve"]


def test_a_flag_put_off_says_until_when(page, bob, alice, plan):
    flag = opened(alice)
    snooze_flag(flag=flag, by=bob, until=NOON.date() + timedelta(days=2), now=NOON)
    html = read(page(bob), alice)
    assert "Put off until 22 November, 08:00 by Bob" in html
    assert "Put off, Bob. Until 22 November." in html
    assert f'action="/flags/{flag.pk}/acknowledge/"' in html


def test_a_flag_that_woke_waits_from_then_on(page, bob, alice, plan):
    snooze_flag(flag=opened(alice), by=bob, until=NOON.date() + timedelta(days=2), now=NOON)
    with time_machine.travel(NOON + timedelta(days=2), tick=False):
        wake_snoozed(now=NOON + timedelta(days=2))
        assert "Waiting since 22 November, 12:00" in read(page(bob), alice)


def test_a_closed_flag_stays_to_be_read_without_buttons(page, bob, alice, plan):
    flag = opened(alice)
    resolve_flag(flag=flag, by=bob, outcome="helpful", note="Called. Fewer bridges.", now=NOON)
    html = read(page(bob), alice)
    assert "Done: worth a look" in html
    assert "Done, Bob: worth a look. Called. Fewer bridges." in html
    assert f'action="/flags/{flag.pk}/' not in html


def test_what_a_correction_took_back_is_said_and_kept_in_the_history(page, bob, alice, plan):
    checks = makers.daily_checks(alice, makers.RISING)
    flag = Flag.objects.get()
    for check in checks[-4:]:
        makers.daily_check(alice, 2, on=check.recorded_on, corrects=check.pk)
    html = read(page(bob), alice)
    assert flag.sentence in html
    assert "Nothing of this is found any more." in html
    assert "It waits for you to close it." in html
    assert "No longer found, after a report was corrected or came late (W2e of 19 November)." in html


def test_what_was_found_besides_is_listed(page, bob, alice, plan):
    makers.daily_checks(alice, makers.RISING)
    makers.weekly_check(alice, groc="much_worse")
    html = read(page(bob), alice)
    assert Flag.objects.count() == 1
    assert "The patient said on 20 November: much worse since last week." in html.split("Found too")[1]
    assert "Found again (W6 of 20 November)." in html


def test_what_is_not_done_stands_before_newer_flags_that_are(page, bob, alice, plan):
    makers.daily_checks(alice, makers.RISING, now=NOON - timedelta(days=10))
    Plan.objects.update(started_at=NOON - timedelta(days=60))
    find_silent(now=NOON)
    resolve_flag(flag=Flag.objects.get(kind="silent"), by=bob, outcome="not_helpful", note="", now=NOON)
    html = read(page(bob), alice)
    assert html.index("Level at the start") < html.index("Earlier flags") < html.index("No Daily check since")
    assert "Done: not worth a look" in html


def test_what_the_patient_answered_to_a_check_in_is_shown(page, bob, alice, plan):
    makers.daily_checks(alice, [*[4] * 40, 5, 6, 6, 6])
    check_in = CheckIn.objects.get()
    browser = page(bob)
    asked = read(browser, alice).split("Asked: did something change?")[1]
    assert "No answer" in asked
    answer_check_in(
        check_in=check_in, answer="changed", is_harder_to_cope=True, stops_usual_things=None, now=NOON
    )
    asked = read(browser, alice).split("Asked: did something change?")[1]
    assert "Yes, something changed" in asked
    assert "Harder to cope: yes. Stops usual things: not said." in asked


def test_weekly_checks_are_a_small_table(page, bob, alice, plan):
    makers.weekly_check(alice, groc="a_little_worse", settles_within="over_60")
    html = read(page(bob), alice)
    row = html.split("Weekly checks</h2>")[1].split("<tbody>")[1].split("</tr>")[0]
    assert re.findall(r">([^<>]+)</t[hd]>", row) == ["20 November", "A little worse", "9", "No", "High"]


NORMAL = "Leg pain much like its usual level."


@pytest.mark.parametrize(
    ("legs", "sentence"),
    [
        ([4, 5, 4, 3] * 12, NORMAL),
        ([*[4] * 40, 5, 6, 6, 6], "Some high scores of leg pain in the last week."),
        ([4, 5], "Too few reports to judge a change."),
        ([10] * 20, "Leg pain is so near 10 that a rise cannot be judged."),
    ],
)
def test_without_an_open_flag_one_sentence_says_where_leg_pain_stands(page, bob, alice, plan, legs, sentence):
    makers.daily_checks(alice, legs)
    assert not Flag.objects.exists()
    assert sentence in read(page(bob), alice)


def test_a_flag_that_is_done_does_not_make_it_usual(page, bob, alice, plan):
    resolve_flag(flag=opened(alice), by=bob, outcome="helpful", note="", now=NOON)
    html = read(page(bob), alice)
    assert "Leg pain above its usual level in the last week." in html
    assert NORMAL not in html


def test_the_last_28_days_are_a_picture_and_a_table(page, bob, alice, plan):
    makers.daily_check(alice, 0, now=NOON - timedelta(days=1))
    html = read(page(bob), alice)
    assert '<svg class="chart"' in html
    rows = html.split("<caption")[0].split("Show as a table")[1].split("<tbody>")[1].split("</tr>")
    assert len(rows) - 1 == 28
    assert "Fri 20 November" in rows[0]
    assert rows[0].count("not reported") == 2
    assert "Thu 19 November" in rows[1]
    assert '<td class="number">0</td><td class="number">2</td>' in rows[1]


def test_calf_pain_and_cramps_have_columns_where_somebody_asked(page, bob, alice, plan):
    makers.daily_check(alice, 3, now=NOON - timedelta(days=2))
    assert 'scope="col">Cramps<' not in read(page(bob), alice)
    for back, cramps in ((1, 0), (0, 2)):
        day = NOON - timedelta(days=back)
        record_daily_check(
            clinic=plan.clinic,
            patient=alice,
            check_id=uuid4(),
            recorded_on=day.date(),
            worst_leg_pain=3,
            worst_back_pain=1,
            reach_left=None,
            reach_right=3,
            calf_pain=4,
            cramps=cramps,
            worst_cramp=6 if cramps else None,
            now=day,
        )

    html = read(page(bob), alice)

    table = html.split("Show as a table")[1].split("</table>")[0]
    assert table.count('scope="col"') == 7
    rows = [re.findall(r'<td class="number">([^<]*)</td>', row) for row in table.split("</tr>")[1:4]]
    assert rows == [
        ["3", "1", "4", "2, worst 6", "0"],
        ["3", "1", "4", "0", "0"],
        ["3", "2", "not reported", "not reported", "0"],
    ]


def test_a_numb_foot_is_said_at_the_top_and_in_the_table(page, bob, alice, plan):
    record_daily_check(
        clinic=plan.clinic,
        patient=alice,
        check_id=uuid4(),
        recorded_on=NOON.date(),
        worst_leg_pain=3,
        worst_back_pain=1,
        reach_left=None,
        reach_right=3,
        tingling_numbness_left=["foot"],
        tingling_numbness_right=[],
        now=NOON,
    )
    html = read(page(bob), alice)
    said = "How far down the right leg: back or side of the thigh."
    numb = (
        "Tingling or numbness in the left leg: foot or toes. Tingling or numbness in the right leg: nowhere."
    )
    assert html.count(f"{said} {numb}") == 2
    assert html.index(said) < html.index("<h2")


def test_sessions_show_each_exercise(page, bob, alice, plan):
    results = makers.results(plan)
    sided = next(each for each in results if each.side == "left")
    outcomes = [
        replace(each, outcome="stopped") if each is sided else replace(each, outcome="done")
        for each in results
    ]
    session_with(plan, outcomes, note="My calf pulled.")
    html = read(page(bob), alice)
    assert "before 4, most 6, after –" in html
    assert "15 min, 4 of 5 done, stopped at Lying nerve slider" in html
    assert "<dt>Ankle pumps</dt><dd>Done</dd>" in html
    assert "Right leg: Done; Left leg: Stopped, it hurt more" in html
    assert "My calf pulled." in html


def test_a_session_done_whole_says_so(page, bob, alice, plan):
    makers.session(plan)
    assert "12 min, all 5 done" in read(page(bob), alice)


def test_a_session_without_results_says_that_nothing_was_written_down(page, bob, alice, plan):
    session_with(plan, [])
    html = read(page(bob), alice)
    assert "15 min, no exercises written down" in html
    assert "0 done" not in html


def test_a_session_left_out_whole_is_listed_but_not_counted(page, bob, alice, plan):
    session_with(plan, [replace(each, outcome="skipped") for each in makers.results(plan)], note="Too tired.")
    html = read(page(bob), alice)
    assert "0 sessions in the last 7 days" in html
    assert "15 min, 0 of 5 done" in html
    assert "Too tired." in html
    assert '<th scope="row">Fri 20 November</th>' in html
    assert 'class="bar-done"' not in html


TOO_FEW = "Too few reports to judge a change."
DIARY = "Diary: only new weakness and “much worse” call you."


@pytest.mark.parametrize(
    ("legs", "last_ago", "is_said"),
    [
        pytest.param([3], 0, True, id="one report"),
        pytest.param(makers.STEADY, 0, False, id="nine days"),
        pytest.param([3] * 30, 6, False, id="the newest six days ago"),
        pytest.param([3] * 30, 7, True, id="the newest a week ago"),
        pytest.param([], 0, True, id="none"),
    ],
)
def test_where_no_rule_could_judge_the_page_says_so(page, bob, alice, plan, legs, last_ago, is_said):
    makers.daily_checks(alice, legs, now=NOON - timedelta(days=last_ago))
    assert (TOO_FEW in read(page(bob), alice)) is is_said


def test_a_diary_says_that_it_is_not_watched(page, bob, alice, plan):
    makers.daily_checks(alice, makers.STEADY)
    Plan.objects.update(mode=Mode.DIARY)
    html = read(page(bob), alice)
    assert DIARY in html
    assert TOO_FEW not in html


def test_an_unresolved_flag_speaks_for_itself(page, bob, alice, plan):
    makers.daily_checks(alice, makers.RISING)
    Plan.objects.update(mode=Mode.DIARY)
    browser = page(bob)
    assert DIARY not in read(browser, alice)
    acknowledge_flag(flag=Flag.objects.get(), by=bob, now=NOON)
    assert DIARY not in read(browser, alice)
    resolve_flag(flag=Flag.objects.get(), by=bob, outcome="helpful", note="", now=NOON)
    assert DIARY in read(browser, alice)


def test_without_a_plan_nothing_is_said_about_judging(page, bob, alice):
    html = read(page(bob), alice)
    assert TOO_FEW not in html
    assert DIARY not in html


def test_the_plan_shows_its_doses_and_how_it_came_about(page, bob, alice, plan):
    carl = makers.therapist(alice.memberships.get().clinic, "carl")
    new_version(plan, carl, sets=2, note="A bit more breathing.", at=NOON + timedelta(hours=1))
    move(plan, bob, 2, now=NOON + timedelta(hours=2))
    html = read(page(bob), alice)
    assert "Stage 2: Get moving" in html
    assert "Bob ticked on 20 November 2026: I have read and checked these exercises" in html
    story = html.split("How it came about")[1]
    moments = ["Moved on: stage 2", "Calm week.", "Version 2", "Carl", "Belly breathing: 2 sets of 3 minutes"]
    moments += ["A bit more breathing.", "Started: stage 1"]
    places = [story.index(moment) for moment in moments]
    assert places == sorted(places)


def test_messages_are_shown(page, bob, alice, plan):
    assert "Your plan is ready: Sciatica with calf symptoms." in read(page(bob), alice)


def test_what_a_patient_types_cannot_smuggle_markup_in(page, bob, alice, plan):
    session_with(plan, [], note="<script>alert(1)</script>")
    assert "<script>alert(1)" not in page(bob).get(path(alice)).text


def test_rows_kept_by_another_clinic_are_not_shown(page, bob, alice, plan, other_clinic):
    makers.daily_checks(alice, makers.RISING)
    makers.session(plan)
    for rows in (Plan.objects, Flag.objects, alice.dailychecks, alice.guidedsessions, alice.threads):
        rows.update(clinic=other_clinic)
    html = read(page(bob), alice)
    assert "no plan yet" in html
    assert "Nothing reported in the last 28 days." in html
    assert "No messages yet." in html
    assert "What the rule saw" not in html


# Reading it -----------------------------------------------------------------------------------------


def test_opening_it_reads_the_notices_of_this_patient_only(page, bob, alice, plan, clinic):
    anna = makers.patient(clinic, "anna", cared_for_by=bob)
    for person in (alice, anna):
        makers.daily_checks(person, makers.RISING)
    assert Delivery.objects.visible_to(bob).unread_in_app().count() == 2
    page(bob).get(path(alice))
    unread = Delivery.objects.visible_to(bob).unread_in_app().get()
    assert unread.path == path(anna)
    assert Delivery.objects.get(path=path(alice), channel="in_app").read_at == NOON


def test_somebody_elses_notices_stay_unread(page, bob, alice, plan, clinic):
    carl = makers.therapist(clinic, "carl")
    CareTeam.objects.create(clinic=clinic, patient=alice, therapist=carl, started_at=NOON)
    makers.daily_checks(alice, makers.RISING)
    page(bob).get(path(alice))
    assert Delivery.objects.visible_to(carl).unread_in_app().count() == 1


def test_each_look_is_written_down(page, bob, alice, plan, clinic):
    browser = page(bob)
    for times in (1, 2):
        browser.get(path(alice))
        assert AuditEvent.objects.count() == times
    event = AuditEvent.objects.all()[0]
    assert (event.actor, event.patient, event.clinic, event.door, event.at) == (
        bob,
        alice,
        clinic,
        "home:patient",
        NOON,
    )


def test_another_clinics_patient_is_not_there(page, charlie, alice):
    assert page(charlie).get(path(alice)).status_code == 404
    assert not AuditEvent.objects.exists()


def test_a_colleague_who_does_not_care_for_the_patient_finds_nobody(page, clinic, alice):
    assert page(makers.therapist(clinic, "carl")).get(path(alice)).status_code == 404


def test_after_care_has_ended_there_is_nobody(page, bob, alice):
    CareTeam.objects.update(ended_at=NOON)
    assert page(bob).get(path(alice)).status_code == 404


def test_a_therapist_who_left_opens_nothing(page, bob, alice):
    Membership.objects.filter(user=bob).update(ended_at=NOON)
    assert page(bob).get(path(alice)).status_code == 403


def test_a_patient_does_not_open_it_not_even_their_own(page, alice):
    assert page(alice).get(path(alice)).status_code == 403


def test_an_administrator_does_not_open_it(page, clinic, alice):
    adam = makers.person("adam")
    join_clinic(user=adam, clinic=clinic, role=Role.ADMIN, now=NOON)
    assert page(adam).get(path(alice)).status_code == 403


def test_a_therapist_who_is_a_patient_too_does_not_find_themselves(page, clinic, bob):
    join_clinic(user=bob, clinic=clinic, role=Role.PATIENT, now=NOON)
    assert page(bob).get(path(bob)).status_code == 404


def test_an_unknown_patient_is_not_there(page, bob):
    assert page(bob).get(f"/patients/{uuid4()}/").status_code == 404


def test_signed_out_leads_to_the_sign_in_page(alice, client):
    assert client.get(path(alice))["Location"] == f"/account/login/?next={path(alice)}"


def test_it_only_shows(page, bob, alice):
    assert page(bob).post(path(alice)).status_code == 405


def test_what_the_patient_said_about_the_pain_is_read_in_words(page, bob, alice):
    makers.intake(alice, now=NOON - timedelta(days=30), goal="Swim.")
    makers.intake(
        alice,
        side="both",
        places_left=["low_back"],
        places_right=["thigh", "calf"],
        back_pain=None,
        symptoms=["tingling", "numbness"],
        goal="Walk <with> my sister.",
    )

    words = " ".join(re.sub(r"<[^>]*>", " ", page(bob).get(path(alice)).text).split())

    assert (
        "About the pain In Alice's words on 20 November 2026. Which leg Both legs "
        "Where you feel it Left: low back. Right: back or side of the thigh; calf, shin or ankle "
        "How far down the leg Calf, shin or ankle Worst leg pain 6 out of 10 Worst back pain Not said "
        "Besides pain Numbness. Tingling, or pins and needles "
        "What you would like to do again Walk &lt;with&gt; my sister."
    ) in words
    assert "Swim." not in words


def test_a_patient_who_said_nothing_about_the_pain_has_not_answered_yet(page, bob, alice):
    assert "About the pain</h2>" in read(page(bob), alice)
    assert "Not answered yet." in read(page(bob), alice)


def test_more_history_costs_no_more_queries(page, bob, alice, plan, django_assert_num_queries):
    browser = page(bob)
    queries = 39

    def live(days: int) -> None:
        for back in range(days):
            at = NOON - timedelta(days=back)
            makers.session(plan, at=at)
            new_version(plan, bob, sets=1 + makers.version(plan).number % 5)

    makers.daily_checks(alice, makers.RISING)
    live(1)
    with django_assert_num_queries(queries):
        browser.get(path(alice))
    live(15)
    resolve_flag(flag=Flag.objects.get(), by=bob, outcome="helpful", note="", now=NOON)
    makers.daily_checks(alice, [2] * 40 + [8] * 6)
    makers.weekly_check(alice, groc="much_worse")
    for back in range(3):
        makers.intake(alice, now=NOON - timedelta(days=back))
    with django_assert_num_queries(queries):
        browser.get(path(alice))
