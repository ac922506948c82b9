"""What the departments of one side say, and where it contradicts itself or what the side owes."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from services.registry.domain.coherence import Contradiction, Owed, Position, contradictions
from services.registry.persistence.dialogue_tables import PositionRow, WorkingGroupRow
from services.registry.persistence.partnership_tables import CommitmentRow, InterestRow
from services.registry.persistence.partnerships import partnership, side_of
from services.registry.persistence.tables import ComponentRow
from shared.database.unit_of_work import UnitOfWork

BINDING = ("agreed", "due", "reported", "disputed")


async def contradictions_of(uow: UnitOfWork, partnership_id: UUID) -> list[Contradiction]:
    """Those of the caller's own side. Raises NotFound for an unknown or foreign partnership."""
    await partnership(uow, partnership_id)
    side = side_of(uow.actor)
    said = (
        select(PositionRow)
        .join(WorkingGroupRow, col(WorkingGroupRow.id) == col(PositionRow.group_id))
        .where(col(WorkingGroupRow.partnership_id) == partnership_id, col(WorkingGroupRow.side) == side)
        .where(col(PositionRow.component_id).is_not(None))
        .order_by(col(PositionRow.id))
    )
    positions = [
        Position(order=number, department=row.department, component_id=row.component_id, stance=row.stance)
        for number, row in enumerate((await uow.session.execute(said)).scalars())
        if row.component_id is not None
    ]
    binding = select(CommitmentRow).where(
        col(CommitmentRow.partnership_id) == partnership_id,
        col(CommitmentRow.owner_side) == side,
        col(CommitmentRow.status).in_(BINDING),
    )
    owed = [
        Owed(commitment_id=row.id, component_id=row.component_id, department=row.department)
        for row in (await uow.session.execute(binding)).scalars()
    ]
    parts = select(ComponentRow).where(col(ComponentRow.partnership_id) == partnership_id)
    components = list((await uow.session.execute(parts)).scalars())
    kinds = await _red_lines(uow, partnership_id, side)
    crossed = {row.id for row in components if row.component_type in kinds}
    return contradictions(positions, owed, {row.id: row.status for row in components}, crossed)


async def _red_lines(uow: UnitOfWork, partnership_id: UUID, side: str) -> set[str]:
    """The kinds of component about which this side has stated a red line, released or not."""
    statement = select(InterestRow.component_type).where(
        col(InterestRow.partnership_id) == partnership_id, col(InterestRow.side) == side, col(InterestRow.red_line)
    )
    return {kind for kind in (await uow.session.execute(statement)).scalars() if kind is not None}
