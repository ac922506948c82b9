"""Send what is due: claim, check again, sign, send outside of any transaction, record.

Order holds per case and endpoint: only the oldest pending delivery of a pair can be claimed, so a slow case or a dead
endpoint delays nobody
else. The counter is taken when a fact first leaves: what is withheld leaves no gap.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from services.registry.commands.delivery_span import begin_attempt, end_attempt
from services.registry.commands.manage_endpoint import disable
from services.registry.commands.tell_recipient import agency_case, live_persons, register
from services.registry.contracts.published import DeliveryMadeV1
from services.registry.domain.disclosure_matrix import TEST_EVENT
from services.registry.domain.webhook_schedule import is_success, next_delay
from services.registry.persistence.disclosure_tables import (
    AttemptRow,
    DeliveryRow,
    KnownCaseRow,
    KnownDisclosureRow,
    WebhookEndpointRow,
)
from services.registry.persistence.signing_keys import open_signing_key
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.events.envelope import instant
from shared.http.outbound import AddressRefused, OutboundClient
from shared.ids import new_id
from shared.protection.signatures import SigningKey, signed_headers
from shared.service import Runtime

CLAIM_SECONDS = 60
AT_ONCE = 20
POLL_SECONDS = 0.1
GONE = 410
SENDER = Principal.system("webhook-sender")

DUE = text(
    "UPDATE delivery SET claimed_until = CAST(:until AS timestamptz) WHERE id IN ("
    " SELECT d.id FROM delivery d JOIN webhook_endpoint e ON e.id = d.endpoint_id AND e.status = 'active'"
    " WHERE d.status = 'pending' AND d.next_attempt_at <= :now AND (d.claimed_until IS NULL OR d.claimed_until < :now)"
    " AND NOT EXISTS (SELECT 1 FROM delivery earlier WHERE earlier.endpoint_id = d.endpoint_id"
    "  AND earlier.case_id IS NOT DISTINCT FROM d.case_id AND earlier.status = 'pending' AND earlier.id < d.id)"
    " ORDER BY d.next_attempt_at LIMIT :most FOR UPDATE OF d SKIP LOCKED) RETURNING id"
)


@dataclass(frozen=True)
class Outgoing:
    """What is about to be sent."""

    delivery_id: UUID
    url: str
    body: bytes
    key: SigningKey
    payload_type: str
    attempt: int
    traceparent: str | None


@dataclass(frozen=True)
class Result:
    """What became of an attempt."""

    status: int | None
    error: str | None
    retry_after: int | None
    milliseconds: int


async def run(runtime: Runtime, stop: asyncio.Event) -> None:
    """Send until told to stop."""
    client = OutboundClient(
        allow_loopback=runtime.settings.allow_loopback_webhooks,
        deadline_seconds=getattr(runtime.settings, "delivery_deadline_seconds", 15.0),
    )
    try:
        while not stop.is_set():
            if not await send_due(runtime, client):
                try:
                    await asyncio.wait_for(stop.wait(), POLL_SECONDS)
                except TimeoutError:
                    continue
    finally:
        await client.close()


async def send_due(runtime: Runtime, client: OutboundClient) -> int:
    """One round; how many deliveries were taken up."""
    async with runtime.units.begin(actor=SENDER) as uow:
        until = uow.now.timestamp() + CLAIM_SECONDS
        values = {"now": uow.now, "until": uow.now.fromtimestamp(until, tz=uow.now.tzinfo), "most": AT_ONCE}
        claimed = list((await uow.session.execute(DUE, values)).scalars())
    await asyncio.gather(*(_deliver(runtime, client, delivery_id) for delivery_id in claimed))
    return len(claimed)


async def _deliver(runtime: Runtime, client: OutboundClient, delivery_id: UUID) -> None:
    async with runtime.units.begin(actor=SENDER) as uow:
        outgoing = await prepare(uow, delivery_id, public_url=runtime.settings.public_url)
    if outgoing is None:
        runtime.metrics.webhook_deliveries.labels(outcome="withheld").inc()
        return
    kind, number, parent = outgoing.payload_type, outgoing.attempt, outgoing.traceparent
    span = begin_attempt(runtime.tracing, kind, number=number, parent=parent)
    with span.at_work():
        result = await _attempt(client, outgoing, at=int(runtime.clock.now().timestamp()))
    async with runtime.units.begin(actor=SENDER, traceparent=span.traceparent) as uow:
        outcome = await _record(uow, delivery_id, result)
    end_attempt(span, status=result.status, error=result.error, outcome=outcome)
    runtime.metrics.webhook_deliveries.labels(outcome=outcome).inc()


async def prepare(uow: UnitOfWork, delivery_id: UUID, *, public_url: str) -> Outgoing | None:
    """Check again and make the body; None when it may not leave any more (it is then withheld)."""
    row = await _locked(uow, delivery_id)
    endpoint = await uow.session.get(WebhookEndpointRow, row.endpoint_id)
    if endpoint is None or row.status != "pending" or not await may_leave(uow, row):
        row.status = "withheld" if row.status == "pending" else row.status
        touch(row, now=uow.now)
        return None
    await take_number(uow, row)
    key, body = open_signing_key(uow, endpoint), json.dumps(payload(row, public_url=public_url)).encode()
    return Outgoing(row.id, endpoint.url, body, key, row.payload_type, row.attempts + 1, row.traceparent)


async def may_leave(uow: UnitOfWork, row: DeliveryRow) -> bool:
    """Decided anew each time: freeze, recall, expiry, consent of everybody named. The neutral stop and tests always
    may."""
    if row.payload_type in ("request.ended", TEST_EVENT) or row.case_id is None:
        return True
    case = await uow.session.get(KnownCaseRow, row.case_id, populate_existing=True)
    if case is None or case.frozen or case.over:
        return False
    if row.disclosure_id is not None:
        package = await uow.session.get(KnownDisclosureRow, row.disclosure_id, populate_existing=True)
        if package is None or package.recalled or package.expires_on < uow.now.date():
            return False
    covered = await live_persons(uow, row.case_id, row.recipient_id, purpose=row.purpose)
    return bool(row.person_refs) and set(row.person_refs) <= covered


async def take_number(uow: UnitOfWork, row: DeliveryRow) -> None:
    """The recipient's own next number for this case, when the fact first leaves."""
    if row.sequence is not None or row.case_id is None:
        return
    known = await agency_case(uow, row.case_id, row.recipient_id)
    if known is None:
        return
    known.last_sequence += 1
    row.sequence = known.last_sequence
    known.told = known.told or row.payload_type != "request.ended"
    basis = f"disclosure {row.disclosure_id}" if row.disclosure_id else "consent"
    register(uow, row.case_id, row.recipient_id, row.payload_type, basis, sorted(row.facts), row.person_refs)


