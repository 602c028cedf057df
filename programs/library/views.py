"""The library, for everybody who is signed in. It tells nothing about anybody, so no look is written down."""

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.lib.permissions import page_for
from programs.library.forms import LibraryForm
from programs.library.models import Article, BreakMovement, DirectionCheck, Program
from programs.library.queries import (
    articles_at,
    by_category,
    direction_check_page,
    exercise_page,
    find,
    named_figures,
    program_page,
    programs_with_stages,
    use_of,
)
from programs.library.rules import may_be_a_warning_sign


@page_for("patient", "therapist", "admin")
@require_safe
def exercises(request: HttpRequest) -> HttpResponse:
    """The exercises, all or those looked for; with words also programs, articles and break ideas."""
    user = cast(User, request.user)
    given = programs_with_stages(user)
    form = LibraryForm(given, request.GET)
    form.is_valid()  # what is wrong is said at its field, and leaves nothing out
    wish = form.wish
    found = find(user, wish, given)
    context = {
        "form": form,
        "wish": wish,
        "found": found,
        "groups": [] if wish.words else by_category(found.exercises),
        "is_warning_sign": may_be_a_warning_sign(wish.words),
        "some_checked": any(each.checked_by for each in found.exercises),
    }
    return _page(request, "library/exercises.html", context)


@page_for("patient", "therapist", "admin")
@require_safe
def exercise(request: HttpRequest, exercise_id: UUID) -> HttpResponse:
    """How one exercise is done, with `?side=left` on that side; for clinicians where it is given and not."""
    user = cast(User, request.user)
    page = exercise_page(user, exercise_id, request.GET.get("side", ""))
    if page is None:
        raise Http404
    context = {"page": page, "exercise": page.exercise}
    if _is_patient(user):
        return _page(request, "library/exercise.html", context)
    context["use"] = use_of(page.exercise, user)
    return _page(request, "library/exercise_for_clinicians.html", context)


@page_for("patient", "therapist", "admin")
@require_safe
def programs(request: HttpRequest) -> HttpResponse:
    """What plans are made from, and the flare plan."""
    given = programs_with_stages(cast(User, request.user))
    context = {
        "staged": [each for each in given if each.kind == Program.Kind.STAGED],
        "flare_plans": [each for each in given if each.kind == Program.Kind.FLARE],
        "direction_check": DirectionCheck.objects.current().first(),
    }
    return _page(request, "library/programs.html", context)


@page_for("patient", "therapist", "admin")
@require_safe
def program(request: HttpRequest, program_id: UUID) -> HttpResponse:
    """One program with all its stages."""
    page = program_page(cast(User, request.user), program_id)
    if page is None:
        raise Http404
    return _page(request, "library/program.html", {"page": page, "program": page.program})


@page_for("patient", "therapist", "admin")
@require_safe
def articles(request: HttpRequest) -> HttpResponse:
    """What there is to read."""
    given = Article.objects.visible_to(cast(User, request.user)).current()
    return _page(request, "library/articles.html", {"articles": given})


@page_for("patient", "therapist", "admin")
@require_safe
def article(request: HttpRequest, article_id: UUID) -> HttpResponse:
    """One article."""
    found = get_object_or_404(Article.objects.visible_to(cast(User, request.user)), pk=article_id)
    return _page(request, "library/article.html", {"article": found})


@page_for("patient", "therapist", "admin")
@require_safe
def break_ideas(request: HttpRequest) -> HttpResponse:
    """What one can do in a break."""
    ideas = BreakMovement.objects.current().select_related("exercise")
    context = {"ideas": ideas, "articles": articles_at("breaks", cast(User, request.user))}
    return _page(request, "library/break_ideas.html", context)


@page_for("patient", "therapist", "admin")
@require_safe
def direction_check(request: HttpRequest) -> HttpResponse:
    """How to find out which way of moving eases a leg; with `?program=<id>` as that program has it."""
    program = None
    if wanted := request.GET.get("program"):
        try:
            program = Program.objects.visible_to(cast(User, request.user)).get(pk=UUID(wanted))
        except (ValueError, Program.DoesNotExist) as error:
            raise Http404 from error
    page = direction_check_page(program)
    if page is None:
        raise Http404
    context = {"page": page, "check": page.check, "program": program}
    return _page(request, "library/direction_check.html", context)


@page_for("therapist", "admin")
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Every figure in the sizes in which it is shown, on light and dark, for both sides: to be looked at."""
    return _page(request, "library/figures.html", {"figures": named_figures(), "sides": ("right", "left")})


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """In the frame of a patient's pages, or of a clinician's with the name of their clinic."""
    user = cast(User, request.user)
    if _is_patient(user):
        frame = {"base": "base_patient.html", "is_patient": True}
    else:
        role = Role.THERAPIST if user.has_role(Role.THERAPIST) else Role.ADMIN
        frame = {"base": "base_clinician.html", "is_patient": False, "clinic": clinic_of(user, role)}
    return render(request, template, {**frame, **context})


def _is_patient(user: User) -> bool:
    """Whether this is somebody who only exercises; who works in a clinic too gets the clinicians' pages."""
    return not user.has_role(Role.THERAPIST, Role.ADMIN)
