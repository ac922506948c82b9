"""What a recipient sees of its own deliveries: what has left for it, and what waits and may leave at this moment.

That something was withheld, or is to be told later, is told by no log, figure or answer (domain rules 8 and 9). The
host's administration sees everything.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, true
from sqlmodel import col, select

from services.registry.commands.check_disclosure import decide
from services.registry.commands.manage_endpoint import speaks_for
from services.registry.domain.disclosure_matrix import ENDED, TEST_EVENT
from services.registry.persistence.disclosure_tables import DeliveryRow
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import RecipientRow
from shared.auth.policies import require
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound

OVERSEER = "administrator"
MOST_WAITING = 1_000
"""Of what has never left, no more than the oldest so many are looked at for one answer."""
HAS_LEFT: ColumnElement[bool] = (
    col(DeliveryRow.endpoint_sequence).is_not(None)
    | (col(DeliveryRow.attempts) > 0)
    | (col(DeliveryRow.payload_type) == TEST_EVENT)
)


async def shown_of(uow: UnitOfWork, endpoint_id: UUID) -> ColumnElement[bool]:
    """The condition under which a delivery of this endpoint is shown to who asks."""
    if uow.acting_role == OVERSEER:
        return true()
    waiting = select(DeliveryRow).where(
        col(DeliveryRow.endpoint_id) == endpoint_id,
        col(DeliveryRow.status) == "pending",
        col(DeliveryRow.occurred_at) <= uow.now,
        ~HAS_LEFT,
    )
    locked = waiting.order_by(col(DeliveryRow.id)).limit(MOST_WAITING).with_for_update(key_share=True, skip_locked=True)
    rows = list((await uow.session.execute(locked)).scalars())
    leaving = (await decide(uow, rows)).leaving(rows)
    return HAS_LEFT | col(DeliveryRow.id).in_([row.id for row in leaving])


async def own_delivery(uow: UnitOfWork, delivery_id: UUID) -> DeliveryRow:
    """One of the caller's, locked. Raises NotFound, for what has not left and may not leave too; a stop that was taken
    back before it was heard is nobody's any more."""
    row = await get_row(uow, DeliveryRow, delivery_id, lock=True)
    require(uow.actor, speaks_for, await get_row(uow, RecipientRow, row.recipient_id))
    left = row.endpoint_sequence is not None or row.attempts > 0 or row.payload_type == TEST_EVENT
    if left:
        return row
    if row.payload_type == ENDED and row.status == "withheld":
        raise NotFound
    if uow.acting_role != OVERSEER and not await _may_leave(uow, row):
        raise NotFound
    return row


async def _may_leave(uow: UnitOfWork, row: DeliveryRow) -> bool:
    if row.status != "pending" or row.occurred_at > uow.now:
        return False
    return bool((await decide(uow, [row])).leaving([row]))