def payload(row: DeliveryRow, *, public_url: str) -> dict[str, Any]:
    """The body: the same at every attempt and in the feed."""
    data: dict[str, Any] = {"occurred_at": instant(row.occurred_at), **row.facts}
    if row.agency_case_ref is not None:
        data |= {"agency_case_ref": row.agency_case_ref, "sequence": row.sequence}
    if row.disclosure_id is not None:
        data["detail_url"] = f"{public_url}/returns/v1/agency-disclosures/{row.disclosure_id}"
    return {"type": row.payload_type, "timestamp": instant(row.occurred_at), "data": data}


async def _attempt(client: OutboundClient, outgoing: Outgoing, *, at: int) -> Result:
    headers = signed_headers([outgoing.key], f"msg_{outgoing.delivery_id.hex}", at, outgoing.body)
    headers |= {"content-type": "application/json", "user-agent": "Wayhome-Webhooks/1"}
    started = time.perf_counter()
    status, error, wait = None, None, None
    try:
        answered = await client.post(outgoing.url, content=outgoing.body, headers=headers)
        status, wait = answered.status, answered.retry_after_seconds
    except AddressRefused:
        error = "address-refused"
    except TimeoutError:
        error = "timeout"
    except (OSError, ValueError) as failure:
        error = type(failure).__name__
    return Result(status, error, wait, round((time.perf_counter() - started) * 1000))


async def _record(uow: UnitOfWork, delivery_id: UUID, result: Result) -> str:
    row = await _locked(uow, delivery_id)
    row.attempts, row.last_status, row.claimed_until = row.attempts + 1, result.status, None
    attempt = AttemptRow(
        id=new_id(),
        delivery_id=row.id,
        at=uow.now,
        status=result.status,
        error=result.error,
        milliseconds=result.milliseconds,
    )
    uow.session.add(attempt)
    touch(row, now=uow.now)
    if result.status is not None and is_success(result.status):
        return _delivered(uow, row)
    if result.status == GONE:
        endpoint = await uow.session.get(WebhookEndpointRow, row.endpoint_id)
        if endpoint is not None:
            disable(endpoint, "gone", uow=uow)
        row.status = "failed"
        return "gone"
    chance = random.random()  # noqa: S311 - jitter, not a secret
    delay = next_delay(row.attempts, chance=chance, retry_after=result.retry_after)
    if delay is None:
        row.status = "failed"
        uow.notify("delivery.failed", role="administrator", scope="*", subject=row.id)
        return "failed"
    row.next_attempt_at = uow.now.fromtimestamp(uow.now.timestamp() + delay, tz=uow.now.tzinfo)
    return "retry"


def _delivered(uow: UnitOfWork, row: DeliveryRow) -> str:
    row.status, row.delivered_at = "delivered", uow.now
    if row.case_id is not None and row.sequence is not None:
        uow.publish(
            DeliveryMadeV1(
                delivery_id=row.id,
                case_id=row.case_id,
                recipient_id=row.recipient_id,
                payload_type=row.payload_type,
                sequence=row.sequence,
            )
        )
    return "delivered"


async def _locked(uow: UnitOfWork, delivery_id: UUID) -> DeliveryRow:
    statement = select(DeliveryRow).where(col(DeliveryRow.id) == delivery_id).with_for_update(key_share=True)
    return (await uow.session.execute(statement)).scalar_one()
