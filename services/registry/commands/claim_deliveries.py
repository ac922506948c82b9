"""Take due deliveries, check each again, number it and make its signed body: what is returned may leave now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.registry.commands.check_disclosure import Decision, decide
from services.registry.commands.number_deliveries import lock_cases, number_deliveries
from services.registry.domain.disclosure_matrix import RELEASE, TEST_EVENT
from services.registry.domain.webhook_schedule import LARGEST_PAYLOAD_BYTES
from services.registry.persistence.disclosure_tables import DeliveryRow, WebhookEndpointRow
from services.registry.persistence.due_deliveries import claim_due, endpoints
from services.registry.persistence.signing_keys import Key, open_keys
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.events.envelope import instant

LARGEST_NUMBER = 2**63 - 1
HELD_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Room:
    """What this process may take: lanes in all, per endpoint, and those under way by endpoint."""

    most: int
    share: int
    busy: Mapping[UUID, int]


@dataclass(frozen=True)
class Lease:
    """How long a delivery belongs to a process: the time to begin an attempt, to make it, and to record it."""

    begin_seconds: float
    attempt_seconds: float
    record_seconds: float

    def until(self, now: datetime) -> tuple[datetime, datetime]:
        """The latest start of an attempt, and the end of the lease."""
        latest_start = now + timedelta(seconds=self.begin_seconds)
        return latest_start, latest_start + timedelta(seconds=self.attempt_seconds + self.record_seconds)


@dataclass(frozen=True)
class Outgoing:
    """What is about to be sent, and until when this process may speak for it."""

    delivery_id: UUID
    endpoint_id: UUID
    url: str
    body: bytes
    keys: Sequence[Key]
    latest_start: datetime
    lease: datetime
    payload_type: str
    attempt: int
    traceparent: str | None


@dataclass(frozen=True)
class Claimed:
    """What may leave, and how many were stopped or put off."""

    outgoing: list[Outgoing]
    withheld: int
    put_off: int

    @property
    def count(self) -> int:
        """How many deliveries were taken up."""
        return len(self.outgoing) + self.withheld + self.put_off


async def claim(room: Room, lease: Lease, *, public_url: str, uow: UnitOfWork) -> Claimed:
    """One round of claims; everything is decided and committed before the first byte leaves."""
    rows = await claim_due(uow, until=lease.until(uow.now)[1], busy=room.busy, share=room.share, most=room.most)
    if not rows:
        return Claimed([], 0, 0)
    cases = await lock_cases(uow, rows)
    decided = await decide(uow, rows)
    decisions = decided.decisions
    _stop(uow, [row for row in rows if decisions[row.id] is not Decision.LEAVE], decisions)
    leaving = _of_sendable_size(decided.leaving(rows), public_url, uow=uow)
    places = await endpoints(uow, {row.endpoint_id for row in leaving if row.endpoint_id})
    unnumbered = await number_deliveries(uow, leaving, cases, places, decided.kinds)
    keys = await open_keys(uow, places.values())
    outgoing = []
    for row in leaving:
        if row.id in unnumbered:
            row.claimed_until = None
        elif row.endpoint_id is not None:
            times = lease.until(uow.now)
            outgoing.append(_outgoing(row, places[row.endpoint_id], keys, times, public_url))
    held = sum(decision is Decision.HOLD for decision in decisions.values())
    return Claimed(outgoing, len(rows) - len(leaving) - held, held + len(unnumbered))


def _stop(uow: UnitOfWork, rows: Sequence[DeliveryRow], decisions: Mapping[UUID, Decision]) -> None:
    for row in rows:
        row.claimed_until = None
        if decisions[row.id] is Decision.HOLD:
            row.next_attempt_at = uow.now + HELD_FOR
        else:
            row.status = "withheld"
        touch(row, now=uow.now)


def _of_sendable_size(rows: Sequence[DeliveryRow], public_url: str, *, uow: UnitOfWork) -> list[DeliveryRow]:
    """Larger bodies are refused before they get a number; that is our defect, so somebody here is told."""
    fitting = []
    for row in rows:
        if len(body_of(row, public_url=public_url, sequence=LARGEST_NUMBER)) <= LARGEST_PAYLOAD_BYTES:
            fitting.append(row)
            continue
        row.status, row.claimed_until = "failed", None
        touch(row, now=uow.now)
        uow.notify("delivery.too-large", role="administrator", scope="*", subject=row.id)
    return fitting


def _outgoing(
    row: DeliveryRow,
    endpoint: WebhookEndpointRow,
    keys: Mapping[UUID, Sequence[Key]],
    times: tuple[datetime, datetime],
    public_url: str,
) -> Outgoing:
    return Outgoing(
        delivery_id=row.id,
        endpoint_id=endpoint.id,
        url=endpoint.url,
        body=body_of(row, public_url=public_url),
        keys=keys[endpoint.id],
        latest_start=times[0],
        lease=times[1],
        payload_type=row.payload_type,
        attempt=row.attempts + 1,
        traceparent=row.traceparent,
    )


def body_of(row: DeliveryRow, *, public_url: str, sequence: int | None = None) -> bytes:
    """The bytes that are signed and sent."""
    return json.dumps(payload(row, public_url=public_url, sequence=sequence or row.endpoint_sequence)).encode()


def payload(row: DeliveryRow, *, public_url: str, sequence: int | None) -> dict[str, Any]:
    """The body under a number: the same at every attempt and in the feed, as long as the same persons are covered."""
    data: dict[str, Any] = {"occurred_at": instant(row.occurred_at), **row.facts}
    if row.agency_case_ref is not None:
        data["agency_case_ref"] = row.agency_case_ref
    if row.payload_type != TEST_EVENT:
        data["sequence"] = sequence
    if row.disclosure_id is not None:
        data["detail_url"] = f"{public_url}/returns/v1/agency-disclosures/{row.disclosure_id}"
    if row.payload_type == RELEASE:
        data["detail_url"] = f"{public_url}/reporting/v1/releases/{row.facts['release_id']}"
    return {"type": row.payload_type, "timestamp": instant(row.occurred_at), "data": data}
