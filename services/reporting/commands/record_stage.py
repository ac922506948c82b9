"""A case reached a stage: the day goes into the stage's own column; one that goes on has not left the path."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.reporting.domain.stages import LEFT_THE_PATH, STAGE_COLUMNS
from services.reporting.persistence.facts import set_on_case
from shared.database.unit_of_work import UnitOfWork


async def handle(case_id: UUID, *, stage: str, on: date, uow: UnitOfWork) -> None:
    """Record the day; raises KeyError for a stage nobody declared."""
    await set_on_case(uow, case_id, **{STAGE_COLUMNS[stage]: on})


async def goes_on(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Taken up again after a withdrawal, a lapse or a review: what it had ended by no longer counts."""
    await set_on_case(uow, case_id, **{column: None for _, column in LEFT_THE_PATH}, closed_on=None)
