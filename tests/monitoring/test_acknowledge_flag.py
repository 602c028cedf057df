"""Taking a flag on, and closing it with what it was worth."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from programs.accounts.models import CareTeam, User
from programs.delivery.actions import deliver_due
from programs.delivery.models import Delivery, Lane, State
from programs.monitoring.actions import acknowledge_flag, resolve_flag
from programs.monitoring.models import Flag, FlagEvent, FlagState, Outcome
from tests import makers
from tests.threads import at_once


@pytest.fixture
def flag(alice, plan) -> Flag:
    makers.daily_checks(alice, makers.RISING)
    return Flag.objects.get()


@pytest.fixture
def eve(clinic, alice) -> User:
    """Another therapist of alice's."""
    eve = makers.therapist(clinic, "eve")
    CareTeam.objects.create(clinic=clinic, patient=alice, therapist=eve, started_at=makers.NOON)
    return eve


def acknowledge(flag: Flag, by: User) -> Flag:
    return acknowledge_flag(flag=flag, by=by, now=makers.NOON)


def resolve(flag: Flag, by: User, note: str = "Called.", outcome: str = Outcome.HELPFUL) -> Flag:
    return resolve_flag(flag=flag, by=by, outcome=outcome, note=note, now=makers.NOON + timedelta(hours=1))


def events() -> list[tuple[str, str | None, str]]:
    rows = FlagEvent.objects.order_by("id").values_list("kind", "by__name", "note")
    return [row for row in rows if row[0] != "opened"]


def test_who_takes_a_flag_on_owns_it(flag, bob):
    taken = acknowledge(flag, bob)

    assert (taken.state, taken.owner) == (FlagState.ACKNOWLEDGED, bob)
    assert taken.next_escalation_at is None
    assert events() == [("acknowledged", "Bob", "")]


def test_taking_it_on_twice_changes_nothing(flag, bob):
    acknowledge(flag, bob)
    again = acknowledge(flag, bob)

    assert again.owner == bob
    assert len(events()) == 1


def test_the_second_is_told_who_has_it_and_the_first_keeps_it(flag, bob, eve):
    acknowledge(flag, bob)

    with pytest.raises(ValidationError, match="Bob is looking at this already"):
        acknowledge(flag, eve)

    flag.refresh_from_db()
    assert flag.owner == bob
    assert len(events()) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_owns_it_and_the_other_is_told(flag, bob, eve):
    def attempt(by: User) -> Callable[[], str]:
        def take() -> str:
            try:
                return acknowledge(Flag.objects.get(pk=flag.pk), by).owner.name
            except ValidationError as refused:
                return refused.messages[0]

        return take

    answers = at_once(attempt(bob), attempt(eve))

    flag.refresh_from_db()
    owner = flag.owner.name
    assert sorted(answers) == sorted([owner, f"{owner} is looking at this already."])
    assert events() == [("acknowledged", owner, "")]


def test_nobody_else_is_told_about_a_flag_that_somebody_has_taken_on(flag, bob, mailoutbox):
    acknowledge(flag, bob)

    assert deliver_due(lane=Lane.CLINICAL, now=makers.NOON) == 0
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.WITHDRAWN}
    assert mailoutbox == []


def test_closing_keeps_the_words(flag, bob):
    acknowledge(flag, bob)
    closed = resolve(flag, bob, note="A long drive. Doses down.")

    assert (closed.state, closed.outcome, closed.owner) == (FlagState.RESOLVED, Outcome.HELPFUL, bob)
    assert closed.next_escalation_at is None
    assert events() == [("acknowledged", "Bob", ""), ("resolved", "Bob", "A long drive. Doses down.")]


def test_closing_twice_changes_nothing(flag, bob, eve):
    resolve(flag, bob)
    again = resolve(flag, bob)
    with pytest.raises(ValidationError, match="Somebody has closed this"):
        resolve(flag, eve, note="Other words.", outcome=Outcome.NOT_HELPFUL)

    assert again.outcome == Outcome.HELPFUL
    assert events() == [("resolved", "Bob", "Called.")]


def test_a_flag_can_be_closed_without_having_been_taken_on(flag, bob, mailoutbox):
    resolve(flag, bob)

    assert Flag.objects.get().state == FlagState.RESOLVED
    deliver_due(lane=Lane.CLINICAL, now=makers.NOON + timedelta(hours=2))
    assert mailoutbox == []


def test_a_closed_flag_cannot_be_taken_on(flag, bob, eve):
    resolve(flag, bob)

    with pytest.raises(ValidationError, match="Somebody has closed this"):
        acknowledge(flag, eve)


@pytest.mark.parametrize("outcome", ["", "cleared", "not_said", "useful"])
def test_a_flag_is_not_closed_without_saying_whether_it_was_worth_a_look(flag, bob, outcome):
    with pytest.raises(ValidationError) as refused:
        resolve(flag, bob, outcome=outcome)

    assert refused.value.message_dict == {"outcome": ["Choose whether this was worth a look."]}
    assert Flag.objects.get().state == FlagState.OPEN
    assert events() == []
