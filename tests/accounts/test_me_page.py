"""One's own account: how pages are to be, the ways to everything of one's own, and the ways out."""

from __future__ import annotations

import pytest

from programs.accounts.actions import join_clinic, set_wishes
from programs.accounts.models import Role
from programs.library.models import Exercise
from tests import makers
from tests.pages import heading

pytestmark = [pytest.mark.once, pytest.mark.django_db]

WISHES = {
    "text_size": "115",
    "voice": "off",
    "speed": "slower",
    "first_leg": "left",
    "less_motion": "on",
    "time_zone": "Asia/Tokyo",
}


def wishes_of(user) -> dict[str, object]:
    user.refresh_from_db()
    return {name: getattr(user, name) for name in WISHES}


def test_it_shows_who_is_signed_in_and_the_ways_out(page, alice):
    html = page(alice).get("/me/").text
    assert "You are signed in as Alice" in html
    assert "alice@example.org" in html
    assert "Stride clinic" in html
    for way in ("/account/password/change/", "/me/record.zip", "/me/record.json", "/me/delete/"):
        assert f'href="{way}"' in html
    assert 'action="/account/logout/"' in html


@pytest.mark.parametrize("role", Role.values)
def test_every_role_has_it_and_may_choose_a_text_size(page, clinic, role):
    eve = makers.person("eve")
    join_clinic(user=eve, clinic=clinic, role=role, now=makers.NOON)
    answer = page(eve).get("/me/")
    assert answer.status_code == 200
    assert heading(answer) == "You are signed in as Eve."
    assert answer.text.count('name="text_size"') == 3


def test_staff_keep_what_they_had_and_choose_no_leg(page, bob):
    browser = page(bob)
    html = browser.get("/me/").text
    assert 'name="first_leg"' not in html
    assert "/me/delete/" not in html
    assert 'href="/reminders/"' in html

    answer = browser.post("/me/", {"text_size": "130", "time_zone": "Asia/Tokyo"})

    assert answer.status_code == 302
    bob.refresh_from_db()
    assert (bob.text_size, bob.time_zone, bob.voice) == (130, "Asia/Tokyo", True)


def test_somebody_without_a_clinic_has_nothing_to_see(page, db):
    assert page(makers.person("eve")).get("/me/").status_code == 403


def test_all_wishes_are_kept_together_and_saving_them_again_changes_nothing(page, alice):
    browser = page(alice)
    for _ in range(2):
        answer = browser.post("/me/", WISHES)
        assert (answer.status_code, answer["Location"]) == (302, "/me/")
        assert wishes_of(alice) == WISHES | {"text_size": 115, "voice": False, "less_motion": True}
    html = browser.get("/me/").text
    assert 'value="Asia/Tokyo" selected' in html
    assert html.count(" checked") == 5  # what is chosen is chosen on the page, so that nothing gets lost


def test_a_page_follows_them_without_asking_for_more(page, alice, django_assert_num_queries):
    browser = page(alice)
    browser.get("/me/")
    with django_assert_num_queries(4) as plain:
        html = browser.get("/me/").text
    assert f'<html lang="en-GB" data-patient="{alice.pk}">' in html

    set_wishes(user=alice, text_size=130, voice=False, speed="slowest", less_motion=True)

    with django_assert_num_queries(len(plain)):
        html = browser.get("/me/").text
    opening = (
        '<html lang="en-GB" data-text-size="130" data-less-motion data-voice="off" data-speed="slowest"'
        f' data-patient="{alice.pk}">'
    )
    assert opening in html


def test_whoever_is_signed_out_gets_the_usual_page(client, db):
    assert '<html lang="en-GB">' in client.get("/account/login/").text


def test_who_wants_less_motion_has_no_moving_picture(page, alice, plan):
    where = f"/library/exercises/{Exercise.objects.get(slug='prone-press-up').pk}/"
    browser = page(alice)
    assert '<section class="moving no-print" aria' in browser.get(where).text

    set_wishes(user=alice, less_motion=True)

    assert '<section class="moving no-print" hidden aria' in browser.get(where).text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("time_zone", ""),
        ("time_zone", "Mars/Olympus"),
        ("text_size", "200"),
        ("text_size", ""),
        ("voice", "perhaps"),
        ("speed", "fast"),
        ("first_leg", "third"),
        ("less_motion", ""),
    ],
)
def test_what_is_no_choice_is_refused_at_its_field_and_nothing_is_kept(page, alice, field, typed):
    before = wishes_of(alice)

    answer = page(alice).post("/me/", WISHES | {field: typed})

    assert answer.status_code == 422
    assert answer.text.count(f'id="id_{field}_error"') == 1
    assert wishes_of(alice) == before


def test_an_old_name_of_a_zone_stays_chosen(page, alice):
    set_wishes(user=alice, time_zone="GB")

    assert 'value="GB" selected' in page(alice).get("/me/").text


def test_signed_out_leads_to_the_sign_in_page(db, client):
    assert client.get("/me/")["Location"] == "/account/login/?next=/me/"
