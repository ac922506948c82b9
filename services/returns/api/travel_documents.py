"""Requests for travel documents: ask, record what became of it, ask again, withdraw, take a wrong entry back."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.returns.api.disclosures import returns_settings
from services.returns.api.schemas import Body, Code, Short
from services.returns.commands import confirm_deemed_agreement, move_travel_document_request, request_travel_document
from services.returns.domain.access import may_read
from services.returns.persistence.cases import load_file
from services.returns.persistence.travel_document_tables import TravelDocumentRequestRow
from services.returns.queries.personal_checklist import PersonalChecklist, personal_checklists
from services.returns.queries.travel_document_requests import RequestShown, shown, shown_requests
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, TransitionRefused
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["3 journey"])
WORKERS = ("caseworker", "travel_officer", "case_officer")
Worker = Annotated[Call, caller(*WORKERS)]
Reader = Annotated[Call, caller(*WORKERS, "office_lead", "medical_officer", "protection_officer")]
REFUSALS = problems(NotFound, TransitionRefused)


class RequestIn(Body):
    """Whom the consulate is asked about, through which package."""

    person_ref: Short
    disclosure_id: UUID = Field(description="The package through which the consulate is told; approved or prepared.")
    document_kind: Literal["passport", "laissez_passer"] = Field(
        default="laissez_passer", description="The paper that is asked for."
    )


class RepetitionIn(Body):
    """The package of the new request."""

    person_ref: Short
    disclosure_id: UUID = Field(description="The package of the new request; the earlier one while it can be read.")
    document_kind: Literal["passport", "laissez_passer"] = Field(
        default="laissez_passer", description="The paper that is asked for."
    )


class RequestStepIn(Body):
    """What became of a request, as far as the office heard of it."""

    step: Literal[
        "acknowledge",
        "ask_information",
        "offer_appointment",
        "confirm_identity",
        "not_confirm",
        "not_national",
        "issue",
        "refuse",
        "hand_over",
        "announce_itinerary",
        "give_back",
        "cancel",
    ] = Field(description="What happened, as the table of docs/travel-documents.md names it.")
    on: date | None = None
    appointment_on: date | None = Field(default=None, description="The day that was offered; it may lie ahead.")
    reason_code: Code | None = Field(default=None, examples=["passport_found"])


class DeemedIn(Body):
    """The day from which silence counts; today unless given."""

    on: date | None = None


class VoidIn(Body):
    """Why the entry was wrong."""

    reason_code: Code = Field(examples=["wrong_person"])


async def _show(uow: UnitOfWork, row: TravelDocumentRequestRow) -> RequestShown:
    return await shown(uow, await load_file(uow, row.case_id, may_read), row)


async def _again(uow: UnitOfWork, row_id: UUID) -> TravelDocumentRequestRow:
    row = await uow.session.get(TravelDocumentRequestRow, row_id)
    if row is None:
        raise NotFound
    return row


@router.post(
    "/travel-document-requests",
    operation_id="requestTravelDocument",
    summary="Ask a consulate for a travel document",
    status_code=201,
    response_model=RequestShown,
    responses=REFUSALS,
)
async def ask(call: Worker, case_id: UUID, body: RequestIn) -> Response:
    """Only the consulate of the citizenship the person chose. Sent with the approval of the package, or at once when it
    is approved already; 409 names everything that stands against it."""
    days = returns_settings(call).endangerment_check_days
    command = request_travel_document.RequestTravelDocument(case_id=case_id, check_days=days, **body.model_dump())
    return await call.command(
        lambda uow: request_travel_document.handle(command, uow=uow), _show, status=201, reload=_again
    )


@router.get(
    "/travel-document-requests",
    operation_id="listTravelDocumentRequests",
    summary="What consulates were asked, and what became of it",
    responses=problems(NotFound),
)
async def list_(call: Reader, case_id: UUID) -> list[RequestShown]:
    """Oldest first, each with its steps and the steps that are open now; empty when nobody was asked."""
    async with call.reading() as uow:
        return await shown_requests(uow, await load_file(uow, case_id, may_read))


@router.post(
    "/travel-document-requests/{request_id}/steps",
    operation_id="moveTravelDocumentRequest",
    summary="Record what became of a request",
    response_model=RequestShown,
    responses=REFUSALS,
)
async def move(call: Worker, case_id: UUID, request_id: UUID, body: RequestStepIn) -> Response:
    """For answers on paper or by telephone; a consulate's own messages move the request by themselves. `cancel` stops
    it: when nobody else in the package still awaits an answer, the consulate gets the neutral stop."""
    command = move_travel_document_request.MoveTravelDocumentRequest(
        case_id=case_id, request_id=request_id, **body.model_dump()
    )
    return await call.command(lambda uow: move_travel_document_request.handle(command, uow=uow), _show, reload=_again)


@router.post(
    "/travel-document-requests/{request_id}/deemed-agreement",
    operation_id="confirmDeemedAgreement",
    summary="Confirm that silence counts as agreement",
    response_model=RequestShown,
    responses=REFUSALS,
)
async def deem(
    call: Annotated[Call, caller("case_officer")], case_id: UUID, request_id: UUID, body: DeemedIn
) -> Response:
    """Only where a clause in force says so for such a request, and its time is over. It permits the paper that the
    clause names (`POST /travel-documents` with `request_id`) and asks for the step `announce_itinerary` before anybody
    travels on it; the request is never issued by it."""
    command = confirm_deemed_agreement.ConfirmDeemedAgreement(case_id=case_id, request_id=request_id, on=body.on)
    return await call.command(lambda uow: confirm_deemed_agreement.handle(command, uow=uow), _show, reload=_again)


@router.post(
    "/travel-document-requests/{request_id}/repetition",
    operation_id="repeatTravelDocumentRequest",
    summary="Ask again after a refusal",
    status_code=201,
    response_model=RequestShown,
    responses=REFUSALS,
)
async def repeat(call: Worker, case_id: UUID, request_id: UUID, body: RepetitionIn) -> Response:
    """Makes a new request that follows the refused one."""
    days = returns_settings(call).endangerment_check_days
    command = request_travel_document.RequestTravelDocument(
        case_id=case_id, check_days=days, again=request_id, **body.model_dump()
    )
    return await call.command(
        lambda uow: request_travel_document.handle(command, uow=uow), _show, status=201, reload=_again
    )


@router.post(
    "/travel-document-requests/{request_id}/steps/{step_id}/void",
    operation_id="voidTravelDocumentStep",
    summary="Take a wrong entry back",
    response_model=RequestShown,
    responses=REFUSALS,
)
async def void(call: Worker, case_id: UUID, request_id: UUID, step_id: UUID, body: VoidIn) -> Response:
    """It stays readable; what rests on it is taken back too, papers included."""
    return await call.command(
        lambda uow: move_travel_document_request.void(case_id, request_id, step_id, reason=body.reason_code, uow=uow),
        _show,
        reload=_again,
    )


@router.get(
    "/checklist/persons",
    operation_id="getPersonalChecklists",
    summary="What each person still needs",
    responses=problems(NotFound),
)
async def checklists(call: Reader, case_id: UUID) -> list[PersonalChecklist]:
    """Item by item, with the day on which it runs out; persons who no longer travel are left out."""
    async with call.reading() as uow:
        return await personal_checklists(uow, await load_file(uow, case_id, may_read), on=uow.now.date())
