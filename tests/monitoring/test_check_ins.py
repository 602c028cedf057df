"""A gentle question to the patient: asked, taken back, answered."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from programs.accounts.models import User
from programs.delivery.models import Delivery
from programs.monitoring.actions import answer_check_in
from programs.monitoring.models import CheckIn, Flag
from programs.monitoring.rules import DEFAULT, find_worsening
from tests import makers
from tests.monitoring.reviews import TODAY, reports, review, saying

A_BIT_HIGHER = reports((*[2] * 30, *[4] * 4))
CHANGED = A_BIT_HIGHER[-4].recorded_on


@pytest.fixture
def check_in(alice: User) -> CheckIn:
    review(alice, A_BIT_HIGHER)
    return CheckIn.objects.get()


def back_to_usual() -> list:
    mended = A_BIT_HIGHER
    for report in A_BIT_HIGHER[-4:]:
        mended = saying(mended, report.recorded_on, worst_leg_pain=2)
    return mended


def test_scores_a_bit_higher_ask_the_patient_and_call_nobody(alice, check_in):
    (finding,) = find_worsening(A_BIT_HIGHER)
    assert (check_in.patient, check_in.rule, check_in.found_on) == (alice, "W1", finding.found_on)
    assert (check_in.rule_version, check_in.evidence) == (DEFAULT.version, finding.evidence.as_dict())
    assert list(CheckIn.objects.open(makers.NOON)) == [check_in]
    assert not Flag.objects.exists()
    assert not Delivery.objects.exists()


def test_judging_again_asks_once(alice, check_in):
    review(alice, A_BIT_HIGHER)

    assert CheckIn.objects.get() == check_in


def test_what_was_found_before_the_day_asked_for_is_not_asked(alice):
    review(alice, A_BIT_HIGHER, since=TODAY + timedelta(days=1))

    assert not CheckIn.objects.exists()


def test_a_correction_takes_the_question_back_and_may_bring_it_again(alice, check_in):
    review(alice, back_to_usual(), since_changed=CHANGED)
    assert not CheckIn.objects.open(makers.NOON).exists()
    assert CheckIn.objects.get().superseded_at == makers.NOON

    review(alice, A_BIT_HIGHER, since_changed=CHANGED)
    assert CheckIn.objects.open(makers.NOON).get() == check_in


def test_a_report_takes_back_no_question_from_before_its_day(alice, check_in):
    review(alice, back_to_usual(), since_changed=TODAY + timedelta(days=1))

    assert CheckIn.objects.get().superseded_at is None


def test_nobody_is_asked_about_the_week_before_last(check_in):
    assert CheckIn.objects.open(check_in.ends_at - timedelta(seconds=1)).exists()
    assert not CheckIn.objects.open(check_in.ends_at).exists()
    assert check_in.ends_at == makers.NOON + timedelta(days=7)


def answer(check_in: CheckIn, said: str = "changed", harder: bool | None = True) -> CheckIn:
    return answer_check_in(
        check_in=check_in, answer=said, is_harder_to_cope=harder, stops_usual_things=None, now=makers.NOON
    )


def test_the_answer_is_kept_and_the_question_is_over(check_in):
    answered = answer(check_in)

    assert (answered.answer, answered.answered_at) == ("changed", makers.NOON)
    assert (answered.is_harder_to_cope, answered.stops_usual_things) == (True, None)
    assert not CheckIn.objects.open(makers.NOON).exists()
    assert not Flag.objects.exists()


def test_the_first_answer_stays(check_in):
    answer(check_in)
    again = answer(check_in, said="not_changed", harder=False)

    assert (again.answer, again.is_harder_to_cope) == ("changed", True)


def test_an_answer_to_a_question_that_was_taken_back_is_kept(alice, check_in):
    review(alice, back_to_usual(), since_changed=CHANGED)

    assert answer(check_in).answer == "changed"


@pytest.mark.parametrize("said", ["", "maybe"])
def test_something_else_is_no_answer(check_in, said):
    with pytest.raises(ValidationError) as refused:
        answer(check_in, said=said)

    assert refused.value.message_dict == {"answer": ["Choose one of the answers."]}
    assert CheckIn.objects.get().answered_at is None


def test_the_database_refuses_an_answer_without_its_time(check_in):
    with pytest.raises(IntegrityError, match="check_in_answered_at"), transaction.atomic():
        CheckIn.objects.update(answer="changed")
