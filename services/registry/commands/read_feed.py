"""A recipient catches up by its own counter: what may still leave is numbered and shown, the rest is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement

from services.registry.commands.check_disclosure import decide
from services.registry.commands.claim_deliveries import payload
from services.registry.commands.number_deliveries import number_facts
from services.registry.commands.number_own_facts import number_own_facts
from services.registry.commands.sender_access import own_ids, recipient_of
from services.registry.persistence.disclosure_tables import (
    AgencyCaseRow,
    AgencyMessageRow,
    DeliveryRow,
    WebhookEndpointRow,
)
from services.registry.persistence.due_deliveries import endpoints
from services.registry.persistence.feeds import feed, of_case, sent_to, without_case
from services.registry.persistence.own_numbers import lock_recipients
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


def _is_own(actor: Principal, recipient_id: UUID) -> bool:
    return str(recipient_id) in own_ids(actor)


async def read(uow: UnitOfWork, reference: str, *, after: int, limit: int, public_url: str) -> list[dict[str, Any]]:
    """Payloads after a number. Unknown, foreign and undisclosed references get the same NotFound."""
    case = await _own_case(uow, reference)
    shown: list[DeliveryRow] = []
    async for rows in feed(uow, of_case(reference), after):
        decided = await decide(uow, rows)
        readable = decided.leaving(rows)
        places = await endpoints(uow, {row.endpoint_id for row in readable if row.endpoint_id})
        number_facts(uow, readable, case, places, decided.kinds)
        shown += readable
        if len(shown) >= limit:
            break
    if case.last_sequence == 0:
        raise NotFound
    return _in_order(shown, limit, public_url)


async def read_again(
    uow: UnitOfWork, reference: str, endpoint_id: UUID, *, after: int, limit: int, public_url: str
) -> list[dict[str, Any]]:
    """What has left for one endpoint after a number of its own. Raises NotFound alike for what is unknown, foreign or
    undisclosed."""
    await _own_case(uow, reference)
    return await _left_for(uow, of_case(reference), endpoint_id, after=after, limit=limit, public_url=public_url)


async def read_own(uow: UnitOfWork, *, after: int, limit: int, public_url: str) -> list[dict[str, Any]]:
    """Payloads that belong to no case, after a number of the recipient. Raises NotFound for who is not enrolled."""
    recipient = await recipient_of(uow)
    await lock_recipients(uow, {recipient.id}, skip_locked=False)
    shown: list[DeliveryRow] = []
    async for rows in feed(uow, without_case(recipient.id), after):
        readable = (await decide(uow, rows)).leaving(rows)
        await number_own_facts(uow, readable)
        shown += readable
        if len(shown) >= limit:
            break
    return _in_order(shown, limit, public_url)


async def read_own_again(
    uow: UnitOfWork, endpoint_id: UUID, *, after: int, limit: int, public_url: str
) -> list[dict[str, Any]]:
    """What belongs to no case and has left for one endpoint, after a number of its own. Raises NotFound."""
    facts = without_case((await recipient_of(uow)).id)
    return await _left_for(uow, facts, endpoint_id, after=after, limit=limit, public_url=public_url)


def _in_order(shown: Sequence[DeliveryRow], limit: int, public_url: str) -> list[dict[str, Any]]:
    ordered = sorted(shown, key=lambda row: row.sequence or 0)
    return [payload(row, public_url=public_url, sequence=row.sequence) for row in ordered[:limit]]


async def _left_for(
    uow: UnitOfWork, facts: ColumnElement[bool], endpoint_id: UUID, *, after: int, limit: int, public_url: str
) -> list[dict[str, Any]]:
    endpoint = await uow.session.get(WebhookEndpointRow, endpoint_id)
    if endpoint is None or not _is_own(uow.actor, endpoint.owner_id):
        raise NotFound
    shown: list[DeliveryRow] = []
    async for rows in sent_to(uow, facts, endpoint_id, after):
        shown += (await decide(uow, rows)).leaving(rows)
        if len(shown) >= limit:
            break
    return [payload(row, public_url=public_url, sequence=row.endpoint_sequence) for row in shown[:limit]]


async def _own_case(uow: UnitOfWork, reference: str) -> AgencyCaseRow:
    """Locked before it is decided what may be read, as the sender does."""
    known = await uow.session.get(AgencyCaseRow, reference)
    if known is None or not _is_own(uow.actor, known.recipient_id):
        raise NotFound
    await uow.session.refresh(known, with_for_update={"key_share": True})
    found: AgencyCaseRow = known
    return found


async def own_message(uow: UnitOfWork, message_id: UUID) -> AgencyMessageRow:
    """One of the caller's own messages. Raises NotFound."""
    row = await uow.session.get(AgencyMessageRow, message_id)
    if row is None or not _is_own(uow.actor, row.sender_id):
        raise NotFound
    return row
