"""A case reached a stage: the day goes into the stage's own column."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.reporting.domain.stages import STAGE_COLUMNS
from services.reporting.persistence.facts import set_on_case
from shared.database.unit_of_work import UnitOfWork


async def handle(case_id: UUID, *, stage: str, on: date, uow: UnitOfWork) -> None:
    """Record the day; raises KeyError for a stage nobody declared."""
    await set_on_case(uow.session, case_id, **{STAGE_COLUMNS[stage]: on})
