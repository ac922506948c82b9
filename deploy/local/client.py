"""The demo's way of calling the public APIs: one desk per person at work, each with their own token."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping
from typing import Any

from shared.auth.local_issuer import LocalIssuer
from shared.http.trusted import ConnectionFailed, trusted_client
from shared.ids import new_id

Body = Mapping[str, Any]
MOST_ATTEMPTS = 200
CALL_TIMEOUT_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 30.0


class Refused(RuntimeError):
    """A service said no; carries the status and the problem document."""

    def __init__(self, method: str, path: str, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = problem
        self.slug = re.split(r"[:/]", str(problem.get("type", "")))[-1]
        facts = {key: value for key, value in problem.items() if key not in ("type", "status", "instance")}
        self.missing = {str(item.get("code")) for item in problem.get("missing", []) if isinstance(item, dict)}
        super().__init__(f"{method} {path} -> {status} {self.slug}: {facts}")

    def only_misses(self, codes: Collection[str]) -> bool:
        """Whether nothing but these is missing."""
        return self.status == 409 and bool(self.missing) and self.missing <= set(codes)


class Lines:
    """The connections to the services; one pool per service, through the gateway or directly."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._clients = {
            name: trusted_client(address, timeout=CALL_TIMEOUT_SECONDS) for name, address in addresses.items()
        }
        self.versions: dict[str, str] = {}
        """The ETag last seen of a resource."""

    def to(self, path: str) -> Any:
        """The client for this path's service."""
        return self._clients[path.split("/", 2)[1]]

    def know(self, path: str, version: int) -> None:
        """Remember the version of a resource that an answer showed."""
        self.versions[path] = f'"{version}"'

    async def close(self) -> None:
        """Hang up."""
        for client in self._clients.values():
            await client.aclose()


class Desk:
    """Somebody at work: a subject with roles and scopes."""

    def __init__(self, lines: Lines, issuer: LocalIssuer, *roles: str, subject: str, **scope: Any) -> None:
        self.subject = subject
        self.roles = roles
        self.token = issuer.issue(roles=list(roles), subject=subject, **scope)
        self._lines = lines
        self.calls = 0

    async def read(self, path: str, **query: Any) -> Any:
        """GET."""
        return await self._call("GET", path, None, query=query)

    async def do(
        self,
        path: str,
        body: Body | None = None,
        *,
        of: str | None = None,
        method: str = "POST",
        waits_for: Collection[str] = (),
    ) -> Any:
        """A command.

        `of` is the resource whose ETag counts: the last one seen is sent, or it is read first. What is in
        `waits_for` may still be missing for a moment, because it comes as a fact from another service.
        """
        waited = 0.0
        while True:
            try:
                return await self._call(method, path, {} if body is None else body, of=of)
            except Refused as refusal:
                if not refusal.only_misses(waits_for) or waited > LONGEST_WAIT_SECONDS:
                    raise
            await asyncio.sleep(0.2)
            waited += 0.2

    async def until(self, path: str, field: str, *wanted: Any) -> Any:
        """Read a resource until a fact of another service has arrived in it."""
        waited = 0.0
        while True:
            shown = await self.read(path)
            seen = shown.get(field)
            if seen in wanted:
                return shown
            if waited > LONGEST_WAIT_SECONDS:
                raise TimeoutError(f"{path}: {field} is {seen!r}, not {' or '.join(map(str, wanted))}")
            await asyncio.sleep(0.1)
            waited += 0.1

    async def _call(
        self, method: str, path: str, body: Body | None, *, of: str | None = None, query: Body | None = None
    ) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        if method == "POST":
            headers["Idempotency-Key"] = str(new_id())
        if of is not None and of in self._lines.versions:
            headers["If-Match"] = self._lines.versions[of]
        problem: Refused | None = None
        for attempt in range(MOST_ATTEMPTS):
            try:
                answer = await self._lines.to(path).request(
                    method, path, json=body, params=query or None, headers=headers
                )
            except ConnectionFailed:  # the service is being restarted; the Idempotency-Key makes asking again safe
                await asyncio.sleep(0.2)
                continue
            self.calls += 1
            if answer.status_code < 400:
                if of is not None and "etag" in answer.headers:
                    self._lines.versions[of] = answer.headers["etag"]
                return answer.json() if answer.content else None
            problem = Refused(method, path, answer.status_code, _problem(answer))
            if answer.status_code in (412, 428) and of is not None:
                version = await self._version(of)
                headers = {name: value for name, value in headers.items() if name != "If-Match"}
                headers |= {"If-Match": version} if version else {}
            elif answer.status_code in (502, 503) or (answer.status_code == 409 and "retry-after" in answer.headers):
                await asyncio.sleep(min(0.05 * (attempt + 1), 0.5))
            else:
                raise problem
        raise problem or Refused(method, path, 0, {"title": "the service does not answer"})

    async def _version(self, path: str) -> str | None:
        """The ETag as it is now, read with the same patience as everything else; None where this desk may act on the
        resource and not read it, as a partner on a case."""
        self._lines.versions.pop(path, None)
        try:
            await self._call("GET", path, None, of=path)
        except Refused as refusal:
            if refusal.status != 403:
                raise
        return self._lines.versions.get(path)


def _problem(answer: Any) -> Mapping[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        return {"title": answer.text[:300]}
    return document if isinstance(document, dict) else {"title": str(document)[:300]}
