"""What happens to an open flag as reports go on: raised, superseded, restored, back to usual."""

from datetime import date, timedelta

import pytest

from programs.accounts.models import User
from programs.delivery.actions import deliver_due
from programs.delivery.models import Channel, Delivery, Lane, State
from programs.monitoring.actions import acknowledge_flag, resolve_flag, snooze_flag
from programs.monitoring.models import Flag, FlagState, Outcome
from programs.monitoring.queries import findings_of, is_superseded
from programs.monitoring.rules import Evidence, Report, adjusted, explain, find_worsening
from tests import makers
from tests.monitoring.reviews import (
    TODAY,
    flags_found,
    kinds,
    reports,
    review,
    saying,
    up_to,
    use_thresholds,
    written_down,
)

RISING = reports(makers.RISING)
WEAKER = saying(RISING, TODAY, weakness="new_or_worse")


@pytest.fixture
def flag(alice: User) -> Flag:
    (opened,) = review(alice, RISING)
    return opened


def steady_after(legs: tuple[int, ...]) -> list[Report]:
    """The rise, and then these scores, one a day."""
    return [*RISING, *reports(legs, last=TODAY + timedelta(days=len(legs)))]


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


# More severe


@pytest.mark.parametrize("handled", [acknowledge_flag, snooze_flag])
def test_something_more_severe_takes_the_flag_from_whoever_has_it_and_tells_everybody_again(
    alice, bob, flag, handled
):
    later = makers.NOON + timedelta(hours=1)
    more = {"until": after(3)} if handled is snooze_flag else {}
    handled(flag=flag, by=bob, now=makers.NOON, **more)

    assert review(alice, WEAKER, now=later) == []

    flag.refresh_from_db()
    assert (flag.state, flag.owner, flag.snoozed_until) == (FlagState.OPEN, None, None)
    assert (flag.level, flag.rule, flag.found_on) == ("emergency", "W4", TODAY)
    assert Evidence.from_dict(flag.evidence).measure == "weakness"
    assert "weakness" in flag.sentence
    assert flag.next_escalation_at == later + timedelta(minutes=15)
    assert kinds(flag)[-2:] == ["found_again", "raised"]
    assert Delivery.objects.filter(recipient=bob, nth=2).exclude(state=State.WITHDRAWN).count() == 2


def test_what_a_person_acted_on_stays_in_the_events(alice, flag):
    review(alice, WEAKER)

    opened = flag.events.get(kind="opened")
    assert (opened.rule, opened.level, opened.evidence) == ("W2e", "flag", flag.evidence)
    assert opened.note == flag.sentence


def test_being_raised_leaves_one_unread_notice_each(alice, bob, flag):
    deliver_due(lane=Lane.CLINICAL, now=makers.NOON)

    review(alice, WEAKER)
    deliver_due(lane=Lane.CLINICAL, now=makers.NOON)

    unread = Delivery.objects.visible_to(bob).unread_in_app()
    assert [(notice.source_id, notice.nth) for notice in unread] == [(flag.pk, 2)]


def test_raising_happens_once_however_often_the_reports_are_judged(alice, flag):
    for _ in range(3):
        review(alice, WEAKER)

    assert kinds(flag) == ["opened", "found_again", "raised"]
    assert Delivery.objects.filter(channel=Channel.EMAIL).count() == 2


def test_the_same_rule_on_the_same_day_can_become_more_severe(alice):
    """Numbness alone was a reason to look; then the patient adds that the leg is weaker."""
    numb = [Report(after(-7 * week), numb_bother=bother) for week, bother in enumerate([5, 5, 5, 1, 1, 1, 1])]
    (opened,) = review(alice, numb)
    assert (opened.rule, opened.level) == ("W4", "flag")

    review(alice, saying(numb, TODAY, weakness="new_or_worse"))

    opened.refresh_from_db()
    assert opened.level == "emergency"
    assert kinds(opened) == ["opened", "raised"]
    assert [finding.event.level for finding in findings_of(opened)] == ["emergency"]


def test_something_less_severe_lowers_nothing(alice, bob):
    weak = [Report(TODAY, weakness="new_or_worse")]
    (emergency,) = review(alice, weak)

    review(alice, [*weak, Report(after(1), groc="much_worse")], today=after(1))

    emergency.refresh_from_db()
    assert (emergency.level, emergency.rule) == ("emergency", "W4")
    assert kinds(emergency) == ["opened", "found_again"]


