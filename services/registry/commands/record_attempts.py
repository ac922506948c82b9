"""Record what became of attempts, many at once: delivered, tried again later, given up; and how the endpoint is doing.

A result counts only while the process still holds the delivery: one that was away for too long finds that another has
taken over, and leaves nothing but a line in the log of attempts.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.registry.commands.claim_deliveries import Outgoing
from services.registry.commands.judge_endpoints import Outcome, judge
from services.registry.contracts.published import DeliveryMadeV1
from services.registry.domain.disclosure_matrix import TEST_EVENT
from services.registry.domain.webhook_schedule import GONE, is_success, next_delay, rest_seconds
from services.registry.persistence.attempts import add_attempt
from services.registry.persistence.disclosure_tables import DeliveryRow
from services.registry.persistence.due_deliveries import LATER, LATER_WITHOUT_CASE, deliveries
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork

TOO_LATE = "too-late"
"""Nothing was sent, because there was no time left to send it: that says nothing about the receiver."""


@dataclass(frozen=True)
class Result:
    """What became of one attempt; no status means that there was no answer, and `error` says why."""

    outgoing: Outgoing
    status: int | None
    error: str | None
    retry_after: int | None
    milliseconds: int
    answer: bytes = b""
    traceparent: str | None = None


async def record(results: Sequence[Result], *, uow: UnitOfWork) -> dict[UUID, str]:
    """The outcomes as codes, by delivery."""
    by_id: dict[UUID, Result] = {result.outgoing.delivery_id: result for result in results}
    outcomes: dict[UUID, str] = {}
    for row in await deliveries(uow, list(by_id)):
        result = by_id[row.id]
        uow.go_on_in(result.traceparent)
        held = row.status == "pending" and row.claimed_until == result.outgoing.lease
        if result.error == TOO_LATE:
            row.claimed_until = None if held else row.claimed_until
            outcomes[row.id] = TOO_LATE
            continue
        add_attempt(uow, result.outgoing, result)
        outcomes[row.id] = await _apply(uow, row, result) if held else _too_late(uow, row, result)
    uow.go_on_in(None)
    await judge([_outcome(result) for result in results if result.error != TOO_LATE], uow=uow)
    return outcomes


def _outcome(result: Result) -> Outcome:
    rest = rest_seconds(result.status, result.retry_after)
    return Outcome(result.outgoing.endpoint_id, is_success(result.status), rest, result.status == GONE)


async def _apply(uow: UnitOfWork, row: DeliveryRow, result: Result) -> str:
    row.attempts, row.last_status, row.claimed_until = row.attempts + 1, result.status, None
    touch(row, now=uow.now)
    if is_success(result.status):
        return _delivered(uow, row)
    if result.status == GONE:
        return "gone"  # the address is gone, not the fact: it waits for the recipient's next endpoint
    delay = next_delay(
        row.attempts,
        chance=random.random(),  # noqa: S311 - jitter, not a secret
        retry_after=rest_seconds(result.status, result.retry_after) or result.retry_after,
    )
    if delay is None:
        row.status = "failed"
        uow.notify("delivery.failed", role="administrator", scope="*", subject=row.id)
        return "failed"
    row.next_attempt_at = uow.now + timedelta(seconds=delay)
    behind = {"endpoint": row.endpoint_id, "id": row.id, "at": row.next_attempt_at}
    if row.case_id is not None:
        await uow.session.execute(LATER, {**behind, "case": row.case_id})
    elif row.payload_type != TEST_EVENT:
        await uow.session.execute(LATER_WITHOUT_CASE, behind)
    return "retry"


def _too_late(uow: UnitOfWork, row: DeliveryRow, result: Result) -> str:
    """Somebody else decides now; but that it arrived is true whoever brought it."""
    if row.status == "withheld" and is_success(result.status):
        row.claimed_until = None
        return _delivered(uow, row)
    return "overtaken"


def _delivered(uow: UnitOfWork, row: DeliveryRow) -> str:
    row.status, row.delivered_at = "delivered", uow.now
    if row.case_id is not None and row.endpoint_sequence is not None:
        uow.publish(
            DeliveryMadeV1(
                delivery_id=row.id,
                case_id=row.case_id,
                recipient_id=row.recipient_id,
                payload_type=row.payload_type,
                sequence=row.endpoint_sequence,
            )
        )
    return "delivered"
