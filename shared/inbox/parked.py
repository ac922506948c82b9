"""Events that could not be processed: where an operator sees them, with their followers, and can replay them in
order or discard one."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.principal import Principal
from shared.database.units import Units
from shared.eventlog.protocol import LogRecord
from shared.events.envelope import Envelope
from shared.ids import new_id
from shared.inbox.failures import reason_of

if TYPE_CHECKING:
    from shared.inbox.processor import InboxProcessor

FIRST = text(
    "SELECT id FROM parked_event WHERE consumer = :consumer AND key = ANY(:keys) AND "
    "resolved_at IS NULL ORDER BY id LIMIT 1"
)
ADD = text(
    'INSERT INTO parked_event (id, consumer, topic, partition, "offset", key, event_id, type, '
    "envelope, error_class, reason, behind) "
    "VALUES (:id, :consumer, :topic, :partition, :offset, :key, :event_id, :type, :envelope, "
    ":error_class, :reason, :behind) "
    'ON CONFLICT (consumer, topic, partition, "offset") DO NOTHING'
)
OPEN = text(
    'SELECT id, topic, partition, "offset", key, event_id, type, error_class, reason, behind, attempts, parked_at '
    "FROM parked_event WHERE consumer = :consumer AND resolved_at IS NULL ORDER BY id"
)
CHAIN = text(
    "SELECT id, envelope FROM parked_event WHERE consumer = :consumer AND key = :key AND "
    "resolved_at IS NULL ORDER BY id"
)
ONE = text(
    "SELECT id, event_id FROM parked_event WHERE consumer = :consumer AND id = :id AND resolved_at IS NULL FOR UPDATE"
)
NEVER_AGAIN = text("INSERT INTO inbox (consumer, event_id) VALUES (:consumer, :event_id) ON CONFLICT DO NOTHING")
KEY_OF = text("SELECT key FROM parked_event WHERE consumer = :consumer AND id = :id AND resolved_at IS NULL")
RESOLVE = text(
    "UPDATE parked_event SET resolved_at = :now, resolution = :resolution, attempts = attempts + 1 WHERE id = :id"
)
TRIED = text("UPDATE parked_event SET attempts = attempts + 1, reason = :reason WHERE id = :id")


DISCARDED = "discarded"
REASON = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,59}")


class NotParked(LookupError):
    """No open parked event of this consumer has this id."""


class ReasonNotCoded(ValueError):
    """The reason could hold words about a person; a code or the number of a ticket cannot."""


@dataclass(frozen=True)
class Failure:
    """Why something was parked, without the text of the error."""

    error_class: str
    reason: str

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """The failure in an exception."""
        return cls(error_class=type(error).__name__, reason=reason_of(error))


@dataclass(frozen=True)
class ParkedEvent:
    """One parked event as an operator sees it."""

    id: UUID
    topic: str
    partition: int
    offset: int
    key: str
    event_id: UUID | None
    type: str | None
    error_class: str
    reason: str
    behind: UUID | None
    attempts: int
    parked_at: datetime

    def __str__(self) -> str:
        """One line for an operator; no text of the error, no contents."""
        waits = f", behind {self.behind}" if self.behind else ""
        where = f"{self.topic}/{self.partition}/{self.offset}"
        since = self.parked_at.isoformat(timespec="seconds")
        known = self.type or "not an event"
        found = f"{self.reason}{waits}, tried {self.attempts} times since {since}"
        return f"{self.id}  {known}  key {self.key}  {found}  ({where})"


async def first_parked(session: AsyncSession, consumer: str, keys: Collection[str]) -> UUID | None:
    """The first open parked event of these keys."""
    found: UUID | None = await session.scalar(FIRST, {"consumer": consumer, "keys": list(keys)})
    return found


async def park(
    session: AsyncSession, consumer: str, record: LogRecord, envelope: Envelope | None, failure: Failure
) -> None:
    """Park one record, behind the first parked event of its key if there is one."""
    key = envelope.subject if envelope else record.key
    await session.execute(
        ADD,
        {
            "id": new_id(),
            "consumer": consumer,
            "topic": record.place.topic,
            "partition": record.place.partition,
            "offset": record.offset,
            "key": key,
            "event_id": envelope.id if envelope else None,
            "type": envelope.type if envelope else None,
            "envelope": record.value,
            "error_class": failure.error_class,
            "reason": failure.reason,
            "behind": await first_parked(session, consumer, [key]),
        },
    )


async def list_parked(units: Units, consumer: str) -> list[ParkedEvent]:
    """Open parked events in the order they were parked."""
    async with units.begin(actor=Principal.system("parked")) as uow:
        rows = (await uow.session.execute(OPEN, {"consumer": consumer})).mappings().all()
    return [ParkedEvent(**dict(row)) for row in rows]


def heads(entries: Sequence[ParkedEvent]) -> list[UUID]:
    """The first open event of each key, in the order they were parked; what it stood behind may be resolved already."""
    first: dict[str, UUID] = {}
    for entry in entries:
        first.setdefault(entry.key, entry.id)
    return list(first.values())


async def discard_parked(units: Units, consumer: str, wanted: UUID, *, reason: str) -> None:
    """Resolve a parked event without its effect, for good: should the log bring it again, it counts as known.

    `reason` is a code or the number of a ticket and goes into the audit. What is parked behind it stays parked until it
    is replayed. Raises NotParked and ReasonNotCoded.
    """
    if not REASON.fullmatch(reason):
        raise ReasonNotCoded
    async with units.begin(actor=Principal.system("discard")) as uow:
        row = (await uow.session.execute(ONE, {"consumer": consumer, "id": wanted})).one_or_none()
        if row is None:
            raise NotParked
        if row.event_id is not None:
            await uow.session.execute(NEVER_AGAIN, {"consumer": consumer, "event_id": row.event_id})
        await uow.session.execute(RESOLVE, {"id": wanted, "now": uow.now, "resolution": DISCARDED})
        uow.record("event.discarded", subject=row.event_id or wanted, reason=reason)


async def replay_parked(processor: InboxProcessor, wanted: UUID) -> int:
    """Replay a parked event and everything parked behind it, in order, until one fails again; returns how many
    succeeded."""
    units, consumer = processor.units, processor.consumer
    async with units.begin(actor=Principal.system("replay")) as uow:
        key = await uow.session.scalar(KEY_OF, {"consumer": consumer, "id": wanted})
        chain = (await uow.session.execute(CHAIN, {"consumer": consumer, "key": key})).all() if key else []
    done = 0
    for row in chain:
        try:
            await _replay(processor, row.id, bytes(row.envelope))
        except Exception as error:  # it stays parked, and so does everything behind it
            async with units.begin(actor=Principal.system("replay")) as uow:
                await uow.session.execute(TRIED, {"id": row.id, "reason": reason_of(error)})
            break
        done += 1
    return done


async def _replay(processor: InboxProcessor, parked_id: UUID, value: bytes) -> None:
    """Effect and resolution in one commit, so that a crash between them cannot double or lose the effect."""
    envelope = Envelope.parse(value)
    async with processor.units.begin(actor=Principal.system(f"event:{envelope.id}"), cause=envelope) as uow:
        outcome = await processor.effect(uow, envelope)
        uow.record("event.replayed", subject=envelope.id, outcome=outcome.value)
        await uow.session.execute(RESOLVE, {"id": parked_id, "now": uow.now, "resolution": outcome.value})
