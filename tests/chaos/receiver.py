"""What a browser and its push service do with a push: read VAPID (RFC 8292), decrypt the message (RFC 8291).

Written from the standards, apart from the product's own sender, so that one checks the other.
"""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Mapping

import jwt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LONGEST_TOKEN = 24 * 60 * 60  # seconds, RFC 8292 section 2
LARGEST_BODY = 4096  # bytes, RFC 8030 section 7.2


class RefusedError(Exception):
    """A push that a push service or a browser would not take; the text says why."""


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def private_key(scalar: str) -> ec.EllipticCurvePrivateKey:
    """The key of a scalar in base64url."""
    return ec.derive_private_key(int.from_bytes(from_base64url(scalar), "big"), ec.SECP256R1())


def public_point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half as 65 bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


class Receiver:
    """A push service at `origin` for subscriptions made with one VAPID key, and the browsers behind it.

    All browsers have the same key pair and each a secret of its own, so a push for another one's cannot be
    decrypted.
    """

    def __init__(self, *, origin: str, vapid_public: bytes, browser_key: ec.EllipticCurvePrivateKey) -> None:
        self._origin = origin
        self._vapid_public = vapid_public
        self._key = browser_key
        self._point = public_point(browser_key)
        self._known_tokens: dict[str, float] = {}

    def take(self, headers: Mapping[str, str], body: bytes, secret: bytes) -> tuple[bytes, int]:
        """The plain message and its TTL in seconds, if everything about the push is in order."""
        self._check_sender(headers.get("Authorization", ""))
        if headers.get("Content-Encoding") != "aes128gcm":
            raise RefusedError("Content-Encoding is not aes128gcm")
        ttl = headers.get("TTL", "")
        if not ttl.isdigit():
            raise RefusedError(f"TTL is {ttl!r}")
        topic = headers.get("Topic", "")
        if len(topic) > 32 or not set(topic) <= set(_TOPIC_CHARACTERS):
            raise RefusedError(f"Topic is {topic!r}")
        if headers.get("Urgency", "normal") not in ("very-low", "low", "normal", "high"):
            raise RefusedError("Urgency is unknown")
        if len(body) > LARGEST_BODY:
            raise RefusedError(f"the body has {len(body)} bytes")
        return self._decrypt(body, secret), int(ttl)

    def _check_sender(self, authorization: str) -> None:
        scheme, _, rest = authorization.partition(" ")
        given = dict(item.strip().partition("=")[::2] for item in rest.split(","))
        if scheme != "vapid" or set(given) != {"t", "k"}:
            raise RefusedError("Authorization is not vapid t=, k=")
        if from_base64url(given["k"]) != self._vapid_public:
            raise RefusedError("another server's key than the one subscribed with")
        expires_at = self._known_tokens.get(given["t"])
        if expires_at is None:
            expires_at = self._read_token(given["t"])
            self._known_tokens[given["t"]] = expires_at
        if not time.time() < expires_at <= time.time() + LONGEST_TOKEN:
            raise RefusedError("the token has run out or lasts too long")

    def _read_token(self, token: str) -> float:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self._vapid_public)
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=["ES256"],
                audience=self._origin,
                options={"require": ["aud", "exp", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise RefusedError(f"the token is not valid: {error}") from error
        if not claims["sub"].startswith(("mailto:", "https:")):
            raise RefusedError("the token's sub is no contact")
        return float(claims["exp"])

    def _decrypt(self, body: bytes, secret: bytes) -> bytes:
        if len(body) < 86 or body[20] != 65:
            raise RefusedError("the body has no aes128gcm header with a P-256 key")
        salt, sender_point, sealed = body[:16], body[21:86], body[86:]
        try:
            sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender_point)
        except ValueError as error:
            raise RefusedError("the sender's key is no point of P-256") from error
        shared = self._key.exchange(ec.ECDH(), sender)
        information = b"WebPush: info\x00" + self._point + sender_point
        material = _hmac(_hmac(secret, shared), information + b"\x01")
        base = _hmac(salt, material)
        key = _hmac(base, b"Content-Encoding: aes128gcm\x00\x01")[:16]
        nonce = _hmac(base, b"Content-Encoding: nonce\x00\x01")[:12]
        try:
            padded = AESGCM(key).decrypt(nonce, sealed, None)
        except InvalidTag as error:
            raise RefusedError("it cannot be decrypted with this browser's keys") from error
        message, mark, _ = padded.rstrip(b"\x00").rpartition(b"\x02")
        if not mark:
            raise RefusedError("the padding has no end")
        return message


_TOPIC_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")
