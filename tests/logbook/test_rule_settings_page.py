"""The page "What would this have flagged?": trying thresholds, and an administrator saving them."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.core.exceptions import ValidationError

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, CareTeam, Role, User
from programs.care.models import Mode, Plan
from programs.logbook import queries
from programs.logbook.models import DailyCheck
from programs.logbook.queries import trial
from programs.monitoring.actions.settings import save_rule_setting
from programs.monitoring.models import Flag, RuleSetting
from programs.monitoring.queries import parameters_of
from programs.monitoring.rules import ADJUSTABLE, DEFAULT, Parameters, Report, adjusted, find_worsening
from tests import makers

pytestmark = pytest.mark.once

NOON = makers.NOON
PAGE = "/clinic/rules/"

SUM_LIMIT, ALLOWANCE = ADJUSTABLE["sum_limit"], ADJUSTABLE["allowance"]
LOOSE = {"sum_limit": SUM_LIMIT.lowest, "allowance": ALLOWANCE.lowest}
STRICT = {"sum_limit": SUM_LIMIT.highest}
OUT_OF_BOUNDS = f"Choose {SUM_LIMIT.lowest:g} to {SUM_LIMIT.highest:g}."


def is_flagged(legs: list[int], parameters: Parameters) -> bool:
    reports = [Report(NOON.date() + timedelta(days=day), leg) for day, leg in enumerate(legs)]
    return any(finding.level == "flag" for finding in find_worsening(reports, parameters))


STEADY = [3, 3, 4, 3, 2] * 8
SMALL_RISE = next(
    legs
    for legs in ([3] * 36 + [5] * days for days in range(3, 9))
    if is_flagged(legs, adjusted(LOOSE)) and not is_flagged(legs, DEFAULT)
)
"""Some days 2 points up, right at the end: a flag by the loosest thresholds, and not by the defaults."""
LARGE_RISE = [3] * 36 + [8, 8, 8, 8, 8, 8]
"""A flag by any threshold."""


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def adam(clinic) -> User:
    """The administrator."""
    user = makers.person("adam")
    join_clinic(user=user, clinic=clinic, role=Role.ADMIN, now=NOON)
    return user


def reported(patient: User, legs: list[int]) -> None:
    """One check a day, the last one today, stored without judging."""
    clinic = patient.memberships.get().clinic
    DailyCheck.objects.bulk_create(
        DailyCheck(
            clinic=clinic,
            patient=patient,
            recorded_on=NOON.date() - timedelta(days=back),
            worst_leg_pain=leg,
            worst_back_pain=2,
            received_at=NOON - timedelta(days=back),
        )
        for back, leg in zip(range(len(legs) - 1, -1, -1), legs, strict=True)
    )


def guided(clinic, by: User, name: str, legs: list[int]) -> User:
    patient = makers.patient(clinic, name, cared_for_by=by)
    makers.plan(patient, by)
    reported(patient, legs)
    return patient


def main(response) -> str:
    return " ".join(unescape(response.text).split("<main")[1].split())


def hidden(response) -> dict[str, str]:
    """What the page's form to save sends along."""
    form = response.text.split('method="post" action="/clinic/rules/"')[1]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def test_the_thresholds_are_shown_with_what_is_in_force(page, clinic, adam):
    save_rule_setting(clinic=clinic, by=adam, values=STRICT, note="Fewer", instead_of=None, now=NOON)
    html = main(page(adam).get(PAGE))
    assert "Limit of the sum (W2)" in html
    assert f"points; default {DEFAULT.sum_limit:g}, <strong>now {SUM_LIMIT.highest:g}</strong>" in html
    assert f'<input type="number" name="sum_limit" value="{SUM_LIMIT.highest:g}"' in html
    assert "not yet checked by a clinician" in html
    assert RuleSetting.objects.get().version in html


def test_a_trial_counts_what_either_setting_would_have_found(page, clinic, adam, bob):
    guided(clinic, bob, "steady", STEADY)
    guided(clinic, bob, "small", SMALL_RISE)
    guided(clinic, bob, "large", LARGE_RISE)
    html = main(page(adam).get(PAGE, LOOSE))
    assert "1 more alert in 90 days: 0.1 more a week for each therapist." in html
    assert '<th scope="row">Alerts</th><td class="number">1</td><td class="number">2</td>' in html
    assert "From the reports of 3 patients with a guided plan." in html
    assert not Flag.objects.exists()


