"""Inviting a patient, joining by a code or a link, and one's own account."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import cast
from uuid import UUID

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from programs.accounts.actions import (
    INVITATION_LIFETIME,
    NOT_OPEN,
    accept_invitation,
    enter_with_code,
    enter_with_token,
    invite_patient,
    revoke_invitation,
    save_escalation_policy,
    set_wishes,
    token_hash,
)
from programs.accounts.forms import (
    CodeForm,
    EscalationForm,
    InvitationForm,
    JoinForm,
    LinkForm,
    StaffWishesForm,
    WishesForm,
)
from programs.accounts.models import Invitation, Role, User
from programs.accounts.queries import clinic_of, reachable_staff
from programs.accounts.render import qr_code
from programs.accounts.rules import show_code
from programs.lib.permissions import page_for

# Of codes, years of birth and links that somebody tries, for each address.
JOIN_RATE = {"join": "20/h/ip"}

ENTERED_FOR = timedelta(hours=1)
"""How long somebody may take to choose a password once what they typed was right."""
_ENTERED = "entered_invitation"
_ENTERED_SIGNER = TimestampSigner(salt="accounts.entered_invitation")


@page_for("therapist")
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a patient. The answer is the only place that ever shows the link and the code."""
    therapist = cast(User, request.user)
    clinic = clinic_of(therapist, Role.THERAPIST)
    now = timezone.now()
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            invited = invite_patient(clinic=clinic, invited_by=therapist, now=now, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            link = request.build_absolute_uri(reverse("accounts:join_by_link", args=[invited.token]))
            return render(
                request,
                "accounts/invited.html",
                {
                    "clinic": clinic,
                    "name": form.cleaned_data["name"],
                    "link": link,
                    "qr_code": qr_code(link),
                    "code": show_code(invited.code),
                    "code_page": request.build_absolute_uri(reverse("accounts:join")),
                    "expires_at": now + INVITATION_LIFETIME,
                },
            )
    return render(
        request,
        "accounts/invite.html",
        {
            "clinic": clinic,
            "form": form,
            "invitations": Invitation.objects.visible_to(therapist).unused(now),
        },
        status=422 if form.errors else 200,
    )


@page_for("therapist")
@require_POST
def revoke(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Take back one's own invitation."""
    therapist = cast(User, request.user)
    invitation = get_object_or_404(Invitation.objects.visible_to(therapist), pk=invitation_id)
    if revoke_invitation(invitation=invitation, now=timezone.now()):
        messages.success(request, f"The invitation of {invitation.name} does not work any more.")
    else:
        messages.info(request, f"The invitation of {invitation.name} was closed already.")
    return redirect("accounts:invite")


@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Come in by the code of an invitation, which stands in no address, and the year of birth."""
    if request.user.is_authenticated:
        return _signed_in(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    return _enter(request, form, enter_with_code) or render(
        request, "accounts/join_code.html", {"form": form}, status=422 if form.errors else 200
    )


@never_cache
@require_http_methods(["GET", "POST"])
def join_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Come in by its link and the year of birth: looking changes nothing, sending the form does."""
    if request.user.is_authenticated:
        return _signed_in(request)
    found = Invitation.objects.open(timezone.now()).filter(token_hash=token_hash(token))
    invitation = found.select_related("clinic", "invited_by").first()
    if invitation is None:
        return _closed(request) if _may_try(request) else _refused(request)
    form = LinkForm(request.POST if request.method == "POST" else None)
    return _enter(request, form, partial(enter_with_token, token=token)) or render(
        request,
        "accounts/join_link.html",
        {"form": form, "invitation": invitation},
        status=422 if form.errors else 200,
    )


@never_cache
@require_http_methods(["GET", "POST"])
def join_password(request: HttpRequest) -> HttpResponse:
    """Become a patient, for whoever has come in by either way in this browser, a short while ago."""
    if request.user.is_authenticated:
        return _signed_in(request)
    now = timezone.now()
    try:
        entered = _ENTERED_SIGNER.unsign(request.session.get(_ENTERED, ""), max_age=ENTERED_FOR)
    except BadSignature:
        return redirect("accounts:join")
    found = Invitation.objects.open(now).filter(pk=entered)
    invitation = found.select_related("clinic", "invited_by").first()
    if invitation is None:
        return _closed(request)
    form = JoinForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            patient = accept_invitation(invitation=invitation, now=now, **form.cleaned_data)
        except ValidationError as error:
            if NOT_OPEN in error.messages:  # somebody else used it a moment ago
                return _closed(request)
            form.add_error(None, error)
        else:
            del request.session[_ENTERED]
            login(request, patient)
            return redirect("home:start")
    return render(
        request,
        "accounts/join_password.html",
        {"form": form, "invitation": invitation},
        status=422 if form.errors else 200,
    )


@page_for("patient", "therapist", "admin")
@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """One's own account: how pages and sessions are to be, the record, the password, the ways out."""
    user = cast(User, request.user)
    role = next(role for role in (Role.THERAPIST, Role.ADMIN, Role.PATIENT) if user.has_role(role))
    is_patient = role == Role.PATIENT
    shape = WishesForm if is_patient else StaffWishesForm
    form = shape(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        set_wishes(user=user, **form.cleaned_data)
        messages.success(request, "Saved. Your pages are as you want them now.")
        return redirect("accounts:me")
    return render(
        request,
        "accounts/me.html" if is_patient else "accounts/me_staff.html",
        {"clinic": clinic_of(user, role), "form": form},
        status=422 if form.errors else 200,
    )


@page_for("admin")
@require_http_methods(["GET", "POST"])
def escalation(request: HttpRequest) -> HttpResponse:
    """Whom the clinic has told, and when, while nobody takes a flag on: in words, and to change."""
    administrator = cast(User, request.user)
    clinic = clinic_of(administrator, Role.ADMIN)
    staff = reachable_staff(clinic)
    form = EscalationForm(request.POST if request.method == "POST" else None, staff=staff)
    if form.is_valid():
        try:
            save_escalation_policy(clinic=clinic, by=administrator, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Saved. It holds from the next step of each flag.")
            return redirect("accounts:escalation")
    context = {"clinic": clinic, "staff": staff, "policy": staff.policy, "form": form}
    return render(request, "accounts/escalation.html", context, status=422 if form.errors else 200)


def _enter(request: HttpRequest, form: LinkForm, enter: Callable[..., Invitation]) -> HttpResponse | None:
    """On to the password for whoever has typed what is right; None where the form has to be shown."""
    if not form.is_valid():
        return None
    if not _may_try(request):
        return _refused(request)
    try:
        invitation = enter(now=timezone.now(), **form.cleaned_data)
    except ValidationError as error:
        if NOT_OPEN in error.messages:
            return _closed(request)
        form.add_error(None, error)
        return None
    request.session.cycle_key()  # a session that somebody else has set in this browser gets in nowhere
    request.session[_ENTERED] = _ENTERED_SIGNER.sign(str(invitation.pk))
    return redirect("accounts:join_password")


def _may_try(request: HttpRequest) -> bool:
    return bool(ratelimit.consume(request, app="accounts", action="join", config=JOIN_RATE, limit_get=True))


def _refused(request: HttpRequest) -> HttpResponse:
    refused: HttpResponse = ratelimit.respond_429(request)
    return refused


def _signed_in(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/join_signed_in.html")


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/join_closed.html", status=410)
