"""A case reached a stage: the day goes into the stage's own column; one that goes on has not left the path."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from services.reporting.domain.stages import LEFT_THE_PATH, STAGE_COLUMNS
from services.reporting.persistence.facts import set_on_case
from services.reporting.persistence.tables import PersonOfCase
from shared.database.unit_of_work import UnitOfWork

ENDED = {column: None for _, column in LEFT_THE_PATH}


async def handle(case_id: UUID, *, stage: str, on: date, uow: UnitOfWork) -> None:
    """Record the day; of several endings the last one counts. Raises KeyError for a stage nobody declared."""
    column = STAGE_COLUMNS[stage]
    others = ENDED if column in ENDED else {}
    await set_on_case(uow, case_id, **{**others, column: on})


async def goes_on(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Taken up again after a withdrawal, a lapse or a review: what it had ended by no longer counts."""
    await set_on_case(uow, case_id, **ENDED, closed_on=None)


async def cancelled(case_id: UUID, *, on: date, uow: UnitOfWork) -> None:
    """A file that ends because everybody on it has died is told apart: it is no decision of anybody."""
    died = select(func.bool_and(col(PersonOfCase.deceased_on).is_not(None)))
    nobody_left = await uow.session.scalar(died.where(col(PersonOfCase.case_id) == case_id))
    await handle(case_id, stage="closed_after_death" if nobody_left else "cancelled", on=on, uow=uow)
