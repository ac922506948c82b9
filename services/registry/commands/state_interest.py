"""One side says what it wants and where its red lines are; the other sees it once it is released, not before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.registry.persistence.confidential import keep_statement, seal_words
from services.registry.persistence.partnership_tables import InterestRow
from services.registry.persistence.partnerships import part_of_partnership, partnership, side_of
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, NotFound


class ReleasedAlready(Conflict):
    """What the other side has read is not changed behind its back; retract it first, or state a new one."""

    slug = "interest-is-released"
    title = "The other side can see this interest; retract it before changing it"


@dataclass(frozen=True, kw_only=True)
class StateInterest:
    """An interest of the caller's side."""

    partnership_id: UUID
    statement: str
    priority: str
    red_line: bool = False
    component_type: str | None = None


async def state(command: StateInterest, *, uow: UnitOfWork) -> InterestRow:
    """Known to the own side only. Raises NotFound."""
    parent = await partnership(uow, command.partnership_id)
    row = InterestRow(
        partnership_id=parent.id,
        side=side_of(uow.actor),
        component_type=command.component_type,
        priority=command.priority,
        red_line=command.red_line,
        sealed_statement=seal_words(uow, command.statement),
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.record("interest.stated", subject=row.id, side=row.side)
    return row


async def amend(interest_id: UUID, changes: Mapping[str, Any], *, uow: UnitOfWork) -> InterestRow:
    """Change it while nobody else sees it. Raises NotFound, ReleasedAlready."""
    row = await _own(uow, interest_id)
    if row.released_on is not None:
        raise ReleasedAlready
    for name, value in changes.items():
        if name == "statement":
            keep_statement(uow, row, value)
        else:
            setattr(row, name, value)
    return _kept(row, "interest.amended", uow=uow)


async def release(interest_id: UUID, *, uow: UnitOfWork) -> InterestRow:
    """Show it to the other side. Raises NotFound."""
    row = await _own(uow, interest_id)
    row.released_on = row.released_on or uow.now.date()
    uow.notify("interest.released", role="partnership_delegate", scope=str(row.partnership_id), subject=row.id)
    return _kept(row, "interest.released", uow=uow)


async def retract(interest_id: UUID, *, uow: UnitOfWork) -> InterestRow:
    """Show it no longer; what was read stays read, and the audit keeps both days. Raises NotFound."""
    row = await _own(uow, interest_id)
    row.released_on = None
    return _kept(row, "interest.retracted", uow=uow)


async def _own(uow: UnitOfWork, interest_id: UUID) -> InterestRow:
    row = await part_of_partnership(uow, InterestRow, interest_id, lock=True)
    if row.side != side_of(uow.actor):
        raise NotFound
    uow.match(row.version)
    return row


def _kept(row: InterestRow, action: str, *, uow: UnitOfWork) -> InterestRow:
    touch(row, now=uow.now)
    uow.record(action, subject=row.id, side=row.side)
    return row
