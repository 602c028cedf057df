"""What makes the product an app: the service worker, the manifest, the icons."""

from __future__ import annotations

import re
import struct

from django.contrib.staticfiles import finders

from tests.test_architecture import ROOT

TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text()


def test_the_service_worker_is_in_charge_of_every_page_and_never_old(client, db):
    answer = client.get("/service-worker.js")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    assert answer.content == (ROOT / "static" / "js" / "service-worker.js").read_bytes()
    assert client.get("/service-worker.js", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.post("/service-worker.js").status_code == 405


def test_the_page_lets_a_worker_of_ours_run(client, db):
    assert "worker-src 'self'" in client.get("/account/login/")["Content-Security-Policy"]


def test_the_manifest_makes_it_an_app_in_our_colours(client, db):
    answer = client.get("/manifest.webmanifest")
    manifest = answer.json()

    assert answer["Content-Type"] == "application/manifest+json"
    assert (manifest["display"], manifest["start_url"], manifest["scope"]) == ("standalone", "/", "/")
    for colour in (manifest["theme_color"], manifest["background_color"]):
        assert f"--canvas: {colour};" in TOKENS
    assert {each["purpose"] for each in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        assert size_of(icon["src"]) == icon["sizes"]


def test_a_long_press_on_the_icon_starts_a_session(page, alice, client, db):
    (shortcut,) = client.get("/manifest.webmanifest").json()["shortcuts"]

    assert shortcut["name"] == "Start a session"
    assert page(alice).get(shortcut["url"]).status_code == 200


def test_the_scripts_that_the_worker_loads_are_there():
    script = (ROOT / "static" / "js" / "service-worker.js").read_text()

    (loaded,) = re.findall(r'importScripts\("/static/([^"]+)"\)', script)
    assert isinstance(finders.find(loaded), str)


def test_every_page_says_to_the_keeper_who_is_signed_in_and_patients_pages_whose_they_are(
    client, page, alice, bob
):
    assert f'data-person="{alice.pk}"' in page(alice).get("/no-such-page/").content.decode()
    assert f'data-person="{bob.pk}"' in page(bob).get("/caseload/").content.decode()
    assert f'data-patient="{alice.pk}"' in page(alice).get("/help/").content.decode()
    assert "data-patient" not in page(bob).get("/help/").content.decode()
    assert "data-person" not in client.get("/help/").content.decode()


def test_every_page_names_the_manifest_and_the_icon(client, db):
    head = client.get("/account/login/").content.decode().partition("</head>")[0]

    assert '<link rel="manifest" href="/manifest.webmanifest">' in head
    icon = re.search(r'rel="apple-touch-icon" href="([^"]+)"', head)
    assert icon is not None
    assert size_of(icon[1]) == "180x180"


def test_what_the_worker_shows_beside_the_words_is_there():
    script = (ROOT / "static" / "js" / "service-worker.js").read_text()
    pictures = re.findall(r'"(/static/img/[^"]+)"', script)

    assert len(pictures) == 2
    for picture in pictures:
        assert size_of(picture)


def test_only_who_is_signed_in_has_the_keeper(client, page, alice):
    assert "push-keeper.js" not in client.get("/account/login/").content.decode()
    assert "push-keeper.js" in page(alice).get("/me/").content.decode()


def size_of(address: str) -> str:
    """What a PNG says of itself."""
    path = finders.find(address.removeprefix("/static/"))
    assert isinstance(path, str), address
    with open(path, "rb") as file:
        header = file.read(24)
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", header[16:24])
    return f"{width}x{height}"
