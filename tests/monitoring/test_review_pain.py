"""review_pain: one flag an episode, whatever the order, the repeats and the company."""

from datetime import timedelta
from random import Random
from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction

from programs.accounts.actions import join_clinic
from programs.accounts.models import CareTeam, Membership, Role, User
from programs.delivery.models import Channel, Delivery, State
from programs.monitoring.actions import acknowledge_flag, resolve_flag, review_pain
from programs.monitoring.models import Flag, FlagEvent, FlagState, Outcome, RuleSetting
from programs.monitoring.rules import DEFAULT, Evidence, explain
from tests import makers
from tests.monitoring.reviews import (
    STEADY_THEN_HIGH,
    TODAY,
    flags_found,
    reports,
    review,
    up_to,
    use_thresholds,
    written_down,
)
from tests.threads import somebody_waits_for_this_transaction, wait_until

HIGH = reports(STEADY_THEN_HIGH)
LONG_AGO = TODAY - timedelta(days=60)


def test_a_flag_keeps_what_the_rule_saw(alice):
    judged = reports(makers.RISING)

    (flag,) = review(alice, judged)

    (finding,) = flags_found(judged)
    flag.refresh_from_db()
    assert (flag.kind, flag.level, flag.side) == ("worsening", "flag", "")
    assert (flag.rule, flag.rule_version, flag.found_on) == ("W2e", DEFAULT.version, finding.found_on)
    assert Evidence.from_dict(flag.evidence) == finding.evidence
    assert flag.sentence == explain(finding)
    assert flag.counterfactual
    assert (flag.state, flag.owner) == (FlagState.OPEN, None)
    assert flag.next_escalation_at == makers.NOON + timedelta(hours=4)
    assert written_down(alice) == [("opened", "W2e", finding.found_on)]
    event = flag.events.get()
    assert (event.level, event.rule_version, event.evidence) == ("flag", DEFAULT.version, flag.evidence)


def test_every_therapist_of_the_patient_is_told_by_every_channel(clinic, alice, bob, charlie):
    eve = makers.therapist(clinic, "eve")
    eve.caseload.create(clinic=clinic, patient=alice, started_at=makers.NOON)

    (flag,) = review(alice, reports(makers.RISING))

    told = Delivery.objects.values_list("recipient", "channel", "source_id", "path", "state")
    assert set(told) == {
        (therapist.pk, channel, flag.pk, f"/patients/{alice.pk}/", state)
        for therapist in (bob, eve)
        for channel, state in ((Channel.IN_APP, State.SENT), (Channel.EMAIL, State.PENDING))
    }


def test_a_steady_patient_gets_no_flag(alice):
    assert review(alice, reports(makers.STEADY)) == []
    assert not Flag.objects.exists()


def test_the_flag_and_its_deliveries_are_stored_together_or_not_at_all(alice):
    with transaction.atomic():
        review(alice, reports(makers.RISING))
        stored = (Flag.objects.count(), Delivery.objects.count())
        transaction.set_rollback(True)

    assert stored == (1, 2)
    assert not Flag.objects.exists()
    assert not FlagEvent.objects.exists()
    assert not Delivery.objects.exists()


def test_repeats_and_order_change_nothing(alice, clinic, bob):
    eve = makers.patient(clinic, "eve", cared_for_by=bob)
    review(alice, HIGH, since=LONG_AGO)

    for seed in range(5):
        assert review(alice, Random(seed).sample(HIGH, len(HIGH)), since=LONG_AGO) == []
    review(eve, list(reversed(HIGH)), since=LONG_AGO)

    assert written_down(eve) == written_down(alice)
    assert Flag.objects.count() == 2
    assert Delivery.objects.count() == 4


def test_day_by_day_ends_in_the_same_findings_as_all_at_once(alice, clinic, bob):
    eve = makers.patient(clinic, "eve", cared_for_by=bob)
    for seen in range(1, len(HIGH) + 1):
        review(alice, HIGH[:seen], today=HIGH[seen - 1].recorded_on)
    review(eve, HIGH, since=LONG_AGO)

    assert len(written_down(alice)) >= 2
    assert written_down(alice) == written_down(eve)


def test_a_second_finding_is_added_to_the_episode_and_tells_nobody_again(alice):
    flag = first_flag(alice)

    assert review(alice, HIGH) == []

    first, second = flags_found(HIGH)
    assert written_down(alice) == [
        ("opened", "W2", first.found_on),
        ("found_again", "W2", second.found_on),
    ]
    assert flag.events.last().evidence == second.evidence.as_dict()
    assert Flag.objects.get() == flag
    assert Delivery.objects.count() == 2


def test_a_closed_flag_is_not_opened_again_by_what_it_was_closed_for(alice, bob):
    judged = reports(makers.RISING)
    (flag,) = review(alice, judged)
    resolve_flag(flag=flag, by=bob, outcome=Outcome.HELPFUL, note="Called.", now=makers.NOON)

    assert review(alice, judged) == []

    assert Flag.objects.get().state == FlagState.RESOLVED


def test_a_new_finding_after_closing_opens_a_new_flag_and_tells_again(alice, bob):
    first = first_flag(alice)
    resolve_flag(flag=first, by=bob, outcome=Outcome.HELPFUL, note="Called.", now=makers.NOON)

    (second,) = review(alice, HIGH)

    assert second.found_on == flags_found(HIGH)[1].found_on
    assert Delivery.objects.filter(source_id=second.pk).exclude(state=State.WITHDRAWN).count() == 2


