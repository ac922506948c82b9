"""Medical clearances: who may fly, by whom, until when; what was found is for medical officers alone."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.returns.api.schemas import Body, Code, Short
from services.returns.commands import record_medical_clearance
from services.returns.domain.access import may_read
from services.returns.domain.journey_papers import (
    ClearanceKind,
    IssuedBy,
    Outcome,
)
from services.returns.persistence.cases import CaseFile, load_file
from services.returns.persistence.journey_tables import MedicalClearanceRow
from services.returns.persistence.journeys import all_clearances, open_findings
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["3 journey"])
Clinician = Annotated[Call, caller("medical_officer", "caseworker")]
Medical = Annotated[Call, caller("medical_officer")]
READERS = ("caseworker", "travel_officer", "case_officer", "medical_officer", "office_lead", "protection_officer")
Reader = Annotated[Call, caller(*READERS)]
NEEDS = "What is needed on board, as codes, for example wheelchair_at_gate; sealed."


class ClearanceIn(Body):
    """Who may fly, by whom, until when. Nothing about a person's health is kept open."""

    person_ref: Short
    kind: ClearanceKind = Field(description="Which paper.")
    outcome: Outcome = Field(description="What it says.")
    issued_by: IssuedBy = Field(description="Who looked, as a code.")
    issued_on: date | None = Field(default=None, description="Today when left out.")
    valid_until: date | None = Field(default=None, description="As the paper says; never longer than its kind allows.")
    expected_on: date | None = Field(default=None, description="Expected day of birth; for a pregnancy only, sealed.")
    needs: list[Code] = Field(default_factory=list, max_length=10, description=NEEDS)
    findings: Annotated[str, Field(max_length=2_000)] | None = Field(
        default=None, description="Diagnosis and medication; sealed, for medical officers only."
    )


class ClearanceOut(BaseModel):
    """A clearance without anything about health."""

    id: UUID
    version: int
    person_ref: str | None
    kind: str
    outcome: str
    issued_by: str = Field(description="Who looked, as a code.")
    issued_on: date
    valid_until: date
    voided_on: date | None
    void_reason: str | None


class FindingsOut(BaseModel):
    """What was found and is needed; opened for a medical officer."""

    clearance_id: UUID = Field(description="The clearance.")
    needs: list[str] = Field(description=NEEDS)
    findings: str | None = Field(description="Diagnosis and medication.")
    expected_on: date | None = Field(description="Expected day of birth.")


class ReasonIn(Body):
    """Why the entry was wrong."""

    reason_code: Code = Field(examples=["wrong_person"])


def _clearance(file: CaseFile, row: MedicalClearanceRow) -> ClearanceOut:
    known = row.model_dump(include=set(ClearanceOut.model_fields))
    return ClearanceOut(**known, person_ref=file.ref_of(row.person_id))


async def _show_clearance(uow: UnitOfWork, row: MedicalClearanceRow) -> ClearanceOut:
    return _clearance(await load_file(uow, row.case_id, may_read), row)


async def _clearance_again(uow: UnitOfWork, row_id: UUID) -> MedicalClearanceRow:
    if (row := await uow.session.get(MedicalClearanceRow, row_id)) is None:
        raise NotFound
    return row


@router.post(
    "/medical-clearances",
    operation_id="recordMedicalClearance",
    summary="Record a medical clearance",
    status_code=201,
    response_model=ClearanceOut,
    responses=problems(NotFound, record_medical_clearance.ExpectedDayNeeded),
)
async def clear(call: Clinician, case_id: UUID, body: ClearanceIn) -> Response:
    """From now on the person needs one that is valid on the day of travel; the newest of each kind counts, and the one
    that ends first. `unfit` takes a ready case back to preparation."""
    command = record_medical_clearance.RecordMedicalClearance(case_id=case_id, **body.model_dump())
    return await call.command(
        lambda uow: record_medical_clearance.handle(command, uow=uow),
        _show_clearance,
        status=201,
        reload=_clearance_again,
    )


@router.get(
    "/medical-clearances",
    operation_id="listMedicalClearances",
    summary="Medical clearances of a case",
    responses=problems(NotFound),
)
async def clearances(call: Reader, case_id: UUID) -> list[ClearanceOut]:
    """Oldest first, voided ones too; nothing about anybody's health."""
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_read)
        return [_clearance(file, row) for row in await all_clearances(uow, file.id)]


@router.get(
    "/medical-clearances/findings",
    operation_id="readMedicalFindings",
    summary="What was found and is needed on board",
    responses=problems(NotFound),
)
async def findings(call: Medical, case_id: UUID, response: Response) -> list[FindingsOut]:
    """For medical officers only, and audited; empty where nothing was entered or the person was erased."""
    response.headers["Cache-Control"] = "no-store"
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_read)
        opened = await open_findings(uow, await all_clearances(uow, file.id))
    empty: dict[str, Any] = {"needs": [], "findings": None, "expected_on": None}
    return [FindingsOut(clearance_id=row_id, **{**empty, **found}) for row_id, found in opened.items()]


@router.post(
    "/medical-clearances/{clearance_id}/void",
    operation_id="voidMedicalClearance",
    summary="Take a wrong clearance back",
    response_model=ClearanceOut,
    responses=problems(NotFound, record_medical_clearance.ClearanceVoidedBefore),
)
async def void(call: Clinician, case_id: UUID, clearance_id: UUID, body: ReasonIn) -> Response:
    """It stays readable and no longer counts."""
    return await call.command(
        lambda uow: record_medical_clearance.void(case_id, clearance_id, reason=body.reason_code, uow=uow),
        _show_clearance,
        reload=_clearance_again,
    )
