"""Reads what belongs to a case, one list per table; what was voided is left out of papers."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from services.returns.persistence.advisories import warnings_for
from services.returns.persistence.aftermath import host_entries
from services.returns.persistence.children import children_of
from services.returns.persistence.duplicates import undecided
from services.returns.persistence.fact_tables import CaseFactRow
from services.returns.persistence.fact_views import latest
from services.returns.persistence.journey_tables import EscortRow, MedicalClearanceRow
from services.returns.persistence.safeguards import safeguards_of
from services.returns.persistence.tables import CasePersonRow, ConsentRow, ReturnCaseRow, TravelDocumentRow
from services.returns.persistence.voluntariness_rules import rules_of
from shared.database.unit_of_work import UnitOfWork


async def parts_of(uow: UnitOfWork, case: ReturnCaseRow) -> dict[str, Any]:
    """The parts of a file by the names of its fields, each in the order it was recorded."""
    persons = select(CasePersonRow).where(col(CasePersonRow.case_id) == case.id)
    people = await _all(uow, persons.order_by(col(CasePersonRow.id)))
    ids = [person.id for person in people]
    consents = select(ConsentRow).where(col(ConsentRow.person_id).in_(ids)).order_by(col(ConsentRow.id))
    held = (col(TravelDocumentRow.person_id).in_(ids), col(TravelDocumentRow.voided_on).is_(None))
    facts = select(CaseFactRow).where(col(CaseFactRow.case_id) == case.id).order_by(col(CaseFactRow.id))
    live = (col(MedicalClearanceRow.case_id) == case.id, col(MedicalClearanceRow.voided_on).is_(None))
    clearances = select(MedicalClearanceRow).where(*live).order_by(col(MedicalClearanceRow.id))
    escorts = select(EscortRow).where(col(EscortRow.case_id) == case.id).order_by(col(EscortRow.id))
    recorded = await _all(uow, facts)
    return {
        "persons": people,
        "consents": await _all(uow, consents) if ids else [],
        "documents": await _all(uow, select(TravelDocumentRow).where(*held)) if ids else [],
        "facts": recorded,
        "rules": await rules_of(uow, case.programme_id, uow.now.date()),
        "clearances": await _all(uow, clearances),
        "escorts": await _all(uow, escorts),
        "children": await children_of(uow, [person.id for person in people if not person.adult]),
        "safeguards": await safeguards_of(uow, people),
        "duplicates": await undecided(uow, case, ids),
        "warnings": await warnings_for(uow, case),
        "host_entries": await host_entries(uow, case.id) if latest(recorded, "detention") else [],
    }


async def _all(uow: UnitOfWork, statement: Any) -> list[Any]:
    return list((await uow.session.execute(statement)).scalars())
