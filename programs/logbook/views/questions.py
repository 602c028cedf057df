"""A check that is asked one question a page: the daily one, the weekly one, a correction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from uuid_utils.compat import uuid7

from programs.accounts.models import Clinic, PatientRecord
from programs.logbook.forms.answer_fields import PlacesField, in_words
from programs.logbook.forms.records import QuestionForm
from programs.logbook.rules import CheckDraft
from programs.logbook.views import show

SENT_BEFORE = "You sent this check before, with another answer. Please answer once more: both are kept."

Row = TypeVar("Row", bound=PatientRecord)


@dataclass(frozen=True, slots=True)
class Questions(Generic[Row]):
    """One kind of check: what it asks, where its draft waits, and what becomes of the answers.

    `day` is the local day the answers are about: a draft of another day is begun anew. `address` is that of
    the first question, and `back` leads away from it. `rows` are the patient's own. `store` is given the id
    and every answer, and `after` answers once the check is stored, sent twice or not. `about` stands above
    each question. `earlier_answer` is what a correction starts from. `at_once` answers to what cannot wait
    until the open questions are answered, if it is that. `is_asked` says of a question whether the answers so
    far leave it to be asked: what is not asked keeps its number, and is passed over. `beside` is what a
    question's page shows besides, by what its template calls it. `review` is the address of a page that shows
    all answers before `store` is called there; without one the last answer stores the check.
    """

    title: str
    session_key: str
    day: date
    fields: Mapping[str, forms.Field]
    address: str
    back: str
    rows: QuerySet[Row]
    stored_answer: Callable[[Row, str], object]
    store: Callable[[UUID, Mapping[str, Any]], Row]
    after: Callable[[Row], HttpResponse]
    answer_once_more: Callable[[], HttpResponse]
    at_once: Callable[[str, Any], HttpResponse | None] = lambda name, answer: None
    earlier_answer: Callable[[str], Any] = lambda name: None
    is_asked: Callable[[str, Mapping[str, Any]], bool] = lambda name, answers: True
    may_decline: Collection[str] = ()
    about: str = ""
    beside: Callable[[str], Mapping[str, object]] = lambda name: {}
    review: str = ""

    def page(self, number: int) -> str:
        """The address of a question; before the first one lies what the patient came from."""
        return f"{self.address}?question={number}" if number else self.back

    def draft(self, request: HttpRequest) -> CheckDraft | None:
        """The answers so far, if any are about this day."""
        values = request.session.get(self.session_key)
        draft = CheckDraft.from_json(values) if values else None
        return draft if draft and draft.day == self.day else None

    def next_page(self, draft: CheckDraft) -> str:
        """The address of the first question that is open, or of the review; "" where nothing is left."""
        number = draft.first_open(list(self.fields), self.is_asked)
        return self.page(number) if number else self.review


def ask(request: HttpRequest, questions: Questions[Row], clinic: Clinic) -> HttpResponse:
    """One question a page; the last answer stores the check, or leads to the review of them all."""
    names, draft = list(questions.fields), questions.draft(request)
    number = _question_number(request, len(names))
    reached = (draft.first_open(names, questions.is_asked) or len(names)) if draft else 1
    name, answers = names[number - 1], draft.answers if draft else {}
    if request.method == "GET" and (number > reached or not questions.is_asked(name, answers)):
        return redirect(questions.page(reached))
    earlier = draft.answers.get(name) if draft and name in draft.answers else questions.earlier_answer(name)
    form = QuestionForm(
        name,
        questions.fields[name],
        request.POST if request.method == "POST" else None,
        initial={"record_id": draft.check_id if draft else uuid7(), name: earlier},
        may_decline=name in questions.may_decline,
    )
    if form.is_valid():
        check_id = form.cleaned_data["record_id"]
        if stored := questions.rows.filter(pk=check_id).first():
            request.session.pop(questions.session_key, None)
            if questions.stored_answer(stored, name) == form.answer:
                return questions.after(stored)
            # A page left open in a second window was answered differently: that must not be lost unsaid.
            return questions.answer_once_more()
        if draft is None or draft.check_id != check_id:
            draft = CheckDraft(check_id, questions.day)
        draft = draft.with_answer(name, form.answer)
        request.session[questions.session_key] = draft.to_json()
        if next_page := questions.next_page(draft):
            return questions.at_once(name, form.answer) or redirect(next_page)
        try:
            stored = questions.store(check_id, draft.answers)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            request.session.pop(questions.session_key, None)
            return questions.after(stored)
    parts = [each for each in names if each == name or questions.is_asked(each, answers)]
    place = parts.index(name)
    is_change = draft is not None and questions.next_page(draft) == questions.review != ""
    context = {
        "form": form,
        "title": questions.title,
        "about": questions.about,
        "earlier": in_words(questions.fields[name], earlier),
        "ladder_side": getattr(questions.fields[name], "ladder_side", ""),
        "is_body_map": isinstance(questions.fields[name], PlacesField),
        "number": place + 1,
        "parts": parts,
        "back": questions.review
        if is_change
        else questions.page(names.index(parts[place - 1]) + 1 if place else 0),
        **questions.beside(name),
    }
    return show(request, "logbook/check.html", context, clinic)


def warn_and_redirect(request: HttpRequest, sentence: str, address: str) -> HttpResponse:
    """Elsewhere, with a sentence that says why."""
    messages.warning(request, sentence)
    return redirect(address)


def _question_number(request: HttpRequest, count: int) -> int:
    asked = request.GET.get("question", "1")
    return min(max(int(asked), 1), count) if asked.isdecimal() and len(asked) < 3 else 1
