"""Number what belongs to no case: by the recipient's own counter over all such facts, and by that of each endpoint.

Numbers are taken at the moment of leaving or reading, while the recipient is locked: no gaps, and nothing is told of
what was withheld.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.registry.domain.disclosure_matrix import TEST_EVENT
from services.registry.persistence.disclosure_tables import DeliveryRow
from services.registry.persistence.due_deliveries import facts_of
from services.registry.persistence.own_numbers import last_of_endpoints, last_of_recipients, lock_recipients
from shared.database.unit_of_work import UnitOfWork


async def number_own_facts(uow: UnitOfWork, rows: Sequence[DeliveryRow]) -> None:
    """For the feed, whose recipient is locked: its next number for each of these facts that has none yet."""
    fresh = sorted((row for row in rows if row.sequence is None), key=lambda row: row.id)
    last = await last_of_recipients(uow, {row.recipient_id for row in fresh})
    for row in fresh:
        row.sequence = last[row.recipient_id] = last[row.recipient_id] + 1


async def number_own_deliveries(uow: UnitOfWork, rows: Sequence[DeliveryRow]) -> set[UUID]:
    """For the sender: the next number of each one's endpoint, and of the recipient where the fact leaves for the first
    time. Returns those that got none because somebody else is at their recipient or their fact just now."""
    fresh = sorted((row for row in rows if _unnumbered(row)), key=lambda row: row.id)
    if not fresh:
        return set()
    facts = await facts_of(uow, fresh)
    locked = await lock_recipients(uow, {row.recipient_id for row in fresh}, skip_locked=True)
    ready = [row for row in fresh if row.recipient_id in locked and (row.copy_of or row.id) in facts]
    await number_own_facts(uow, list({key: facts[key] for key in (row.copy_of or row.id for row in ready)}.values()))
    last = await last_of_endpoints(uow, {row.endpoint_id for row in ready if row.endpoint_id})
    for row in ready:
        if row.endpoint_id is not None:
            row.endpoint_sequence = last[row.endpoint_id] = last[row.endpoint_id] + 1
    return {row.id for row in fresh if row.endpoint_sequence is None}


def _unnumbered(row: DeliveryRow) -> bool:
    return row.case_id is None and row.payload_type != TEST_EVENT and row.endpoint_sequence is None
