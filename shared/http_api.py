"""What a route works with: the caller, one command in one unit of work, and the answer made from its row."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import structlog
from fastapi import Depends, Request, Response
from pydantic import BaseModel

from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Forbidden, Malformed, PreconditionFailed, Unauthenticated
from shared.idempotency import Claim, Stored, claim_key, read_key, request_hash
from shared.outbox.writer import Answer
from shared.problems import problems as problems

if TYPE_CHECKING:
    from shared.service import Runtime

ENTITY_TAG = re.compile(r'"([0-9]{1,9})"')
Do = Callable[[UnitOfWork], Awaitable[Any]]
Show = Callable[[UnitOfWork, Any], Any]
Reload = Callable[[UnitOfWork, UUID], Awaitable[Any]]


class IfMatchNotValid(Malformed):
    """If-Match is not an ETag of ours."""

    slug = "if-match-not-valid"
    title = "If-Match must be an ETag as given by this service"


class NothingToMatch(PreconditionFailed):
    """If-Match came with a request that changes nothing which has a version: the condition cannot hold."""

    slug = "nothing-to-match"
    title = "There is no version here that If-Match could name"


class Call:
    """One authorised request."""

    def __init__(self, request: Request, runtime: Runtime, actor: Principal, acting_role: str) -> None:
        self.request = request
        self.runtime = runtime
        self.units = runtime.units
        self.actor = actor
        self.acting_role = acting_role

    async def command(
        self,
        do: Do,
        show: Show,
        *,
        status: int = 200,
        reload: Reload | None = None,
        location: str | None = None,
        match: Literal["required", "optional", "none"] = "optional",
    ) -> Response:
        """Run one command, commit, answer. Order: authorised already, claim the key, If-Match, command, commit, send.

        `do` returns the row; `show(uow, row)` makes the model; on an idempotent replay `reload(uow, id)` finds the
        row again.
        """
        claim = await self._claim()
        if_match = self._if_match() if match != "none" else None
        async with self.units.begin(
            actor=self.actor,
            acting_role=self.acting_role,
            correlation_id=self.request.state.request_id,
            if_match=if_match,
            match_required=match == "required",
        ) as uow:
            stored = await claim_key(uow.connection, claim) if claim else None
            if stored is not None:
                return await self._replay(uow, stored, show, reload)
            row = await do(uow)
            if if_match is not None and not uow._matched:
                raise NothingToMatch
            await uow.flush_session()
            body = await _rendered(show, uow, row)
            etag, where = _etag(row), location.format(id=getattr(row, "id", "")) if location else None
            if claim:
                uow.answer(_answer(claim, row, status=status, location=where, etag=etag))
        return _response(body, status=status, etag=etag, location=where)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """A unit for a query; personal reads are audited and committed before the answer."""
        async with self.units.read(actor=self.actor, acting_role=self.acting_role) as uow:
            yield uow

    def etag(self, response: Response, version: int) -> None:
        """Put the version of what is shown into the answer's ETag."""
        response.headers["ETag"] = f'"{version}"'

    async def _claim(self) -> Claim | None:
        if self.request.method != "POST":
            return None
        key = read_key(self.request.headers.get("idempotency-key"))
        digest = request_hash(
            self.runtime.settings.master_key_bytes,
            self.actor.scope.encode(),  # whoever has lost a scope since gets no answer from it
            self.request.scope["query_string"],
            await self.request.body(),
        )
        route = f"POST {self.request.scope['path']}"
        return Claim(principal=self.actor.subject, route=route, key=key, request_hash=digest)

    def _if_match(self) -> int | None:
        header = self.request.headers.get("if-match")
        if header is None:
            return None
        found = ENTITY_TAG.fullmatch(header.strip())
        if not found:
            raise IfMatchNotValid
        return int(found.group(1))

    async def _replay(self, uow: UnitOfWork, stored: Stored, show: Show, reload: Reload | None) -> Response:
        uow.replaying()
        body: Any = {"id": str(stored.resource_id)} if stored.resource_id else {}
        if reload is not None and stored.resource_id is not None:
            body = await _rendered(show, uow, await reload(uow, stored.resource_id))
        response = _response(body, status=stored.status, etag=stored.etag, location=stored.location)
        response.headers["Idempotency-Replayed"] = "true"
        return response


def caller(*roles: str) -> Any:
    """Dependency: the authorised caller in one of these roles (none named: any known caller). 401, 403 otherwise."""

    async def authorised(request: Request) -> Call:
        runtime: Runtime = request.app.state.runtime
        actor = await runtime.tokens.verify(_bearer(request))
        acting = next((role for role in roles if actor.has(role)), None) if roles else _any_role(actor)
        if acting is None:
            raise Forbidden
        structlog.contextvars.bind_contextvars(actor_role=acting)
        return Call(request, runtime, actor, acting)

    return Depends(authorised)


def _any_role(actor: Principal) -> str:
    return next(iter(sorted(actor.roles)), "none")


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return token.strip()


def _etag(row: Any) -> str | None:
    version = getattr(row, "version", None)
    return None if version is None else f'"{version}"'


def _answer(claim: Claim, row: Any, *, status: int, location: str | None, etag: str | None) -> Answer:
    identity = getattr(row, "id", None)
    return Answer(
        principal=claim.principal,
        route=claim.route,
        key=claim.key,
        status=status,
        resource_id=identity if isinstance(identity, UUID) else None,
        location=location,
        etag=etag,
    )


async def _rendered(show: Show, uow: UnitOfWork, row: Any) -> Any:
    body = show(uow, row)
    return await body if inspect.isawaitable(body) else body


def _response(body: Any, *, status: int, etag: str | None, location: str | None) -> Response:
    if isinstance(body, BaseModel):
        content = body.model_dump_json().encode()
    elif body is None:
        content = b""
    else:
        content = json.dumps(body, default=str).encode()
    response = Response(content, status, media_type="application/json" if content else None)
    response.headers["Cache-Control"] = "no-store"
    if etag is not None:
        response.headers["ETag"] = etag
    if location is not None:
        response.headers["Location"] = location
    return response
