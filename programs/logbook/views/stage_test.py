"""The test of the stage: one thing to try a page."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from programs.accounts.models import User
from programs.care.queries import current_plan
from programs.lib.permissions import page_for
from programs.lib.times import local_day
from programs.library.models import Exercise
from programs.library.rules import questions_of, shown_side
from programs.logbook.actions import record_stage_test
from programs.logbook.forms.abilities import stage_test_questions
from programs.logbook.models import StageTest
from programs.logbook.rules import STAGE_TEST_KEY
from programs.logbook.views.gate import before_trying
from programs.logbook.views.questions import SENT_BEFORE, Questions, ask, warn_and_redirect

NO_TEST = "There is no test in this stage."
PASSED = "Well done. You passed the test of this stage."
NOT_PASSED = "Thank you. It is saved. You are not quite there yet, and that is fine. Try again in a few days."
SAVED = "Thank you. It is saved. Some answers are still open."


@page_for("patient")
@require_http_methods(["GET", "POST"])
def stage_test(request: HttpRequest) -> HttpResponse:
    """What to be able to do before this stage is left, one by one; the last answer stores the test."""
    patient, now = cast(User, request.user), timezone.now()
    current = current_plan(patient)
    if current is None or not current.stage.test_items:
        return warn_and_redirect(request, NO_TEST, reverse("home:start"))
    # What was tried already is stored all the same.
    if request.method != "POST" and (elsewhere := before_trying(patient, now)):
        return elsewhere
    plan, version, stage = current.plan, current.version, current.stage
    today = local_day(now, patient.time_zone)
    asked = {question.name: question for question in questions_of(stage.test_items, plan.side)}
    slugs = {item.exercise for item in stage.test_items} - {""}
    exercises = {each.slug: each for each in Exercise.objects.visible_to(patient).filter(slug__in=slugs)}
    address = reverse("logbook:stage_test")

    def store(test_id: UUID, answers: Mapping[str, Any]) -> StageTest:
        test, _ = record_stage_test(
            plan=plan,
            test_id=test_id,
            plan_version=version,
            stage_number=stage.number,
            taken_on=today,
            values=answers,
            now=now,
        )
        return test

    def after(test: StageTest) -> HttpResponse:
        messages.success(request, {True: PASSED, False: NOT_PASSED, None: SAVED}[test.is_passed])
        return redirect("home:start")

    def beside(name: str) -> Mapping[str, object]:
        question = asked[name]
        exercise = exercises.get(question.item.exercise)
        side = question.side or plan.side
        return {
            "test_item": question.item,
            "exercise": exercise,
            "side": shown_side(exercise.sides, side) if exercise else "",
            "decline": "Leave this out",
        }

    questions = Questions(
        title=f"Test of stage {stage.number}",
        # A draft belongs to the version it began with: another one may ask something else.
        session_key=f"{STAGE_TEST_KEY}:{version.pk}:{stage.number}",
        day=today,
        fields=stage_test_questions(asked.values()),
        address=address,
        back=reverse("home:start"),
        rows=StageTest.objects.visible_to(patient).filter(patient=patient),
        stored_answer=lambda test, name: test.values.get(name),
        store=store,
        after=after,
        answer_once_more=lambda: warn_and_redirect(request, SENT_BEFORE, address),
        may_decline=asked.keys(),
        beside=beside,
    )
    return ask(request, questions, plan.clinic)