def test_findings_a_few_days_apart_are_one_alert_and_a_check_in_is_none(clinic, bob):
    guided(clinic, bob, "twice", [3] * 30 + [8] * 6 + [3] * 30 + [8] * 6)
    guided(clinic, bob, "small", SMALL_RISE)
    trial = queries.compare_settings(clinic, DEFAULT, DEFAULT, NOON).in_force
    assert trial.findings["W2", "flag"] >= 2
    assert trial.findings["W1", "check_in"] >= 2
    assert list(trial.alerts_of.values()) == [2]


def test_what_was_found_more_than_90_days_ago_does_not_count(clinic, bob):
    guided(clinic, bob, "long", LARGE_RISE + [3] * 95)
    assert queries.compare_settings(clinic, DEFAULT, DEFAULT, NOON).in_force.alerts == 0


def test_a_diary_and_other_clinics_are_not_tried(clinic, bob, other_clinic, charlie):
    diary = guided(clinic, bob, "diary", LARGE_RISE)
    Plan.objects.filter(patient=diary).update(mode=Mode.DIARY)
    reported(makers.patient(clinic, "planless", cared_for_by=bob), LARGE_RISE)
    guided(other_clinic, charlie, "foreign", LARGE_RISE)
    comparison = queries.compare_settings(clinic, DEFAULT, DEFAULT, NOON)
    assert (comparison.patients, comparison.in_force.alerts) == (0, 0)


def test_an_alert_counts_for_each_therapist_who_is_told(clinic, bob):
    patient = guided(clinic, bob, "large", LARGE_RISE)
    makers.therapist(clinic, "idle")
    assert queries.compare_settings(clinic, DEFAULT, DEFAULT, NOON).load_in_force == pytest.approx(7 / 90 / 2)
    CareTeam.objects.create(
        clinic=clinic, patient=patient, therapist=makers.therapist(clinic, "carl"), started_at=NOON
    )
    assert queries.compare_settings(clinic, DEFAULT, DEFAULT, NOON).load_in_force == pytest.approx(
        2 * 7 / 90 / 3
    )


def test_of_too_many_patients_some_are_drawn_and_the_page_says_so(page, clinic, adam, bob, monkeypatch):
    for name in ("anna", "ben", "carol"):
        guided(clinic, bob, name, LARGE_RISE)
    monkeypatch.setattr(trial, "MOST_TRIED", 2)
    html = main(page(adam).get(PAGE, STRICT))
    assert "Only 2 of 3 patients were judged" in html
    assert "expect about 1.5 times these numbers" in html
    assert '<th scope="row">Alerts</th><td class="number">2</td>' in html


def test_a_therapist_sees_which_of_their_own_patients_it_is_about(page, clinic, bob):
    carl = makers.therapist(clinic, "carl")
    small = guided(clinic, bob, "small", SMALL_RISE)
    guided(clinic, carl, "other", SMALL_RISE)
    more = main(page(bob).get(PAGE, LOOSE))
    assert "2 more alerts" in more
    assert f'flagged only by these</h3> <ul><li><a href="/patients/{small.pk}/">Small</a></li></ul>' in more
    assert 'flagged no longer</h3> <p class="muted">Nobody</p>' in more
    assert "Other" not in more
    assert [(look.patient, look.actor) for look in AuditEvent.objects.all()] == [(small, bob)]


def test_patients_flagged_no_longer_are_named_too(page, clinic, adam, bob):
    save_rule_setting(clinic=clinic, by=adam, values=LOOSE, note="More", instead_of=None, now=NOON)
    guided(clinic, bob, "small", SMALL_RISE)
    html = main(page(bob).get(PAGE, {"sum_limit": DEFAULT.sum_limit, "allowance": DEFAULT.allowance}))
    assert "1 fewer alert in 90 days: 0.1 fewer a week for each therapist." in html
    assert html.index("flagged no longer") < html.index(">Small<")


def test_an_administrator_sees_no_names_and_nobodys_data(page, clinic, adam, bob):
    guided(clinic, bob, "small", SMALL_RISE)
    html = main(page(adam).get(PAGE, LOOSE))
    assert "1 more alert" in html
    assert "Small" not in html
    assert "/patients/" not in html
    assert not AuditEvent.objects.exists()


def test_a_therapist_is_offered_no_way_to_save_and_has_none(page, bob):
    browser = page(bob)
    response = browser.get(PAGE, STRICT)
    assert "Your administrator can save this setting." in main(response)
    assert 'method="post" action="/clinic/rules/"' not in response.text
    assert browser.post(PAGE, {"sum_limit": "5", "note": "Mine"}).status_code == 403
    assert not RuleSetting.objects.exists()


