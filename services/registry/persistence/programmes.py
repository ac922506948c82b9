"""Finds a programme for who may change it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, select
from sqlmodel import col

from services.registry.domain.programme_scope import may_run, may_see_cases_of
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import ProgrammeRow, RuleVersionRow
from shared.auth.policies import require
from shared.database.unit_of_work import UnitOfWork


async def programme_to_change(uow: UnitOfWork, programme_id: UUID, *, lock: bool = False) -> ProgrammeRow:
    """One whose first rules are not published yet is still being set up: nobody's token can name it before it is there,
    and two people publish its rules whoever they are. Raises NotFound."""
    programme = await get_row(uow, ProgrammeRow, programme_id, lock=lock)
    if await _has_held(uow, programme_id):
        require(uow.actor, may_run, programme)
    return programme


async def require_view_of_cases(uow: UnitOfWork, programme_id: UUID) -> None:
    """Raises NotFound for who does not run the programme."""
    require(uow.actor, may_see_cases_of, await get_row(uow, ProgrammeRow, programme_id))


async def _has_held(uow: UnitOfWork, programme_id: UUID) -> bool:
    published = (col(RuleVersionRow.programme_id) == programme_id, col(RuleVersionRow.published_on).is_not(None))
    return bool(await uow.session.scalar(select(exists().where(*published))))