def test_an_emergency_found_from_the_start_escalates_in_minutes(alice):
    (emergency,) = review(alice, [Report(TODAY, weakness="new_or_worse", groc="much_worse")])

    assert emergency.next_escalation_at == makers.NOON + timedelta(minutes=15)
    assert kinds(emergency) == ["opened", "found_again"]
    assert set(Delivery.objects.values_list("nth", flat=True)) == {1}


# Superseded, restored


def corrected() -> list[Report]:
    """The last scores of the rise had been typed wrongly."""
    mended = RISING
    for report in RISING[5:]:
        mended = saying(mended, report.recorded_on, worst_leg_pain=2)
    return mended


def test_a_finding_that_a_correction_takes_back_is_marked_and_its_flag_waits_for_a_person(alice, bob, flag):
    review(alice, corrected(), since_changed=RISING[5].recorded_on)

    flag.refresh_from_db()
    assert (flag.state, flag.sentence) == (FlagState.OPEN, flag.events.first().note)
    assert written_down(alice) == [
        ("opened", "W2e", flag.found_on),
        ("superseded", "W2e", flag.found_on),
    ]
    assert is_superseded(flag)
    resolve_flag(flag=flag, by=bob, outcome=Outcome.NOT_HELPFUL, note="A typing error.", now=makers.NOON)


def test_what_is_found_after_all_is_restored_and_nobody_is_told_twice(alice, flag):
    changed = RISING[5].recorded_on
    review(alice, corrected(), since_changed=changed)
    review(alice, RISING, since_changed=changed)

    assert kinds(flag) == ["opened", "superseded", "restored"]
    assert not is_superseded(flag)
    assert Delivery.objects.count() == 2


def test_judging_the_corrected_reports_again_writes_nothing_more(alice, flag):
    for _ in range(3):
        review(alice, corrected(), since_changed=RISING[5].recorded_on)

    assert kinds(flag) == ["opened", "superseded"]


def test_a_report_takes_back_nothing_from_before_its_day(alice, flag):
    review(alice, corrected(), since_changed=flag.found_on + timedelta(days=1))

    assert kinds(flag) == ["opened"]


def test_a_correction_takes_back_one_finding_of_several(alice, flag):
    review(alice, [*RISING, Report(after(1), groc="much_worse")], today=after(1))
    mended = [*RISING, Report(after(1), groc="the_same")]
    review(alice, mended, today=after(1), since_changed=after(1))

    flag = Flag.objects.get()
    assert [(finding.event.rule, finding.is_current) for finding in findings_of(flag)] == [
        ("W2e", True),
        ("W6", False),
    ]
    assert not is_superseded(flag)


def test_what_came_back_after_the_flag_was_closed_as_an_error_opens_a_new_one(alice, bob, flag):
    changed = RISING[5].recorded_on
    review(alice, corrected(), since_changed=changed)
    resolve_flag(flag=flag, by=bob, outcome=Outcome.NOT_HELPFUL, note="A typing error.", now=makers.NOON)

    (second,) = review(alice, RISING, since_changed=changed)

    assert second != flag
    assert review(alice, RISING, since_changed=changed) == []
    assert Delivery.objects.filter(source_id=second.pk).exclude(state=State.WITHDRAWN).count() == 2


def test_what_was_acted_on_and_only_then_taken_back_and_restored_calls_nobody(alice, bob, flag):
    changed = RISING[5].recorded_on
    resolve_flag(flag=flag, by=bob, outcome=Outcome.HELPFUL, note="Called.", now=makers.NOON)
    review(alice, corrected(), since_changed=changed)

    assert review(alice, RISING, since_changed=changed) == []
    assert kinds(flag) == ["opened", "resolved", "superseded", "restored"]


def test_a_correction_takes_back_what_was_found_by_earlier_thresholds_too(alice, bob, flag):
    use_thresholds(alice, bob, saved_on=TODAY, early_flag_rise=2.0)
    changed = RISING[5].recorded_on
    review(alice, corrected(), since_changed=changed)
    assert kinds(flag) == ["opened", "superseded"]

    review(alice, RISING, since_changed=changed)
    assert kinds(flag) == ["opened", "superseded", "restored"]


