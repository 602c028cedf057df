"""A therapist invites a patient and gets a code and a link that are shown once."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import segno
import time_machine
from django.urls import reverse

from programs.accounts.actions import code_hash, invite_patient, join_clinic, token_hash
from programs.accounts.models import Invitation, Role
from programs.accounts.render import qr_code
from programs.accounts.rules import read_code
from tests import makers

INVITE = "/invite/"
FORM = {"name": "Maria Lindqvist", "email": "Maria@Example.org", "year_of_birth": "1954"}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(makers.NOON, tick=False):
        yield


def invite(clinic, by, name, at=makers.NOON) -> None:
    email = f"{name}@x.org"
    invite_patient(clinic=clinic, invited_by=by, name=name, email=email, year_of_birth=1954, now=at)


def link_in(answer) -> str:
    return answer.context["link"]


def test_the_page_says_what_the_invitation_is_good_for(page, bob):
    answer = page(bob).get(INVITE)
    assert answer.status_code == 200
    assert "They work once, for 72 hours." in answer.text


def test_inviting_shows_an_absolute_link_that_opens_the_invitation(page, bob, client):
    answer = page(bob).post(INVITE, FORM)
    assert answer.status_code == 200
    link = link_in(answer)
    assert link.startswith("http://testserver/join/")
    assert f'id="link" translate="no">{link}</p>' in answer.text
    assert "It works once, for 72 hours: until Monday 23 November, 12:00." in answer.text
    opened = client.get(urlsplit(link).path)
    assert "Bob invites you to Stride clinic" in opened.text


def test_the_answer_that_shows_the_link_is_kept_by_no_cache(page, bob):
    assert "no-store" in page(bob).post(INVITE, FORM)["Cache-Control"]


def test_only_hashes_of_the_token_and_the_code_are_kept(page, bob):
    answer = page(bob).post(INVITE, FORM)
    token = urlsplit(link_in(answer)).path.split("/")[2]
    code = read_code(answer.context["code"])
    invitation = Invitation.objects.get()
    assert (invitation.token_hash, invitation.code_hash) == (token_hash(token), code_hash(code))
    kept = str(Invitation.objects.values().get())
    assert token not in kept
    assert code not in kept
    assert (invitation.email, invitation.invited_by, invitation.expires_at) == (
        "maria@example.org",
        bob,
        makers.NOON + timedelta(hours=72),
    )
    assert invitation.year_of_birth == 1954


def test_the_hash_of_a_code_needs_the_key_of_this_installation(settings):
    here = code_hash("ABCDE12345")
    settings.SECRET_KEY = "another" * 10
    assert code_hash("ABCDE12345") != here


def test_what_opens_an_invitation_does_not_show_when_it_is_logged(clinic, bob):
    invited = invite_patient(
        clinic=clinic, invited_by=bob, name="M", email="m@x.org", year_of_birth=1954, now=makers.NOON
    )
    assert invited.code not in repr(invited)
    assert invited.token not in repr(invited)


def test_the_slip_has_the_code_and_a_picture_of_the_link_but_not_the_year_of_birth(page, bob):
    answer = page(bob).post(INVITE, FORM)
    slip = answer.text.split('<section class="slip"')[1].split("</section>")[0]
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", answer.context["code"])
    assert answer.context["code"] in slip
    assert "Join Stride clinic" in slip
    assert "http://testserver/join/</span>" in slip
    assert "Not for real patients yet." in slip
    assert "1954" not in slip
    assert "style=" not in answer.text  # the policy of the page would ignore it


def test_the_picture_is_read_as_the_link_and_has_its_quiet_zone():
    link = "https://clinic.example/join/0123456789abcdefghijkl/"
    picture = str(qr_code(link))
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', picture)[1])
    assert f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/>' in picture
    assert 'stroke="#000"' in picture
    expected = segno.make(link, error="m", micro=False)
    assert modules_of(picture, side) == [
        [bool(each) for each in row] for row in expected.matrix_iter(border=4)
    ]


def modules_of(picture: str, side: int) -> list[list[bool]]:
    """Which squares the picture's one line makes black."""
    black = [[False] * side for _ in range(side)]
    x, y = 0.0, 0.0
    for kind, numbers in re.findall("([Mmh])([-0-9. ]+)", re.search('stroke="#000" d="([^"]+)"', picture)[1]):
        given = [float(number) for number in numbers.split()]
        if kind == "h":
            for column in range(int(x), int(x + given[0])):
                black[int(y)][column] = True
            x += given[0]
        else:
            x, y = (given[0], given[1]) if kind == "M" else (x + given[0], y + given[1])
    return black


