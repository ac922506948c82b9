"""Finds and keeps clearances, escorts and itineraries; only here what was found of anybody's health is opened."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.returns.persistence.journey_tables import EscortRow, ItineraryRow, MedicalClearanceRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.protection.vault import Sealed


async def clearance_of(uow: UnitOfWork, case_id: UUID, clearance_id: UUID) -> MedicalClearanceRow:
    """One clearance of a case; raises NotFound."""
    found = await uow.session.get(MedicalClearanceRow, clearance_id)
    if found is None or found.case_id != case_id:
        raise NotFound
    return found


async def escort_of(uow: UnitOfWork, case_id: UUID, escort_id: UUID) -> EscortRow:
    """One escort of a case; raises NotFound."""
    found = await uow.session.get(EscortRow, escort_id)
    if found is None or found.case_id != case_id:
        raise NotFound
    return found


async def all_clearances(uow: UnitOfWork, case_id: UUID) -> list[MedicalClearanceRow]:
    """Every clearance of a case, voided ones too, oldest first."""
    row = MedicalClearanceRow
    statement = select(row).where(col(row.case_id) == case_id).order_by(col(row.id))
    return list((await uow.session.execute(statement)).scalars())


async def itineraries_of(uow: UnitOfWork, case_id: UUID) -> list[ItineraryRow]:
    """Every version, newest first."""
    row = ItineraryRow
    statement = select(row).where(col(row.case_id) == case_id).order_by(col(row.number).desc())
    return list((await uow.session.execute(statement)).scalars())


async def seal_findings(uow: UnitOfWork, row: MedicalClearanceRow, findings: dict[str, Any]) -> None:
    """Seal what was found and what is needed on board, under the person's key."""
    if findings:
        value = json.dumps(findings, ensure_ascii=False).encode()
        row.sealed_findings = await uow.vault.seal(Sealed(row.person_id, "medical_clearance", "findings", value))


async def open_findings(uow: UnitOfWork, rows: Sequence[MedicalClearanceRow]) -> dict[UUID, dict[str, Any]]:
    """What was found, by clearance, audited; empty for whoever was erased."""
    known = [row for row in rows if row.sealed_findings is not None]
    items = [Sealed(row.person_id, "medical_clearance", "findings", bytes(row.sealed_findings or b"")) for row in known]
    opened = await uow.vault.open_many(items, purpose="medical-clearance")
    return {row.id: json.loads(value) if value else {} for row, value in zip(known, opened, strict=True)}
