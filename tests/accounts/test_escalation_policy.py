"""Whom a clinic has told and when: never slower than the defaults, and no step that reaches nobody."""

from __future__ import annotations

from datetime import time

import pytest
from django.core.exceptions import ValidationError

from programs.accounts.actions import join_clinic, save_escalation_policy
from programs.accounts.actions.escalation import WAITS
from programs.accounts.forms import EscalationForm
from programs.accounts.models import Clinic, EscalationPolicy, Role, User
from programs.accounts.queries import escalation_policy_of, reachable_staff
from tests import makers, pages

URL = "/clinic/escalation/"
NOON = makers.NOON


@pytest.fixture
def ruth(clinic, bob) -> User:
    return makers.therapist(clinic, "ruth")


@pytest.fixture
def adam(clinic) -> User:
    """The administrator."""
    user = makers.person("adam")
    join_clinic(user=user, clinic=clinic, role=Role.ADMIN, now=NOON)
    return user


def save(clinic: Clinic, by: User, **values: object) -> EscalationPolicy:
    return save_escalation_policy(clinic=clinic, by=by, now=NOON, **values)


def wrong(clinic: Clinic, by: User, **values: object) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        save(clinic, by, **values)
    assert not EscalationPolicy.objects.exists()
    return refused.value.message_dict


def filled_in(clinic: Clinic, **values: object) -> dict[str, object]:
    """The form as the page shows it, with these values changed."""
    form = EscalationForm(None, staff=reachable_staff(clinic))
    shown = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in (shown | values).items() if value is not None}


def test_a_clinic_that_never_chose_has_the_defaults(clinic):
    policy = escalation_policy_of(clinic)
    assert {name: getattr(policy, name) for name in WAITS} == {
        name: wait.longest for name, wait in WAITS.items()
    }
    assert not EscalationPolicy.objects.exists()


def test_a_policy_is_saved_with_who_chose_it_and_what_is_left_out_stays(clinic, adam, ruth):
    save(clinic, adam, urgent_backup_minutes=5, backup=ruth)
    save(clinic, adam, weekdays=[4, 0, 4])

    policy = EscalationPolicy.objects.get()
    assert (policy.urgent_backup_minutes, policy.backup, policy.weekdays) == (5, ruth, [0, 4])
    assert (policy.saved_by, policy.saved_at) == (adam, NOON)


