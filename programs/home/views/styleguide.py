"""All components of the design language in every state on one page: to look at, and for tests to drive."""

from __future__ import annotations

from typing import cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programs.accounts.models import User
from programs.care.rules.response import Light
from programs.home.queries.styleguide import PROMPT, WEEK, shown_exercises, swatches
from programs.lib.permissions import page_for
from programs.logbook.forms.answer_fields import pain_field
from programs.logbook.forms.checks import daily_check_questions, weekly_check_questions
from programs.logbook.render import stage_picture
from programs.safety.queries import NOBODY_KNOWN

SPACES = ("space-1", "space-2", "space-3", "space-4", "space-5", "space-6", "space-7")
CRITERIA = ("met", "not_met", "unknown")


class Examples(forms.Form):
    """A field of each kind."""

    name = forms.CharField(label="What shall we call you?", help_text="Your first name is enough.")
    side = forms.ChoiceField(
        label="Which leg is it?",
        choices=[("left", "Left"), ("right", "Right"), ("both", "Both")],
        widget=forms.RadioSelect,
    )
    wishes = forms.MultipleChoiceField(
        label="What do you want to do again?",
        choices=[("walk", "Walk to the shop"), ("sit", "Sit through a film")],
        widget=forms.CheckboxSelectMultiple,
    )
    on = forms.BooleanField(label="Remind me each morning")


class Questions(forms.Form):
    """The questions that are answered by a tap."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args, prefix="question")  # type: ignore[arg-type, misc]
        daily, weekly = daily_check_questions(["right"]), weekly_check_questions()
        self.fields |= {
            "pain": pain_field("How bad is the pain in your leg right now?"),
            "reach": daily["reach_right"],
            "places": daily["tingling_numbness"],
            "change": weekly["groc"],
        }


@page_for("patient", "therapist", "admin")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Only examples, nobody's record: so it is open to all who are signed in, and to nobody else."""
    user = cast(User, request.user)
    exercises = shown_exercises()
    wrong = Questions({})
    context = {
        "wrong": Examples({}),
        "plain": Examples(prefix="plain"),
        "questions": Questions(),
        "no_number": wrong["pain"],
        "week": WEEK,
        "plan": {"days_a_week": 5},
        "session": {"exercises": exercises, "some_checked": True, "plan": {"pain_limit": 5}},
        "exercises": exercises,
        "emergency_number": NOBODY_KNOWN.emergency_number,
        "parts": range(4),
        "scores": (0, 2, 5, 8, None),
        "lights": (Light("green"), Light("amber"), Light("red")),
        "criteria": CRITERIA,
        "stage_picture": stage_picture(2, 4, CRITERIA),
        "prompt": PROMPT,
        "swatches": swatches(),
        "spaces": SPACES,
        "may_see_figures": user.has_role("therapist", "admin"),
    }
    return render(request, "home/styleguide.html", context)