def test_what_was_tried_is_saved_with_its_reason_and_stands_in_the_history(page, clinic, adam):
    browser = page(adam)
    fields = hidden(browser.get(PAGE, STRICT | {"severe_score": 9}))
    saved = browser.post(PAGE, fields | {"note": " Too many alerts. "}, follow=True)
    setting = RuleSetting.objects.get()
    assert (setting.values, setting.saved_by, setting.saved_at) == (
        STRICT | {"severe_score": 9},
        adam,
        NOON,
    )
    assert setting.note == "Too many alerts."
    assert setting.version == parameters_of(clinic).version
    html = main(saved)
    assert "Saved." in html
    assert "<strong>Adam</strong>" in html
    assert f"Limit of the sum (W2): {SUM_LIMIT.highest:g} points. Severe pain from (W5): 9 of 10." in html
    assert "Too many alerts." in html


def test_saving_needs_a_reason_and_keeps_what_was_tried(page, adam):
    browser = page(adam)
    fields = hidden(browser.get(PAGE, STRICT))
    refused = browser.post(PAGE, fields | {"note": "  "})
    assert refused.status_code == 422
    assert "Say in a few words why." in main(refused)
    assert hidden(refused) == fields
    assert not RuleSetting.objects.exists()


@pytest.mark.parametrize(
    "other", [{"sum_limit": f"{SUM_LIMIT.lowest:g}"}, {"tried": "made-up"}, {"tried": ""}]
)
def test_nothing_is_saved_that_was_not_tried(page, adam, other):
    browser = page(adam)
    fields = hidden(browser.get(PAGE, STRICT)) | {"note": "Fewer"} | other
    refused = browser.post(PAGE, fields)
    assert refused.status_code == 422
    assert "Nothing is saved yet" in main(refused)
    assert not RuleSetting.objects.exists()
    assert browser.post(PAGE, hidden(refused) | {"note": "Fewer"}).status_code == 302


def test_sending_no_thresholds_at_all_says_what_to_do(page, adam):
    refused = page(adam).post(PAGE, {"note": "Fewer"})
    assert refused.status_code == 422
    assert "Nothing is saved yet" in main(refused)
    assert not RuleSetting.objects.exists()


def test_saving_in_a_second_window_what_is_in_force_by_now_says_so(page, adam):
    browser = page(adam)
    fields = hidden(browser.get(PAGE, STRICT)) | {"note": "Fewer"}
    for _ in range(2):
        answer = browser.post(PAGE, fields)
        assert answer.status_code == 302
    assert "These thresholds are in force already." in browser.get(PAGE).content.decode()
    assert RuleSetting.objects.count() == 1


def test_what_is_not_counted_is_not_said_to_change_nothing(page, adam):
    html = main(page(adam).get(PAGE, {"silent_after_days": 3}))
    assert "This changes only when silence is flagged. That is not counted here." in html
    assert "As many alerts" not in html


def test_of_two_people_saving_at_once_the_second_looks_again(clinic, adam):
    first = save_rule_setting(clinic=clinic, by=adam, values=STRICT, note="Fewer", instead_of=None, now=NOON)
    with pytest.raises(ValidationError, match="Nothing is saved yet: others were saved meanwhile"):
        save_rule_setting(clinic=clinic, by=adam, values=LOOSE, note="More", instead_of=None, now=NOON)
    assert RuleSetting.objects.get() == first


def test_a_trial_from_before_somebody_else_saved_is_out_of_date(page, clinic, adam):
    browser = page(adam)
    fields = hidden(browser.get(PAGE, STRICT))
    save_rule_setting(
        clinic=clinic, by=adam, values={"allowance": 1}, note="Meanwhile", instead_of=None, now=NOON
    )
    assert browser.post(PAGE, fields | {"note": "Fewer"}).status_code == 422
    assert RuleSetting.objects.count() == 1


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("99", OUT_OF_BOUNDS),
        (f"{SUM_LIMIT.lowest + SUM_LIMIT.step / 3:.2f}", f"Choose steps of {SUM_LIMIT.step:g}."),
        ("", "Give a number."),
        ("nan", OUT_OF_BOUNDS),
        ("four", "Give a number."),
        ("4\0", "Give a number."),
    ],
)
@pytest.mark.parametrize("send", ["get", "post"])
def test_what_does_not_fit_is_said_at_its_field(page, adam, send, value, sentence):
    response = getattr(page(adam), send)(PAGE, {"sum_limit": value, "note": "Because"})
    html = main(response)
    assert response.status_code == 422
    assert f'id="id_sum_limit_error"><span class="visually-hidden">Error: </span>{sentence}</p>' in html
    assert 'aria-invalid="true"' in html
    assert "In 90 days" not in html
    assert not RuleSetting.objects.exists()


