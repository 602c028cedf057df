"""Notices in the open page, and whether this process and its database answer."""

from typing import cast

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django_htmx.http import HTMX_STOP_POLLING

from programs.accounts.models import User
from programs.delivery.models import Delivery
from programs.lib.permissions import page_for

_SHOWN = 5


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """The unread notices of the signed-in person, as a piece of a page that asks for it every 15 seconds.

    A page that is left open while its session ends must not get the sign-in page put into its header.
    """
    if request.headers.get("HX-Request") and not request.user.is_authenticated:
        return render(request, "delivery/notices_signed_out.html", status=HTMX_STOP_POLLING)
    return _unread(request)


@page_for("patient", "therapist", "admin")
def _unread(request: HttpRequest) -> HttpResponse:
    unread = Delivery.objects.visible_to(cast(User, request.user)).unread_in_app()
    newest, count = list(unread[:_SHOWN]), unread.count()
    shown = f"{count}.{newest[0].pk}" if newest else "none"
    if request.GET.get("shown") == shown:
        return HttpResponse(status=204)
    return render(
        request,
        "delivery/notices.html",
        {"notices": newest, "more": count - len(newest), "shown": shown},
    )


def live(request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """The database answers too."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    return JsonResponse({"status": "ok"})
