"""Partnerships and what hangs on them, as far as the caller may see; a delegate sees and speaks for one side of one."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, true
from sqlmodel import col

from services.registry.domain.sides import HOST, SIDES
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import ComponentRow, PartnershipRow
from shared.auth.policies import require
from shared.auth.principal import Principal
from shared.database.tables import Row
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound

DELEGATE = "partnership_delegate"


Owned = TypeVar("Owned", bound=Row)


def takes_part(actor: Principal, partnership_id: UUID) -> bool:
    """Everybody the route admits, but a delegate only in the partnership and for a side that the token names."""
    if not actor.has(DELEGATE):
        return True
    return actor.side in SIDES and actor.partnership_id == str(partnership_id)


def side_of(actor: Principal) -> str:
    """The side the caller speaks for: a delegate's own; the host's administration speaks for the host side."""
    return str(actor.side) if actor.has(DELEGATE) else HOST


def own_partnerships(actor: Principal) -> ColumnElement[bool]:
    """The partnerships the caller may see, as a condition."""
    if not actor.has(DELEGATE):
        return true()
    wanted = [actor.partnership_id] if actor.side in SIDES and _is_uuid(actor.partnership_id) else []
    return col(PartnershipRow.id).in_([UUID(value) for value in wanted if value])


async def partnership(uow: UnitOfWork, partnership_id: UUID, *, lock: bool = False) -> PartnershipRow:
    """Raises NotFound for an unknown or foreign one."""
    require(uow.actor, takes_part, partnership_id)
    return await get_row(uow, PartnershipRow, partnership_id, lock=lock)


async def part_of_partnership(uow: UnitOfWork, table: type[Owned], row_id: UUID, *, lock: bool = False) -> Owned:
    """A row that hangs on a partnership. Raises NotFound for an unknown or foreign one."""
    row = await get_row(uow, table, row_id, lock=lock)
    require(uow.actor, takes_part, _partnership_id(row))
    return row


async def component_in(uow: UnitOfWork, component_id: UUID | None, partnership_id: UUID) -> ComponentRow | None:
    """A component that must belong to this partnership. Raises NotFound."""
    if component_id is None:
        return None
    row = await get_row(uow, ComponentRow, component_id)
    if row.partnership_id != partnership_id:
        raise NotFound
    return row


def _partnership_id(row: Row) -> UUID:
    found: UUID = row.partnership_id  # type: ignore[attr-defined]
    return found


def _is_uuid(text: str | None) -> bool:
    try:
        return UUID(text or "") is not None
    except ValueError:
        return False
