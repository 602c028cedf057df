"""Reading a public https address that somebody else chose, without being led anywhere that is not public.

Whoever names an address could name one inside our own network. So the address is compared as text with one
strict shape, its host is looked up once, every answer has to be an address of the public internet, and the
connection goes to exactly such an answer: a second look-up could give another one. A redirect is an address
like any other. Proxies of the environment are not asked.
"""

from __future__ import annotations

import logging
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urljoin

import httpcore
from django.conf import settings

# It would log what is asked for, and an address may be somebody's secret.
logging.getLogger("httpcore").setLevel(logging.WARNING)

NOT_PUBLIC = "We cannot find this address on the public internet. Check it and try again."
NOT_HTTPS = "Enter an address that begins with https:// or webcal://."
NO_ANSWER = "This address does not answer. We will try again."
NOT_FOUND = "There is nothing to read at this address any more."
STRANGE_ANSWER = "We cannot read what this address sends. We will try again."
TOO_LARGE = "There is too much to read at this address."
TOO_MANY_REDIRECTS = "This address leads to too many others."

LONGEST_ADDRESS = 1000  # characters
MOST_BYTES = 1_000_000  # as they come in, and again when they are unpacked
MOST_REDIRECTS = 3
PIECE_TIMEOUT = 5.0  # seconds to look a host up, to connect, and for each piece that comes or goes
WHOLE_TIMEOUT = 15.0  # seconds for everything, redirects included

_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SHAPE = re.compile(
    rf"(https|webcal)://((?:{_LABEL}\.)+{_LABEL}|\[[0-9a-f:.]{{2,45}}\])(?::443)?(/[!-\[\]-~]*|\?[!-\[\]-~]*)?",
    re.ASCII | re.IGNORECASE,
)
# Some systems read such a last label as part of a number: 127.1, 0x7f.1.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_REDIRECTS: Final = {301, 302, 303, 307, 308}
_GONE: Final = {401, 403, 404, 410}
_UNICAST_V6 = IPv6Network("2000::/3")
# What Python calls global and is not: ways into other networks, and hosts of a cloud's own.
_LEADS_ELSEWHERE_V4 = (
    IPv4Network("168.63.129.16/32"),
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
)
_LEADS_ELSEWHERE_V6 = (
    IPv6Network("2001::/23"),  # Teredo, and what else is set apart for protocols
    IPv6Network("2001:db8::/32"),
    IPv6Network("2002::/16"),  # 6to4
    IPv6Network("3fff::/20"),
)

Resolve = Callable[[str], Sequence[str]]
"""All addresses of a host name; OSError where there is none."""


class AddressError(ValueError):
    """Why an address cannot be read, as a sentence for the person who gave it. It never holds the address."""


@dataclass(frozen=True, slots=True)
class _Origin:
    is_secure: bool
    host: str
    port: int
    is_for_tests: bool = False

    @property
    def host_header(self) -> str:
        return f"{self.host}:{self.port}" if self.is_for_tests else self.host


def look_up(host: str) -> Sequence[str]:
    """All addresses of a host by the machine's own resolver, which knows no time limit of its own."""
    answers: list[str] = []
    errors: list[OSError] = []

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            errors.append(OSError(type(error).__name__))
        else:
            answers.extend(str(entry[4][0]) for entry in found)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(PIECE_TIMEOUT)
    if errors:
        raise errors[0]
    if not answers:
        raise TimeoutError
    return answers


