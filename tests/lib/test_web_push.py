"""Web Push: the standard's own example byte for byte, and the name this server signs with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec

from programs.lib.web_push import (
    LONGEST_PAYLOAD,
    decode,
    encode,
    encrypt,
    new_vapid_key,
    private_key,
    public_key,
    read_auth,
    read_point,
    vapid_header,
)
from tests.chaos.receiver import Receiver, public_point

pytestmark = pytest.mark.pure

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

# RFC 8291, appendix A
PLAIN = b"When I grow up, I want to be a watermelon"
SENDER_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BROWSER_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
BROWSER_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w"
    "EqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_it_seals_the_example_of_the_standard_as_the_standard_does():
    sealed = encrypt(
        PLAIN,
        p256dh=BROWSER_PUBLIC,
        auth=AUTH,
        salt=decode(SALT),
        sender_key=private_key(SENDER_PRIVATE),
    )

    assert encode(sealed) == SEALED


@pytest.mark.parametrize("length", [0, 1, 100, LONGEST_PAYLOAD])
def test_only_the_browser_can_open_it(length):
    sealed = encrypt(b"w" * length, p256dh=BROWSER_PUBLIC, auth=AUTH)

    vapid = private_key(new_vapid_key())
    browser = Receiver(
        origin="https://push.example",
        vapid_public=public_point(vapid),
        browser_key=private_key(BROWSER_PRIVATE),
    )
    assert browser._decrypt(sealed, decode(AUTH)) == b"w" * length
    assert len(sealed) <= 4096


def test_what_a_push_service_need_not_take_is_not_sealed():
    with pytest.raises(ValueError, match="room"):
        encrypt(b"w" * (LONGEST_PAYLOAD + 1), p256dh=BROWSER_PUBLIC, auth=AUTH)


def test_no_two_messages_share_a_key_or_a_salt():
    messages = [encrypt(PLAIN, p256dh=BROWSER_PUBLIC, auth=AUTH) for _ in range(20)]

    assert len({message[:16] for message in messages}) == 20
    assert len({message[21:86] for message in messages}) == 20


def test_the_sender_signs_with_the_key_that_browsers_subscribed_with():
    private = new_vapid_key()
    with time_machine.travel(NOON, tick=False):
        header = vapid_header(
            origin="https://push.example:8443", subject="mailto:a@example.org", private=private, now=NOON
        )

        assert header.startswith("vapid t=")
        token, _, key = header.removeprefix("vapid t=").partition(", k=")
        assert key == public_key(private)
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(key))
        claims = jwt.decode(token, point, algorithms=["ES256"], audience="https://push.example:8443")

    assert claims["sub"] == "mailto:a@example.org"
    assert timedelta(hours=1) <= datetime.fromtimestamp(claims["exp"], UTC) - NOON <= timedelta(hours=12)


def test_anothers_signature_does_not_pass():
    header = vapid_header(
        origin="https://push.example", subject="mailto:a@b.org", private=new_vapid_key(), now=NOON
    )
    token = header.removeprefix("vapid t=").partition(",")[0]
    stranger = private_key(new_vapid_key()).public_key()

    with time_machine.travel(NOON, tick=False), pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, stranger, algorithms=["ES256"], audience="https://push.example")


def test_a_new_key_is_32_bytes_that_fit_into_a_setting():
    keys = {new_vapid_key() for _ in range(50)}

    assert len(keys) == 50
    assert {len(key) for key in keys} == {43}
    assert {len(decode(public_key(key))) for key in keys} == {65}


@pytest.mark.parametrize("padded", [BROWSER_PUBLIC, BROWSER_PUBLIC + "="])
def test_a_browsers_key_is_a_point_on_the_curve(padded):
    assert len(read_point(padded)) == 65


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "BCVxsr7N",
        BROWSER_PUBLIC[:-2] + "AA",  # not on the curve
        encode(b"\x04" + bytes(64)),
        encode(b"\x02" + decode(BROWSER_PUBLIC)[1:33]),  # compressed
        BROWSER_PUBLIC.replace("_", "/"),
        BROWSER_PUBLIC + "\n",
        "é" * 87,
    ],
)
def test_any_other_key_is_refused(wrong):
    with pytest.raises(ValueError):  # noqa: PT011
        read_point(wrong)


@pytest.mark.parametrize("wrong", ["", AUTH[:-2], AUTH + "AA", "B" * 21, AUTH.replace("_", "/")])
def test_a_secret_has_16_bytes(wrong):
    assert len(read_auth(AUTH)) == 16
    with pytest.raises(ValueError):  # noqa: PT011
        read_auth(wrong)
