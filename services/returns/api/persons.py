"""Persons of a file, their consents, declarations and papers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.returns.api.answers import case_command
from services.returns.api.cases import new_person
from services.returns.api.schemas import Body, CaseOut, Code, Country, Language, PersonIn, PersonPatch, Short
from services.returns.commands import (
    add_person,
    amend_person,
    declare_return,
    give_consent,
    record_travel_document,
    withdraw_consent,
)
from services.returns.domain.access import may_work
from services.returns.persistence.cases import load_file
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, PreconditionRequired, TransitionRefused
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["1 application"])
Caseworker = Annotated[Call, caller("caseworker")]
AnyWorker = Annotated[Call, caller("caseworker", "travel_officer", "case_officer")]


class ConsentIn(Body):
    """What an adult allows: who may be told which kind of data for what."""

    person_ref: Short
    recipients: list[UUID] = Field(min_length=1, max_length=20)
    purposes: list[Code] = Field(min_length=1, max_length=20, examples=[["reintegration"]])
    data_classes: list[Code] = Field(min_length=1, max_length=20, examples=[["identity", "itinerary"]])
    language: Language
    interpreter: Literal["none", "professional", "community"] = "none"
    text_version: Short
    text_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the text that was signed.")]
    taken_alone: bool = Field(default=True, description="Without anybody else of the family in the room.")
    given_on: date | None = None
    valid_until: date | None = None


class ConsentOut(BaseModel):
    """A consent."""

    id: UUID
    recipients: list[UUID]
    purposes: list[str]
    data_classes: list[str]
    language: str
    text_version: str
    given_on: date
    valid_until: date | None
    withdrawn_on: date | None


class WithdrawalOfConsentIn(Body):
    """Since when."""

    on: date | None = None


class DeclarationIn(Body):
    """An adult's own decision to return, or its re-confirmation, taken from them alone."""

    person_ref: Short
    kind: Literal["voluntary_return", "reconfirmation"] = "voluntary_return"
    language: Language
    interpreter: Literal["none", "professional"] = "none"
    text_version: Short
    seen_alone: bool = Field(description="Counselled and asked without anybody else of the family.")
    declared_on: date | None = None


class TravelDocumentIn(Body):
    """A paper to travel with; the number is sealed."""

    person_ref: Short
    kind: Literal["passport", "identity_card", "laissez_passer", "eu_travel_document"]
    issuer: Country
    valid_until: date
    number: Short | None = None
    request_id: UUID | None = Field(default=None, description="The request to a consulate that this paper fulfils.")


async def _the_case(uow: UnitOfWork, case_id: UUID, done: Any) -> ReturnCaseRow:
    await done  # which loaded the case within the caller's scope
    case = await uow.session.get(ReturnCaseRow, case_id)
    if case is None:
        raise NotFound
    return case


@router.post("/persons", operation_id="addPerson", summary="Add a person", status_code=201, response_model=CaseOut)
async def add(call: Caseworker, case_id: UUID, body: PersonIn) -> Response:
    """Until the application is decided."""
    command = add_person.AddPerson(case_id=case_id, person=new_person(body))
    return await case_command(
        call, lambda uow: _the_case(uow, case_id, add_person.handle(command, uow=uow)), status=201
    )


@router.patch(
    "/persons/{person_ref}",
    operation_id="amendPerson",
    summary="Complete a person",
    response_model=CaseOut,
    responses=problems(NotFound, PreconditionRequired, PreconditionFailed, amend_person.RecordedOneByOne),
)
async def amend(call: AnyWorker, case_id: UUID, person_ref: Short, body: PersonPatch) -> Response:
    """Only what is given changes; needs If-Match."""
    command = amend_person.AmendPerson(
        case_id=case_id,
        person_ref=person_ref,
        changes=body.model_dump(exclude={"identity", "born_on", "born"}, exclude_none=True),
        identity=body.identity.model_dump(exclude_none=True) if body.identity else None,
        born_on=body.known,
    )
    return await case_command(
        call, lambda uow: _the_case(uow, case_id, amend_person.handle(command, uow=uow)), match="required"
    )


@router.post(
    "/consents",
    operation_id="giveConsent",
    summary="Record an adult's consent",
    status_code=201,
    response_model=CaseOut,
    responses=problems(NotFound, give_consent.ConsentNotPossible, give_consent.ConsentNotTakenAlone),
)
async def consent(call: Caseworker, case_id: UUID, body: ConsentIn) -> Response:
    """Each adult for themselves; kept apart from the declaration to return."""
    command = give_consent.GiveConsent(case_id=case_id, **body.model_dump())
    return await case_command(
        call, lambda uow: _the_case(uow, case_id, give_consent.handle(command, uow=uow)), status=201
    )


@router.get("/consents", operation_id="listConsents", summary="Consents of a file", responses=problems(NotFound))
async def consents(call: AnyWorker, case_id: UUID) -> list[ConsentOut]:
    """Live and withdrawn ones."""
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_work)
    return [ConsentOut.model_validate(row, from_attributes=True) for row in file.consents]


@router.post(
    "/consents/{consent_id}/withdrawal",
    operation_id="withdrawConsent",
    summary="Take a consent back",
    response_model=CaseOut,
    responses=problems(NotFound),
)
async def withdraw(call: Caseworker, case_id: UUID, consent_id: UUID, body: WithdrawalOfConsentIn) -> Response:
    """Sharing stops from this moment; the return itself is not touched."""
    command = withdraw_consent.WithdrawConsent(case_id=case_id, consent_id=consent_id, on=body.on)
    return await case_command(
        call, lambda uow: _the_case(uow, case_id, withdraw_consent.handle(command, uow=uow)), match="none"
    )


@router.post(
    "/declarations",
    operation_id="declareReturn",
    summary="Record an adult's own decision to return",
    status_code=201,
    response_model=CaseOut,
    responses=problems(NotFound, declare_return.DeclarationNotTakenAlone),
)
async def declare(call: Caseworker, case_id: UUID, body: DeclarationIn) -> Response:
    """Taken separately from each adult; re-confirmed shortly before the journey."""
    command = declare_return.DeclareReturn(case_id=case_id, **body.model_dump())
    return await case_command(
        call, lambda uow: _the_case(uow, case_id, declare_return.handle(command, uow=uow)), status=201
    )


@router.post(
    "/travel-documents",
    operation_id="recordTravelDocument",
    summary="Record a travel document",
    status_code=201,
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused),
)
async def document(call: AnyWorker, case_id: UUID, body: TravelDocumentIn) -> Response:
    """Its validity is checked against the travel date. A passport that is handed in ends what was asked of a consulate
    for this person, by the neutral stop."""
    command = record_travel_document.RecordTravelDocument(case_id=case_id, **body.model_dump())
    return await case_command(
        call, lambda uow: _the_case(uow, case_id, record_travel_document.handle(command, uow=uow)), status=201
    )