def test_what_is_not_sent_stays_as_it_is_in_force(page, clinic, adam):
    save_rule_setting(clinic=clinic, by=adam, values={"allowance": 1}, note="Why", instead_of=None, now=NOON)
    response = page(adam).get(PAGE, STRICT | {"unknown": "7"})
    assert hidden(response)["allowance"] == "1"
    assert response.status_code == 200


def test_trying_what_is_in_force_offers_nothing_to_save(page, adam):
    html = main(page(adam).get(PAGE, {"sum_limit": DEFAULT.sum_limit}))
    assert "These are the thresholds in force." in html
    assert "Save this setting" not in html


def test_saving_again_what_is_in_force_changes_nothing(clinic, adam):
    first = save_rule_setting(clinic=clinic, by=adam, values=STRICT, note="Why", instead_of=None, now=NOON)
    again = save_rule_setting(
        clinic=clinic,
        by=adam,
        values=STRICT | {"allowance": DEFAULT.allowance},
        note="Again",
        instead_of=None,
        now=NOON,
    )
    assert again == first
    back = save_rule_setting(
        clinic=clinic, by=adam, values={}, note="Back", instead_of=first, now=NOON + timedelta(days=1)
    )
    assert parameters_of(clinic) == DEFAULT
    assert list(RuleSetting.objects.filter(clinic=clinic)) == [back, first]


def test_the_action_refuses_what_does_not_fit(clinic, adam):
    with pytest.raises(ValidationError) as refused:
        save_rule_setting(
            clinic=clinic, by=adam, values={"sum_limit": 99, "mood": 1}, note="Why", instead_of=None, now=NOON
        )
    assert refused.value.message_dict == {
        "sum_limit": [OUT_OF_BOUNDS],
        "mood": ["There is no such threshold."],
    }
    with pytest.raises(ValidationError) as refused:
        save_rule_setting(clinic=clinic, by=adam, values=STRICT, note=" ", instead_of=None, now=NOON)
    assert refused.value.message_dict == {"note": ["Say in a few words why."]}
    assert not RuleSetting.objects.exists()


def test_a_saved_setting_judges_the_next_report(clinic, adam, alice, plan):
    save_rule_setting(clinic=clinic, by=adam, values=LOOSE, note="More", instead_of=None, now=NOON)
    reported(alice, SMALL_RISE)
    DailyCheck.objects.filter(recorded_on=NOON.date()).delete()
    makers.daily_check(alice, SMALL_RISE[-1])
    assert Flag.objects.get().rule_version == RuleSetting.objects.get().version


def test_another_clinics_settings_stay_there(page, clinic, adam, other_clinic):
    eve = makers.person("eve")
    join_clinic(user=eve, clinic=other_clinic, role=Role.ADMIN, now=NOON)
    save_rule_setting(clinic=other_clinic, by=eve, values=STRICT, note="Theirs", instead_of=None, now=NOON)
    html = main(page(adam).get(PAGE))
    assert "Theirs" not in html
    assert "Nobody yet. The defaults are in force." in html
    assert parameters_of(clinic) == DEFAULT


def test_how_useful_the_flags_were_is_shown(page, adam, bob, alice, plan):
    html = main(page(adam).get(PAGE))
    assert "No flag was opened." in html
    makers.daily_checks(alice, makers.RISING)
    html = main(page(adam).get(PAGE))
    assert "W2e" in html
    assert "nobody said" in html
    assert "They never hold an alert back." in html


def test_a_patient_does_not_open_it(page, alice):
    assert page(alice).get(PAGE).status_code == 403


def test_signed_out_leads_to_the_sign_in_page(db, client):
    assert client.get(PAGE)["Location"] == "/account/login/?next=/clinic/rules/"


def test_the_clinic_page_and_the_caseload_lead_here(page, adam, bob):
    assert f'href="{PAGE}"' in page(adam).get("/clinic/").text
    assert f'href="{PAGE}"' in page(bob).get("/caseload/").text


def test_more_patients_cost_no_more_queries(page, clinic, adam, bob, django_assert_num_queries):
    admin, therapist = page(adam), page(bob)
    for number in range(12):
        if number in (1, 11):
            with django_assert_num_queries(12):
                admin.get(PAGE, LOOSE)
            with django_assert_num_queries(14):
                therapist.get(PAGE, LOOSE)
        guided(clinic, bob, f"p{number}", SMALL_RISE)
