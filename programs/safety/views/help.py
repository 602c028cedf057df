"""Help and warning signs: the page every other page leads to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programs.accounts.models import Role
from programs.safety.queries import NOBODY_KNOWN, contacts_of


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """When to call for help, and whom. Needs no sign-in and shows nothing of any record."""
    user = request.user
    contacts, base = NOBODY_KNOWN, "base.html"
    if user.is_authenticated:
        contacts = contacts_of(user)
        base = "base_patient.html" if user.has_role(Role.PATIENT) else base
    return render(request, "safety/help.html", {"contacts": contacts, "base": base})
