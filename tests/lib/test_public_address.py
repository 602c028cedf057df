"""Reading an address that somebody else chose: only the public internet, and no more than asked for."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from programs.lib import public_address
from programs.lib.public_address import (
    MOST_BYTES,
    NO_ANSWER,
    NOT_FOUND,
    NOT_HTTPS,
    NOT_PUBLIC,
    STRANGE_ANSWER,
    TOO_LARGE,
    TOO_MANY_REDIRECTS,
    AddressError,
    check,
    host_of,
    is_public,
    read,
)

pytestmark = pytest.mark.pure

PUBLIC = "93.184.215.14"
PUBLIC_V6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


def knows(**hosts: str) -> Callable[[str], list[str]]:
    """A resolver that knows these hosts ("_" stands for a dot), each with its addresses."""

    def resolve(host: str) -> list[str]:
        name = host.replace(".", "_")
        if name not in hosts:
            raise OSError("unknown")
        return hosts[name].split()

    return resolve


def refused(address: str, resolve: Callable[[str], list[str]] = knows()) -> str:  # noqa: B008
    with pytest.raises(AddressError) as caught:
        check(address, resolve)
    with pytest.raises(AddressError) as caught_reading:
        read(address, resolve)
    assert str(caught_reading.value) == str(caught.value)
    return str(caught.value)


# --- which addresses are public ---


@pytest.mark.parametrize("address", [PUBLIC, PUBLIC_V6, "1.1.1.1", "8.8.8.8", "2a00:1450:4001:82a::200e"])
def test_hosts_of_the_internet_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::10.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:93.184.215.14",
        "::ffff:0:93.184.215.14",
        "64:ff9b::a00:1",
        "64:ff9b::5db8:d70e",
        "64:ff9b:1::a00:1",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:20::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "2002:5db8:d70e::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fd12:3456:789a::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "010.0.0.1",
        "１２７.0.0.1",
        "",
        "localhost",
    ],
)
def test_everything_else_is_not(address):
    assert not is_public(address)


@given(st.ip_addresses())
def test_no_address_that_stands_for_another_one_is_public(address):
    if is_public(str(address)):
        assert address.is_global
        kinds = ("private", "loopback", "link_local", "multicast", "reserved", "unspecified")
        assert not [kind for kind in kinds if getattr(address, f"is_{kind}")]
        if isinstance(address, IPv6Address):
            assert address.ipv4_mapped is address.sixtofour is address.teredo is None
            assert not address.is_site_local


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_is_reached_in_the_clothes_of_ipv6(address):
    packed = int(address)
    for clothed in (
        IPv6Address(packed),
        IPv6Address((0xFFFF << 32) + packed),
        IPv6Address((0x64FF9B << 96) + packed),
        IPv6Address((0x2002 << 112) + (packed << 80)),
        IPv6Address((0x20010000 << 96) + (packed ^ 0xFFFFFFFF)),
    ):
        assert not is_public(str(clothed))


# --- which addresses are taken at all ---


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/calendar.ics",
        "webcal://example.com/calendar.ics",
        "WEBCAL://Example.COM/calendar.ics",
        "https://example.com",
        "https://example.com:443/a",
        "https://example.com?key=a&b=c",
        "https://example.com/calendar/ical/ann%40example.org/private-0123/basic.ics",
        "https://example.com/ann@example.org/basic.ics#now",
        "  https://example.com/calendar.ics  ",
    ],
)
def test_an_address_of_a_public_host_is_taken(address):
    check(address, knows(example_com=PUBLIC))
    check(address, knows(example_com=f"{PUBLIC} {PUBLIC_V6}"))
    assert host_of(address) == "example.com"


@pytest.mark.parametrize("address", [f"https://{PUBLIC}/a.ics", f"https://[{PUBLIC_V6}]/a.ics"])
def test_a_public_address_in_numbers_needs_no_look_up(address):
    check(address, knows())


NASTY = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://0x7f.1/",
    "https://0x7f.0.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:a00:1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1%25eth0]/",
    "https://[fe80::1%eth0]/",
    "https://[::]/",
    "https://[example.com]/",
    "https://[]/",
    "https://localhost/",
    "https://localhost./",
    "https://localhost.localdomain/",
    "https://example.com./",
    "https://.example.com/",
    "https://example..com/",
    "https://intranet/",
    "https://１２７.0.0.1/",
    "https://127.0.0.1。/",
    "https://①②⑦.0.0.1/",
    "https://ⓔxample.com/",
    "https://example\u212a.com/",
    "https://example.com@10.0.0.1/",
    "https://ann:secret@example.com/",
    "https://@example.com/",
    "https://example.com:80/",
    "https://example.com:8443/",
    "https://example.com:/",
    "https://example.com:443@10.0.0.1/",
    "https://example.com\\@10.0.0.1/",
    "https://example.com\\.10.0.0.1/",
    "https:\\\\10.0.0.1/",
    "https:///10.0.0.1/",
    "https://example.com#@10.0.0.1/x",
    "https://10.0.0.1#example.com/",
    "https://10.0.0.1?example.com/",
    "https://example.com/a b",
    "https://example.com/\r\nHost: 10.0.0.1",
    "https://example.com/\tx",
    "https://example.com/\0",
    "https://example.com%00.10.0.0.1/",
    "https://exa%6dple.com/",
    "https://-example.com/",
    f"https://{'a' * 64}.com/",
    f"https://example.com/{'a' * 1000}",
    "https://",
]
OTHER_SCHEMES = [
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "//example.com/",
    "example.com/calendar.ics",
    "",
    "httpſ://example.com/",
]


@pytest.mark.parametrize("address", [each for each in NASTY if "#@" not in each])
def test_any_other_gets_one_sentence_that_tells_nothing(address):
    everything = lambda host: [PUBLIC]  # noqa: E731

    assert refused(address, knows(localhost_localdomain="127.0.0.1")) in (NOT_PUBLIC, NOT_HTTPS)
    if "localdomain" not in address:  # not even where the resolver would know it
        assert refused(address, everything) in (NOT_PUBLIC, NOT_HTTPS)


@pytest.mark.parametrize("address", OTHER_SCHEMES)
def test_nothing_but_https_is_read(address):
    assert refused(address) == NOT_HTTPS


def test_what_follows_the_hash_is_not_part_of_the_host():
    assert host_of("https://example.com#@10.0.0.1/x") == "example.com"


@given(st.text(max_size=60))
def test_no_text_at_all_leads_anywhere_else_than_where_it_says(text):
    asked = []

    def resolve(host: str) -> list[str]:
        asked.append(host)
        return ["10.0.0.1"]

    for address in (text, f"https://{text}", f"https://{text}.example.com/", f"https://example.com{text}"):
        with pytest.raises(AddressError):
            read(address, resolve)
    assert all(host.isascii() and host.lower() == host and "." in host for host in asked)


@pytest.mark.parametrize(
    "addresses",
    ["10.0.0.1", "127.0.0.1", "::1", f"{PUBLIC} 10.0.0.1", f"10.0.0.1 {PUBLIC}", f"{PUBLIC} fd00::1", ""],
)
def test_a_host_with_one_private_address_is_refused_like_an_unknown_one(addresses):
    assert refused("https://example.com/", knows(example_com=addresses)) == NOT_PUBLIC
    assert refused("https://unknown.example.com/") == NOT_PUBLIC


def test_a_resolver_that_takes_too_long_speaks_against_nobody_but_reads_nothing():
    def slow(host: str) -> list[str]:
        raise TimeoutError

    check("https://example.com/", slow)
    with pytest.raises(AddressError, match=NO_ANSWER):
        read("https://example.com/", slow)


# --- what comes back ---


class Server:
    """Answers each connection of a port of this machine with what it is told, byte for byte."""

    def __init__(self, answer: Callable[[socket.socket, bytes], None]) -> None:
        self.requests: list[bytes] = []
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._context: ssl.SSLContext | None = None
        self.server_names: list[str | None] = []

    def with_certificate(self, folder: Path, host: str) -> None:
        certificate, key = new_certificate(host)
        (folder / "server.pem").write_bytes(certificate + key)
        (folder / "authority.pem").write_bytes(certificate)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / "server.pem")
        self._context.sni_callback = lambda _, name, __: self.server_names.append(name)

    def run(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection:
                request = b""
                while b"\r\n\r\n" not in request:
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    request += piece
                self.requests.append(request)
                self._answer(connection, request)
        except OSError:
            return

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@contextmanager
def serving(answer: Callable[[socket.socket, bytes], None] | bytes) -> Iterator[Server]:
    """A server that gives this answer to everything."""
    tell = answer if callable(answer) else lambda connection, request: connection.sendall(answer)
    server = Server(tell)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(5)


def new_certificate(host: str) -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM), key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def ok(body: bytes, **headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *lines])
    return head.encode() + b"\r\n\r\n" + body


def moved(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.fixture
def read_from(settings) -> Callable[[Server, str], str]:
    """Read from a server of this machine, which is allowed for this test alone."""

    def reading(server: Server, path: str = "/calendar.ics") -> str:
        settings.CALENDAR_TEST_ORIGINS = [f"http://127.0.0.1:{server.port}"]
        return read(f"http://127.0.0.1:{server.port}{path}")

    return reading


def test_the_text_is_read(read_from):
    with serving(ok("\ufeffBEGIN:VCALENDAR ä".encode())) as server:
        assert read_from(server, "/a/b.ics?key=1#part") == "BEGIN:VCALENDAR ä"

    (request,) = server.requests
    assert request.startswith(b"GET /a/b.ics?key=1 HTTP/1.1\r\n")
    assert f"\r\nHost: 127.0.0.1:{server.port}\r\n".encode() in request
    assert b"Cookie" not in request


def test_packed_text_is_unpacked(read_from):
    with serving(ok(gzip.compress(b"BEGIN:VCALENDAR"), Content_Encoding="gzip")) as server:
        assert read_from(server) == "BEGIN:VCALENDAR"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (ok(b"a" * (MOST_BYTES + 1)), TOO_LARGE),
        (ok(gzip.compress(b"a" * (MOST_BYTES + 1), mtime=0), Content_Encoding="gzip"), TOO_LARGE),
        (ok(gzip.compress(b"a" * 1000, mtime=0)[:-4], Content_Encoding="gzip"), STRANGE_ANSWER),
        (ok(b"no gzip", Content_Encoding="gzip"), STRANGE_ANSWER),
        (ok(b"x", Content_Encoding="br"), STRANGE_ANSWER),
        (ok(b"x", Content_Encoding="gzip, gzip"), STRANGE_ANSWER),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", NOT_FOUND),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", NOT_FOUND),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", STRANGE_ANSWER),
        (b"HTTP/1.1 204 No Content\r\n\r\n", STRANGE_ANSWER),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", STRANGE_ANSWER),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", STRANGE_ANSWER),
        (b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * 200_000 + b"\r\n\r\n", STRANGE_ANSWER),
        (b"nonsense", STRANGE_ANSWER),
        (b"", STRANGE_ANSWER),
        (moved("http://127.0.0.1:1/"), NOT_HTTPS),
        (moved("https://10.0.0.1/"), NOT_PUBLIC),
        (moved("//169.254.169.254/latest/"), NOT_HTTPS),
        (moved("https://169.254.169.254/latest/"), NOT_PUBLIC),
        (moved("https://[::1/"), STRANGE_ANSWER),
        (moved("https://127.0.0.1/"), NOT_PUBLIC),
        (moved("https://[::ffff:10.0.0.1]/"), NOT_PUBLIC),
        (moved("https://localhost/"), NOT_PUBLIC),
        (moved("file:///etc/passwd"), NOT_HTTPS),
        (moved("https://exa mple.com\\@10.0.0.1/"), NOT_PUBLIC),
    ],
)
def test_any_other_answer_is_a_sentence(read_from, answer, sentence):
    with serving(answer) as server, pytest.raises(AddressError) as caught:
        read_from(server)
    assert str(caught.value) == sentence
    assert len(server.requests) == 1


def test_a_redirect_is_followed_three_times_and_not_four(read_from):
    def answer(connection: socket.socket, request: bytes) -> None:
        left = int(request.split(b"/")[1].split()[0])
        connection.sendall(moved(f"/{left - 1}") if left else ok(b"there"))

    with serving(answer) as server:
        assert read_from(server, "/3") == "there"
        with pytest.raises(AddressError, match=TOO_MANY_REDIRECTS):
            read_from(server, "/4")


def test_a_server_that_is_not_there_is_a_sentence(settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings.CALENDAR_TEST_ORIGINS = [f"http://127.0.0.1:{port}"]

    with pytest.raises(AddressError, match=NO_ANSWER):
        read(f"http://127.0.0.1:{port}/")


def drip(connection: socket.socket, beginning: bytes, over: threading.Event) -> None:
    connection.sendall(beginning)
    while not over.wait(0.02):
        connection.sendall(b"a")


@pytest.mark.parametrize(
    "beginning",
    [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n", b"HTTP/1.1 200 O"],
    ids=["headers", "body", "first line"],
)
def test_whoever_sends_drop_by_drop_is_left_when_time_is_up(read_from, monkeypatch, beginning):
    monkeypatch.setattr(public_address, "WHOLE_TIMEOUT", 0.4)
    over, began = threading.Event(), time.monotonic()
    with serving(lambda connection, _: drip(connection, beginning, over)) as server:
        with pytest.raises(AddressError) as caught:
            read_from(server)
        over.set()
    assert time.monotonic() - began < 3
    assert str(caught.value) == NO_ANSWER


def test_whoever_says_nothing_is_left(read_from, monkeypatch):
    monkeypatch.setattr(public_address, "PIECE_TIMEOUT", 0.2)
    over = threading.Event()
    with serving(lambda connection, _: over.wait(5)) as server:
        with pytest.raises(AddressError, match=NO_ANSWER):
            read_from(server)
        over.set()


def test_a_body_without_end_is_cut_off(read_from):
    def flood(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"a" * 65536)

    with serving(flood) as server, pytest.raises(AddressError, match=TOO_LARGE):
        read_from(server)


# --- the name is looked up once, and the connection goes there ---


@pytest.fixture
def secure_server(tmp_path, monkeypatch, settings) -> Iterator[Server]:
    """calendar.example.com, on this machine, with a certificate that this test trusts."""
    with serving(ok(b"there")) as server:
        server.with_certificate(tmp_path, "calendar.example.com")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        settings.CALENDAR_TEST_ORIGINS = [f"https://calendar.example.com:{server.port}"]
        yield server


def test_the_connection_goes_to_the_address_that_was_checked(secure_server, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])

    text = read(f"https://calendar.example.com:{secure_server.port}/a.ics", lambda host: next(answers))

    assert text == "there"
    assert secure_server.server_names == ["calendar.example.com"]
    assert f"\r\nHost: calendar.example.com:{secure_server.port}\r\n".encode() in secure_server.requests[0]
    assert next(answers) == ["10.0.0.1"]  # it was looked up once


def test_another_hosts_certificate_is_not_taken(secure_server, settings):
    settings.CALENDAR_TEST_ORIGINS = [f"https://other.example.com:{secure_server.port}"]

    with pytest.raises(AddressError, match=NO_ANSWER):
        read(f"https://other.example.com:{secure_server.port}/", lambda host: ["127.0.0.1"])
    assert secure_server.requests == []


def test_a_redirect_looks_its_host_up_anew(secure_server, settings):
    origin = f"https://calendar.example.com:{secure_server.port}"
    with serving(moved(f"{origin}/a.ics")) as first:
        settings.CALENDAR_TEST_ORIGINS = [f"http://127.0.0.1:{first.port}", origin]
        asked = []

        def resolve(host: str) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"]

        assert read(f"http://127.0.0.1:{first.port}/", resolve) == "there"
        settings.CALENDAR_TEST_ORIGINS = [f"http://127.0.0.1:{first.port}"]
        with pytest.raises(AddressError, match=NOT_PUBLIC):
            read(f"http://127.0.0.1:{first.port}/", resolve)
    assert asked == ["calendar.example.com"]
    assert len(secure_server.requests) == 1


def test_the_machines_own_resolver_is_asked():
    addresses = public_address.look_up("localhost")

    assert addresses
    assert all(ip_address(each).is_loopback for each in addresses)
    assert refused("https://localhost.localdomain/", public_address.look_up) == NOT_PUBLIC


def test_of_both_kinds_of_addresses_one_is_tried_each(settings):
    with serving(ok(b"there")) as server:
        settings.CALENDAR_TEST_ORIGINS = [f"http://calendar.example.com:{server.port}"]
        address = f"http://calendar.example.com:{server.port}/"
        assert read(address, lambda host: ["::1", "127.0.0.1"]) == "there"
