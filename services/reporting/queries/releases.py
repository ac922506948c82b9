"""Published releases, the newest first."""

from __future__ import annotations

from sqlmodel import col, select

from services.reporting.persistence.release_tables import ReleaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.pagination import PageRequest, keyset


async def list_releases(uow: UnitOfWork, page: PageRequest) -> tuple[list[ReleaseRow], str | None]:
    """One page; what was restated stays among them."""
    columns = (col(ReleaseRow.published_on), col(ReleaseRow.id))
    return await keyset(uow.session, select(ReleaseRow), page, *columns, descending=True)
