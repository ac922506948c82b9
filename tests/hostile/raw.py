"""Speaks ASGI by hand, so that a test can send what no HTTP library would let it send."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

Headers = Sequence[tuple[bytes, bytes]]


@dataclass
class Answer:
    """What came back; status 0 means that the app fell over before it answered."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def problem(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def slug(self) -> str:
        return str(self.problem["slug"])


async def send(
    app: Any,
    method: str,
    target: bytes | str,
    *,
    headers: Iterable[tuple[bytes | str, bytes | str]] = (),
    body: bytes | Sequence[bytes] = b"",
    length: bool = True,
) -> Answer:
    """Send one request; a sequence of bytes goes in pieces, and without a length when `length` is false."""
    pieces = [body] if isinstance(body, bytes) else list(body)
    path, _, query = _bytes(target).partition(b"?")
    sent = [(_bytes(name).lower(), _bytes(value)) for name, value in headers]
    if length and any(pieces) and b"content-length" not in dict(sent):
        sent.append((b"content-length", str(sum(map(len, pieces))).encode()))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path.decode("latin-1")),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(b"host", b"service.test"), *sent],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 80),
    }
    left = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    left[-1]["more_body"] = False
    return await _asked(app, scope, left)


async def _asked(app: Any, scope: dict[str, Any], left: list[dict[str, Any]]) -> Answer:
    answer = Answer()

    async def receive() -> dict[str, Any]:
        return left.pop(0) if left else {"type": "http.disconnect"}

    async def sending(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode().lower(): value.decode("latin-1") for name, value in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    with contextlib.suppress(Exception):
        await app(scope, receive, sending)
    return answer


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
