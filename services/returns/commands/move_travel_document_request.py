"""Take a step of a request for a travel document: the office records it, a consulate answers it, or it is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.approve_disclosure import leave, take_back
from services.returns.commands.moving import fact_day, recheck
from services.returns.contracts.published_endings import CaseFactCorrectedV1
from services.returns.contracts.published_papers import TravelDocumentIssuedV1, TravelDocumentNotIssuedV1
from services.returns.domain.access import may_work
from services.returns.domain.travel_document_request import (
    ANSWERED_WITHOUT_PAPER,
    OPEN,
    RequestState,
    require_step,
)
from services.returns.persistence.cases import CaseFile, load_file, person_facts, remember
from services.returns.persistence.disclosures import get_disclosure
from services.returns.persistence.travel_document_requests import (
    follow_the_steps,
    keep_step,
    person_of,
    request_of,
    requests_of,
    steps_of,
    void_papers,
    void_step,
)
from services.returns.persistence.travel_document_tables import TravelDocumentRequestRow, TravelDocumentStepRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing, NotFound

OUTCOMES = {state: state.value.lower() for state in ANSWERED_WITHOUT_PAPER}


@dataclass(frozen=True, kw_only=True)
class MoveTravelDocumentRequest:
    """Which step, when; `appointment_on` is the day that was offered and may lie ahead."""

    case_id: UUID
    request_id: UUID
    step: str
    on: date | None = None
    appointment_on: date | None = None
    reason_code: str | None = None


async def handle(command: MoveTravelDocumentRequest, *, uow: UnitOfWork) -> TravelDocumentRequestRow:
    """Raises NotFound, TransitionRefused."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    request = await request_of(uow, file.id, command.request_id)
    uow.match(request.version)
    on = fact_day(uow, command.on)
    require_step(request.state, command.step, _unplanned(file) if command.step == "announce_itinerary" else ())
    if command.step == "cancel":
        await cancel(uow, file, [request], reason=command.reason_code or "not_stated", on=on)
        return request
    await take(uow, file, request, command.step, on=on, appointment_on=command.appointment_on)
    return request


def _unplanned(file: CaseFile) -> list[Missing]:
    return [] if file.case.travel_on else [Missing("itinerary", "There is no journey that could be announced.")]


def announce(file: CaseFile, request: TravelDocumentRequestRow) -> None:
    """What was announced is written on the papers that rest on the request; another travel date is announced anew."""
    request.announced_for = file.case.travel_on if request.announced_on is not None else None
    for paper in file.documents:
        if paper.request_id == request.id:
            paper.announced_on, paper.announced_for = request.announced_on, request.announced_for


async def take(
    uow: UnitOfWork,
    file: CaseFile,
    request: TravelDocumentRequestRow,
    step: str,
    *,
    on: date,
    appointment_on: date | None = None,
    message_id: UUID | None = None,
) -> None:
    """Take a step that was allowed, tell what follows from it, and remember it. Raises TransitionRefused."""
    require_step(request.state, step)
    await keep_step(uow, request, step, on=on, appointment_on=appointment_on, message_id=message_id)
    if step == "announce_itinerary":
        announce(file, request)
    touch(file.case, now=uow.now)
    ref = person_of(file, request).person_ref
    remember(uow, file.case, "travel-document-step", before=file.case.state, on=on, person_ref=ref, about=step)
    values = {"case_id": file.id, "request_id": request.id, "recipient_id": request.recipient_id, "person_ref": ref}
    values |= {"on": on, "requested_on": request.requested_on or on}
    if request.state == RequestState.ISSUED:
        uow.publish(TravelDocumentIssuedV1(**values))
    if (state := RequestState(request.state)) in OUTCOMES:
        uow.publish(TravelDocumentNotIssuedV1(**values, outcome=OUTCOMES[state]))
        uow.notify("travel-document.not-issued", role="caseworker", scope=file.case.office_id, subject=file.id)
    if state is RequestState.NOT_NATIONAL:
        uow.notify("statelessness-check.due", role="case_officer", scope=file.case.authority_id, subject=file.id)


async def cancel(
    uow: UnitOfWork, file: CaseFile, requests: Sequence[TravelDocumentRequestRow], *, reason: str, on: date
) -> None:
    """Withdraw open requests; a package that serves nobody else is taken back, which is the neutral stop."""
    for request in requests:
        await keep_step(uow, request, "cancel", on=on)
        request.end_reason = reason
        ref = person_of(file, request).person_ref
        remember(uow, file.case, "travel-document-request-withdrawn", before=file.case.state, on=on, person_ref=ref)
    touch(file.case, now=uow.now)
    for disclosure_id in {request.disclosure_id for request in requests}:
        await _stop_package(uow, file, disclosure_id, [request.person_id for request in requests])


async def _stop_package(uow: UnitOfWork, file: CaseFile, disclosure_id: UUID, person_ids: Sequence[UUID]) -> None:
    """The persons leave the package; when nobody in it still awaits an answer, it is taken back."""
    package = await get_disclosure(uow, disclosure_id)
    refs = {person.id: person.person_ref for person in file.persons}
    answered = {
        refs[request.person_id]
        for request in await requests_of(uow, file.id)
        if request.disclosure_id == disclosure_id and request.state not in OPEN and request.person_id in refs
    }
    if set(package.person_refs) <= answered:
        await take_back(uow, file, package)
        return
    await leave(uow, file, package, {refs[person_id] for person_id in person_ids})


async def void(
    case_id: UUID, request_id: UUID, step_id: UUID, *, reason: str, uow: UnitOfWork
) -> TravelDocumentRequestRow:
    """A step was recorded wrongly: it and what rests on it are taken back. Raises NotFound, TransitionRefused."""
    file = await load_file(uow, case_id, may_work, lock=True)
    request = await request_of(uow, file.id, request_id)
    uow.match(request.version)
    steps = {step.id: step for step in await steps_of(uow, [request.id]) if step.voided_on is None}
    if step_id not in steps or steps[step_id].step in ("send", "re_request", "cancel"):
        raise NotFound
    await take_back_step(uow, file, request, steps[step_id], reason=reason)
    recheck(uow, file, on=uow.now.date())
    return request


async def take_back_step(
    uow: UnitOfWork,
    file: CaseFile,
    request: TravelDocumentRequestRow,
    step: TravelDocumentStepRow,
    *,
    reason: str,
) -> None:
    """Void a step with what hangs on it: later steps that it led to, and papers that rest on an issue."""
    on, ref = uow.now.date(), person_of(file, request).person_ref
    void_step(uow, step, reason=reason)
    fallen = await follow_the_steps(uow, request)
    for later in fallen:
        void_step(uow, later, reason=reason)
    await uow.session.flush()
    touch(file.case, now=uow.now)
    remember(uow, file.case, "travel-document-step-voided", before=file.case.state, on=on, person_ref=ref)
    gone = {step.step, *(later.step for later in fallen)}
    if "announce_itinerary" in gone:
        announce(file, request)
    if not gone & {"issue", "deem_agreed"}:
        return
    void_papers(file, [request.id], on=on)
    people = await person_facts(uow, [person_of(file, request)], on=on)
    wrong = {"case_id": file.id, "on": on, "fact": "travel_document", "original_on": step.on}
    uow.publish(CaseFactCorrectedV1(**wrong, persons=people))
