"""review_pain: one flag an episode, whatever the order, the repeats and the company."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from threading import Event, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from programs.accounts.actions import join_clinic
from programs.accounts.models import CareTeam, Membership, Role, User
from programs.delivery.models import Channel, Delivery, State
from programs.monitoring.actions import acknowledge_flag, resolve_flag, review_pain
from programs.monitoring.models import Flag, FlagEvent, FlagState
from programs.monitoring.rules import RULES_VERSION, Evidence, Score, find_worsening
from tests import makers

TODAY = makers.NOON.date()

STEADY_THEN_HIGH = (*[2] * 45, *[8] * 12)
"""Found on the fourth high day, and again on the twelfth."""


def scores(legs, last: date = TODAY) -> list[Score]:
    """One report a day, oldest first."""
    return [Score(last - timedelta(days=len(legs) - day), leg) for day, leg in enumerate(legs, start=1)]


def review(patient: User, judged: list[Score], today: date = TODAY) -> list[Flag]:
    return review_pain(
        clinic=patient.memberships.get().clinic,
        patient=patient,
        plan=None,
        scores=judged,
        since=today - timedelta(days=14),
        now=makers.NOON,
    )


def written_down(patient: User) -> list[tuple[str, str, date | None]]:
    events = FlagEvent.objects.filter(flag__patient=patient)
    return list(events.order_by("id").values_list("kind", "rule", "found_on"))


def test_a_flag_keeps_what_the_rule_saw(alice):
    judged = scores(makers.RISING)

    (flag,) = review(alice, judged)

    (finding,) = find_worsening(judged)
    flag.refresh_from_db()
    assert (flag.rule, flag.rule_version, flag.found_on) == ("W2e", RULES_VERSION, finding.found_on)
    assert Evidence.from_dict(flag.evidence) == finding.evidence
    assert "6, 6" in flag.sentence
    assert (flag.state, flag.owner) == (FlagState.OPEN, None)
    assert written_down(alice) == [("opened", "W2e", finding.found_on)]


def test_every_therapist_of_the_patient_is_told_by_every_channel(clinic, alice, bob, charlie):
    eve = makers.therapist(clinic, "eve")
    eve.caseload.create(clinic=clinic, patient=alice, started_at=makers.NOON)

    (flag,) = review(alice, scores(makers.RISING))

    told = Delivery.objects.values_list("recipient", "channel", "source_id", "path", "state")
    assert set(told) == {
        (therapist.pk, channel, flag.pk, f"/patients/{alice.pk}/", State.PENDING)
        for therapist in (bob, eve)
        for channel in Channel.values
    }


def test_a_steady_patient_gets_no_flag(alice):
    assert review(alice, scores(makers.STEADY)) == []
    assert not Flag.objects.exists()


def test_the_flag_and_its_deliveries_are_stored_together_or_not_at_all(alice):
    with transaction.atomic():
        review(alice, scores(makers.RISING))
        stored = (Flag.objects.count(), Delivery.objects.count())
        transaction.set_rollback(True)

    assert stored == (1, 2)
    assert not Flag.objects.exists()
    assert not FlagEvent.objects.exists()
    assert not Delivery.objects.exists()


def test_repeats_and_order_change_nothing(alice, clinic, bob):
    eve = makers.patient(clinic, "eve", cared_for_by=bob)
    judged = scores(STEADY_THEN_HIGH)
    review(alice, judged)

    for seed in range(5):
        assert review(alice, Random(seed).sample(judged, len(judged))) == []
    review(eve, list(reversed(judged)))

    assert written_down(eve) == written_down(alice)
    assert Flag.objects.count() == 2
    assert Delivery.objects.count() == 4


def test_day_by_day_ends_in_the_same_findings_as_all_at_once(alice, clinic, bob):
    eve = makers.patient(clinic, "eve", cared_for_by=bob)
    judged = scores(STEADY_THEN_HIGH)
    for seen in range(1, len(judged) + 1):
        review(alice, judged[:seen], today=judged[seen - 1].recorded_on)
    review(eve, judged)

    assert written_down(alice) == written_down(eve)


def test_a_second_finding_is_added_to_the_episode_and_tells_nobody_again(alice):
    (flag,) = review(alice, scores(STEADY_THEN_HIGH[:49], last=TODAY - timedelta(days=8)))

    assert review(alice, scores(STEADY_THEN_HIGH)) == []

    assert written_down(alice) == [
        ("opened", "W2", TODAY - timedelta(days=8)),
        ("found_again", "W2", TODAY),
    ]
    assert Flag.objects.get() == flag
    assert Delivery.objects.count() == 2


def test_a_closed_flag_is_not_opened_again_by_what_it_was_closed_for(alice, bob):
    judged = scores(makers.RISING)
    (flag,) = review(alice, judged)
    resolve_flag(flag=flag, by=bob, note="Called.", now=makers.NOON)

    assert review(alice, judged) == []

    assert Flag.objects.get().state == FlagState.RESOLVED


def test_a_new_finding_after_closing_opens_a_new_flag_and_tells_again(alice, bob):
    (first,) = review(alice, scores(STEADY_THEN_HIGH[:49], last=TODAY - timedelta(days=8)))
    resolve_flag(flag=first, by=bob, note="Called.", now=makers.NOON)

    (second,) = review(alice, scores(STEADY_THEN_HIGH))

    assert second.found_on == TODAY
    assert Delivery.objects.filter(source_id=second.pk, state=State.PENDING).count() == 2


def test_what_was_found_before_the_day_asked_for_is_history(alice):
    last = TODAY - timedelta(days=13)  # so the finding, a day before the last report, is 14 days old
    judged = scores(makers.RISING, last=last)

    assert review(alice, judged, today=TODAY + timedelta(days=1)) == []
    assert len(review(alice, judged, today=TODAY)) == 1


def test_a_flag_of_a_patient_nobody_cares_for_reaches_the_administrators(alice, bob, clinic, caplog):
    ruth = makers.person("ruth")
    join_clinic(user=ruth, clinic=clinic, role=Role.ADMIN, now=makers.NOON)
    bob.is_active = False
    bob.save(update_fields=["is_active"])

    (flag,) = review(alice, scores(makers.RISING))

    told = Delivery.objects.filter(source_id=flag.pk)
    assert set(told.values_list("recipient", "path")) == {(ruth.pk, "/clinic/")}
    assert "nobody cares for the patient" in caplog.text


def test_when_whoever_took_a_flag_on_has_left_a_new_finding_opens_it_for_those_who_are_there(
    alice, bob, clinic
):
    (flag,) = review(alice, scores(STEADY_THEN_HIGH[:49], last=TODAY - timedelta(days=8)))
    acknowledge_flag(flag=flag, by=bob, now=makers.NOON)
    bob.caseload.update(ended_at=makers.NOON)
    eve = makers.therapist(clinic, "eve")
    CareTeam.objects.create(clinic=clinic, patient=alice, therapist=eve)

    review(alice, scores(STEADY_THEN_HIGH))

    flag.refresh_from_db()
    assert (flag.state, flag.owner) == (FlagState.OPEN, None)
    assert set(Delivery.objects.filter(state=State.PENDING).values_list("recipient", flat=True)) == {eve.pk}


def test_somebody_new_in_the_care_team_is_told_of_an_open_flag_at_its_next_finding(alice, bob, clinic):
    review(alice, scores(STEADY_THEN_HIGH[:49], last=TODAY - timedelta(days=8)))
    eve = makers.therapist(clinic, "eve")
    CareTeam.objects.create(clinic=clinic, patient=alice, therapist=eve)

    review(alice, scores(STEADY_THEN_HIGH))

    assert Delivery.objects.filter(recipient=eve).count() == 2
    assert Delivery.objects.filter(recipient=bob).count() == 2


def test_a_flag_of_an_earlier_clinic_hides_none_in_the_new_one(alice, clinic, other_clinic, charlie):
    review(alice, scores(STEADY_THEN_HIGH[:49], last=TODAY - timedelta(days=8)))
    alice.memberships.update(ended_at=makers.NOON)
    alice.care_team.update(ended_at=makers.NOON)
    Membership.objects.create(user=alice, clinic=other_clinic, role=Role.PATIENT)
    CareTeam.objects.create(clinic=other_clinic, patient=alice, therapist=charlie)

    opened = review_pain(
        clinic=other_clinic,
        patient=alice,
        plan=None,
        scores=scores(STEADY_THEN_HIGH),
        since=TODAY - timedelta(days=14),
        now=makers.NOON,
    )

    assert [flag.clinic for flag in opened] == [other_clinic]
    assert set(Flag.objects.visible_to(charlie)) == set(opened)


def test_the_episode_of_one_patient_is_not_anothers(alice, clinic, bob):
    eve = makers.patient(clinic, "eve", cared_for_by=bob)

    review(alice, scores(makers.RISING))
    review(eve, scores(makers.RISING))

    assert set(Flag.objects.values_list("patient", flat=True)) == {alice.pk, eve.pk}


def test_the_database_itself_refuses_a_second_open_flag(alice):
    (flag,) = review(alice, scores(makers.RISING))
    flag.pk = None
    flag._state.adding = True

    with pytest.raises(IntegrityError), transaction.atomic():
        flag.save()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_reports_judged_at_the_same_moment_open_one_flag(alice):
    """The second has to wait for the first, sees its flag, and neither fails."""
    judged = scores(makers.RISING)
    opened: list[int] = []

    def second() -> None:
        try:
            opened.append(len(review(alice, judged)))
        finally:
            connection.close()

    thread = Thread(target=second)
    with transaction.atomic():
        opened.append(len(review(alice, judged)))
        thread.start()
        wait_until(somebody_waits_for_this_transaction)
        assert opened == [1]
    thread.join(timeout=30)

    assert opened == [1, 0]
    assert Flag.objects.count() == 1
    assert Delivery.objects.count() == 2


def somebody_waits_for_this_transaction() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks "
            "WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])


def wait_until(condition: Callable[[], bool], turns: int = 2000) -> None:
    never = Event()
    for _ in range(turns):
        if condition():
            return
        never.wait(0.005)
    raise AssertionError("it never came to that")
