"""A real Firefox takes one of our pushes, decrypts it and shows it: `python -m tests.chaos.firefox`.

Firefox is told to use a push service written here. Everything on our side is the product's own: the key the
page subscribes with, the subscription, the delivery, the encryption and the request.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession, WSMsgType, web

from programs.lib.processes import end_with_parent
from tests.chaos.firefox_page import PAGE, SERVICE_WORKER
from tests.chaos.receiver import base64url
from tools.run_tests import clean_environment

WITHIN = 60.0  # seconds for each step
PREFERENCES = {
    "dom.push.connection.enabled": True,
    "dom.push.testing.allowInsecureServerURL": True,
    "dom.push.testing.ignorePermission": True,
    "permissions.default.desktop-notification": 1,
    "alerts.useSystemBackend": False,  # Firefox draws notifications itself: a server has no desktop
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
}


class FirefoxError(Exception):
    """Something did not happen; the text says what."""


class PushService:
    """The push service of one browser: a WebSocket on its side (hello, register, notification, ack), and an
    address to POST to on ours. The page and its service worker come from the same server.
    """

    def __init__(self) -> None:
        self.acknowledged: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.shown: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._browser: web.WebSocketResponse | None = None
        self.application = web.Application()
        self.application.router.add_get("/", self._connect)
        self.application.router.add_post("/push/{channel}", self._take)
        self.application.router.add_get("/page", _serve(PAGE, "text/html"))
        self.application.router.add_get("/worker.js", _serve(SERVICE_WORKER, "text/javascript"))
        self.application.router.add_post("/shown", self._shown)

    async def start(self) -> web.AppRunner:
        runner = web.AppRunner(self.application)
        await runner.setup()
        site = web.TCPSite(runner, "localhost", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        self.origin = f"http://localhost:{self.port}"
        return runner

    async def _connect(self, request: web.Request) -> web.WebSocketResponse:
        browser = web.WebSocketResponse(protocols=("push-notification",))
        await browser.prepare(request)
        self._browser = browser
        async for frame in browser:
            if frame.type != WSMsgType.TEXT:
                continue
            message = json.loads(frame.data)
            kind = message.get("messageType")
            if kind == "hello":
                answer = {"uaid": message.get("uaid") or uuid4().hex, "use_webpush": True, "broadcasts": {}}
            elif kind == "register":
                channel = message["channelID"]
                answer = {"channelID": channel, "pushEndpoint": f"{self.origin}/push/{channel}"}
            elif kind == "ack":
                if not self.acknowledged.done():
                    self.acknowledged.set_result(message["updates"][0].get("code", 0))
                continue
            else:
                continue
            await browser.send_json({"messageType": kind, "status": 200, **answer})
        return browser

    async def _take(self, request: web.Request) -> web.Response:
        if self._browser is None:
            return web.Response(status=503)
        await self._browser.send_json(
            {
                "messageType": "notification",
                "channelID": request.match_info["channel"],
                "version": uuid4().hex,
                "data": base64url(await request.read()),
                "headers": {"encoding": request.headers["Content-Encoding"]},
            }
        )
        return web.Response(status=201)

    async def _shown(self, request: web.Request) -> web.Response:
        if not self.shown.done():
            self.shown.set_result(await request.json())
        return web.Response()


class Browser:
    """One headless Firefox, driven over WebDriver BiDi."""

    def __init__(self, program: str, folder: Path, push_server: str) -> None:
        self._program = program
        self._folder = folder
        self._preferences = PREFERENCES | {"dom.push.serverURL": push_server}
        self._asked = 0

    async def __aenter__(self) -> Browser:
        profile = self._folder / "profile"
        profile.mkdir()
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});"
            for name, value in self._preferences.items()
        ]
        (profile / "user.js").write_text("\n".join(lines))
        self._process = await asyncio.create_subprocess_exec(
            self._program, "--headless", "--no-remote", "--profile", str(profile),
            "--remote-debugging-port", "0",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "HOME": str(self._folder), "MOZ_CRASHREPORTER_DISABLE": "1"},
            start_new_session=True,
            preexec_fn=end_with_parent(),
        )  # fmt: skip
        address = await within(self._address(), "Firefox did not open its remote protocol")
        self._reading = asyncio.create_task(self._read_on())
        self._client = ClientSession()
        self._socket = await self._client.ws_connect(f"{address}/session")
        await self.ask("session.new", {"capabilities": {}})
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._client.close()
        self._reading.cancel()
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), 10)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _address(self) -> str:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            _, found, address = line.decode(errors="replace").partition("WebDriver BiDi listening on ")
            if found:
                return address.strip()
        raise FirefoxError("Firefox ended while starting")

    async def _read_on(self) -> None:
        """What it prints afterwards: unread, it would wait for somebody to read."""
        assert self._process.stderr is not None
        while await self._process.stderr.read(65536):
            pass

    async def ask(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """One command and its result."""
        self._asked += 1
        await self._socket.send_json({"id": self._asked, "method": method, "params": parameters})
        async for frame in self._socket:
            answer = json.loads(frame.data)
            if answer.get("id") != self._asked:
                continue
            if answer.get("type") == "error":
                raise FirefoxError(f"{method}: {answer['message']}")
            return dict(answer["result"])
        raise FirefoxError(f"Firefox went away during {method}")

    async def evaluate(self, address: str, expression: str) -> Any:
        """Open a page and tell what a promise on it comes to, a text."""
        tree = await self.ask("browsingContext.getTree", {})
        context = tree["contexts"][0]["context"]
        await self.ask("browsingContext.navigate", {"context": context, "url": address, "wait": "complete"})
        result = await self.ask(
            "script.evaluate",
            {"expression": expression, "target": {"context": context}, "awaitPromise": True},
        )
        if result["type"] == "exception":
            raise FirefoxError(result["exceptionDetails"]["text"])
        return result["result"]["value"]


async def within(step: Awaitable[Any], otherwise: str) -> Any:
    try:
        return await asyncio.wait_for(step, WITHIN)
    except TimeoutError:
        raise FirefoxError(f"{otherwise} within {WITHIN:.0f} s") from None


def _serve(text: str, kind: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=text, content_type=kind)

    return answer


async def take_a_push(program: str, folder: Path) -> str:
    """From subscribing to the notification on the screen; returns what was seen in one sentence."""
    service = PushService()
    runner = await service.start()
    sender = await asyncio.to_thread(Sender, folder, service.origin)
    try:
        async with Browser(program, folder, f"ws://localhost:{service.port}/") as browser:
            expression = f"subscribe({json.dumps(sender.public_key)})"
            subscribing = browser.evaluate(f"{service.origin}/page", expression)
            subscription = json.loads(await within(subscribing, "Firefox did not subscribe"))
            sent_id = await asyncio.to_thread(sender.send, subscription)
            shown = await within(service.shown, "The service worker did not get the push")
            code = await within(service.acknowledged, "Firefox did not acknowledge the push")
    finally:
        await runner.cleanup()
    if shown["id"] != sent_id or not shown["visible"]:
        raise FirefoxError(f"Firefox showed {shown}, and {sent_id} was sent")
    if code != 100:
        raise FirefoxError(f"Firefox acknowledged with {code} instead of 100 (delivered)")
    return f"Firefox decrypted the push about {sent_id[:8]}... and shows {shown['visible']} notification."


class Sender:
    """The product with a database of its own, which may reach the local push service."""

    def __init__(self, folder: Path, origin: str) -> None:
        os.environ |= clean_environment(str(folder / "var"))
        os.environ |= {"DJANGO_SETTINGS_MODULE": "tests.chaos.settings", "CHAOS_PUSH_ORIGIN": origin}
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        from programs.lib.web_push import public_key

        call_command("migrate", verbosity=0)
        self.public_key = public_key(settings.VAPID_PRIVATE_KEY)

    def send(self, subscription: dict[str, Any]) -> str:
        """Store the subscription, queue one prompt and deliver it; returns the id the push must carry."""
        from programs.accounts.actions import join_clinic
        from programs.accounts.models import Clinic, Role, User
        from programs.delivery.actions import PromptNotice, deliver_due, queue_prompts, subscribe_push
        from programs.delivery.models import Delivery, Lane, State
        from programs.lib.times import database_now

        now = database_now()
        clinic = Clinic.objects.create(name="Stride clinic")
        user = User.objects.create_user("bob@example.org", "Bob")
        join_clinic(user=user, clinic=clinic, role=Role.PATIENT, now=now)
        keys = subscription["keys"]
        subscribe_push(
            user=user, endpoint=subscription["endpoint"], p256dh=keys["p256dh"], auth=keys["auth"], now=now
        )
        prompt = PromptNotice(
            clinic_id=clinic.pk,
            recipient_id=user.pk,
            source_id=uuid4(),
            nth=1,
            due_at=now,
            expires_at=now + timedelta(minutes=10),
            by_push=True,
            path="/breaks/",
        )
        queue_prompts(prompts=[prompt], now=now)
        deliver_due(lane=Lane.PROMPT, now=now)
        push = Delivery.objects.get()
        if push.state != State.SENT:
            raise FirefoxError(f"The push was not sent: {push.error or push.state}")
        return str(prompt.source_id)


def main() -> int:
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        print("No Firefox was found: install it with `apt-get install firefox-esr`.", file=sys.stderr)  # noqa: T201
        return 1
    with tempfile.TemporaryDirectory(prefix="tracker-firefox-", ignore_cleanup_errors=True) as folder:
        try:
            seen = asyncio.run(take_a_push(program, Path(folder)))
        except FirefoxError as error:
            print(f"Firefox did not take our push: {error}.", file=sys.stderr)  # noqa: T201
            return 1
    print(seen)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
