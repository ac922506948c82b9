"""Turns records of the log into effects, each exactly once: effects, inbox rows and offset commit together.

A batch that fails is rolled back and run again one event per unit of work. A transient failure is left to be tried
again; anything else is
parked in a new transaction, and later events of the same key are parked behind it, so that replay keeps their order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import structlog
from sqlalchemy import text

from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.database.units import Units
from shared.eventlog.protocol import LogRecord, Place
from shared.events.envelope import Envelope, UnreadableEnvelope
from shared.events.subscriptions import Subscription
from shared.inbox.failures import is_transient
from shared.inbox.parked import Failure, first_parked, park
from shared.telemetry.propagation import trace_id_of
from shared.telemetry.tracing import Attribute, Kind, Span, Tracing

CLAIM = text(
    "INSERT INTO inbox (consumer, event_id) SELECT :consumer, unnest(CAST(:event_ids AS uuid[])) "
    "ON CONFLICT DO NOTHING RETURNING event_id"
)
ADVANCE = text(
    "UPDATE consumer_offset SET next_offset = :next, updated_at = clock_timestamp() WHERE consumer = :consumer "
    "AND topic = :topic AND partition = :partition AND owner = :owner AND next_offset <= :first RETURNING 1"
)


class Outcome(StrEnum):
    """What became of one event."""

    DONE = "done"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    PARKED = "parked"


class Fenced(Exception):
    """Another member owns this partition now; whatever was done here is rolled back."""


class WaitsBehindParked(Exception):
    """An earlier event of the same key is parked, so this one must not overtake it."""


@dataclass(frozen=True)
class Holding:
    """The right to advance a partition: whoever wrote their token into the offset row last."""

    place: Place
    owner: UUID


class InboxProcessor:
    """The one way events get into a service: live, in batches, and on replay."""

    def __init__(
        self,
        *,
        service_name: str,
        subscriptions: Sequence[Subscription],
        units: Units,
        between: Callable[[str], None] | None = None,
        on_outcome: Callable[[str], None] | None = None,
        tracing: Tracing | None = None,
    ) -> None:
        self._tracing = tracing or Tracing()
        self.consumer = service_name
        self.units = units
        self._subscriptions = {subscription.event_type: subscription for subscription in subscriptions}
        self._between = between or (lambda _step: None)
        self._on_outcome = on_outcome or (lambda _outcome: None)
        self._log = structlog.get_logger("wayhome.inbox")

    async def process_batch(self, holding: Holding, records: Sequence[LogRecord]) -> int:
        """Records of one partition in one unit of work, or one by one if that fails; returns the next offset.

        Raises Fenced when the partition is somebody else's; transient errors pass through and the caller tries again.
        """
        try:
            outcomes = await self._together(holding, records)
        except Fenced:
            raise
        except Exception:  # which record it was is found out one by one
            outcomes = [await self._alone(holding, record) for record in records]
        for outcome in outcomes:
            self._on_outcome(outcome.value)
        return records[-1].offset + 1

    async def process_one(self, value: bytes) -> Outcome:
        """One event outside of any partition: replay, and tests. Errors pass through to the caller."""
        envelope = Envelope.parse(value)
        async with self.units.begin(actor=Principal.system(f"event:{envelope.id}"), cause=envelope) as uow:
            return await self.effect(uow, envelope)

    async def effect(self, uow: UnitOfWork, envelope: Envelope) -> Outcome:
        """Claim one event and run its handler inside this unit."""
        return (await self.effects(uow, [envelope]))[0]

    async def effects(self, uow: UnitOfWork, envelopes: Sequence[Envelope]) -> list[Outcome]:
        """Claim all of them with one statement and run the handlers of the new ones in order, inside this unit."""
        wanted = [envelope.id for envelope in envelopes if envelope.type in self._subscriptions]
        claimed: set[UUID] = set()
        if wanted:
            values = {"consumer": self.consumer, "event_ids": wanted}
            claimed = set((await uow.session.scalars(CLAIM, values)).all())
        return [await self._effect(uow, envelope, claimed) for envelope in envelopes]

    async def _effect(self, uow: UnitOfWork, envelope: Envelope, claimed: set[UUID]) -> Outcome:
        """What becomes of one event; its span is reported once the unit is committed."""
        subscription = self._subscriptions.get(envelope.type)
        if subscription is None:
            return Outcome.IGNORED
        span = self._span(envelope)
        uow.act_for(envelope, traceparent=span.traceparent)
        with span.at_work():
            outcome = await self._apply(uow, envelope, subscription, claimed)
            span.describe({Attribute.OUTCOME: outcome.value})
        uow.after_commit(span.end)
        return outcome

    async def _apply(
        self, uow: UnitOfWork, envelope: Envelope, subscription: Subscription, claimed: set[UUID]
    ) -> Outcome:
        if envelope.id not in claimed:
            return Outcome.DUPLICATE
        claimed.remove(envelope.id)  # the same event again in this batch is a duplicate
        await subscription.handler(subscription.model.model_validate(envelope.data), uow=uow)
        await uow.flush()
        return Outcome.DONE

    def _span(self, envelope: Envelope) -> Span:
        attributes: dict[Attribute, str | int] = {
            Attribute.MESSAGING: "process",
            Attribute.EVENT_TYPE: envelope.type,
            Attribute.EVENT_ID: str(envelope.id),
        }
        name, parent = f"process {envelope.type}", envelope.traceparent
        return self._tracing.span(name, Kind.CONSUMER, parent=parent, attributes=attributes)

    async def _together(self, holding: Holding, records: Sequence[LogRecord]) -> list[Outcome]:
        envelopes = [Envelope.parse(record.value) for record in records]
        async with self.units.begin(actor=Principal.system(f"consumer:{self.consumer}")) as uow:
            if await first_parked(uow.session, self.consumer, {envelope.subject for envelope in envelopes}):
                raise WaitsBehindParked
            outcomes = await self.effects(uow, envelopes)
            self._between("effects")
            await self._advance(uow, holding, records[0].offset, records[-1].offset + 1)
            self._between("offset")
        self._between("committed")
        return outcomes

    async def _alone(self, holding: Holding, record: LogRecord) -> Outcome:
        try:
            return (await self._together(holding, [record]))[0]
        except Fenced:
            raise
        except Exception as error:  # whatever it is, it is either passing or goes where an operator sees it
            if is_transient(error):
                raise
            return await self._park(holding, record, error)

    async def _park(self, holding: Holding, record: LogRecord, error: Exception) -> Outcome:
        envelope = _readable(record)
        if envelope is not None and envelope.type not in self._subscriptions:
            async with self.units.begin(actor=Principal.system(f"consumer:{self.consumer}")) as uow:
                await self._advance(uow, holding, record.offset, record.offset + 1)
            return Outcome.IGNORED
        async with self.units.begin(actor=Principal.system(f"consumer:{self.consumer}")) as uow:
            await park(uow.session, self.consumer, record, envelope, Failure.of(error))
            uow.notify("event.parked", role="administrator", scope="*", subject=record.place.topic)
            await self._advance(uow, holding, record.offset, record.offset + 1)
        self._log.error(
            "event.parked",
            topic=record.place.topic,
            partition=record.place.partition,
            offset=record.offset,
            event_type=envelope.type if envelope else None,
            trace_id=trace_id_of(envelope.traceparent) if envelope else None,
            exc_info=error,
        )
        return Outcome.PARKED

    async def _advance(self, uow: UnitOfWork, holding: Holding, first: int, following: int) -> None:
        values = {
            "consumer": self.consumer,
            "topic": holding.place.topic,
            "partition": holding.place.partition,
            "owner": holding.owner,
            "first": first,
            "next": following,
        }
        if not await uow.session.scalar(ADVANCE, values):
            raise Fenced


def _readable(record: LogRecord) -> Envelope | None:
    try:
        return Envelope.parse(record.value)
    except UnreadableEnvelope:
        return None
