"""Web Push over REST: this server's key, the browsers a person takes push in, and what devices say of it."""

from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ViewSet

from programs.accounts.models import User
from programs.delivery.actions import record_receipt, send_test, subscribe_push, unsubscribe_push
from programs.delivery.adapters import remember_subscription
from programs.delivery.models import DeliveryReceipt, PushSubscription
from programs.delivery.queries import PushTest, TestState, push_test
from programs.lib.permissions import HasRole
from programs.lib.serializers import IdField, Input, MomentField
from programs.lib.web_push import public_key


class IsAnybodySignedIn(HasRole):
    roles = ("patient", "therapist", "admin")


class PushKeyOutput(serializers.Serializer[Any]):
    public_key = serializers.CharField(
        allow_null=True, help_text="The applicationServerKey as base64url; null: there is no Web Push here."
    )


class PushKeysInput(Input):
    p256dh = serializers.CharField(max_length=120)
    auth = serializers.CharField(max_length=40)


class PushSubscriptionInput(Input):
    """What a browser's PushSubscription.toJSON() gives."""

    endpoint = serializers.CharField(max_length=1000)
    keys = PushKeysInput()
    expirationTime = serializers.FloatField(  # noqa: N815  # the browser's own name
        required=False, allow_null=True, help_text="Not read."
    )


class PushSubscriptionOutput(serializers.Serializer[PushSubscription]):
    id = serializers.UUIDField()
    host = serializers.SerializerMethodField(help_text="Whose push service it is.")
    created_at = MomentField()
    last_receipt_at = MomentField(
        allow_null=True, help_text="When the browser last said that it had shown a push."
    )

    def get_host(self, subscription: PushSubscription) -> str:
        return urlsplit(subscription.endpoint).hostname or ""


class PushReceiptInput(Input):
    token = serializers.CharField(max_length=200, help_text="From the push.")
    kind = serializers.ChoiceField(DeliveryReceipt.Kind.choices)


class PushTestInput(Input):
    browser = IdField(
        required=False, allow_null=True, help_text="The id of a push subscription; none: all of the caller's."
    )


class PushTestOutput(serializers.Serializer[PushTest]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(
        [state.value for state in TestState],
        source="state.value",
        help_text="waiting, sent (to the push service), shown (by a device), gone_wrong; not_sent and "
        "not_shown: not yet, 30 seconds later.",
    )
    is_open = serializers.BooleanField(help_text="Something may still happen: ask again.")
    asked_at = MomentField()


class PushKeyViewSet(ViewSet):
    """What a browser subscribes with."""

    permission_classes = [IsAnybodySignedIn]

    @extend_schema(responses=PushKeyOutput, operation_id="push_key_retrieve")
    def retrieve(self, request: Request) -> Response:
        """This server's public key for Web Push."""
        private = settings.VAPID_PRIVATE_KEY
        return Response({"public_key": public_key(private) if private else None})


class PushSubscriptionViewSet(mixins.ListModelMixin, GenericViewSet):
    """The browsers in which the caller takes Web Push."""

    permission_classes = [IsAnybodySignedIn]
    queryset = PushSubscription.objects.live()
    serializer_class = PushSubscriptionOutput

    def get_queryset(self) -> Any:
        return cast(Any, super().get_queryset()).visible_to(self.request.user)

    @extend_schema(operation_id="push_subscriptions_list")
    def list(self, request: Request) -> Response:
        """The caller's browsers that take Web Push."""
        return super().list(request)

    @extend_schema(
        request=PushSubscriptionInput,
        responses={200: PushSubscriptionOutput, 201: PushSubscriptionOutput},
        operation_id="push_subscriptions_create",
    )
    def create(self, request: Request) -> Response:
        """Take Web Push in a browser: 201, or 200 where the caller does so already."""
        given = PushSubscriptionInput.checked(request.data)
        subscription, is_new = subscribe_push(
            user=cast(User, request.user), endpoint=given["endpoint"], now=timezone.now(), **given["keys"]
        )
        remember_subscription(request, subscription)
        return Response(PushSubscriptionOutput(subscription).data, status=201 if is_new else 200)

    @extend_schema(responses={204: None}, operation_id="push_subscriptions_destroy")
    def destroy(self, request: Request, pk: str) -> Response:
        """No more Web Push in this browser."""
        unsubscribe_push(subscription=self.get_object(), now=timezone.now())
        return Response(status=204)


class PushTestViewSet(ViewSet):
    """A test that a person sends to themselves."""

    permission_classes = [IsAnybodySignedIn]

    @extend_schema(
        request=PushTestInput, responses={201: PushTestOutput, 400: None}, operation_id="push_tests_create"
    )
    def create(self, request: Request) -> Response:
        """Send a test to one browser of the caller, or to all: at most 5 in an hour."""
        given, now, user = PushTestInput.checked(request.data), timezone.now(), cast(User, request.user)
        test_id = send_test(
            clinic=user.memberships_now[0].clinic, user=user, browser=given.get("browser"), now=now
        )
        return Response(PushTestOutput(push_test(user, test_id, now)).data, status=201)

    @extend_schema(
        parameters=[OpenApiParameter("id", UUID, OpenApiParameter.PATH)],
        responses={200: PushTestOutput, 404: None},
        operation_id="push_tests_retrieve",
    )
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """How far it has come."""
        found = push_test(cast(User, request.user), pk, timezone.now())
        if found is None:
            raise Http404
        return Response(PushTestOutput(found).data)


class PushReceiptViewSet(ViewSet):
    """What a service worker says, which may know nothing of who is signed in: the token is all it needs."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(
        request=PushReceiptInput, responses={204: None, 404: None}, operation_id="push_receipts_create"
    )
    def create(self, request: Request) -> Response:
        """A push was shown or tapped. A repeat changes nothing."""
        given = PushReceiptInput.checked(request.data)
        if not record_receipt(token=given["token"], kind=given["kind"], now=timezone.now()):
            raise Http404
        return Response(status=204)
