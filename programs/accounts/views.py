"""Inviting a patient, joining by the link, and one's own account."""

from typing import cast
from uuid import UUID

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
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
    invite_patient,
    revoke_invitation,
    save_escalation_policy,
    set_time_zone,
    token_hash,
)
from programs.accounts.forms import EscalationForm, InvitationForm, JoinForm, TimeZoneForm
from programs.accounts.models import Invitation, Role, User
from programs.accounts.queries import clinic_of, reachable_staff
from programs.lib.permissions import page_for

# Of tries to join and of links that do not work, for each address.
JOIN_RATE = {"join": "20/h/ip"}


@page_for("therapist")
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a patient. The answer is the only place that ever shows the link."""
    therapist = cast(User, request.user)
    clinic = clinic_of(therapist, Role.THERAPIST)
    now = timezone.now()
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            token = invite_patient(clinic=clinic, invited_by=therapist, now=now, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return render(
                request,
                "accounts/invited.html",
                {
                    "clinic": clinic,
                    "name": form.cleaned_data["name"],
                    "link": request.build_absolute_uri(reverse("accounts:join", args=[token])),
                    "expires_at": now + INVITATION_LIFETIME,
                },
            )
    return render(
        request,
        "accounts/invite.html",
        {
            "clinic": clinic,
            "form": form,
            "invitations": Invitation.objects.visible_to(therapist).open(now),
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
        messages.success(request, f"The link for {invitation.name} does not work any more.")
    else:
        messages.info(request, f"The link for {invitation.name} was closed already.")
    return redirect("accounts:invite")


@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Become a patient by an invitation's link: looking at it changes nothing, sending the form does."""
    if request.user.is_authenticated:
        return render(request, "accounts/join_signed_in.html")
    now = timezone.now()
    found = Invitation.objects.open(now).filter(token_hash=token_hash(token))
    invitation = found.select_related("clinic", "invited_by").first()
    is_try = request.method == "POST" or invitation is None
    if is_try and not ratelimit.consume(
        request, app="accounts", action="join", config=JOIN_RATE, limit_get=True
    ):
        refused: HttpResponse = ratelimit.respond_429(request)
        return refused
    if invitation is None:
        return _closed(request)
    form = JoinForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            patient = accept_invitation(token=token, now=now, **form.cleaned_data)
        except ValidationError as error:
            if NOT_OPEN in error.messages:  # somebody else used it a moment ago
                return _closed(request)
            form.add_error(None, error)
        else:
            login(request, patient)
            return redirect("home:start")
    return render(
        request,
        "accounts/join.html",
        {"form": form, "invitation": invitation},
        status=422 if form.errors else 200,
    )


@page_for("patient", "therapist", "admin")
@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """One's own account: who one is signed in as, the time zone, the password, the way out."""
    user = cast(User, request.user)
    form = TimeZoneForm(
        request.POST if request.method == "POST" else None, initial={"time_zone": user.time_zone}
    )
    if form.is_valid():
        set_time_zone(user=user, time_zone=form.cleaned_data["time_zone"])
        messages.success(request, "Your time zone is saved.")
        return redirect("accounts:me")
    role = next(role for role in (Role.THERAPIST, Role.ADMIN, Role.PATIENT) if user.has_role(role))
    return render(
        request,
        "accounts/me.html",
        {
            "base": "base_patient.html" if role == Role.PATIENT else "base_clinician.html",
            "is_patient": role == Role.PATIENT,
            "clinic": clinic_of(user, role),
            "form": form,
        },
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


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/join_closed.html", status=410)
