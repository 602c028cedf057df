"""The receiver of `make chaos` reads what the standards say, and refuses everything else."""

import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.chaos.receiver import (
    Receiver,
    RefusedError,
    base64url,
    from_base64url,
    private_key,
    public_point,
)

pytestmark = pytest.mark.pure

ORIGIN = "http://127.0.0.1:8123"
# The example of RFC 8291, section 5 and appendix A.
BROWSER = private_key("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")
SECRET = from_base64url("BTBZMqHH6r4Tts7J_aSIgg")
BODY = from_base64url(
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
    "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
SENDER = ec.generate_private_key(ec.SECP256R1())


def receiver() -> Receiver:
    return Receiver(origin=ORIGIN, vapid_public=public_point(SENDER), browser_key=BROWSER)


def headers(sender: ec.EllipticCurvePrivateKey = SENDER, lasts: int = 3600, aud: str = ORIGIN, **more: str):
    claims = {"aud": aud, "exp": int(time.time()) + lasts, "sub": "mailto:operator@example.org"}
    token = jwt.encode(claims, sender, algorithm="ES256")
    key = base64url(public_point(sender))
    plain = {"Authorization": f"vapid t={token}, k={key}", "Content-Encoding": "aes128gcm", "TTL": "600"}
    return {**plain, **more}


def test_the_example_of_the_standard_is_decrypted():
    assert receiver().take(headers(), BODY, SECRET) == (b"When I grow up, I want to be a watermelon", 600)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (headers(sender=ec.generate_private_key(ec.SECP256R1())), "another server's key"),
        (headers(aud="http://127.0.0.1"), "not valid"),
        (headers(lasts=-1), "not valid"),
        (headers(lasts=25 * 60 * 60), "lasts too long"),
        (headers(TTL="soon"), "TTL"),
        (headers(Topic="a" * 33), "Topic"),
        (headers() | {"Content-Encoding": "aesgcm"}, "aes128gcm"),
    ],
)
def test_a_push_that_no_push_service_would_take_is_refused(wrong, reason):
    with pytest.raises(RefusedError, match=reason):
        receiver().take(wrong, BODY, SECRET)


def test_a_push_for_another_browser_cannot_be_decrypted():
    with pytest.raises(RefusedError, match="cannot be decrypted"):
        receiver().take(headers(), BODY, bytes(16))
