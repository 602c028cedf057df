"""Every door on one screen."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path, re_path

from exercise_tracker.api import api_patterns

# Only what the product uses of allauth: no page there may change an address or sign anybody up.
account_patterns: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(api_patterns)),
    path("account/", include(account_patterns)),
    path("", include("programs.home.urls")),
    path("", include("programs.exchange.urls")),
    path("", include("programs.logbook.urls")),
    path("", include("programs.reminders.urls")),
    path("", include("programs.safety.urls")),
    path("", include("programs.monitoring.urls")),
    path("", include("programs.care.urls")),
    path("", include("programs.library.urls")),
    path("", include("programs.conversations.urls")),
    path("", include("programs.delivery.urls")),
    path("", include("programs.accounts.urls")),
]

handler404 = "programs.lib.errors.page_not_found"
handler500 = "programs.lib.errors.page_server_error"
