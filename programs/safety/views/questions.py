"""The safety questions that are due: a few on a page, each page stored at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods
from uuid_utils.compat import uuid7

from programs.accounts.models import Clinic, User
from programs.lib.permissions import page_for
from programs.safety.actions import Recorded, record_screening
from programs.safety.forms import OUT_OF_DATE, AnswerField, LinesForm, QuestionsForm
from programs.safety.models import Screening
from programs.safety.queries import (
    answers_of,
    exclusion_questions,
    exclusions_of,
    is_bilateral_known,
    open_items,
    open_lock,
    under_way,
    what_is_due,
)
from programs.safety.rules import (
    AGAIN,
    CHECKED,
    EMERGENCY,
    FIRST,
    LINES,
    MONITOR,
    NO,
    NOT_SURE,
    QUESTIONS,
    SESSION,
    SKIPPED,
    SOON,
    YES,
    asked_on_top,
    emergency_card,
    message,
    text_of,
)
from programs.safety.views import clinic_of_patient, show

MOST_ON_A_PAGE = 6
SIGNS_TO_KNOW = (
    "You skipped a question. Please <a href='{}'>look at the warning signs</a>. One sign is enough."
)
CLOSER, HOW_NOW, CONDITIONS = "A bit more about that, please.", "How is it now?", "Is any of this so for you?"
HEADINGS = {
    "between_legs": "How is it between your legs, and on the toilet?",
    "legs": "How are your legs?",
    "body": "How is the rest of your body?",
    "calf": "How are your calves and lower legs?",
    "general": "How have you been?",
    "today": "Do you have any of these now?",
}


@dataclass(frozen=True, slots=True)
class Part:
    """Questions on one page, under one heading."""

    heading: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """One set on its way through the pages: what is put in it, in parts, and what is answered already."""

    kind: str
    parts: tuple[Part, ...]
    answers: Mapping[str, str]
    set_id: UUID | None
    """Its id, once something of it is stored."""

    def still_open(self, part: Part) -> tuple[str, ...]:
        return tuple(each for each in part.questions if each not in self.answers)

    @property
    def first_open(self) -> int:
        """The number of the first part that is not answered to its end, from 1."""
        numbers = (number for number, part in enumerate(self.parts, 1) if self.still_open(part))
        return next(numbers, len(self.parts))

    def is_after_skip(self, number: int) -> bool:
        """Whether a question of the part before this one was skipped."""
        before = self.parts[number - 2].questions if number > 1 else ()
        return any(self.answers.get(each) == SKIPPED for each in before)

    def number_of(self, asked: Collection[str]) -> int:
        """The number of the part in which these questions stand."""
        return next((n for n, part in enumerate(self.parts, 1) if set(asked) & set(part.questions)), 1)


@page_for("patient")
@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest) -> HttpResponse:
    """Whatever is due, with `?for=session` before a session. An emergency ends the questions at once."""
    patient, now = cast(User, request.user), timezone.now()
    clinic = clinic_of_patient(patient)
    if request.method == "POST":
        return _answered(request, patient, clinic, now)
    due, begun = what_is_due(patient, now), _gone_on_with(request, patient)
    if not due and begun is None:
        return _onward(request, patient, now)
    begun = begun or under_way(patient, due.kind, now)
    kind, put = (due.kind, due.questions) if begun is None or begun.kind == due.kind else (begun.kind, ())
    is_known = is_bilateral_known(patient)
    texts = _texts([*put, *(begun.questions if begun else ())], kind == FIRST, is_known=is_known)
    asking = _asking(kind, put, begun, texts, is_known=is_known)
    if not asking.parts:  # a set of which nothing could be read asks nothing
        return _onward(request, patient, now)
    number, reached = asking.first_open, asking.first_open
    wanted = request.GET.get("part", "")
    if wanted.isdecimal() and len(wanted) < 3 and 1 <= int(wanted) < reached:
        number = int(wanted)
    part = asking.parts[number - 1]
    asked = part.questions if number < reached else asking.still_open(part) or part.questions
    hidden = {"record_id": begun.pk if begun else uuid7(), "kind": kind, "asked": " ".join(asked)}
    form = _form(kind, asked, texts, None, {**asking.answers, **hidden})
    return _page(request, clinic, form, asking, number, due.reason if due.kind == kind else "")


def _gone_on_with(request: HttpRequest, patient: User) -> Screening | None:
    """The set whose page was just sent, as long as it is not finished.

    What was answered so far may have made something else due, or nothing: its closer questions come first.
    """
    try:
        wanted = UUID(request.GET.get("set", ""))
    except ValueError:
        return None
    return Screening.objects.filter(patient=patient, pk=wanted, completed_at=None).first()


def _answered(request: HttpRequest, patient: User, clinic: Clinic, now: datetime) -> HttpResponse:
    """A page that was sent. What it holds is stored whatever is missing, and that is asked for again."""
    kind, put = request.POST.get("kind", ""), request.POST.get("asked", "").split()
    is_known = is_bilateral_known(patient)
    texts = _texts(put, asks_conditions=False, is_known=is_known)
    put = [each for each in put if each in texts]
    asked = put or [each for each in texts if each in {*request.POST, *request.POST.getlist("lines")}]
    form = _form(SESSION if "lines" in request.POST else kind, asked, texts, request.POST, {})
    if not put:
        form.add_error(None, OUT_OF_DATE)
    is_whole, recorded = form.is_valid(), None
    is_in_place = form.belongs and bool(put)
    if form.sent and (is_in_place or not {YES, NOT_SURE}.isdisjoint(form.sent.values())):
        recorded = _record(form, patient, clinic, now)
        if recorded.level == EMERGENCY:
            return redirect("safety:help_now")
    if not is_in_place:
        if recorded and recorded.lock:
            return _onward(request, patient, now, recorded)
        recorded = None
    if not is_whole or recorded is None:
        begun = recorded.screening if recorded else None
        asking = _asking(kind, asked, begun, texts, is_known=is_known)
        return _page(request, clinic, form, asking, asking.number_of(asked), "")
    if recorded.screening.completed_at is None:
        return redirect(_address(request, f"set={recorded.screening.pk}"))
    if SKIPPED in form.sent.values():
        messages.warning(request, format_html(SIGNS_TO_KNOW, reverse("safety:help")))
    return _onward(request, patient, now, recorded)


def _record(form: QuestionsForm | LinesForm, patient: User, clinic: Clinic, now: datetime) -> Recorded:
    """What was answered counts even where nobody can tell any more to which set it belongs."""
    sent = form.sent
    return record_screening(
        clinic=clinic,
        patient=patient,
        screening_id=form.cleaned_data.get("record_id") or uuid7(),
        kind=form.cleaned_data.get("kind", AGAIN),
        answers={name: said for name, said in sent.items() if name in QUESTIONS},
        conditions={name: said for name, said in sent.items() if name not in QUESTIONS},
        bilateral_since=form.cleaned_data.get("since", ""),
        answered_at=now,
        now=now,
    )


def _texts(questions: Iterable[str], asks_conditions: bool, *, is_known: bool) -> dict[str, str]:
    """The words of all that can stand on a page of a set with these questions."""
    texts = {each: text_of(each, bilateral_known=is_known) for each in QUESTIONS}
    if asks_conditions or not texts.keys() >= set(questions):
        texts |= {row.slug: row.question for row in exclusion_questions()}
    return texts


def _asking(
    kind: str, put: Sequence[str], begun: Screening | None, texts: Mapping[str, str], *, is_known: bool
) -> Asking:
    """The set as it stands: what was put, what the answers ask for on top of it, and the conditions."""
    answers = answers_of(begun) if begun else {}
    wanted = {*put, *(begun.questions if begun else ()), *asked_on_top(answers, bilateral_known=is_known)}
    if kind == FIRST:
        wanted |= texts.keys() - QUESTIONS.keys()
    ordered = [each for each in texts if each in wanted]
    return Asking(kind, tuple(_parts(kind, ordered)), answers, begun.pk if begun else None)


def _parts(kind: str, ordered: Sequence[str]) -> list[Part]:
    """A short set stands on one page; a long one by the parts of the body, and then the conditions."""
    lines = tuple(each for each in ordered if each in LINES) if kind == SESSION else ()
    rest = [each for each in ordered if each not in lines]
    parts = [Part("", lines)] if lines else []
    if kind in (SESSION, AGAIN) and 0 < len(rest) <= MOST_ON_A_PAGE:
        return [*parts, Part(CLOSER if lines else HOW_NOW, tuple(rest))]
    by_group: dict[str, list[str]] = {}
    for each in rest:
        if each in QUESTIONS:
            by_group.setdefault(QUESTIONS[each].group, []).append(each)
    parts += [Part(HEADINGS[group], tuple(asked)) for group, asked in by_group.items()]
    return parts + [
        Part(CONDITIONS, page) for page in _pages([each for each in rest if each not in QUESTIONS])
    ]


def _pages(conditions: Sequence[str]) -> list[tuple[str, ...]]:
    """As few pages as may be, and much the same on each."""
    count = -(-len(conditions) // MOST_ON_A_PAGE)
    ends = [round(len(conditions) * number / count) for number in range(count + 1)] if count else []
    return [tuple(conditions[start:end]) for start, end in pairwise(ends)]


def _form(
    kind: str,
    asked: Sequence[str],
    texts: Mapping[str, str],
    sent: QueryDict | None,
    initial: Mapping[str, Any],
) -> QuestionsForm | LinesForm:
    if kind == SESSION and set(asked) & set(LINES):
        lines = {each: texts[each] for each in asked}
        return LinesForm(lines, sent, initial=dict(initial))
    fields = {
        each: AnswerField(texts[each], QUESTIONS[each].answers if each in QUESTIONS else (NO, YES, NOT_SURE))
        for each in asked
    }
    return QuestionsForm(fields, sent, initial=dict(initial), asks_since=CHECKED in asked)


def _page(
    request: HttpRequest,
    clinic: Clinic,
    form: QuestionsForm | LinesForm,
    asking: Asking,
    number: int,
    reason: str,
) -> HttpResponse:
    if isinstance(form, LinesForm):
        return show(request, "safety/session_lines.html", {"form": form}, clinic)
    set_id = [f"set={asking.set_id}"] if asking.set_id else []
    context = {
        "form": form,
        "heading": asking.parts[number - 1].heading if asking.parts else HOW_NOW,
        "number": number,
        "parts": asking.parts,
        "reason": reason if number == 1 else "",
        "is_first": asking.kind == FIRST and number == 1,
        "back": _address(request, *set_id, f"part={number - 1}") if number > 1 else reverse("home:start"),
        "signs": emergency_card(clinic.emergency_number).groups[0] if asking.is_after_skip(number) else None,
    }
    return show(request, "safety/questions.html", context, clinic)


def _is_for_session(request: HttpRequest) -> bool:
    return request.GET.get("for") == SESSION


def _address(request: HttpRequest, *more: str) -> str:
    query = "&".join([*(["for=session"] if _is_for_session(request) else []), *more])
    return f"{reverse('safety:questions')}{'?' if query else ''}{query}"


def _onward(
    request: HttpRequest, patient: User, now: datetime, recorded: Recorded | None = None
) -> HttpResponse:
    """To what the answers ask for; where they ask for nothing, to the session or back to Today."""
    lock = open_lock(patient)
    if lock is not None:
        return redirect("safety:help_now" if lock.level == EMERGENCY else "safety:urgent")
    due = what_is_due(patient, now) if recorded else None
    if due and (_is_for_session(request) or due.kind != SESSION):
        return redirect(_address(request))
    suffix = "?for=session" if _is_for_session(request) else ""
    if recorded is not None and recorded.screening.kind == FIRST and _is_anything_ruled_out(patient):
        return redirect(f"{reverse('safety:ask_first')}{suffix}")
    if recorded is not None and _asks_for_a_visit(patient, recorded.screening):
        return redirect(f"{reverse('safety:soon')}{suffix}")
    if _is_for_session(request):
        return redirect("logbook:player")
    if recorded is not None:
        messages.success(request, message(MONITOR, "").text)
    return redirect("home:start")


def _is_anything_ruled_out(patient: User) -> bool:
    ruled_out = exclusions_of(patient)
    return bool(ruled_out.blocks or ruled_out.reasons)


def _asks_for_a_visit(patient: User, screening: Screening) -> bool:
    """Whether something that was said in this set, on whatever page, asks for a visit this week."""
    return any(item.level == SOON and item.answered_at >= screening.begun_at for item in open_items(patient))
