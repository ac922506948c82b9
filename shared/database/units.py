"""Begins units of work: one per request, event or timer, with everything a unit needs from its service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.auth.principal import Principal
from shared.clock import Clock
from shared.database.unit_of_work import UnitOfWork
from shared.events.envelope import Envelope
from shared.ids import new_id
from shared.protection.vault import Vault

BeforeCommit = Callable[[UnitOfWork], Awaitable[None]]
"""What a service keeps in step with everything its units changed, in the same commit."""


class Units:
    """Begins units of work on one service's database."""

    def __init__(
        self,
        *,
        engine: AsyncEngine,
        clock: Clock,
        vault: Vault,
        wake_relay: Callable[[], None] | None = None,
        here: Callable[[], str | None] | None = None,
        before_commit: BeforeCommit | None = None,
    ) -> None:
        self._before_commit = before_commit
        self._engine = engine
        self._clock = clock
        self._vault = vault
        self._here = here or (lambda: None)
        self.wake_relay = wake_relay

    @asynccontextmanager
    async def begin(
        self,
        *,
        actor: Principal,
        acting_role: str | None = None,
        cause: Envelope | None = None,
        correlation_id: str | None = None,
        traceparent: str | None = None,
        if_match: int | None = None,
        match_required: bool = False,
    ) -> AsyncIterator[UnitOfWork]:
        """A unit that commits once at its end and rolls back on any exception."""
        async with self._engine.connect() as connection:
            uow = UnitOfWork(
                connection=connection,
                actor=actor,
                acting_role=acting_role or ("system" if actor.is_system else next(iter(sorted(actor.roles)), "none")),
                now=self._clock.now(),
                vault=self._vault,
                correlation_id=correlation_id or (cause.correlationid if cause else str(new_id())),
                cause=cause,
                traceparent=traceparent or (cause.traceparent if cause else self._here()),
                if_match=if_match,
                match_required=match_required,
            )
            try:
                yield uow
                if self._before_commit is not None:
                    await self._before_commit(uow)
                await uow.finish()
            finally:
                await uow.close()
            if uow.published_count and self.wake_relay:
                self.wake_relay()

    @asynccontextmanager
    async def read(self, *, actor: Principal, acting_role: str | None = None) -> AsyncIterator[UnitOfWork]:
        """A unit for a query: nothing may be published; personal reads are audited before the body is sent."""
        async with self.begin(actor=actor, acting_role=acting_role) as uow:
            yield uow
            if uow.published_count:
                raise RuntimeError("a query published an event")
