"""What belongs to a person and goes with them into another file: requests, clearances, escorts, incidents, searches."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from services.returns.persistence.aftermath_tables import IncidentRow, NonArrivalSearchRow
from services.returns.persistence.journey_tables import EscortRow, MedicalClearanceRow
from services.returns.persistence.travel_document_tables import TravelDocumentRequestRow
from shared.database.unit_of_work import UnitOfWork

FOLLOWING = (TravelDocumentRequestRow, MedicalClearanceRow, EscortRow, IncidentRow, NonArrivalSearchRow)
"""Every table here has a case_id and a person_id."""


async def papers_follow(uow: UnitOfWork, person_ids: Collection[UUID], case_id: UUID) -> None:
    """Move everything that is about these persons to another file."""
    await uow.session.flush()
    for table in FOLLOWING:
        theirs = col(table.person_id).in_(person_ids)
        await uow.session.execute(update(table).where(theirs).values(case_id=case_id))
