"""Web Push: what is sent is readable by one browser only (RFC 8291) and signed by this server (RFC 8292)."""

from __future__ import annotations

import base64
import os
import re
from datetime import datetime, timedelta
from functools import lru_cache

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

AUTH_BYTES = 16
# A service must take 4096 bytes (RFC 8030); header, tag and the delimiter are part of them.
LONGEST_PAYLOAD = 4096 - 86 - 16 - 1
_VALID_FOR = timedelta(hours=12)
_RECORD_SIZE = (4096).to_bytes(4, "big")
_LAST_RECORD = b"\x02"


def encode(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Base64url with or without padding; any other character is a ValueError."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*={0,2}", text):
        raise ValueError("This is not base64url.")
    bare = text.rstrip("=")
    return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))


def new_vapid_key() -> str:
    """A fresh P-256 private key as base64url: what browsers know this server by."""
    scalar = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return encode(scalar.to_bytes(32, "big"))


@lru_cache(maxsize=2)
def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """The key that `new_vapid_key` wrote."""
    return ec.derive_private_key(int.from_bytes(decode(text), "big"), ec.SECP256R1())


def public_key(private: str) -> str:
    """The `applicationServerKey` that a browser subscribes with, base64url."""
    return encode(_point(private_key(private)))


def read_point(p256dh: str) -> bytes:
    """The public key of a browser. ValueError where it is not an uncompressed point on the curve."""
    point = decode(p256dh)
    if len(point) != 65:
        raise ValueError("This is not an uncompressed point.")
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    return point


def read_auth(auth: str) -> bytes:
    """The secret that a browser shares with us. ValueError where it has not 16 bytes."""
    secret = decode(auth)
    if len(secret) != AUTH_BYTES:
        raise ValueError("This has not 16 bytes.")
    return secret


def encrypt(
    payload: bytes,
    *,
    p256dh: str,
    auth: str,
    salt: bytes | None = None,
    sender_key: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """One record of aes128gcm (RFC 8188) that only the browser with these keys can read.

    `salt` and `sender_key` are fresh for every message; only the test of the standard's example names them.
    """
    if len(payload) > LONGEST_PAYLOAD:
        raise ValueError("A push has room for less.")
    salt = salt or os.urandom(16)
    sender_key = sender_key or ec.generate_private_key(ec.SECP256R1())
    browser, sender = read_point(p256dh), _point(sender_key)
    shared = sender_key.exchange(
        ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), browser)
    )
    secret = _derive(shared, read_auth(auth), b"WebPush: info\x00" + browser + sender, 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\x00", 12)
    header = salt + _RECORD_SIZE + bytes([len(sender)]) + sender
    return header + AESGCM(key).encrypt(nonce, payload + _LAST_RECORD, None)


def vapid_header(*, origin: str, subject: str, private: str, now: datetime) -> str:
    """The Authorization header that says who sends, for the push service at `origin`."""
    claims = {"aud": origin, "exp": int((now + _VALID_FOR).timestamp()), "sub": subject}
    token = jwt.encode(claims, private_key(private), algorithm="ES256")
    return f"vapid t={token}, k={public_key(private)}"


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