def test_what_was_found_before_the_day_asked_for_is_history(alice):
    judged = reports(makers.RISING)
    (finding,) = flags_found(judged)

    assert review(alice, judged, since=finding.found_on + timedelta(days=1)) == []
    assert len(review(alice, judged, since=finding.found_on)) == 1


def test_what_was_found_up_to_the_day_on_which_the_clinic_changed_its_thresholds_is_history(alice, bob):
    """What was reported that morning was judged by the thresholds of the morning."""
    judged = reports(makers.RISING)
    (finding,) = flags_found(judged)
    setting = use_thresholds(alice, bob, saved_on=finding.found_on)

    assert review(alice, judged) == []
    setting.saved_at -= timedelta(days=1)
    setting.save(update_fields=["saved_at"])
    (flag,) = review(alice, judged)

    assert flag.rule_version == setting.version != DEFAULT.version


def test_the_newest_thresholds_of_the_patients_own_clinic_count(alice, bob, other_clinic):
    judged = reports(makers.RISING)
    use_thresholds(alice, bob, saved_on=LONG_AGO, early_flag_rise=2.0)
    newest = use_thresholds(alice, bob, saved_on=LONG_AGO + timedelta(days=1), early_flag_rise=4.0)
    elsewhere = {"early_flag_rise": 2.0}
    RuleSetting.objects.create(
        clinic=other_clinic, values=elsewhere, version="elsewhere", saved_by=bob, saved_at=makers.NOON
    )

    (flag,) = review(alice, judged)

    assert flag.rule_version == newest.version
    assert flag.evidence["limit"] == 6


def test_a_flag_of_a_patient_nobody_cares_for_reaches_the_administrators(alice, bob, clinic, caplog):
    ruth = makers.person("ruth")
    join_clinic(user=ruth, clinic=clinic, role=Role.ADMIN, now=makers.NOON)
    bob.is_active = False
    bob.save(update_fields=["is_active"])

    (flag,) = review(alice, reports(makers.RISING))

    told = Delivery.objects.filter(source_id=flag.pk)
    assert set(told.values_list("recipient", "path")) == {(ruth.pk, "/clinic/")}
    assert "nobody cares for the patient" in caplog.text


def test_when_whoever_took_a_flag_on_has_left_a_new_finding_opens_it_for_those_who_are_there(
    alice, bob, clinic
):
    flag = first_flag(alice)
    acknowledge_flag(flag=flag, by=bob, now=makers.NOON)
    bob.caseload.update(ended_at=makers.NOON)
    eve = makers.therapist(clinic, "eve")
    CareTeam.objects.create(clinic=clinic, patient=alice, therapist=eve)

    review(alice, HIGH)

    flag.refresh_from_db()
    assert (flag.state, flag.owner) == (FlagState.OPEN, None)
    assert set(Delivery.objects.filter(state=State.PENDING).values_list("recipient", flat=True)) == {eve.pk}


def test_somebody_new_in_the_care_team_is_told_of_an_open_flag_at_its_next_finding(alice, bob, clinic):
    first_flag(alice)
    eve = makers.therapist(clinic, "eve")
    CareTeam.objects.create(clinic=clinic, patient=alice, therapist=eve)

    review(alice, HIGH)

    assert Delivery.objects.filter(recipient=eve).count() == 2
    assert Delivery.objects.filter(recipient=bob).count() == 2


def test_a_flag_of_an_earlier_clinic_hides_none_in_the_new_one(alice, clinic, other_clinic, charlie):
    first_flag(alice)
    alice.memberships.update(ended_at=makers.NOON)
    alice.care_team.update(ended_at=makers.NOON)
    Membership.objects.create(user=alice, clinic=other_clinic, role=Role.PATIENT)
    CareTeam.objects.create(clinic=other_clinic, patient=alice, therapist=charlie)

    opened = review_pain(
        clinic=other_clinic,
        patient=alice,
        plan=None,
        reports=HIGH,
        since=TODAY - timedelta(days=14),
        now=makers.NOON,
    ).opened

    assert [flag.clinic for flag in opened] == [other_clinic]
    assert set(Flag.objects.visible_to(charlie)) == set(opened)


def test_the_episode_of_one_patient_is_not_anothers(alice, clinic, bob):
    eve = makers.patient(clinic, "eve", cared_for_by=bob)

    review(alice, reports(makers.RISING))
    review(eve, reports(makers.RISING))

    assert set(Flag.objects.values_list("patient", flat=True)) == {alice.pk, eve.pk}


def test_the_database_itself_refuses_a_second_open_flag(alice):
    (flag,) = review(alice, reports(makers.RISING))
    flag.pk = None
    flag._state.adding = True

    with pytest.raises(IntegrityError), transaction.atomic():
        flag.save()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_reports_judged_at_the_same_moment_open_one_flag(alice):
    """The second has to wait for the first, sees its flag, and neither fails."""
    judged = reports(makers.RISING)
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


def first_flag(patient: User) -> Flag:
    """Opened on the day of the first finding."""
    day = flags_found(HIGH)[0].found_on
    (flag,) = review(patient, up_to(day, HIGH), today=day)
    return flag
