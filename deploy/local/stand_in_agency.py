"""Agencies and partners of the other country, played by the demo: they verify, read, and answer signed.

They know a case by their own reference only and use nothing but the public doors: their webhook address, the
disclosure's address under their own token, and the one door for messages.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from deploy.local.gateway import Receive, Scope, Send, answer, read_body
from deploy.local.reference_package import new_key, opened
from deploy.local.state import LocalState
from shared.auth.local_issuer import LocalIssuer
from shared.http.trusted import trusted_client
from shared.ids import new_id
from shared.protection.signatures import PublicKey, SignatureRefused, SigningKey, signed_headers, verify

SEGMENT = "stand-in-agencies"
TEST_EVENT = "endpoint.test"
ENCRYPTED = "application/jose"
LARGEST_BODY = 20_000
Handler = Callable[["StandIn", Mapping[str, Any]], Awaitable[None]]


class StandIn:
    """One recipient: a consulate or a partner with its own key, token and memory."""

    def __init__(self, name: str, *, key: SigningKey, public_url: str, token: str) -> None:
        self.name = name
        self.key = key
        self.token = token
        self.public_keys: list[PublicKey] = []
        self.encryption_key: dict[str, Any] = {}
        self.received: list[Mapping[str, Any]] = []
        self.refused = 0
        self.under_test = False
        self.handlers: dict[str, Handler] = {}
        self._seen: set[str] = set()
        self._handled: list[Mapping[str, Any]] = []
        self._news = asyncio.Condition()
        self._client = trusted_client(public_url, timeout=30.0, headers={"Authorization": f"Bearer {token}"})

    def on(self, kind: str, handler: Handler) -> None:
        """What to do when a webhook of this type arrives."""
        self.handlers[kind] = handler

    def accept(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, Any] | None:
        """Verify a delivery; None for one that was seen before. Raises SignatureRefused."""
        identity = verify(self.public_keys, headers, body, now=time.time()).message_id
        if identity in self._seen:
            return None
        self._seen.add(identity)
        message: Mapping[str, Any] = json.loads(body)
        return message

    async def note(self, message: Mapping[str, Any]) -> None:
        """Remember a message and wake who waits for it."""
        async with self._news:
            self.received.append(message)
            self._news.notify_all()

    async def expect(self, kind: str, *, after: int = 0, within: float = 30.0) -> Mapping[str, Any]:
        """The next message of a type among those received after the first `after`."""

        def found() -> Mapping[str, Any] | None:
            return next((message for message in self.received[after:] if message["type"] == kind), None)

        async with self._news:
            try:
                await asyncio.wait_for(self._news.wait_for(lambda: found() is not None), within)
            except TimeoutError:
                kinds = [message["type"] for message in self.received[after:]]
                raise TimeoutError(f"{self.name} waited for {kind} and received {kinds}") from None
        message = found()
        assert message is not None  # noqa: S101 - just waited for
        return message

    async def acted(self, message: Mapping[str, Any]) -> None:
        """Our answer to a message is complete."""
        async with self._news:
            self._handled.append(message)
            self._news.notify_all()

    async def answered(self, message: Mapping[str, Any], *, within: float = 30.0) -> None:
        """Wait until our answer to a message is complete."""
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: message in self._handled), within)

    async def read(self, url: str) -> Any:
        """Read a disclosure with our own token, and open it with our own key if it is encrypted to it."""
        response = await self._client.get(url)
        response.raise_for_status()
        if response.headers["content-type"] != ENCRYPTED:
            return response.json()
        return opened(response.text, self.encryption_key)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Answer on a resource, under our own token."""
        response = await self._client.post(path, json=body, headers={"Idempotency-Key": str(new_id())})
        response.raise_for_status()
        return response.json() if response.content else None

    async def send(self, kind: str, data: Mapping[str, Any]) -> Any:
        """Send a signed message through the one door."""
        identity, now = f"msg_{new_id()}", int(time.time())
        body = json.dumps({"type": kind, "timestamp": _instant(now), "data": dict(data)}).encode()
        headers = {
            "content-type": "application/json",
            "idempotency-key": identity,
            **signed_headers([self.key], identity, now, body),
        }
        response = await self._client.post("/registry/v1/agency-messages", content=body, headers=headers)
        response.raise_for_status()
        return response.json()

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()


class StandInAgencies:
    """All recipients of the demo behind one address: /stand-in-agencies/<name>."""

    def __init__(self, *, public_url: str, issuer: LocalIssuer, state: LocalState) -> None:
        self._public_url = public_url
        self._issuer = issuer
        self._state = state
        self._members: dict[str, StandIn] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.problems: list[str] = []

    def key(self, name: str) -> SigningKey:
        """The signing key of a recipient, the same over restarts."""
        known = self._state.remembered("stand-in-keys")
        if name not in known:
            known[name] = str(SigningKey.generate())
            self._state.remember("stand-in-keys", known)
        return SigningKey.parse(known[name])

    def encryption_key(self, name: str) -> dict[str, Any]:
        """The key pair to which this recipient's packages are encrypted, the same over restarts; a file of its own."""
        known = self._state.remembered(f"{name}-key") or new_key()
        self._state.remember(f"{name}-key", known)
        return known

    def address(self, name: str) -> str:
        """Where this recipient takes webhooks."""
        return f"{self._public_url}/{SEGMENT}/{name}"

    def open(self, name: str, *, role: str, public_keys: list[str], **scope: Any) -> StandIn:
        """Start playing a recipient that is enrolled now."""
        token = self._issuer.issue(roles=[role], subject=f"{name}-system", **scope)
        member = StandIn(name, key=self.key(name), public_url=self._public_url, token=token)
        member.public_keys = [PublicKey.parse(text) for text in public_keys]
        member.encryption_key = self.encryption_key(name)
        self._members[name] = member
        return member

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a webhook: verify, remember, acknowledge; act on it afterwards."""
        member = self._members.get(scope["path"].rsplit("/", 1)[-1])
        body = await read_body(receive)
        if member is None or body is None or scope["method"] != "POST":
            await answer(send, 404, {"title": "Nobody of that name", "status": 404})
            return
        if len(body) > LARGEST_BODY:
            await answer(send, 413, {"title": "The body is too large", "status": 413})
            return
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        try:
            message = member.accept(headers, body)
        except SignatureRefused as refusal:
            member.refused += 1
            if not member.under_test:
                self.problems.append(f"{member.name} refused a signature: {refusal.reason}")
            await answer(send, 401, {"title": "The signature is not valid", "status": 401})
            return
        await answer(send, 200, {"received": True})
        if message is not None and message["type"] != TEST_EVENT:  # nobody starts anything on a test
            self._start(member, message)

    def _start(self, member: StandIn, message: Mapping[str, Any]) -> None:
        task = asyncio.create_task(self._handle(member, message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _handle(self, member: StandIn, message: Mapping[str, Any]) -> None:
        await member.note(message)
        handler = member.handlers.get(message["type"])
        if handler is None:
            return
        try:
            await handler(member, message)
            await member.acted(message)
        except Exception as error:  # a stand-in's trouble is shown at the end, it must not stop the others
            self.problems.append(f"{member.name} could not answer {message['type']}: {type(error).__name__}: {error}")

    async def close(self) -> None:
        """Stop acting."""
        for task in self._tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks, return_exceptions=True)
        for member in self._members.values():
            await member.close()


def _instant(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
