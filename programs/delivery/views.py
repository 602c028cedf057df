"""Notices in the open page, Web Push and its test, no more e-mails, and whether this process answers."""

from pathlib import Path
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from django_htmx.http import HTMX_STOP_POLLING

from programs.accounts.models import User
from programs.delivery.actions import opt_out_of_email, send_test, unsubscribe_push
from programs.delivery.forms import TestForm
from programs.delivery.models import Delivery, EmailOptOut, PushSubscription
from programs.delivery.queries import push_here, push_test, unsubscriber
from programs.lib.permissions import page_for

_SHOWN = 5
_EVERYBODY = ("patient", "therapist", "admin")


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


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that shows a push and keeps a session. Served here: it is in charge of what lies below it.

    Browsers ask for it each time, so that a new one is in use within a day.
    """
    script = finders.find("js/service-worker.js")
    if not isinstance(script, str):
        raise Http404
    return HttpResponse(
        Path(script).read_bytes(),
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What the product looks like as an app on the home screen."""
    icons = [
        ("img/icon-192.png", "192x192", "any"),
        ("img/icon-512.png", "512x512", "any"),
        ("img/icon-maskable-512.png", "512x512", "maskable"),
    ]
    document = {
        "id": "/",
        "name": "Exercise Tracker",
        "short_name": "Exercises",
        "lang": "en-GB",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f8f5",
        "theme_color": "#f6f8f5",
        "icons": [
            {"src": static(path), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for path, sizes, purpose in icons
        ],
        "shortcuts": [{"name": "Start a session", "url": "/player/"}],
    }
    answer = JsonResponse(document, content_type="application/manifest+json")
    answer["Cache-Control"] = "no-cache"
    return answer


@page_for(*_EVERYBODY)
@require_safe
def browsers(request: HttpRequest) -> HttpResponse:
    """Where the person takes Web Push, as a piece of a page that asks again when that has changed."""
    return render(request, "delivery/browsers.html", {"push": push_here(cast(User, request.user))})


@page_for(*_EVERYBODY)
@require_POST
def remove_browser(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """No more Web Push in that browser."""
    own = PushSubscription.objects.visible_to(cast(User, request.user))
    unsubscribe_push(subscription=get_object_or_404(own, pk=subscription_id), now=timezone.now())
    if request.headers.get("HX-Request"):
        return render(request, "delivery/browsers.html", {"push": push_here(cast(User, request.user))})
    messages.success(request, "They do not show there any more.")
    return _back(request)


@page_for(*_EVERYBODY)
@require_POST
def start_test(request: HttpRequest) -> HttpResponse:
    """Send a test to this browser, or where the page cannot tell which it is, to all of the person's."""
    user, form, now = cast(User, request.user), TestForm(request.POST), timezone.now()
    try:
        if not form.is_valid():
            raise ValidationError(TestForm.PROBLEM)
        browser = form.cleaned_data["browser"]
        test_id = send_test(clinic=user.memberships_now[0].clinic, user=user, browser=browser, now=now)
    except ValidationError as error:
        if request.headers.get("HX-Request"):
            return render(request, "delivery/test.html", {"sentence": error.messages[0]})
        messages.error(request, error.messages[0])
        return _back(request)
    if request.headers.get("HX-Request"):
        return render(request, "delivery/test.html", {"test": push_test(user, test_id, now)})
    return redirect("delivery:test", test_id)


@page_for(*_EVERYBODY)
@require_safe
def test(request: HttpRequest, test_id: UUID) -> HttpResponse:
    """How a test stands; asked by htmx its piece alone, and 204 where that is what it shows already."""
    user = cast(User, request.user)
    found = push_test(user, test_id, timezone.now())
    if found is None:
        raise Http404
    if not request.headers.get("HX-Request"):
        base = "base_clinician.html" if user.has_role("therapist", "admin") else "base_patient.html"
        return render(request, "delivery/test_page.html", {"base": base, "test": found})
    if found.is_open and request.GET.get("shown") == found.state.value:
        return HttpResponse(status=204)
    return render(request, "delivery/test.html", {"test": found})


@csrf_exempt  # mail programs POST here by themselves, and the token says more than a cookie would
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """No more reminders by e-mail, without signing in: GET shows what will stop, POST stops it (RFC 8058).

    The token never ends and travels in e-mails, so it can only stop them. To take them again needs a sign-in.
    """
    user = unsubscriber(token)
    if user is None:
        return render(request, "delivery/unsubscribe_unknown.html", status=404)
    if request.method == "POST":
        opt_out_of_email(user=user, now=timezone.now())
    return render(
        request,
        "delivery/unsubscribe.html",
        {
            "has_stopped": EmailOptOut.objects.filter(user=user).exists(),
            "just_chosen": request.method == "POST",
            "cares_for_others": user.has_role("therapist", "admin"),
        },
    )


def _back(request: HttpRequest) -> HttpResponse:
    """To the page the form was on."""
    back_to = request.POST.get("back_to", "")
    is_ours = url_has_allowed_host_and_scheme(
        back_to, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(back_to if is_ours else "home:start")


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
