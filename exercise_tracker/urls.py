"""Every door on one screen."""

from django.urls import URLPattern, URLResolver, include, path

from exercise_tracker.api import api_patterns

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(api_patterns)),
    path("account/", include("allauth.urls")),
    path("", include("programs.home.urls")),
    path("", include("programs.exchange.urls")),
    path("", include("programs.logbook.urls")),
    path("", include("programs.reminders.urls")),
    path("", include("programs.safety.urls")),
    path("", include("programs.monitoring.urls")),
    path("", include("programs.care.urls")),
    path("", include("programs.delivery.urls")),
    path("", include("programs.accounts.urls")),
]

handler404 = "programs.lib.errors.page_not_found"
handler500 = "programs.lib.errors.page_server_error"