@pytest.mark.parametrize("name", WAITS)
def test_nothing_is_slower_than_the_defaults_and_nothing_at_once(clinic, adam, ruth, name):
    wait = WAITS[name]
    bound = {name: [f"Choose {wait.shortest} to {wait.longest} {wait.unit}."]}
    assert wrong(clinic, adam, **{name: wait.longest + 1}) == bound
    assert wrong(clinic, adam, **{name: wait.shortest - 1}) == bound
    for allowed in (wait.longest, wait.shortest):
        earlier = {"urgent_backup_minutes": 1, "flag_backup_hours": 1}
        save(clinic, adam, **earlier | {name: allowed})


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        (
            {"urgent_backup_minutes": 10, "urgent_administrators_minutes": 5},
            "urgent_administrators_minutes",
            "choose at least 10 minutes",
        ),
        (
            {"flag_backup_hours": 4, "flag_administrators_hours": 2},
            "flag_administrators_hours",
            "choose at least 4 hours",
        ),
        ({"weekdays": []}, "weekdays", "at least one day"),
        ({"weekdays": [7]}, "weekdays", "at least one day"),
        ({"opens_at": time(18), "closes_at": time(8)}, "closes_at", "at least 4 hours after"),
        ({"opens_at": time(9), "closes_at": time(10)}, "closes_at", "at least 4 hours after"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "Choose a time zone"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_stands(clinic, adam, ruth, values, field, words):
    errors = wrong(clinic, adam, **values)
    assert list(errors) == [field]
    assert words in errors[field][0]


def test_only_those_who_work_here_and_can_sign_in_are_named(clinic, adam, bob, ruth, alice, charlie):
    for stranger in (alice, charlie):
        assert set(wrong(clinic, adam, duty_contact=stranger, backup=stranger)) == {"duty_contact", "backup"}
    assert set(wrong(clinic, adam, backup=adam)) == {"backup"}  # stands in for care: a therapist
    User.objects.filter(pk=ruth.pk).update(is_active=False)
    makers.therapist(clinic, "eve")
    assert set(wrong(clinic, adam, duty_contact=ruth, backup=ruth)) == {"duty_contact", "backup"}
    save(clinic, adam, duty_contact=adam, backup=bob)


def test_a_step_that_would_reach_nobody_is_refused(clinic, adam, bob):
    assert wrong(clinic, adam) == {"backup": ["Choose who stands in: this clinic has no other therapist."]}
    User.objects.filter(pk=adam.pk).update(is_active=False)
    assert "no administrator who can sign in" in str(wrong(clinic, bob, backup=bob))


def test_who_is_named_but_cannot_be_reached_any_more_is_not_relied_on(clinic, adam, bob, ruth):
    save(clinic, adam, duty_contact=ruth, backup=ruth)
    User.objects.filter(pk=ruth.pk).update(is_active=False)
    staff = reachable_staff(clinic)
    assert (staff.duty_contact, staff.backup, staff.backups) == (None, None, (bob,))


# The page


def test_the_page_says_in_words_who_is_told_when(page, clinic, adam, ruth):
    save(clinic, adam, backup=ruth, duty_contact=adam, urgent_backup_minutes=5)
    words = pages.words(page(adam).get(URL))
    assert "At once: the care team, and Adam (on duty)." in words
    assert "After 5 minutes: Ruth (backup) too." in words
    assert "After 30 minutes: the administrators too." in words
    assert "Then every 30 minutes: all of them again." in words
    assert "Saved by Adam, 20 November 2026, 12:00." in words


def test_nobody_has_changed_it_yet(page, adam, ruth):
    words = pages.words(page(adam).get(URL))
    assert "Nobody has changed it yet." in words
    assert "After 15 minutes: every other therapist too." in words


def test_an_administrator_saves_it(page, clinic, adam, ruth):
    sent = filled_in(clinic, backup=str(ruth.pk), urgent_backup_minutes=3, weekdays=[0, 2])
    answer = page(adam).post(URL, sent)
    assert answer.url == URL
    policy = EscalationPolicy.objects.get(clinic=clinic)
    assert (policy.backup, policy.urgent_backup_minutes, policy.weekdays) == (ruth, 3, [0, 2])
    assert policy.saved_by == adam


def test_what_is_refused_is_said_at_its_field_and_nothing_is_saved(page, clinic, adam, bob, charlie):
    answer = page(adam).post(URL, filled_in(clinic, urgent_backup_minutes=16, backup=str(charlie.pk)))
    assert answer.status_code == 422
    assert "Choose 1 to 15 minutes." in pages.words(answer)
    assert "Choose somebody from the list." in pages.words(answer)
    assert "Charlie" not in answer.content.decode()
    answer = page(adam).post(URL, filled_in(clinic))
    assert "Choose who stands in: this clinic has no other therapist." in pages.words(answer)
    assert not EscalationPolicy.objects.exists()


def test_only_administrators_open_it_and_each_their_own(
    page, client, clinic, adam, alice, ruth, charlie, other_clinic
):
    for user in (alice, ruth):
        assert page(user).get(URL).status_code == 403
        assert page(user).post(URL, filled_in(clinic)).status_code == 403
    assert client.get(URL).url == f"/account/login/?next={URL}"
    page(adam).post(URL, filled_in(clinic))
    assert list(EscalationPolicy.objects.values_list("clinic", flat=True)) == [clinic.pk]