def is_public(address: str) -> bool:
    """Whether an IP address, as text, is one host of the public internet."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if ip.is_multicast or ip.is_reserved or not ip.is_global:
        return False
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _LEADS_ELSEWHERE_V4)
    # Outside of global unicast lie the mapped and translated ones, which end at some IPv4 address.
    return ip in _UNICAST_V6 and not any(ip in network for network in _LEADS_ELSEWHERE_V6)


def check(address: str, resolve: Resolve = look_up) -> None:
    """Refuse an address that cannot be read now or ever, by an AddressError. Nobody is called but the
    resolver; where that does not answer in time, the address may be a good one.
    """
    origin, _ = _parse(address)
    try:
        _public_addresses(origin, resolve)
    except TimeoutError:
        return


def host_of(address: str) -> str:
    """What may be shown of an address: its host. The rest can be a secret."""
    return _parse(address)[0].host


def read(address: str, resolve: Resolve = look_up) -> str:
    """The text at a public address; AddressError where there is none to be had."""
    end = time.monotonic() + WHOLE_TIMEOUT
    for _ in range(MOST_REDIRECTS + 1):
        text, moved_to = _get(address, resolve, end)
        if moved_to is None:
            return text
        address = moved_to
    raise AddressError(TOO_MANY_REDIRECTS)


def _parse(address: str) -> tuple[_Origin, str]:
    """Where to connect, and what to ask for there."""
    address = address.strip()
    if len(address) > LONGEST_ADDRESS:
        raise AddressError(NOT_PUBLIC)
    address, _, _ = address.partition("#")
    for origin in settings.CALENDAR_TEST_ORIGINS:
        if address.startswith(f"{origin}/"):
            scheme, _, place = str(origin).partition("://")
            host, _, port = place.rpartition(":")
            return _Origin(scheme == "https", host, int(port), is_for_tests=True), address[len(origin) :]
    shape = _SHAPE.fullmatch(address)
    if shape is None:
        is_one = address.lower().startswith(("https://", "webcal://"))
        raise AddressError(NOT_PUBLIC if is_one else NOT_HTTPS)
    host, path = shape[2].lower(), shape[3] or "/"
    return _Origin(True, host, 443), path if path.startswith("/") else f"/{path}"


def _public_addresses(origin: _Origin, resolve: Resolve) -> Sequence[str]:
    """All addresses of the host, each of them public: one that is not spoils them all."""
    literal = origin.host.strip("[]")
    try:
        ip_address(literal)
        found: Sequence[str] = [literal]
    except ValueError:
        if origin.host.startswith("[") or _NUMBER.fullmatch(origin.host.rpartition(".")[2]):
            raise AddressError(NOT_PUBLIC) from None
        try:
            found = resolve(origin.host)
        except TimeoutError:
            raise
        except OSError:
            # The same sentence as for a private one: nobody learns which names are known in here.
            raise AddressError(NOT_PUBLIC) from None
    if not found or not (origin.is_for_tests or all(is_public(each) for each in found)):
        raise AddressError(NOT_PUBLIC)
    return found


def _get(address: str, resolve: Resolve, end: float) -> tuple[str, str | None]:
    """The text at this very address, or to which other one it leads."""
    origin, path = _parse(address)
    scheme = "https" if origin.is_secure else "http"
    try:
        addresses = _public_addresses(origin, resolve)
        connection = httpcore.HTTPConnection(
            httpcore.Origin(scheme.encode(), origin.host.encode(), origin.port),
            ssl_context=ssl.create_default_context(),
            network_backend=_Pinned(addresses, end),
        )
        with connection, connection.stream(
            "GET",
            httpcore.URL(
                scheme=scheme.encode(),
                host=origin.host.encode(),
                port=origin.port,
                target=path.encode(),
            ),
            headers={
                "Host": origin.host_header,
                "User-Agent": "exercise-tracker",
                "Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1",
                "Accept-Encoding": "gzip, identity",
                "Connection": "close",
            },
            extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), PIECE_TIMEOUT)},
        ) as answer:  # fmt: skip
            headers = {name.lower(): value.decode("latin-1") for name, value in answer.headers}
            if answer.status in _REDIRECTS and b"location" in headers:
                return "", urljoin(f"{scheme}://{origin.host_header}{path}", headers[b"location"])
            if answer.status in _GONE:
                raise AddressError(NOT_FOUND)
            if answer.status != HTTPStatus.OK:
                raise AddressError(STRANGE_ANSWER)
            body = _unpacked(answer.iter_stream(), headers.get(b"content-encoding", "identity"))
    except (OSError, httpcore.NetworkError, httpcore.TimeoutException):
        raise AddressError(NO_ANSWER) from None
    except (httpcore.ProtocolError, zlib.error, UnicodeError, ValueError) as error:
        if isinstance(error, AddressError):
            raise
        raise AddressError(STRANGE_ANSWER) from None
    return body.decode("utf-8-sig", errors="replace"), None


def _unpacked(pieces: Iterable[bytes], encoding: str) -> bytes:
    """The whole body. It is cut off as soon as it is too long, packed or unpacked."""
    if encoding.strip().lower() not in ("identity", "", "gzip"):
        raise AddressError(STRANGE_ANSWER)
    unpack = zlib.decompressobj(wbits=31) if "gzip" in encoding.lower() else None
    body, came_in = bytearray(), 0
    for piece in pieces:
        came_in += len(piece)
        body += piece if unpack is None else unpack.decompress(piece, MOST_BYTES + 1 - len(body))
        if max(len(body), came_in) > MOST_BYTES:
            raise AddressError(TOO_LARGE)
    if unpack is not None and not unpack.eof:
        raise AddressError(STRANGE_ANSWER)
    return bytes(body)


class _Pinned(httpcore.NetworkBackend):
    """Connects to one of the addresses that were checked, whatever the host is called."""

    def __init__(self, addresses: Sequence[str], end: float) -> None:
        self._addresses = addresses
        self._end = end
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        return _Timed(self._first_that_answers(port), self._end)

    def _first_that_answers(self, port: int) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError()
        for address in _both_kinds(self._addresses):
            try:
                return self._network.connect_tcp(address, port, timeout=_left(self._end))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


def _both_kinds(addresses: Sequence[str]) -> Iterator[str]:
    """One address of each kind: a machine may have a way out for one of them only."""
    for kind in (IPv4Address, IPv6Address):
        yield from [each for each in addresses if isinstance(ip_address(each), kind)][:1]


def _left(end: float) -> float:
    """The seconds for the next piece."""
    left = min(PIECE_TIMEOUT, end - time.monotonic())
    if left <= 0:
        raise httpcore.ReadTimeout
    return left


class _Timed(httpcore.NetworkStream):
    """A connection that ends when the time for everything is over, however small the pieces come in."""

    def __init__(self, stream: httpcore.NetworkStream, end: float) -> None:
        self._stream = stream
        self._end = end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._end))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._end))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        server_hostname = server_hostname and server_hostname.strip("[]")
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _left(self._end)), self._end)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
