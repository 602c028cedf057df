"""The addresses that this server calls: those of the known push services, and no others."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from programs.delivery.actions import subscribe_push
from programs.delivery.channels.web_push import origin_of
from programs.delivery.models import PushSubscription
from tests.delivery.outbox import NOON, by_push, prompt, send_prompts

pytestmark = pytest.mark.usefixtures("at_noon")

LISTED = [
    "https://fcm.googleapis.com/fcm/send/abc:APA91-x_y",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAAAABn",
    "https://web.push.apple.com/QGuQyavXutnMH",
    "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAD%2f",
]
NOT_LISTED = [
    "",
    "http://fcm.googleapis.com/fcm/send/abc",
    "https://localhost/push",
    "https://localhost:8000/push",
    "https://127.0.0.1/push",
    "https://[::1]/push",
    "https://10.0.0.1/push",
    "https://169.254.169.254/latest/meta-data/",
    "https://2130706433/",
    "https://fcm.googleapis.com.evil.example/send",
    "https://evilfcm.googleapis.com/send",
    "https://evil.example/fcm.googleapis.com/",
    "https://notpush.apple.com/x",
    "https://push.apple.com/x",
    "https://.push.apple.com.evil.example/x",
    "https://user@fcm.googleapis.com/send",
    "https://fcm.googleapis.com@evil.example/send",
    "https://fcm.googleapis.com:8443/send",
    "https://fcm.googleapis.com:80/send",
    "https://fcm.googleapis.com#@evil.example/",
    "https://fcm.googleapis.com?@evil.example/",
    "https://fcm.googleapis.com\\@evil.example/",
    "https://evil.example\\.push.apple.com/",
    "https://fcm.googleapis.com./send",
    "https://.push.apple.com/x",
    "https://a..push.apple.com/x",
    "https://..push.apple.com/x",
    "https://-.push.apple.com/x",
    f"https://{'a' * 64}.push.apple.com/x",
    "https://fcm.googleapis.com\n.evil.example/send",
    "https://fcm.googleapis.com/send\n",
    "https://ﬁcm.googleapis.com/send",
    "//fcm.googleapis.com/send",
    "file:///etc/passwd",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("endpoint", LISTED)
def test_the_known_push_services_are_on_the_list(endpoint):
    assert origin_of(endpoint) == "/".join(endpoint.split("/")[:3])


@pytest.mark.parametrize("endpoint", NOT_LISTED)
def test_any_other_address_is_neither_kept_nor_called(clinic, alice, push_service, endpoint):
    with pytest.raises(ValidationError) as refused:
        subscribe_push(user=alice, endpoint=endpoint, now=NOON, **push_service.keys(1))
    assert set(refused.value.message_dict) == {"endpoint"}
    assert not PushSubscription.objects.exists()

    # Nor is it called where it got into the database in some other way.
    subscription = push_service.subscribe(alice, NOON)
    PushSubscription.objects.update(endpoint=endpoint)
    prompt(alice, clinic=clinic, by_email=False)
    assert send_prompts() == 0
    assert push_service.pushes == []
    assert by_push(alice).error == "This push service is not on the list."
    assert by_push(alice).target == str(subscription.pk)


def test_a_test_origin_is_a_whole_origin(push_service):
    assert origin_of(f"{push_service.origin}/push/1") == push_service.origin
    assert origin_of(f"{push_service.origin}0/push/1") is None
    assert origin_of(f"{push_service.origin}@evil.example/") is None
