"""What the database itself refuses, whatever code comes to it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from programs.accounts.models import User
from programs.monitoring.models import Flag, FlagEvent, FlagState
from tests import makers
from tests.monitoring.reviews import reports, review


@pytest.fixture
def flag(alice: User) -> Flag:
    (opened,) = review(alice, reports(makers.RISING))
    return opened


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"next_escalation_at": None}, "flag_open_escalates"),
        ({"state": FlagState.ACKNOWLEDGED}, "flag_acknowledged_has_owner"),
        ({"state": FlagState.SNOOZED, "snoozed_until": makers.NOON}, "flag_snoozed_ends"),
        ({"state": FlagState.RESOLVED}, "flag_resolved_has_outcome"),
    ],
)
def test_a_state_without_what_belongs_to_it_is_refused(flag, values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Flag.objects.filter(pk=flag.pk).update(**values)


def test_a_flag_put_off_without_an_end_is_refused(flag, bob):
    with pytest.raises(IntegrityError, match="flag_snoozed_ends"), transaction.atomic():
        Flag.objects.filter(pk=flag.pk).update(state=FlagState.SNOOZED, owner=bob)


def test_a_finding_is_written_into_a_flag_once(flag):
    written = flag.events.get()
    written.pk, written.kind = None, FlagEvent.Kind.FOUND_AGAIN

    with pytest.raises(IntegrityError), transaction.atomic():
        written.save()


def test_the_other_leg_on_the_same_day_is_another_finding(flag):
    written = flag.events.get()
    written.pk, written.kind, written.side = None, FlagEvent.Kind.FOUND_AGAIN, "left"
    written.at += timedelta(minutes=1)
    written.save()

    assert flag.events.count() == 2
