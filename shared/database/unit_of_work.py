"""One request, event or timer = one unit of work = one commit.

Everything that changes state happens inside `async with units.begin(actor=...) as uow`; the commit is at the exit of
that block, before any answer is sent (ADR 0002). Nothing else in the house commits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import SQLModel

from shared.auth.principal import Principal
from shared.errors import PreconditionFailed, PreconditionRequired
from shared.events.contract import EventContract
from shared.events.envelope import Envelope
from shared.outbox.new_rows import insert_many, new_row
from shared.outbox.writer import Acting, Answer, AuditEntry, Legacy, Notice, write_legacy
from shared.protection.bound_vault import BoundVault
from shared.protection.vault import Vault


class UnitOfWork:
    """What a command works with: the session, who acts, what time it is, and what is left behind at commit."""

    def __init__(
        self,
        *,
        connection: AsyncConnection,
        actor: Principal,
        acting_role: str,
        now: datetime,
        vault: Vault,
        correlation_id: str,
        cause: Envelope | None = None,
        traceparent: str | None = None,
        if_match: int | None = None,
        match_required: bool = False,
    ) -> None:
        self.connection = connection
        self.actor = actor
        self.acting_role = acting_role
        self.now = now
        self.cause = cause
        self.vault = BoundVault(vault, self.driver, self._opened, self.append)
        self._if_match = if_match
        self._match_required = match_required
        self._matched = False
        self._on_commit: list[Callable[[], None]] = []
        self._driver: Any = None
        self._session: AsyncSession | None = None
        self._legacy = Legacy(now=now)
        self._acting = Acting(
            actor=actor.subject,
            role=acting_role,
            correlation_id=correlation_id,
            causation_id=str(cause.id) if cause else None,
            traceparent=traceparent,
        )

    @property
    def session(self) -> AsyncSession:
        """The ORM in this unit's transaction; made when first asked for, since many a unit does without."""
        if self._session is None:
            self._session = AsyncSession(self.connection, expire_on_commit=False, autoflush=False)
        return self._session

    async def flush(self) -> None:
        """Write the new rows and what the session holds so far, for what looks for them in this unit."""
        if self._legacy.inserted:
            await insert_many(await self.driver(), [new_row(row) for row in self._legacy.inserted])
            self._legacy.inserted.clear()
        await self.flush_session()

    async def flush_session(self) -> None:
        """Write what the session holds so far, if anything: an empty flush is not for nothing."""
        session = self._session
        if session and (session.new or session.dirty or session.deleted):
            await session.flush()

    def act_for(self, cause: Envelope, *, traceparent: str | None = None) -> None:
        """From here on this unit acts because of this event (a batch holds many), in its trace or where told."""
        self.cause = cause
        event_id = str(cause.id)
        self.actor = Principal.system(f"event:{event_id}")
        self.acting_role = "system"
        self._acting = Acting(
            actor=self.actor.subject,
            role="system",
            correlation_id=cause.correlationid,
            causation_id=event_id,
            traceparent=traceparent or cause.traceparent,
        )

    def go_on_in(self, traceparent: str | None) -> None:
        """What is left behind from here on belongs to this place in a trace (a batch goes on in many)."""
        self._acting = replace(self._acting, traceparent=traceparent)

    @property
    def traceparent(self) -> str | None:
        """The place in a trace that what is left behind now belongs to."""
        return self._acting.traceparent

    def publish(self, *events: EventContract) -> None:
        """Facts to be published with this commit, in this order per key."""
        self._legacy.events.extend(
            (self._acting, event.stamped(occurred_at=self.now, actor_role=self.acting_role)) for event in events
        )

    def record(self, action: str, *, subject: object, **facts: Any) -> None:
        """One audit row; facts are codes and counts, never personal data."""
        self._legacy.audit.append((self._acting, AuditEntry(action=action, subject=str(subject), facts=facts)))

    def insert(self, *rows: SQLModel) -> None:
        """New rows, written at commit as they are then; what looks for them before that has to flush."""
        self._legacy.inserted.extend(rows)

    def append(self, table: str, **values: Any) -> None:
        """One row of a table that only grows, written at commit; nothing in this unit may read it before."""
        self._legacy.appended.append((table, values))

    def appended(self, table: str) -> list[Mapping[str, Any]]:
        """The rows this unit will write into a table that only grows."""
        return [values for name, values in self._legacy.appended if name == table]

    def notify(self, kind: str, *, role: str, scope: str, subject: object, **facts: Any) -> None:
        """Tell a role in its scope that something needs a look (GET /notifications)."""
        self._legacy.notices.append(Notice(kind=kind, role=role, scope=str(scope), subject=str(subject), facts=facts))

    def match(self, version: int) -> None:
        """Check If-Match against the row just loaded; raises 412, or 428 where the route demands the header.

        Called after the caller's right to the row is established, so that a stranger learns nothing from it.
        """
        self._matched = True
        if self._if_match is None:
            if self._match_required:
                raise PreconditionRequired
            return
        if self._if_match != version:
            raise PreconditionFailed(f"You read version {self._if_match}; it is now at version {version}.")

    def replaying(self) -> None:
        """This unit only repeats an earlier answer: If-Match no longer applies."""
        self._if_match = None

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Something cheap to do once the commit succeeded (waking the relay)."""
        self._on_commit.append(callback)

    def answer(self, answer: Answer) -> None:
        """What a replay of this request will be told."""
        self._legacy.answer = answer

    @property
    def published_count(self) -> int:
        """How many events this unit will publish."""
        return len(self._legacy.events)

    def _opened(self, person_ids: Sequence[UUID], purpose: str) -> None:
        ids = sorted({str(person_id) for person_id in person_ids})
        self.record("personal-data.opened", subject=ids[0] if ids else "", purpose=purpose, person_ids=ids)

    async def finish(self) -> None:
        """Flush, write what is left behind, commit. Called by Units only."""
        if self._if_match is not None and not self._matched:
            raise RuntimeError("an If-Match header was sent but the command never checked it")
        await self.flush_session()
        if not self._legacy.empty:
            await write_legacy(await self.driver(), self._legacy)
        await self.connection.commit()
        for callback in self._on_commit:
            callback()

    async def close(self) -> None:
        """Let go of the session. Called by Units only."""
        if self._session is not None:
            await self._session.close()

    async def driver(self) -> Any:
        """The driver's own connection in this unit's transaction: for the kit's statements, several times faster."""
        if self._driver is None:
            driver: Any = (await self.connection.get_raw_connection()).driver_connection
            if not driver.is_in_transaction():
                await self.connection.exec_driver_sql("SELECT 1")  # makes SQLAlchemy open its transaction
            self._driver = driver
        return self._driver