def test_inviting_the_same_address_again_closes_the_first_link(page, bob, client):
    browser = page(bob)
    first, second = link_in(browser.post(INVITE, FORM)), link_in(browser.post(INVITE, FORM))
    assert client.get(urlsplit(first).path).status_code == 410
    assert client.get(urlsplit(second).path).status_code == 200
    assert Invitation.objects.open(makers.NOON).count() == 1


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        ({"name": ""}, "name", "Enter a name."),
        ({"name": "Maria", "email": ""}, "email", "Enter an e-mail address."),
        ({"name": "Maria", "email": "maria"}, "email", "Enter a valid email address."),
        ({"name": "M" * 121}, "name", "at most 120"),
        ({"name": "Maria", "year_of_birth": ""}, "year_of_birth", "Enter the year they were born."),
        ({"name": "Maria", "year_of_birth": "54"}, "year_of_birth", "between 1900 and 2008"),
        ({"name": "Maria", "year_of_birth": "2009"}, "year_of_birth", "This tracker is for adults."),
    ],
)
def test_a_wrong_field_gets_its_sentence_and_nothing_is_stored(page, bob, form, field, sentence):
    answer = page(bob).post(INVITE, FORM | form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'id="id_{field}_error"' in answer.text
    assert form["name"] in answer.text
    assert not Invitation.objects.exists()


def test_an_address_with_an_account_is_refused_at_the_field(page, bob, alice):
    answer = page(bob).post(INVITE, FORM | {"email": "ALICE@example.org"})
    assert answer.status_code == 422
    assert "already has an account" in answer.context["form"].errors["email"][0]
    assert not Invitation.objects.exists()


def test_own_open_invitations_are_listed_and_nobody_elses(page, clinic, bob):
    carl = makers.therapist(clinic, "carl")
    for by, name in ((bob, "Maria"), (carl, "Joan")):
        invite(clinic, by, name)
    html = page(bob).get(INVITE).text
    assert "Maria" in html
    assert "Joan" not in html


def test_a_closed_invitation_is_not_listed(page, clinic, bob):
    long_ago = makers.NOON - timedelta(hours=73)
    invite(clinic, bob, "Maria", long_ago)
    assert "Maria" not in page(bob).get(INVITE).text


def test_one_that_wrong_years_have_closed_says_so_and_gives_a_new_slip(page, clinic, bob):
    for name in ("Maria", "Joan"):
        invite(clinic, bob, name)
    Invitation.objects.filter(name="Maria").update(tries=Invitation.MOST_TRIES)
    browser = page(bob)
    listed = browser.get(INVITE)
    rows = {name: row for name in ("Maria", "Joan") for row in rows_of(listed) if name in row}
    assert "Closed: a wrong year of birth was typed 5 times." in rows["Maria"]
    assert "You gave 1954." in rows["Maria"]
    assert "Works until" not in rows["Maria"]
    assert "Revoke" not in rows["Maria"]
    assert "Closed" not in rows["Joan"]
    assert "Make a new slip" not in rows["Joan"]

    typed = dict(re.findall('type="hidden" name="(name|email|year_of_birth)" value="([^"]*)"', rows["Maria"]))
    answer = browser.post(INVITE, typed)

    assert answer.context["name"] == "Maria"
    assert Invitation.objects.open(makers.NOON).filter(name="Maria", year_of_birth=1954).count() == 1
    assert "Closed" not in browser.get(INVITE).text


def rows_of(answer) -> list[str]:
    return answer.text.split('<li class="row-with-action">')[1:]


@pytest.mark.parametrize("field", ["accepted_at", "revoked_at", "expires_at"])
def test_one_that_would_not_work_anyway_is_not_called_closed(page, clinic, bob, field):
    invite(clinic, bob, "Maria")
    Invitation.objects.update(tries=Invitation.MOST_TRIES, **{field: makers.NOON})
    assert "Maria" not in page(bob).get(INVITE).text


def test_revoking_closes_the_link_and_doing_it_again_changes_nothing(page, bob, client):
    browser = page(bob)
    link = link_in(browser.post(INVITE, FORM))
    invitation = Invitation.objects.get()
    for _ in range(2):
        answer = browser.post(reverse("accounts:revoke", args=[invitation.pk]), follow=True)
        assert answer.status_code == 200
    invitation.refresh_from_db()
    assert invitation.revoked_at == makers.NOON
    assert client.get(urlsplit(link).path).status_code == 410


def test_another_therapists_invitation_cannot_be_revoked(page, bob, charlie):
    page(bob).post(INVITE, FORM)
    invitation = Invitation.objects.get()
    answer = page(charlie).post(reverse("accounts:revoke", args=[invitation.pk]))
    assert answer.status_code == 404
    invitation.refresh_from_db()
    assert invitation.revoked_at is None


def test_revoking_needs_a_post(page, bob):
    page(bob).post(INVITE, FORM)
    assert page(bob).get(reverse("accounts:revoke", args=[Invitation.objects.get().pk])).status_code == 405


@pytest.mark.parametrize("role", [Role.PATIENT, Role.ADMIN])
def test_patients_and_administrators_do_not_invite(page, clinic, role):
    eve = makers.person("eve")
    join_clinic(user=eve, clinic=clinic, role=role, now=makers.NOON)
    assert page(eve).get(INVITE).status_code == 403
    assert page(eve).post(INVITE, FORM).status_code == 403
    assert not Invitation.objects.exists()


def test_signed_out_leads_to_the_sign_in_page(db, client):
    answer = client.get(INVITE)
    assert answer.status_code == 302
    assert answer["Location"] == "/account/login/?next=/invite/"


def test_the_page_costs_the_same_however_many_invitations(page, clinic, bob, django_assert_num_queries):
    browser = page(bob)

    for number in range(2):
        invite(clinic, bob, f"m{number}")
    with django_assert_num_queries(4):
        browser.get(INVITE)
    for number in range(2, 20):
        invite(clinic, bob, f"m{number}")
    Invitation.objects.filter(name__startswith="m1").update(tries=Invitation.MOST_TRIES)
    with django_assert_num_queries(4):
        browser.get(INVITE)
