"""Draw the conclusions for endpoints: rest, open or close the breaker, disable after days of failures or a 410."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from uuid import UUID

from sqlmodel import col, select

from services.registry.contracts.published import WebhookEndpointDisabledV1
from services.registry.domain.circuit_breaker import WINDOW, Breaker, Position, Signal, after, pause_seconds, signal_of
from services.registry.domain.webhook_schedule import FEWEST_FAILURES, GIVEN_UP_AFTER
from services.registry.persistence.attempts import newest_successes
from services.registry.persistence.disclosure_tables import WebhookEndpointRow
from services.registry.persistence.due_deliveries import endpoints
from services.registry.persistence.tables import RecipientRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork

OWN_ROLE = {"agency": "partner_agency", "partner": "reintegration_partner", "provider": "provider"}


@dataclass(frozen=True)
class Outcome:
    """What an attempt says about its endpoint; `rest_seconds` when it asked to be left alone."""

    endpoint_id: UUID
    success: bool
    rest_seconds: int | None
    gone: bool


async def judge(outcomes: Sequence[Outcome], *, uow: UnitOfWork) -> None:
    """Locks only endpoints about which there is something to change."""
    by_endpoint: dict[UUID, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_endpoint[outcome.endpoint_id].append(outcome)
    concerned = {found for found, seen in by_endpoint.items() if not all(outcome.success for outcome in seen)}
    concerned |= await _not_well(uow, set(by_endpoint) - concerned)
    if not concerned:
        return
    await uow.session.flush()
    for endpoint_id, row in (await endpoints(uow, concerned, lock=True)).items():
        if row.status != "disabled":
            await _judge_one(uow, row, by_endpoint[endpoint_id])


async def _not_well(uow: UnitOfWork, ids: set[UUID]) -> set[UUID]:
    statement = select(WebhookEndpointRow.id).where(
        col(WebhookEndpointRow.id).in_(ids),
        (col(WebhookEndpointRow.breaker) != "closed") | col(WebhookEndpointRow.failing_since).is_not(None),
    )
    return set((await uow.session.execute(statement)).scalars())


async def _judge_one(uow: UnitOfWork, row: WebhookEndpointRow, seen: Sequence[Outcome]) -> None:
    if any(outcome.gone for outcome in seen):
        await disable(row, "gone", uow=uow)
        return
    rests = [outcome.rest_seconds for outcome in seen if outcome.rest_seconds is not None]
    if rests:
        row.rest_until = uow.now + timedelta(seconds=max(rests))
    if any(outcome.success for outcome in seen):
        row.failing_since, row.failures = None, 0
    else:
        row.failing_since, row.failures = row.failing_since or uow.now, row.failures + len(seen)
        if row.failures >= FEWEST_FAILURES and uow.now - row.failing_since >= GIVEN_UP_AFTER:
            await disable(row, "failing", uow=uow)
            return
    telling = [outcome.success for outcome in seen if outcome.rest_seconds is None]
    if telling:
        await _turn_breaker(uow, row, telling)


async def _turn_breaker(uow: UnitOfWork, row: WebhookEndpointRow, successes: Sequence[bool]) -> None:
    before = Position(cast(Breaker, row.breaker), row.breaker_opens)
    signal: Signal = "success" if all(successes) else "failure"
    if before.state == "closed" and signal == "failure":
        signal = signal_of(await newest_successes(uow, row.id, row.breaker_since, WINDOW))
    position = after(before, signal)
    if position == before:
        return
    row.breaker, row.breaker_opens, row.breaker_since = position.state, position.opens, uow.now
    row.breaker_until = None
    if position.state == "open":
        row.breaker_until = uow.now + timedelta(seconds=pause_seconds(position))
        if position.opens == 1:
            await notify_owner(uow, "webhook-endpoint.failing", row)


async def notify_owner(uow: UnitOfWork, kind: str, row: WebhookEndpointRow, **facts: str) -> None:
    """Tell the recipient itself, in its own scope."""
    owner = await uow.session.get(RecipientRow, row.owner_id)
    if owner is not None:
        uow.notify(kind, role=OWN_ROLE[owner.category], scope=str(owner.id), subject=row.id, **facts)


async def disable(row: WebhookEndpointRow, reason: str, *, uow: UnitOfWork) -> None:
    """Nothing is sent there any more, the feed stays; programme managers, administrators and the recipient know."""
    row.status, row.disabled_reason = "disabled", reason
    touch(row, now=uow.now)
    uow.publish(WebhookEndpointDisabledV1(endpoint_id=row.id, owner_id=row.owner_id, reason_code=reason))
    for role in ("programme_manager", "administrator"):
        uow.notify("webhook-endpoint.disabled", role=role, scope="*", subject=row.id, reason=reason)
    await notify_owner(uow, "webhook-endpoint.disabled", row, reason=reason)
