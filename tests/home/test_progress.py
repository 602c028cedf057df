"""Progress: the page of a patient's own course."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from programs.accounts.models import AuditEvent, TextSize
from programs.care.models import StageChange
from programs.library.models import Exercise
from programs.logbook.models import DailyCheck, ExerciseResult, GuidedSession, MorningCheck
from tests import makers
from tests.pages import heading, words

NOON = makers.NOON
TODAY = NOON.date()
PATH = "/progress/"
ALL = "/progress/?show=all"
QUERIES = 12

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def read(browser, path: str = PATH) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def panel(html: str, name: str) -> str:
    """One section of the page."""
    return html.split(f'panel-{name}"')[1].split("</section>")[0]


def rows(html: str, name: str) -> list[list[str]]:
    """The table of a section, as text."""
    body = panel(html, name).split("<tbody>")[1].split("</tbody>")[0]
    return [
        [re.sub(r"<[^>]*>", "", cell) for cell in re.split(r"</t[hd]>", row)[:-1]]
        for row in body.split("</tr>")[:-1]
    ]


def marks(html: str, name: str) -> int:
    return panel(html, name).split("</svg>")[0].count('class="mark ')


def session(plan, back: int, pain: tuple[int | None, int | None] = (4, 3), outcome: str = "done"):
    """One so many days ago, with one exercise."""
    ended = NOON - timedelta(days=back, hours=1)
    row = GuidedSession.objects.create(
        clinic=plan.clinic,
        patient=plan.patient,
        plan_version=makers.version(plan),
        stage_number=1,
        started_at=ended - timedelta(minutes=9),
        finished_at=ended,
        performed_on=ended.date(),
        pain_before=pain[0],
        pain_after=pain[1],
    )
    exercise = Exercise.objects.order_by("slug").first()
    ExerciseResult.objects.create(session=row, exercise=exercise, position=1, side="both", outcome=outcome)
    return row


def morning(alice, about_back: int, pain: int) -> None:
    MorningCheck.objects.create(
        clinic=alice.memberships.get().clinic,
        patient=alice,
        about_on=TODAY - timedelta(days=about_back),
        pain=pain,
    )


def a_year(plan, days: int = 365) -> None:
    """A session of four results and a Daily check on each day, the last one today."""
    exercises = list(Exercise.objects.order_by("slug")[:4])
    version = makers.version(plan)
    sessions, results, checks = [], [], []
    for back in range(days):
        ended = NOON - timedelta(days=back, hours=1)
        row = GuidedSession(
            clinic=plan.clinic,
            patient=plan.patient,
            plan_version=version,
            stage_number=1,
            started_at=ended,
            finished_at=ended,
            performed_on=ended.date(),
            pain_before=back % 11,
            pain_after=(back * 7) % 11,
        )
        sessions.append(row)
        results += [
            ExerciseResult(
                session=row,
                exercise=exercise,
                position=place,
                side="both",
                outcome="stopped" if back % 9 == 0 and place == 2 else "done",
            )
            for place, exercise in enumerate(exercises)
        ]
        checks.append(
            DailyCheck(
                clinic=plan.clinic,
                patient=plan.patient,
                recorded_on=ended.date(),
                worst_leg_pain=(back * 3) % 11,
                worst_back_pain=1,
                reach_left=back % 6,
                reach_right=(back * 5) % 6,
                tingling_numbness_right=["calf"] if back % 2 else [],
            )
        )
    GuidedSession.objects.bulk_create(sessions)
    ExerciseResult.objects.bulk_create(results)
    DailyCheck.objects.bulk_create(checks)


# The sentence ---------------------------------------------------------------------------------------


def test_a_new_patient_sees_an_example_that_is_plainly_one(page, alice, plan):
    answer = page(alice).get(PATH)
    assert heading(answer) == "Come back after 3 sessions."
    assert "An example. This is not your pain." in words(answer)
    html = answer.content.decode()
    assert html.count('role="img"') == 1
    assert 'aria-label="An example of the picture. It is not your pain."' in html
    assert "panel-" not in html
    assert "<table" not in html


def test_somebody_without_a_plan_sees_the_same(page, alice):
    assert heading(page(alice).get(PATH)) == "Come back after 3 sessions."


def test_a_true_sentence_comes_first(page, alice, plan):
    for back, after in ((12, 6), (10, 7), (8, 6), (6, 4), (3, 3), (0, 3)):
        session(plan, back, (5, after))
    answer = page(alice).get(PATH)
    assert heading(answer) == "Your leg pain after sessions went from 6 to 3 in 12 days."
    assert "Pain can go up" not in words(answer)
    assert "An example" not in words(answer)


def test_a_rise_comes_with_what_to_do(page, alice, plan):
    for back, after in ((3, 2), (2, 3), (1, 4)):
        session(plan, back, (2, after))
    html = read(page(alice))
    assert "<h1>Your leg pain after sessions went up from 2 to 4 in 2 days.</h1>" in html
    assert "It is not your fault." in html
    assert 'href="/help/">warning signs</a>' in html


def test_two_quiet_weeks_lead_to_all_of_it(page, alice, plan):
    for back, after in ((50, 6), (48, 6), (45, 3)):
        session(plan, back, (5, after))
    short = page(alice).get(PATH)
    assert heading(short) == "There is too little here to see a change yet."
    assert "Nothing was written down in these days." in words(short)
    assert heading(page(alice).get(ALL)) == (
        "Your leg pain after sessions was 6 at first and 3 on 6 October."
    )


# What it shows --------------------------------------------------------------------------------------


def test_sessions_stand_in_the_picture_and_in_the_table(page, alice, plan):
    session(plan, 5, (6, 4))
    session(plan, 3, (None, 4))
    stopped = session(plan, 1, (0, 8), outcome="stopped")
    morning(alice, 1, 5)
    html = read(page(alice))
    name = stopped.results.get().exercise.name
    assert rows(html, "sessions") == [
        ["Thu 19 Nov", "0", "8", "5", name],
        ["Tue 17 Nov", "not said", "4", "not said", "–"],
        ["Sun 15 Nov", "6", "4", "not said", "–"],
    ]
    assert marks(html, "sessions") == 3
    picture = panel(html, "sessions").split("</svg>")[0]
    assert picture.count('class="before') == 2
    assert picture.count('class="morning"') == 1
    assert picture.count('class="stop"') == 1
    assert "limit 5" in picture
    assert f"19 Nov: before 0, after 8, next morning 5, stopped at {name}." in html


def test_the_morning_after_belongs_to_the_last_session_of_its_day(page, alice, plan):
    session(plan, 1, (4, 3))
    session(plan, 1, (5, 4))
    session(plan, 0, (5, 4))
    morning(alice, 1, 2)
    assert [row[3] for row in rows(read(page(alice)), "sessions")] == ["not said", "2", "not said"]


def test_of_a_morning_told_twice_the_worse_pain_counts(page, alice, plan):
    for back in (2, 1, 0):
        session(plan, back)
    for pain in (2, 6, 3):
        morning(alice, 1, pain)
    assert [row[3] for row in rows(read(page(alice)), "sessions")] == ["not said", "6", "not said"]


def test_a_session_left_out_as_a_whole_is_none(page, alice, plan):
    for back in (3, 2, 1):
        session(plan, back)
    session(plan, 0, (9, 9), outcome="skipped")
    html = read(page(alice))
    assert len(rows(html, "sessions")) == 3
    assert rows(html, "done")[0] == ["Today", "nothing written down"]


def test_days_without_a_check_are_gaps_and_a_0_is_a_0(page, alice, plan):
    for back, leg in ((6, 5), (4, 0), (3, 2)):
        makers.daily_check(alice, leg, now=NOON - timedelta(days=back))
    html = read(page(alice))
    assert [row[1] for row in rows(html, "worst")] == [
        *("not said", "not said", "not said", "2", "0", "not said", "5"),
    ]
    assert marks(html, "worst") == 3
    assert "You told us your worst pain on 3 of 7 days." in html
    assert panel(html, "sessions").count("Nothing was written down in these days.") == 1


def test_what_was_corrected_does_not_count(page, alice, plan):
    for back in (3, 2, 1):
        first = makers.daily_check(alice, 9, now=NOON - timedelta(days=back))
        makers.daily_check(alice, 2, now=NOON - timedelta(days=back), corrects=first.pk, on=first.recorded_on)
    assert [row[1] for row in rows(read(page(alice)), "worst")][1:4] == ["2", "2", "2"]


def test_how_far_down_is_a_column_for_each_leg_that_was_told_of(page, alice, plan):
    checks = makers.daily_checks(alice, (5, 5, 5))
    html = read(page(alice))
    assert rows(html, "reach")[0] == ["Today", "calf"]
    assert panel(html, "reach").count('class="reach ') == 1 + 1, "one in the picture, one beside its word"
    DailyCheck.objects.filter(pk=checks[0].pk).update(reach_left=0, tingling_numbness_left=["foot"])
    html = read(page(alice))
    assert rows(html, "reach")[2] == ["Wed 18 Nov", "calf", "foot"]
    assert rows(html, "reach")[0] == ["Today", "calf", "not said"]


def test_days_done_in_words_and_as_bars(page, alice, plan):
    for back, outcome in ((5, "done"), (4, "partly"), (3, "stopped"), (2, "done")):
        session(plan, back, outcome=outcome)
    html = read(page(alice))
    assert "You did something on 4 of 7 days." in html
    assert "All of it on 2 days. A part on 2 days. That counts." in html
    assert [row[1] for row in rows(html, "done")][2:6] == [
        *("all of it", "a part, stopped once it hurt more", "a part", "all of it")
    ]
    picture = panel(html, "done").split("</svg>")[0]
    assert (picture.count('class="bar-done"'), picture.count('class="bar-part"')) == (2, 2)
    assert picture.count('class="stop"') == 1


def test_what_was_left_out_on_advice_does_not_make_a_day_less(page, alice, plan):
    for back in (3, 2, 1):
        row = session(plan, back)
        ExerciseResult.objects.create(
            session=row,
            exercise=Exercise.objects.order_by("slug")[1],
            position=2,
            side="both",
            outcome="skipped",
            advised_share=0,
        )
    assert "All of it on 3 days." in read(page(alice))


def test_the_stages_stand_above_the_sessions(page, alice, plan):
    plan.stage_changes.update(at=NOON - timedelta(days=20))
    plan.__class__.objects.update(started_at=NOON - timedelta(days=20))
    for kind, back in ((StageChange.Kind.ADVANCE, 6), (StageChange.Kind.FLARE, 2)):
        plan.stage_changes.create(kind=kind, to_stage=2, at=NOON - timedelta(days=back))
    for back in (13, 7, 1):
        session(plan, back)
    picture = panel(read(page(alice)), "sessions").split("</svg>")[0]
    named = re.findall(r"stage-band[^>]*><text[^>]*>([^<]*)", picture)
    assert named == ["Stage 1", "2", "F"]
    assert picture.count('class="stage-band-now"') == 1


def test_the_goal_stands_in_the_words_it_was_said_in(page, alice, plan):
    makers.intake(alice, now=NOON - timedelta(days=3), goal="Swim")
    makers.intake(alice, goal="Walk <b>far</b> & dance")
    html = page(alice).get(PATH).content.decode()
    assert "<blockquote>Walk &lt;b&gt;far&lt;/b&gt; &amp; dance</blockquote>" in html
    assert "Swim" not in html


def test_without_a_goal_nothing_is_quoted(page, alice, plan):
    makers.intake(alice, goal="")
    assert "You said" not in read(page(alice))


# Two weeks, or all ----------------------------------------------------------------------------------


def test_two_weeks_are_days_and_all_is_weeks(page, alice, plan):
    a_year(plan, 60)
    short, whole = read(page(alice)), read(page(alice), ALL)
    assert len(rows(short, "worst")) == 14
    assert len(rows(whole, "worst")) == 9
    assert '<a href="/progress/" aria-current="true">2 weeks</a>' in short
    assert '<a href="/progress/?show=all" aria-current="true">All</a>' in whole
    assert "Each mark is one week." in whole
    assert marks(whole, "worst") == 9
    assert marks(short, "worst") == 14


def test_all_of_a_short_plan_is_days(page, alice, plan):
    a_year(plan, 20)
    assert len(rows(read(page(alice), ALL), "worst")) == 20


def test_what_nobody_offers_is_two_weeks(page, alice, plan):
    a_year(plan, 20)
    assert len(rows(read(page(alice), "/progress/?show=<script>"), "worst")) == 14


@pytest.mark.parametrize("path", [PATH, ALL])
def test_whoever_chose_larger_text_has_larger_letters_in_every_picture(page, alice, plan, path):
    alice.text_size = TextSize.LARGEST
    alice.save()
    a_year(plan, days=40)

    pictures = re.findall(
        r'viewBox="0 0 (\d+) \d+" width="\d+" height="\d+" role="img"', read(page(alice), path)
    )

    assert pictures == ["246"] * len(pictures)
    assert len(pictures) >= 3


def test_the_example_has_larger_letters_too(page, alice, plan):
    alice.text_size = TextSize.LARGEST
    alice.save()

    assert 'viewBox="0 0 246 ' in read(page(alice))


def test_a_year_stays_small(page, alice, plan):
    a_year(plan, 400)
    answer = page(alice).get(ALL)
    assert len(answer.content) <= 60_000
    html = answer.content.decode()
    assert len(rows(html, "worst")) == 58
    assert marks(html, "sessions") == marks(html, "worst") == 58


def test_days_before_the_last_400_are_not_shown(page, alice, plan):
    a_year(plan, 430)
    assert "of 400 days" in read(page(alice), ALL)


# Its doors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [PATH, ALL])
def test_the_queries_do_not_grow_with_the_days(page, alice, plan, path, django_assert_num_queries):
    for days in (3, 100):
        GuidedSession.objects.all().delete()
        DailyCheck.objects.all().delete()
        a_year(plan, days)
        browser = page(alice)
        with django_assert_num_queries(QUERIES):
            browser.get(path)


def test_looking_is_recorded(page, alice, plan):
    page(alice).get(PATH)
    (look,) = AuditEvent.objects.filter(door="home:progress")
    assert (look.actor, look.patient) == (alice, alice)


def test_nobody_else_counts(page, alice, plan, dora, charlie):
    a_year(makers.plan(dora, charlie), 20)
    assert heading(page(alice).get(PATH)) == "Come back after 3 sessions."


def test_it_is_for_patients_who_are_signed_in(page, bob):
    assert page(bob).get(PATH).status_code == 403
    answer = Client().get(PATH)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")
    assert Client().post(PATH).status_code in (302, 405)


def test_it_leads_on_and_the_history_leads_back(page, alice, plan):
    html = read(page(alice))
    for path in ("/history/", "/breaks/history/", "/about-your-pain/"):
        assert f'href="{path}"' in html
    assert '<a class="tap" href="/progress/">Progress</a>' in read(page(alice), "/history/")


def test_its_style_has_no_colour_of_its_own():
    style = (Path(settings.BASE_DIR) / "static/css/progress.css").read_text(encoding="utf-8")
    assert not re.search(r"#[0-9a-f]{3,8}\b|rgb|hsl", style)
