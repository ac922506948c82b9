"""A recipient catches up by its own counter: what may still leave is numbered and shown, the rest is withheld."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.registry.commands.send_deliveries import may_leave, payload, take_number
from services.registry.commands.sender_access import own_ids
from services.registry.persistence.disclosure_tables import AgencyCaseRow, AgencyMessageRow
from services.registry.persistence.feeds import feed
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


def _is_own(actor: Principal, recipient_id: UUID) -> bool:
    return str(recipient_id) in own_ids(actor)


async def read(uow: UnitOfWork, reference: str, *, after: int, limit: int, public_url: str) -> list[dict[str, Any]]:
    """Payloads after a number. Unknown, foreign and undisclosed references get the same NotFound."""
    known, rows = await feed(uow, reference, after, limit)
    if known is None or not _is_own(uow.actor, known.recipient_id):
        raise NotFound
    shown: list[dict[str, Any]] = []
    for row in rows:
        if row.case_id is None or not await may_leave(uow, row):
            continue
        await take_number(uow, row)
        if row.sequence is not None and row.sequence > after:
            shown.append(payload(row, public_url=public_url))
    refreshed = await uow.session.get(AgencyCaseRow, reference)
    if refreshed is None or refreshed.last_sequence == 0:
        raise NotFound
    return shown


async def own_message(uow: UnitOfWork, message_id: UUID) -> AgencyMessageRow:
    """One of the caller's own messages. Raises NotFound."""
    row = await uow.session.get(AgencyMessageRow, message_id)
    if row is None or not _is_own(uow.actor, row.sender_id):
        raise NotFound
    return row
