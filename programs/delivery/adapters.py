"""What allauth asks of us when somebody signs out: this browser shows them nothing any more."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from programs.accounts.adapters import AccountAdapter as InvitationAdapter
from programs.delivery.actions import unsubscribe_push
from programs.delivery.models import PushSubscription

_MADE_HERE = "push_subscription"


class AccountAdapter(InvitationAdapter):
    """Whoever signs out of a browser takes no Web Push there any more, as far as the session knows of it."""

    def logout(self, request: HttpRequest) -> None:
        made_here = request.session.get(_MADE_HERE)
        if made_here is not None and request.user.is_authenticated:
            own = PushSubscription.objects.visible_to(request.user)
            for subscription in own.filter(pk=made_here):
                unsubscribe_push(subscription=subscription, now=timezone.now())
        super().logout(request)


def remember_subscription(request: Request, subscription: PushSubscription) -> None:
    """The session knows which subscription was made in it. An app has no session that a sign-out ends."""
    if isinstance(request.successful_authenticator, SessionAuthentication):
        request.session[_MADE_HERE] = str(subscription.pk)