def test_what_would_only_ask_the_patient_now_calls_nobody_by_earlier_thresholds_either(alice, bob):
    """Of the severe pain a question to the patient is left, which is no reason to keep the flag."""
    high = reports((*[5] * 60, 8, 8, 8))
    (flag,) = review(alice, high)
    slip = high[-3].recorded_on
    use_thresholds(alice, bob, saved_on=TODAY, silent_after_days=8.0)

    review(alice, saying(high, slip, worst_leg_pain=5), since_changed=slip)

    assert {each.event.rule for each in findings_of(flag)} == {"W2", "W5"}
    assert is_superseded(flag)


def test_a_flag_is_about_what_is_still_found(alice):
    lasting = reports((*[2] * 45, *[6] * 10))
    first = flags_found(lasting)[0].found_on
    (flag,) = review(alice, up_to(first, lasting), today=first)
    review(alice, lasting)

    review(alice, saying(lasting, first, worst_leg_pain=2), since_changed=first)

    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN
    assert flag.found_on == first + timedelta(days=1)
    assert Evidence.from_dict(flag.evidence).readings[-1].recorded_on == flag.found_on
    assert f"{first.day} and" not in flag.sentence or "2" in flag.sentence
    assert written_down(alice)[0] == ("opened", "W2", first)


def test_lowering_a_score_opens_nothing_that_somebody_has_dealt_with(alice, bob):
    lasting = reports((*[2] * 45, *[6] * 10))
    first = flags_found(lasting)[0].found_on
    (flag,) = review(alice, up_to(first, lasting), today=first)
    review(alice, lasting)
    resolve_flag(flag=flag, by=bob, outcome=Outcome.HELPFUL, note="Called.", now=makers.NOON)

    assert review(alice, saying(lasting, first, worst_leg_pain=2), since_changed=first) == []

    assert Flag.objects.count() == 1
    assert kinds(flag)[-2:] == ["superseded", "found_again"]


def test_a_finding_may_be_moved_there_and_back_across_a_closed_flag(alice, bob):
    lasting = reports((*[2] * 45, *[6] * 10))
    first = flags_found(lasting)[0].found_on
    lowered = saying(lasting, first, worst_leg_pain=2)
    (flag,) = review(alice, up_to(first, lasting), today=first)
    review(alice, lasting)
    review(alice, lowered, since_changed=first)
    resolve_flag(flag=flag, by=bob, outcome=Outcome.HELPFUL, note="Called.", now=makers.NOON)

    assert review(alice, lasting, since_changed=first) == []
    assert review(alice, lowered, since_changed=first) == []
    assert review(alice, lasting, since_changed=first) == []

    assert Flag.objects.count() == 1
    earliest = findings_of(flag)[0]
    assert (earliest.event.found_on, earliest.is_current) == (first, True)


def test_what_is_left_after_a_flag_was_closed_as_an_error_calls_again(alice, bob):
    lasting = reports((*[2] * 45, *[6] * 10))
    first = flags_found(lasting)[0].found_on
    (flag,) = review(alice, up_to(first, lasting), today=first)
    review(alice, lasting)
    resolve_flag(flag=flag, by=bob, outcome=Outcome.NOT_HELPFUL, note="A slip.", now=makers.NOON)

    (second,) = review(alice, saying(lasting, first, worst_leg_pain=2), since_changed=first)

    assert (second.rule, second.found_on) == ("W2", first + timedelta(days=1))


def test_a_flag_that_leads_with_a_later_finding_shows_what_the_rule_sees_now(alice):
    """The later one had been found before, with the score among its readings that is corrected now."""
    uneven = reports((*[6] * 50, *[8, 10, 8, 7, 6, 7, 6, 6, 10, 10, 7, 10]))
    first, later = (finding.found_on for finding in flags_found(uneven) if finding.rule == "W2")
    (flag,) = review(alice, up_to(first, uneven), today=first)
    review(alice, uneven)
    corrected = saying(uneven, first, worst_leg_pain=2)

    review(alice, corrected, since_changed=first)

    flag.refresh_from_db()
    (left,) = (finding for finding in flags_found(corrected) if finding.rule == "W2")
    assert (flag.found_on, left.found_on) == (later, later)
    assert Evidence.from_dict(flag.evidence) == left.evidence
    assert flag.sentence == explain(left)


def test_new_thresholds_alone_take_nothing_back(alice, bob):
    slower = reports((2, 2, 2, 2, 2, 5, 5, 5))
    (flag,) = review(alice, slower)
    strict = use_thresholds(alice, bob, saved_on=TODAY, early_flag_rise=4.0)
    found = find_worsening(slower, adjusted(strict.values), since=flag.found_on)
    assert [finding.rule for finding in found] == ["W1e"]

    review(alice, slower, since_changed=slower[5].recorded_on)

    assert kinds(flag) == ["opened"]


def test_what_rules_found_that_are_known_no_longer_is_left_as_it_was(alice, flag):
    flag.events.update(rule_version="worsening-1")

    review(alice, corrected(), since_changed=RISING[5].recorded_on)

    assert kinds(flag) == ["opened"]


def test_a_late_report_may_move_a_finding_to_another_day(alice):
    """Without the first high day the rise was found a day later."""
    without = [report for report in RISING if report.recorded_on != RISING[5].recorded_on]
    (flag,) = review(alice, without)
    later = flag.found_on

    assert review(alice, RISING, since_changed=RISING[5].recorded_on) == []

    (earlier,) = [finding.found_on for finding in flags_found(RISING)]
    assert earlier < later
    assert written_down(alice) == [
        ("opened", "W2e", later),
        ("superseded", "W2e", later),
        ("found_again", "W2e", earlier),
    ]


# Back to usual

WEEK_AS_USUAL = (2, 3, 2, 2, 3, 2, 2)


@pytest.mark.parametrize("handled", [None, acknowledge_flag, snooze_flag])
def test_a_flag_closes_by_itself_once_the_scores_are_back_to_what_they_were(alice, bob, flag, handled):
    if handled:
        more = {"until": after(12)} if handled is snooze_flag else {}
        handled(flag=flag, by=bob, now=makers.NOON, **more)
    owner = Flag.objects.get().owner
    judged = steady_after(WEEK_AS_USUAL)

    for day in range(1, 8):
        review(alice, judged[: len(RISING) + day], today=after(day))

    flag.refresh_from_db()
    assert (flag.state, flag.outcome, flag.owner) == (FlagState.RESOLVED, Outcome.CLEARED, owner)
    assert (flag.next_escalation_at, flag.snoozed_until) == (None, None)
    assert kinds(flag)[-1] == "cleared"
    assert "usual level was 2" in flag.events.last().note
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.WITHDRAWN}


def test_judged_again_a_closed_flag_stays_closed(alice, flag):
    judged = steady_after(WEEK_AS_USUAL)
    for _ in range(2):
        assert review(alice, judged, today=after(7)) == []

    assert kinds(flag) == ["opened", "cleared"]


def test_a_few_good_days_close_nothing(alice, flag):
    review(alice, steady_after((2, 2)), today=after(2))

    assert Flag.objects.get().state == FlagState.OPEN


def test_good_days_before_the_newest_finding_close_nothing(alice):
    """All of it arrives at once: good days in between, and then it is found again."""
    (flag,) = review(alice, reports((*[2] * 45, *[6] * 4, *[2] * 4, *[6] * 3)))

    assert kinds(flag) == ["opened", "found_again"]
    assert Flag.objects.get().state == FlagState.OPEN


def test_what_is_urgent_never_closes_by_itself(alice, flag):
    Flag.objects.update(level="urgent")

    review(alice, steady_after(WEEK_AS_USUAL), today=after(7))

    assert Flag.objects.get().state == FlagState.OPEN


def test_an_emergency_never_closes_by_itself(alice, flag):
    judged = [*WEAKER, *reports(WEEK_AS_USUAL, last=after(7))]
    review(alice, WEAKER)
    review(alice, judged, today=after(7))

    assert Flag.objects.get().state == FlagState.OPEN


def test_the_patients_own_word_keeps_a_flag_open_whatever_the_scores_say(alice, flag):
    worse = saying(RISING, TODAY, groc="very_much_worse")
    review(alice, worse)
    review(alice, [*worse, *reports(WEEK_AS_USUAL, last=after(7))], today=after(7))

    assert kinds(flag) == ["opened", "found_again"]
    assert Flag.objects.get().state == FlagState.OPEN


def test_a_word_that_was_corrected_keeps_nothing_open(alice, flag):
    review(alice, saying(RISING, TODAY, groc="very_much_worse"))
    review(alice, RISING, since_changed=TODAY)

    review(alice, steady_after(WEEK_AS_USUAL), today=after(7))

    assert kinds(flag) == ["opened", "found_again", "superseded", "cleared"]
